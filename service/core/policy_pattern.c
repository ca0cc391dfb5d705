/* SPDX-License-Identifier: MIT */
#include "service/core/policy_pattern.h"

#include "common/buf.h"
#include "common/utf.h"

#include <stdlib.h>
#include <string.h>

/* One pattern being compiled. */
struct compiler {
    struct policy_pattern *pattern;
    const struct policy_pattern *link; /* NULL: this is the link */
    size_t n_deep;
    size_t n_captures; /* seen so far: the next free slot */
    struct jd_err *err;
};

#define REFUSE(err, ...) jd_fail_text((err), JD_E_POLICY_INVALID, "policy", NULL, __VA_ARGS__)

static enum jd_code refuse_part(struct compiler *c, struct jd_name raw, const char *reason)
{
    return REFUSE(c->err, "%s in component \"%.*s\"", reason, (int)raw.len, raw.text);
}

static enum jd_code out_of_memory(struct jd_err *err)
{
    return jd_fail(err, JD_E_NO_MEMORY, "policy", NULL);
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static enum jd_code add_part(struct compiler *c, enum policy_part_kind kind, struct jd_name text, size_t slot)
{
    char *copy = NULL;
    if (text.text != NULL) {
        copy = jd_strndup(text.text, text.len);
        if (copy == NULL) {
            return out_of_memory(c->err);
        }
    }
    c->pattern->parts[c->pattern->n_parts++] = (struct policy_part){kind, copy, text.len, slot};
    return JD_OK;
}

static enum jd_code add_bare(struct compiler *c, enum policy_part_kind kind)
{
    return add_part(c, kind, (struct jd_name){NULL, 0}, 0);
}

/* The slot of a capture's name in pattern; SIZE_MAX when it has none. */
static size_t find_slot(const struct policy_pattern *pattern, struct jd_name name)
{
    for (size_t i = 0; i < pattern->n_parts; i++) {
        const struct policy_part *part = &pattern->parts[i];
        if (part->kind == POLICY_PART_CAPTURE && part->len == name.len &&
            memcmp(part->text, name.text, name.len) == 0) {
            return part->slot;
        }
    }
    return SIZE_MAX;
}

static bool is_capture_name(struct jd_name name)
{
    if (name.len == 0 || name.len > POLICY_CAPTURE_NAME_MAX || name.text[0] < 'a' || name.text[0] > 'z') {
        return false;
    }
    for (size_t i = 1; i < name.len; i++) {
        char ch = name.text[i];
        if (!(ch >= 'a' && ch <= 'z') && !(ch >= '0' && ch <= '9') && ch != '_') {
            return false;
        }
    }
    return true;
}

static enum jd_code add_capture(struct compiler *c, struct jd_name raw, struct jd_name name)
{
    size_t slot = find_slot(c->link != NULL ? c->link : c->pattern, name);
    if (!is_capture_name(name)) {
        return refuse_part(c, raw, "a placeholder's name must be [a-z][a-z0-9_]*, at most 32 characters;");
    }
    if (slot == SIZE_MAX && c->link != NULL) {
        return REFUSE(c->err, "placeholder \"%.*s\" does not occur in link", (int)raw.len, raw.text);
    }
    if (slot == SIZE_MAX) {
        slot = c->n_captures;
    }
    c->n_captures++;
    return add_part(c, POLICY_PART_CAPTURE, name, slot);
}

static bool is_word(struct jd_name name, const char *word)
{
    return name.len == strlen(word) && memcmp(name.text, word, name.len) == 0;
}

static enum jd_code add_placeholder(struct compiler *c, struct jd_name raw)
{
    struct jd_name name = {raw.text + 1, raw.len - 2};
    if (is_word(name, "sid")) {
        return add_bare(c, POLICY_PART_SID);
    }
    if (is_word(name, "user")) {
        return add_bare(c, POLICY_PART_USER);
    }
    if (is_word(name, "profile")) {
        return REFUSE(c->err, "{profile} is not known in this version");
    }
    return add_capture(c, raw, name);
}

/* Undoes {{ and }}. False when a single brace is left: it could only belong to a placeholder. out holds raw.len bytes.
 */
static bool unescape(struct jd_name raw, char *out, size_t *out_len)
{
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char ch = raw.text[i];
        if (ch == '{' || ch == '}') {
            if (i + 1 == raw.len || raw.text[i + 1] != ch) {
                return false;
            }
            i++;
        }
        out[len++] = ch;
    }
    *out_len = len;
    return true;
}

/*
 * A glob is judged as the name it is with its wildcards replaced by a letter: what is refused then (`*.`, `con.*`,
 * `a|*`) no name it matches could ever pass.
 */
static const char *name_refused(const char *text, size_t len, bool *out_is_glob)
{
    char plain[JD_NAME_BYTES_MAX + 1];
    if (len > JD_NAME_BYTES_MAX) {
        return "component_too_long";
    }
    *out_is_glob = false;
    for (size_t i = 0; i < len; i++) {
        bool wild = text[i] == '*' || text[i] == '?';
        plain[i] = wild ? 'x' : text[i];
        *out_is_glob = *out_is_glob || wild;
    }
    return jd_name_refused(plain, len);
}

