/* SPDX-License-Identifier: MIT */
#include "protocol/line.h"

#include <string.h>

void jd_line_init(struct jd_line_reader *reader)
{
    reader->start = 0;
    reader->scanned = 0;
    reader->end = 0;
}

char *jd_line_room(struct jd_line_reader *reader, size_t *out_room)
{
    if (reader->start != 0) {
        memmove(reader->data, reader->data + reader->start, reader->end - reader->start);
        reader->end -= reader->start;
        reader->start = 0;
    }
    *out_room = sizeof reader->data - reader->end;
    return reader->data + reader->end;
}

void jd_line_added(struct jd_line_reader *reader, size_t n)
{
    size_t room = sizeof reader->data - reader->end;
    reader->end += n < room ? n : room;
}

enum jd_code jd_line_next(struct jd_line_reader *reader, const char **out_line, size_t *out_len, struct jd_err *err)
{
    const char *line = reader->data + reader->start;
    size_t held = reader->end - reader->start;
    const char *fresh = line + reader->scanned;
    const char *lf = memchr(fresh, '\n', held - reader->scanned);
    size_t n_fresh = lf != NULL ? (size_t)(lf - fresh) : held - reader->scanned;

    /* Nothing moves on failure, so that every later call fails the same way. */
    if (memchr(fresh, '\0', n_fresh) != NULL) {
        return jd_fail_text(err, JD_E_PARSE_ERROR, "read line", NULL, "a NUL byte");
    }
    if (lf == NULL && held > JD_LINE_MAX) {
        return jd_fail(err, JD_E_MESSAGE_TOO_LARGE, "read line", NULL);
    }
    if (lf == NULL) {
        reader->scanned = held;
        *out_line = NULL;
        *out_len = 0;
        return JD_OK;
    }
    *out_line = line;
    *out_len = (size_t)(lf - line);
    reader->start += *out_len + 1;
    reader->scanned = 0;
    return JD_OK;
}

bool jd_line_is_pending(const struct jd_line_reader *reader)
{
    return reader->end != reader->start;
}
