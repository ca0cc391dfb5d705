/* SPDX-License-Identifier: MIT */
#include "protocol/field.h"

#include <stdlib.h>
#include <string.h>

static const char stage[] = "decode params";

/* What a kind of member is in memory; at points to the member. */
struct kind {
    enum jd_code (*decode)(const struct jd_json *value, void *at, const char *name, struct jd_err *err);
    bool (*is_absent)(const void *at);
    void (*encode)(const void *at, struct jd_json_out *out);
    void (*release)(void *at);
};

static enum jd_code fail_kind(const char *name, const char *wanted, const struct jd_json *value, struct jd_err *err)
{
    return jd_fail_text(err, JD_E_INVALID_PARAMS, stage, NULL, "%s must be %s, not %s", name, wanted,
                        jd_json_kind_word(jd_json_kind(value)));
}

static enum jd_code decode_string(const struct jd_json *value, void *at, const char *name, struct jd_err *err)
{
    const char *text = jd_json_string(value);
    char *copy;
    if (text == NULL) {
        return fail_kind(name, "a string", value, err);
    }
    copy = jd_strdup(text);
    if (copy == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, stage, NULL);
    }
    *(char **)at = copy;
    return JD_OK;
}

static bool is_absent_string(const void *at)
{
    return *(char *const *)at == NULL;
}

static void encode_string(const void *at, struct jd_json_out *out)
{
    jd_out_string(out, *(char *const *)at);
}

static void free_string(void *at)
{
    free(*(char **)at);
}

static enum jd_code decode_path(const struct jd_json *value, void *at, const char *name, struct jd_err *err)
{
    const char *text = jd_json_string(value);
    enum jd_code code;
    if (text == NULL) {
        return fail_kind(name, "a string", value, err);
    }
    if (text[0] == '\0') {
        return jd_fail_text(err, JD_E_INVALID_PARAMS, stage, "empty", "%s is empty", name);
    }
    code = jd_winpath_parse(text, strlen(text), at, err);
    if (code == JD_E_BAD_PATH) {
        return jd_fail_text(err, code, err->stage, err->reason, "%s", name);
    }
    return code;
}

static bool is_absent_path(const void *at)
{
    return ((const struct jd_winpath *)at)->text == NULL;
}

static void encode_path(const void *at, struct jd_json_out *out)
{
    const struct jd_winpath *path = at;
    jd_out_string_n(out, path->text, path->len);
}

static void free_path(void *at)
{
    jd_winpath_done(at);
}

static enum jd_code decode_bool(const struct jd_json *value, void *at, const char *name, struct jd_err *err)
{
    return jd_json_bool(value, at) ? JD_OK : fail_kind(name, "true or false", value, err);
}

static bool is_absent_bool(const void *at)
{
    return !*(const bool *)at;
}

static void encode_bool(const void *at, struct jd_json_out *out)
{
    jd_out_bool(out, *(const bool *)at);
}

static enum jd_code decode_integer(const struct jd_json *value, void *at, const char *name, struct jd_err *err)
{
    if (jd_json_integer(value, at)) {
        return JD_OK;
    }
    if (jd_json_kind(value) != JD_JSON_NUMBER) {
        return fail_kind(name, "an integer", value, err);
    }
    return jd_fail_text(err, JD_E_INVALID_PARAMS, stage, NULL, "%s must be an integer within 2^53-1", name);
}

static bool is_absent_integer(const void *at)
{
    return *(const int64_t *)at == 0;
}

static void encode_integer(const void *at, struct jd_json_out *out)
{
    jd_out_integer(out, *(const int64_t *)at);
}

static void free_nothing(void *at)
{
    (void)at;
}

static const struct kind kinds[] = {
    [JD_FIELD_STRING] = {decode_string, is_absent_string, encode_string, free_string},
    [JD_FIELD_PATH] = {decode_path, is_absent_path, encode_path, free_path},
    [JD_FIELD_BOOL] = {decode_bool, is_absent_bool, encode_bool, free_nothing},
    [JD_FIELD_INTEGER] = {decode_integer, is_absent_integer, encode_integer, free_nothing},
};

static bool is_known(const struct jd_fields *fields, const char *name)
{
    for (size_t i = 0; i < fields->n_rows; i++) {
        if (strcmp(fields->rows[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static enum jd_code refuse_unknown(const struct jd_fields *fields, const struct jd_json *object, struct jd_err *err)
{
    const struct jd_json *member = object != NULL ? jd_json_first(object) : NULL;
    for (; member != NULL; member = jd_json_next(member)) {
        if (!is_known(fields, jd_json_key(member))) {
            return jd_fail_text(err, JD_E_UNKNOWN_PARAM, stage, NULL, "%s", jd_json_key(member));
        }
    }
    return JD_OK;
}

static enum jd_code decode_row(const struct jd_field *row, const struct jd_json *object, void *out, struct jd_err *err)
{
    const struct jd_json *value = object != NULL ? jd_json_member(object, row->name) : NULL;
    if (value != NULL) {
        return kinds[row->kind].decode(value, (char *)out + row->offset, row->name, err);
    }
    if (row->required) {
        return jd_fail_text(err, JD_E_INVALID_PARAMS, stage, NULL, "%s is missing", row->name);
    }
    return JD_OK;
}

enum jd_code jd_fields_decode_lenient(const struct jd_fields *fields, const struct jd_json *object, void *out,
                                      struct jd_err *err)
{
    if (object != NULL && jd_json_kind(object) != JD_JSON_OBJECT) {
        return jd_fail_text(err, JD_E_INVALID_PARAMS, stage, NULL, "an object with names is needed, not %s",
                            jd_json_kind_word(jd_json_kind(object)));
    }
    for (size_t i = 0; i < fields->n_rows; i++) {
        enum jd_code code = decode_row(&fields->rows[i], object, out, err);
        if (code != JD_OK) {
            jd_fields_free(fields, out);
            return code;
        }
    }
    return JD_OK;
}

enum jd_code jd_fields_decode(const struct jd_fields *fields, const struct jd_json *params, void *out,
                              struct jd_err *err)
{
    if (params != NULL && jd_json_kind(params) == JD_JSON_OBJECT) {
        enum jd_code code = refuse_unknown(fields, params, err);
        if (code != JD_OK) {
            return code;
        }
    }
    return jd_fields_decode_lenient(fields, params, out, err);
}

void jd_fields_encode(const struct jd_fields *fields, const void *in, struct jd_json_out *out)
{
    for (size_t i = 0; i < fields->n_rows; i++) {
        const struct jd_field *row = &fields->rows[i];
        const struct kind *kind = &kinds[row->kind];
        const void *at = (const char *)in + row->offset;
        bool always = row->required && (row->kind == JD_FIELD_BOOL || row->kind == JD_FIELD_INTEGER);
        if (always || !kind->is_absent(at)) {
            jd_out_key(out, row->name);
            kind->encode(at, out);
        }
    }
}

void jd_fields_free(const struct jd_fields *fields, void *in)
{
    for (size_t i = 0; i < fields->n_rows; i++) {
        kinds[fields->rows[i].kind].release((char *)in + fields->rows[i].offset);
    }
    if (fields->size != 0) {
        memset(in, 0, fields->size);
    }
}