static enum jd_code add_name(struct compiler *c, struct jd_name raw, char *scratch)
{
    struct jd_name name = {scratch, 0};
    const char *refused;
    bool is_glob;
    if (!unescape(raw, scratch, &name.len)) {
        return refuse_part(c, raw, "a placeholder must be a whole component, and a literal brace is written {{ or }};");
    }
    refused = name_refused(name.text, name.len, &is_glob);
    if (refused != NULL) {
        return refuse_part(c, raw, refused);
    }
    if (is_word(name, "*")) {
        return add_bare(c, POLICY_PART_ANY);
    }
    return add_part(c, is_glob ? POLICY_PART_GLOB : POLICY_PART_LITERAL, name, 0);
}

static enum jd_code add_deep(struct compiler *c, bool is_last)
{
    enum jd_code code = is_last ? add_bare(c, POLICY_PART_ANY) : JD_OK;
    c->n_deep++;
    return code != JD_OK ? code : add_bare(c, POLICY_PART_DEEP);
}

static bool is_placeholder(struct jd_name raw)
{
    return raw.len >= 2 && raw.text[0] == '{' && raw.text[1] != '{' &&
           memchr(raw.text, '}', raw.len) == raw.text + raw.len - 1;
}

static enum jd_code add_component(struct compiler *c, struct jd_name raw, bool is_last, char *scratch)
{
    if (is_word(raw, "**")) {
        return add_deep(c, is_last);
    }
    for (size_t i = 1; i < raw.len; i++) {
        if (raw.text[i] == '*' && raw.text[i - 1] == '*') {
            return refuse_part(c, raw, "** must be a whole component;");
        }
    }
    return is_placeholder(raw) ? add_placeholder(c, raw) : add_name(c, raw, scratch);
}

/* The drive, and where the components begin. */
static enum jd_code compile_drive(struct compiler *c, const char *text)
{
    char drive = text[0];
    if (drive == '\\' && text[1] == '\\') {
        return REFUSE(c->err, "a pattern begins with a drive: UNC, device and \\\\?\\ paths are never matched");
    }
    if (strchr(text, '/') != NULL) {
        return REFUSE(c->err, "forward_slash: names are separated by backslashes");
    }
    if (!(is_letter(drive) || drive == '*' || drive == '?') || text[1] != ':') {
        return REFUSE(c->err, "a pattern is absolute: it begins with X:\\ or *:\\");
    }
    if (text[2] != '\\') {
        return REFUSE(c->err, "drive_relative: a backslash follows the drive");
    }
    c->pattern->letter = drive;
    if (drive >= 'a' && drive <= 'z') {
        c->pattern->letter = (char)(drive - 'a' + 'A');
    } else if (drive == '?') {
        c->pattern->letter = '*';
    }
    return JD_OK;
}

static size_t count_components(const char *text)
{
    size_t n = 1;
    for (; *text != '\0'; text++) {
        n += *text == '\\';
    }
    return n;
}

static enum jd_code compile_components(struct compiler *c, const char *text, char *scratch)
{
    for (;;) {
        const char *end = text + strcspn(text, "\\");
        struct jd_name raw = {text, (size_t)(end - text)};
        enum jd_code code = add_component(c, raw, *end == '\0', scratch);
        if (code != JD_OK || *end == '\0') {
            return code;
        }
        text = end + 1;
    }
}

static enum jd_code compile_all(struct compiler *c, const char *text, char *scratch)
{
    size_t n;
    enum jd_code code = compile_drive(c, text);
    if (code != JD_OK) {
        return code;
    }
    if (jd_utf16_units(text, strlen(text)) > JD_PATH_UNITS_MAX) {
        return REFUSE(c->err, "path_too_long: a pattern has at most %d UTF-16 units", JD_PATH_UNITS_MAX);
    }
    n = count_components(text + 3);
    if (n > JD_PATH_PARTS_MAX) {
        return REFUSE(c->err, "too_many_components: a pattern has at most %d", JD_PATH_PARTS_MAX);
    }
    c->pattern->parts = calloc(n + 1, sizeof *c->pattern->parts); /* one more: a last `**` becomes two parts */
    if (c->pattern->parts == NULL) {
        return out_of_memory(c->err);
    }
    code = compile_components(c, text + 3, scratch);
    if (code == JD_OK && c->n_captures != 0 && c->n_deep > 1) {
        return REFUSE(c->err, "a pattern with a {name} holds at most one **");
    }
    return code;
}

enum jd_code policy_pattern_compile(const char *text, const struct policy_pattern *link, struct policy_pattern *out,
                                    struct jd_err *err)
{
    struct policy_pattern pattern = {.text = jd_strdup(text)};
    struct compiler compiler = {.pattern = &pattern, .link = link, .err = err};
    char *scratch = malloc(strlen(text) + 1);
    enum jd_code code = pattern.text == NULL || scratch == NULL ? out_of_memory(err) : JD_OK;
    if (code == JD_OK) {
        code = compile_all(&compiler, text, scratch);
    }
    free(scratch);
    if (code != JD_OK) {
        policy_pattern_done(&pattern);
        return code;
    }
    *out = pattern;
    return JD_OK;
}

void policy_pattern_done(struct policy_pattern *pattern)
{
    for (size_t i = 0; i < pattern->n_parts; i++) {
        free(pattern->parts[i].text);
    }
    free(pattern->parts);
    free(pattern->text);
    *pattern = (struct policy_pattern){0};
}

bool policy_pattern_is_set(const struct policy_pattern *pattern)
{
    return pattern->text != NULL;
}

bool policy_pattern_uses(const struct policy_pattern *pattern, enum policy_part_kind kind)
{
    for (size_t i = 0; i < pattern->n_parts; i++) {
        if (pattern->parts[i].kind == kind) {
            return true;
        }
    }
    return false;
}
