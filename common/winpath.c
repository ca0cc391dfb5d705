/* SPDX-License-Identifier: MIT */
#include "common/winpath.h"

#include "common/buf.h"
#include "common/fold.h"
#include "common/utf.h"

#include <stdlib.h>
#include <string.h>

enum { PREFIX_LEN = 3 /* "X:\" */ };

static const char stage[] = "path grammar";

static char ascii_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool is_letter(char c)
{
    return ascii_upper(c) >= 'A' && ascii_upper(c) <= 'Z';
}

/* The reason for the first character that may not stand in a name. */
static const char *refuse_character(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7F) {
            return "control_char";
        }
        if (name[i] == ':') {
            return "colon_in_component";
        }
        if (memchr("<>\"/\\|?*", name[i], 8) != NULL) {
            return "illegal_char";
        }
    }
    return NULL;
}

static bool starts_as(const char *name, size_t len, const char *word)
{
    size_t i = 0;
    while (word[i] != '\0' && i < len && ascii_upper(name[i]) == word[i]) {
        i++;
    }
    return word[i] == '\0';
}

/* A digit, or one of the superscripts 1, 2, 3 that Windows takes for one. */
static bool is_port_number(const char *text, size_t len)
{
    if (len == 1) {
        return text[0] >= '0' && text[0] <= '9';
    }
    return len == 2 &&
           (memcmp(text, "\xC2\xB9", 2) == 0 || memcmp(text, "\xC2\xB2", 2) == 0 || memcmp(text, "\xC2\xB3", 2) == 0);
}

/* Whatever version of Windows runs: a name that was a device once stays refused. */
static bool is_reserved(const char *name, size_t len)
{
    static const char *const devices[] = {"CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$"};
    const char *dot = memchr(name, '.', len);
    size_t base = dot == NULL ? len : (size_t)(dot - name);
    while (base > 0 && name[base - 1] == ' ') {
        base--; /* "con .txt" opens the device too */
    }
    for (size_t i = 0; i < JD_COUNT(devices); i++) {
        if (base == strlen(devices[i]) && starts_as(name, base, devices[i])) {
            return true;
        }
    }
    return base > 3 && (starts_as(name, base, "COM") || starts_as(name, base, "LPT")) &&
           is_port_number(name + 3, base - 3);
}

const char *jd_name_refused(const char *name, size_t len)
{
    const char *reason;
    if (len == 0) {
        return "empty_component";
    }
    if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'))) {
        return "dot_segment";
    }
    reason = refuse_character(name, len);
    if (reason != NULL) {
        return reason;
    }
    if (jd_utf16_units(name, len) > JD_NAME_UNITS_MAX) {
        return "component_too_long";
    }
    if (name[len - 1] == '.' || name[len - 1] == ' ') {
        return name[len - 1] == '.' ? "trailing_dot" : "trailing_space";
    }
    return is_reserved(name, len) ? "reserved_device" : NULL;
}

static bool begins_with(const char *text, size_t len, const char *prefix)
{
    return len >= strlen(prefix) && memcmp(text, prefix, strlen(prefix)) == 0;
}

/* The order decides the word: the corpus in tests/data/paths.txt fixes it. */
static const char *refuse_prefix(const char *text, size_t len)
{
    static const struct {
        const char *prefix, *reason;
    } foreign[] = {{"\\\\?\\", "verbatim_prefix"}, {"\\\\.\\", "device_prefix"}, {"\\\\", "unc_path"}};
    if (len == 0) {
        return "empty";
    }
    if (memchr(text, '/', len) != NULL) {
        return "forward_slash";
    }
    for (size_t i = 0; i < JD_COUNT(foreign); i++) {
        if (begins_with(text, len, foreign[i].prefix)) {
            return foreign[i].reason;
        }
    }
    if (len < 2 || !is_letter(text[0]) || text[1] != ':') {
        return "not_absolute";
    }
    if (len < PREFIX_LEN || text[2] != '\\') {
        return "drive_relative";
    }
    return len == PREFIX_LEN ? "no_leaf" : NULL;
}

