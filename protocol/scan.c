/* SPDX-License-Identifier: MIT */
#include "protocol/scan.h"

#include "common/utf.h"
#include "protocol/scan_keys.h"
#include "protocol/scan_number.h"
#include "protocol/scan_string.h"

#include <stdlib.h>
#include <string.h>

enum { NOTES_FIRST_CAP = 32 };

enum state { WANT_VALUE, WANT_ELEMENT_OR_END, WANT_KEY_OR_END, WANT_KEY, AFTER_VALUE, AFTER_ALL, N_STATES };

struct scanner {
    const char *text;
    size_t len;
    size_t pos;
    size_t line_start; /* offset of the current line's first byte */
    uint32_t line;
    enum state state;
    size_t depth;
    size_t depth_max;
    char open[JD_SCAN_DEPTH_CEILING];        /* the bracket of each open container */
    size_t first_key[JD_SCAN_DEPTH_CEILING]; /* where its keys begin in keys */
    struct jd_scan_keys keys;
    bool want_notes;
    size_t notes_cap;
    struct jd_scan found;
    struct jd_err *err;
};

static enum jd_code fail_at(struct scanner *s, enum jd_code code, const char *why)
{
    jd_fail_text(s->err, code, "scan", NULL, "column %zu: %s", s->pos - s->line_start + 1, why);
    s->err->domain = JD_DOMAIN_LINE;
    s->err->number = s->line;
    return code;
}

static enum jd_code fail_memory(struct scanner *s)
{
    jd_fail_sys(s->err, JD_E_NO_MEMORY, "scan", JD_DOMAIN_LINE, s->line);
    return JD_E_NO_MEMORY;
}

static void end_line(struct scanner *s)
{
    s->line++;
    s->line_start = s->pos + 1;
}

/* The next byte that is not white space; -1 at the end. */
static int peek(struct scanner *s)
{
    while (s->pos < s->len) {
        char c = s->text[s->pos];
        if (c == '\n') {
            end_line(s);
        } else if (c != ' ' && c != '\t' && c != '\r') {
            return (unsigned char)c;
        }
        s->pos++;
    }
    return -1;
}

/* Notes the value that begins here. */
static bool add_note(struct scanner *s)
{
    struct jd_scan *found = &s->found;
    if (!s->want_notes) {
        return true;
    }
    if (found->n_notes == s->notes_cap) {
        size_t cap = s->notes_cap == 0 ? NOTES_FIRST_CAP : s->notes_cap * 2;
        struct jd_scan_note *notes = realloc(found->notes, cap * sizeof *notes);
        if (notes == NULL) {
            return false;
        }
        found->notes = notes;
        s->notes_cap = cap;
    }
    found->notes[found->n_notes++] = (struct jd_scan_note){.line = s->line};
    return true;
}

static enum jd_code open_container(struct scanner *s, char bracket)
{
    if (s->depth == s->depth_max) {
        return fail_at(s, JD_E_DEPTH_EXCEEDED, "one level too many");
    }
    s->open[s->depth] = bracket;
    s->first_key[s->depth] = s->keys.n;
    s->depth++;
    s->pos++;
    s->state = bracket == '{' ? WANT_KEY_OR_END : WANT_ELEMENT_OR_END;
    return JD_OK;
}

static void note_duplicate(struct jd_scan *found, size_t depth, uint32_t line)
{
    bool is_first = found->duplicate_depth == 0 || depth < found->duplicate_depth ||
                    (depth == found->duplicate_depth && line < found->duplicate_line);
    if (line != 0 && is_first) {
        found->duplicate_depth = depth;
        found->duplicate_line = line;
    }
}

static void close_container(struct scanner *s)
{
    uint32_t line = jd_scan_keys_close(&s->keys, s->first_key[s->depth - 1]);
    note_duplicate(&s->found, s->depth, line);
    s->depth--;
    s->pos++;
    s->state = AFTER_VALUE;
}

static enum jd_code take_string(struct scanner *s, bool *out_escaped)
{
    const char *why;
    enum jd_code code = jd_scan_string(s->text, s->len, &s->pos, out_escaped, &why);
    return code == JD_OK ? JD_OK : fail_at(s, code, why);
}

static enum jd_code take_literal(struct scanner *s)
{
    static const char *const literals[] = {"true", "false", "null"};
    for (size_t i = 0; i < JD_COUNT(literals); i++) {
        size_t len = strlen(literals[i]);
        if (s->len - s->pos >= len && memcmp(s->text + s->pos, literals[i], len) == 0) {
            s->pos += len;
            s->state = AFTER_VALUE;
            return JD_OK;
        }
    }
    return fail_at(s, JD_E_PARSE_ERROR, "no JSON value begins like this");
}

