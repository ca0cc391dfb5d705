/* SPDX-License-Identifier: MIT */
#include "common/err.h"

#include "common/utf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct row {
    const char *name;
    const char *word;
    int number;
    enum jd_family family;
    int exit_code;
    const char *text;
};

static const struct row rows[JD_CODE_COUNT] = {
    [JD_OK] = {"OK", "ok", 0, JD_FAMILY_NONE, 0, "done"},
#define JD_ERR(NAME, word, number, family, exit, text) \
    [JD_E_##NAME] = {#NAME, word, number, JD_FAMILY_##family, exit, text},
#include "common/err_list.h"
#undef JD_ERR
};

static const struct row *row_of(enum jd_code code)
{
    return &rows[(unsigned)code < JD_CODE_COUNT ? code : JD_E_INTERNAL];
}

enum jd_code jd_fail(struct jd_err *err, enum jd_code code, const char *stage, const char *reason)
{
    *err = (struct jd_err){.code = code, .stage = stage, .reason = reason};
    return code;
}

/* Cuts a sequence that snprintf cut in the middle. */
static void cut_whole(char *text)
{
    text[jd_utf8_valid_prefix(text, strlen(text))] = '\0';
}

/* A quoted name must not start a line of its own in log or audit. */
static void make_line(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7F) {
            *text = ' ';
        }
    }
}

enum jd_code jd_fail_text(struct jd_err *err, enum jd_code code, const char *stage, const char *reason,
                          const char *format, ...)
{
    va_list args;
    char text[JD_ERR_TEXT_MAX];
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args); /* into a copy: an argument may point into err */
    va_end(args);
    cut_whole(text);
    make_line(text);
    jd_fail(err, code, stage, reason);
    memcpy(err->text, text, sizeof text);
    return code;
}

enum jd_code jd_fail_sys(struct jd_err *err, enum jd_code code, const char *stage, enum jd_domain domain,
                         int64_t number)
{
    jd_fail(err, code, stage, NULL);
    err->domain = domain;
    err->number = number;
    return code;
}

const char *jd_code_name(enum jd_code code)
{
    return row_of(code)->name;
}

const char *jd_code_word(enum jd_code code)
{
    return row_of(code)->word;
}

const char *jd_code_text(enum jd_code code)
{
    return row_of(code)->text;
}

int jd_code_number(enum jd_code code)
{
    return row_of(code)->number;
}

int jd_code_exit(enum jd_code code)
{
    return row_of(code)->exit_code;
}

enum jd_family jd_code_family(enum jd_code code)
{
    return row_of(code)->family;
}

const char *jd_domain_word(enum jd_domain domain)
{
    static const char *const words[] = {"none", "errno", "win32", "ntstatus", "uv", "line"};
    return words[(unsigned)domain < JD_COUNT(words) ? domain : 0];
}

enum jd_code jd_code_from_word(const char *word, int number)
{
    for (int code = 1; code < JD_CODE_COUNT; code++) {
        if (rows[code].number == number && strcmp(rows[code].word, word) == 0) {
            return (enum jd_code)code;
        }
    }
    return JD_E_INTERNAL;
}

const char *jd_err_render(const struct jd_err *err, char *buf, size_t cap)
{
    char system[48] = "";
    if (err->domain != JD_DOMAIN_NONE) {
        snprintf(system, sizeof system, " (%s %lld)", jd_domain_word(err->domain), (long long)err->number);
    }
    snprintf(buf, cap, "%s%s%s%s%s%s%s%s", err->stage ? err->stage : "", err->stage ? ": " : "",
             jd_code_word(err->code), err->reason ? "/" : "", err->reason ? err->reason : "", system,
             err->text[0] ? ": " : "", err->text);
    cut_whole(buf);
    return buf;
}
