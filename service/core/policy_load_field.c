/* SPDX-License-Identifier: MIT */
#include "service/core/policy_load.h"

#include "common/buf.h"
#include "common/utf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SAFE_MAX = 16384 };

enum jd_code load_fail_at(struct jd_err *err, int64_t line, const char *text)
{
    enum jd_code code = jd_fail_text(err, JD_E_POLICY_INVALID, "policy", NULL, "%s", text);
    err->domain = JD_DOMAIN_LINE;
    err->number = line;
    return code;
}

enum jd_code load_out_of_memory(struct load *load)
{
    return jd_fail(load->err, JD_E_NO_MEMORY, "policy", NULL);
}

/* text may quote the file: what could mislead a reader of the log is shown as <U+XXXX>. */
static enum jd_code refuse_text(struct load *load, const struct jd_json *value, const char *text)
{
    struct jd_buf safe;
    enum jd_code code;
    jd_buf_init(&safe, SAFE_MAX);
    jd_text_escape(text, jd_utf8_valid_prefix(text, strlen(text)), &safe);
    code = safe.failed ? load_out_of_memory(load)
                       : load_fail_at(load->err, jd_json_line(value), safe.data != NULL ? safe.data : "");
    jd_buf_done(&safe);
    return code;
}

enum jd_code load_refuse(struct load *load, const struct jd_json *value, const char *format, ...)
{
    char text[512];
    size_t len = (size_t)snprintf(text, sizeof text, "%s", load->where);
    va_list args;
    va_start(args, format);
    vsnprintf(text + len, sizeof text - len, format, args);
    va_end(args);
    return refuse_text(load, value, text);
}

enum jd_code load_refuse_inner(struct load *load, const struct jd_json *value, const char *key, enum jd_code code)
{
    char reason[JD_ERR_TEXT_MAX];
    if (code != JD_E_POLICY_INVALID) {
        return code;
    }
    memcpy(reason, load->err->text, sizeof reason);
    return load_refuse(load, value, "%s: %s", key, reason);
}

bool load_is_id(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t len = strlen(text);
    return len >= 1 && len <= POLICY_ID_MAX && strspn(text, letters) == len;
}

static bool is_known(const char *key, const struct load_field *fields, size_t n, bool with_conditions)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(fields[i].key, key) == 0) {
            return true;
        }
    }
    for (size_t i = 0; with_conditions && i < cond_count; i++) {
        if (strcmp(cond_table[i]->key, key) == 0) {
            return true;
        }
    }
    return false;
}

bool load_is_comment(struct load *load, const struct jd_json *member, enum jd_code *out_code)
{
    if (strcmp(jd_json_key(member), "comment") != 0) {
        return false;
    }
    *out_code = JD_OK;
    if (jd_json_kind(member) != JD_JSON_STRING) {
        *out_code = load_refuse(load, member, "comment must be a string");
    }
    return true;
}

enum jd_code load_check_keys(struct load *load, const struct jd_json *object, const struct load_field *fields, size_t n,
                             bool with_conditions)
{
    for (const struct jd_json *m = jd_json_first(object); m != NULL; m = jd_json_next(m)) {
        enum jd_code code = JD_OK;
        if (!load_is_comment(load, m, &code) && !is_known(jd_json_key(m), fields, n, with_conditions)) {
            return load_refuse(load, m, "unknown key \"%s\"", jd_json_key(m));
        }
        if (code != JD_OK) {
            return code;
        }
    }
    return JD_OK;
}

static enum jd_code load_field(struct load *load, const struct jd_json *object, const struct load_field *field)
{
    const struct jd_json *value = jd_json_member(object, field->key);
    if (value == NULL) {
        return field->is_required ? load_refuse(load, object, "%s is missing", field->key) : JD_OK;
    }
    if (jd_json_kind(value) != field->kind) {
        return load_refuse(load, value, "%s must be %s", field->key, jd_json_kind_word(field->kind));
    }
    return field->read(load, value);
}

enum jd_code load_fields(struct load *load, const struct jd_json *object, const struct load_field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        enum jd_code code = load_field(load, object, &fields[i]);
        if (code != JD_OK) {
            return code;
        }
    }
    return JD_OK;
}