static enum jd_code take_number(struct scanner *s)
{
    size_t from = s->pos;
    bool plain;
    if (!jd_scan_number(s->text, s->len, &s->pos, &plain)) {
        return fail_at(s, JD_E_PARSE_ERROR, "not a JSON number");
    }
    if (s->want_notes) {
        s->found.notes[s->found.n_notes - 1].plain_integer = plain;
    }
    if (s->pos - from > s->found.longest_number) {
        s->found.longest_number = s->pos - from;
    }
    s->state = AFTER_VALUE;
    return JD_OK;
}

static enum jd_code want_value(struct scanner *s)
{
    int c = peek(s);
    bool escaped;
    if (c < 0) {
        return fail_at(s, JD_E_PARSE_ERROR, "a value is missing");
    }
    if (s->found.top == '\0') {
        s->found.top = (char)c;
    }
    if (!add_note(s)) {
        return fail_memory(s);
    }
    if (c == '{' || c == '[') {
        return open_container(s, (char)c);
    }
    if (c == '"') {
        s->state = AFTER_VALUE;
        return take_string(s, &escaped);
    }
    return c == '-' || (c >= '0' && c <= '9') ? take_number(s) : take_literal(s);
}

static enum jd_code want_element_or_end(struct scanner *s)
{
    s->state = WANT_VALUE;
    if (peek(s) == ']') {
        s->found.is_empty = s->found.is_empty || s->depth == 1;
        close_container(s);
    }
    return JD_OK;
}

static enum jd_code want_key_or_end(struct scanner *s)
{
    s->state = WANT_KEY;
    if (peek(s) == '}') {
        s->found.is_empty = s->found.is_empty || s->depth == 1;
        close_container(s);
    }
    return JD_OK;
}

static enum jd_code want_key(struct scanner *s)
{
    size_t from;
    bool escaped;
    enum jd_code code;
    if (peek(s) != '"') {
        return fail_at(s, JD_E_PARSE_ERROR, "a member's name in quotes is missing");
    }
    from = s->pos + 1;
    code = take_string(s, &escaped);
    if (code != JD_OK) {
        return code;
    }
    if (!jd_scan_keys_push(&s->keys, s->text + from, s->pos - 1 - from, escaped, s->line)) {
        return fail_memory(s);
    }
    if (peek(s) != ':') {
        return fail_at(s, JD_E_PARSE_ERROR, "a colon is missing");
    }
    s->pos++;
    s->state = WANT_VALUE;
    return JD_OK;
}

static enum jd_code after_value(struct scanner *s)
{
    char bracket;
    int c;
    if (s->depth == 0) {
        s->state = AFTER_ALL;
        return JD_OK;
    }
    bracket = s->open[s->depth - 1];
    c = peek(s);
    if (c == ',') {
        s->pos++;
        s->state = bracket == '{' ? WANT_KEY : WANT_VALUE;
        return JD_OK;
    }
    if (c == (bracket == '{' ? '}' : ']')) {
        close_container(s);
        return JD_OK;
    }
    return fail_at(s, JD_E_PARSE_ERROR, "a comma or a closing bracket is missing");
}

typedef enum jd_code (*step_fn)(struct scanner *s);

static const step_fn steps[N_STATES] = {
    [WANT_VALUE] = want_value,           [WANT_ELEMENT_OR_END] = want_element_or_end,
    [WANT_KEY_OR_END] = want_key_or_end, [WANT_KEY] = want_key,
    [AFTER_VALUE] = after_value,
};

static enum jd_code scan_utf8(struct scanner *s)
{
    size_t valid = jd_utf8_valid_prefix(s->text, s->len);
    if (valid == s->len) {
        return JD_OK;
    }
    for (; s->pos < valid; s->pos++) {
        if (s->text[s->pos] == '\n') {
            end_line(s);
        }
    }
    return fail_at(s, JD_E_INVALID_UTF8, "a byte that is not UTF-8");
}

static enum jd_code scan_all(struct scanner *s)
{
    enum jd_code code = scan_utf8(s);
    while (code == JD_OK && s->state != AFTER_ALL) {
        code = steps[s->state](s);
    }
    if (code == JD_OK && peek(s) >= 0) {
        return fail_at(s, JD_E_PARSE_ERROR, "something follows the value");
    }
    return code;
}

enum jd_code jd_scan_text(const char *text, size_t len, size_t depth_max, bool want_notes, struct jd_scan *out,
                          struct jd_err *err)
{
    struct scanner s = {.text = text, .len = len, .line = 1, .want_notes = want_notes, .err = err};
    enum jd_code code;
    s.depth_max = depth_max < JD_SCAN_DEPTH_CEILING ? depth_max : JD_SCAN_DEPTH_CEILING;
    jd_scan_keys_init(&s.keys, len);
    code = len <= JD_SCAN_BYTES_MAX ? scan_all(&s) : fail_at(&s, JD_E_PARSE_ERROR, "the text is too long");
    jd_scan_keys_done(&s.keys);
    if (code != JD_OK) {
        jd_scan_done(&s.found);
        return code;
    }
    *out = s.found;
    return JD_OK;
}

void jd_scan_done(struct jd_scan *scan)
{
    free(scan->notes);
    *scan = (struct jd_scan){0};
}
