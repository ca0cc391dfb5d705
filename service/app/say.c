/* SPDX-License-Identifier: MIT */
#include "service/app/say.h"

#include "common/utf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 8192 };

const char *say_why(const struct jd_err *err, char buf[SAY_WHY_MAX])
{
    char detail[SAY_WHY_MAX / 2];
    if (err->domain == JD_DOMAIN_LINE) {
        snprintf(buf, SAY_WHY_MAX, "line %lld: %s", (long long)err->number,
                 err->text[0] != '\0' ? err->text : jd_code_text(err->code));
    } else if (err->code == JD_E_USAGE) {
        snprintf(buf, SAY_WHY_MAX, "%s", err->text);
    } else {
        snprintf(buf, SAY_WHY_MAX, "%s [%s]", jd_code_text(err->code), jd_err_render(err, detail, sizeof detail));
    }
    return buf;
}

void say(const char *format, ...)
{
    char text[LINE_MAX_BYTES];
    struct jd_buf line;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    jd_buf_init(&line, sizeof text * 8);
    jd_text_escape(text, strlen(text), &line); /* a path or a policy must not forge a second line */
    fprintf(stderr, "junctiond: %s\n", line.failed || line.data == NULL ? "out of memory" : line.data);
    jd_buf_done(&line);
}

void say_failed(const char *part, const char *which, const struct jd_err *err)
{
    char why[SAY_WHY_MAX];
    say("%s%s%s: %s", part, which == NULL ? "" : " ", which == NULL ? "" : which, say_why(err, why));
}
