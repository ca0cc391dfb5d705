/* SPDX-License-Identifier: MIT */
/*
 * Lines: bytes arrive in any portions, whole lines leave. One fixed buffer of JD_LINE_MAX + 1 bytes; the peer
 * cannot make it grow. A NUL byte is refused as soon as it is seen, before its line is complete, and so is
 * a line that is too long.
 * A struct jd_line_reader belongs to one thread.
 */
#pragma once

#include "common/err.h"
#include "protocol/limits.h"

#include <stdbool.h>

struct jd_line_reader {
    size_t start;   /* first byte of the line being looked for */
    size_t scanned; /* bytes from start known to hold no LF */
    size_t end;
    char data[JD_LINE_MAX + 1];
};

void jd_line_init(struct jd_line_reader *reader);

/* Where the next read may put bytes, and how many (0 when the buffer is full: take lines first). */
char *jd_line_room(struct jd_line_reader *reader, size_t *out_room);
void jd_line_added(struct jd_line_reader *reader, size_t n);

/*
 * The next whole line, without its LF; valid until the next call on reader. *out_line is NULL when none is
 * complete yet. Fails with MESSAGE_TOO_LARGE or PARSE_ERROR (a NUL byte); the reader is then of no more use.
 */
JD_MUST_CHECK enum jd_code jd_line_next(struct jd_line_reader *reader, const char **out_line, size_t *out_len,
                                        struct jd_err *err);
bool jd_line_is_pending(const struct jd_line_reader *reader); /* bytes of an incomplete line are held */
