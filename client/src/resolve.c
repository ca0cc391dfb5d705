/* SPDX-License-Identifier: MIT */
#include "client/src/resolve.h"

#include "common/utf.h"

#include <string.h>

enum form { FORM_DRIVE, FORM_VERBATIM, FORM_ROOTED, FORM_RELATIVE, FORM_FOREIGN };

enum { DRIVE_LEN = 2 /* "X:" */, VERBATIM_LEN = 4 /* "\\?\" */ };

static bool is_separator(char c)
{
    return c == '\\' || c == '/';
}

static bool is_drive(const char *text)
{
    return ((text[0] >= 'A' && text[0] <= 'Z') || (text[0] >= 'a' && text[0] <= 'z')) && text[1] == ':';
}

static enum form form_of(const char *text)
{
    if (is_drive(text)) {
        return is_separator(text[DRIVE_LEN]) ? FORM_DRIVE : FORM_FOREIGN;
    }
    if (strncmp(text, "\\\\?\\", VERBATIM_LEN) == 0 && is_drive(text + VERBATIM_LEN) &&
        text[VERBATIM_LEN + DRIVE_LEN] == '\\') {
        return FORM_VERBATIM;
    }
    if (!is_separator(text[0])) {
        return FORM_RELATIVE;
    }
    return is_separator(text[1]) || strncmp(text, "\\??\\", VERBATIM_LEN) == 0 ? FORM_FOREIGN : FORM_ROOTED;
}

bool resolve_needs_current(const char *text)
{
    enum form form = form_of(text);
    return text[0] != '\0' && (form == FORM_RELATIVE || form == FORM_ROOTED);
}

/* Takes the last name away; at the root there is none. start is where the path begins in out. */
static void drop_name(struct jd_buf *out, size_t start)
{
    size_t len = out->len;
    while (len > start + DRIVE_LEN && out->data[len - 1] != '\\') {
        len--;
    }
    if (len > start + DRIVE_LEN) {
        jd_buf_cut(out, len - 1);
    }
}

/* Appends each name of text with a backslash before it. */
static void add_folded(const char *text, struct jd_buf *out, size_t start)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "\\/");
        if (len == 2 && text[0] == '.' && text[1] == '.') {
            drop_name(out, start);
        } else if (len != 0 && !(len == 1 && text[0] == '.')) {
            jd_buf_add_char(out, '\\');
            jd_buf_add(out, text, len);
        }
        text += len;
        text += *text != '\0';
    }
}

static void add_drive_path(const char *text, struct jd_buf *out, size_t start)
{
    jd_buf_add(out, text, DRIVE_LEN);
    add_folded(text + DRIVE_LEN, out, start);
}

static void add_verbatim(const char *text, struct jd_buf *out)
{
    size_t len = strlen(text + VERBATIM_LEN);
    while (len > DRIVE_LEN && text[VERBATIM_LEN + len - 1] == '\\') {
        len--;
    }
    jd_buf_add(out, text + VERBATIM_LEN, len);
}

static void add_resolved(const char *text, const char *current, struct jd_buf *out, size_t start)
{
    enum form form = form_of(text);
    if (form == FORM_FOREIGN) {
        jd_buf_add_text(out, text);
        return;
    }
    if (form == FORM_VERBATIM) {
        add_verbatim(text, out);
    } else if (form == FORM_DRIVE) {
        add_drive_path(text, out, start);
    } else if (form == FORM_ROOTED) {
        jd_buf_add(out, current, DRIVE_LEN);
        add_folded(text, out, start);
    } else {
        add_drive_path(current, out, start);
        add_folded(text, out, start);
    }
    if (out->len == start + DRIVE_LEN) {
        jd_buf_add_char(out, '\\'); /* a root keeps its backslash */
    }
}

enum jd_code resolve_path(const char *text, const char *current, struct jd_buf *out, struct jd_err *err)
{
    size_t len = strlen(text);
    if (len == 0) {
        return jd_fail_text(err, JD_E_BAD_PATH, "resolve", "empty", "the path is empty");
    }
    if (jd_utf8_valid_prefix(text, len) != len) {
        return jd_fail_text(err, JD_E_INVALID_UTF8, "resolve", NULL, "the path is not valid UTF-8");
    }
    add_resolved(text, current, out, out->len);
    return jd_buf_check(out, err);
}