/* Cuts text at its separators into path->start. */
static const char *split(const char *text, size_t len, struct jd_winpath *path)
{
    size_t start = PREFIX_LEN;
    while (start <= len) {
        const char *end = memchr(text + start, '\\', len - start);
        size_t name_len = (end == NULL ? len : (size_t)(end - text)) - start;
        const char *reason;
        if (path->n_parts == JD_PATH_PARTS_MAX) {
            return "too_many_components";
        }
        reason = jd_name_refused(text + start, name_len);
        if (reason != NULL) {
            return reason;
        }
        path->start[path->n_parts++] = (uint16_t)start;
        start += name_len + 1;
    }
    return NULL;
}

static const char *refuse(const char *text, size_t len, struct jd_winpath *path)
{
    const char *reason = refuse_prefix(text, len);
    if (reason != NULL) {
        return reason;
    }
    if (jd_utf16_units(text, len) > JD_PATH_UNITS_MAX) {
        return "path_too_long";
    }
    return split(text, len, path);
}

enum jd_code jd_winpath_parse(const char *text, size_t len, struct jd_winpath *out, struct jd_err *err)
{
    struct jd_winpath path = {.len = len};
    const char *reason;
    if (jd_utf8_valid_prefix(text, len) != len) {
        return jd_fail(err, JD_E_INVALID_UTF8, stage, NULL);
    }
    reason = refuse(text, len, &path);
    if (reason != NULL) {
        return jd_fail(err, JD_E_BAD_PATH, stage, reason);
    }
    path.text = jd_strndup(text, len);
    if (path.text == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, stage, NULL);
    }
    path.text[0] = ascii_upper(text[0]);
    *out = path;
    return JD_OK;
}

enum jd_code jd_winpath_copy(const struct jd_winpath *from, struct jd_winpath *out, struct jd_err *err)
{
    struct jd_winpath copy = *from;
    if (from->text != NULL) {
        copy.text = jd_strndup(from->text, from->len);
        if (copy.text == NULL) {
            return jd_fail(err, JD_E_NO_MEMORY, "copy path", NULL);
        }
    }
    *out = copy;
    return JD_OK;
}

void jd_winpath_done(struct jd_winpath *path)
{
    free(path->text);
    *path = (struct jd_winpath){0};
}

char jd_winpath_letter(const struct jd_winpath *path)
{
    return path->text[0];
}

struct jd_name jd_winpath_part(const struct jd_winpath *path, size_t index)
{
    size_t start = path->start[index];
    size_t end = index + 1 < path->n_parts ? path->start[index + 1] - 1u : path->len;
    return (struct jd_name){path->text + start, end - start};
}

struct jd_name jd_winpath_leaf(const struct jd_winpath *path)
{
    return jd_winpath_part(path, path->n_parts - 1);
}

bool jd_name_equal(struct jd_name a, struct jd_name b)
{
    return jd_fold_equal(a.text, a.len, b.text, b.len);
}

/* True when the letter and the first n parts agree. Both have n parts. */
static bool agree(const struct jd_winpath *a, const struct jd_winpath *b, size_t n)
{
    if (jd_winpath_letter(a) != jd_winpath_letter(b)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!jd_name_equal(jd_winpath_part(a, i), jd_winpath_part(b, i))) {
            return false;
        }
    }
    return true;
}

bool jd_winpath_equal(const struct jd_winpath *a, const struct jd_winpath *b)
{
    return a->n_parts == b->n_parts && agree(a, b, a->n_parts);
}

bool jd_winpath_is_under(const struct jd_winpath *inner, const struct jd_winpath *outer)
{
    return inner->n_parts > outer->n_parts && agree(inner, outer, outer->n_parts);
}
