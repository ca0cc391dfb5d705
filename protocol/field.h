/* SPDX-License-Identifier: MIT */
/*
 * Field tables: the members of an object declared once, from which decoding, encoding and freeing follow.
 * A member that no row names is an error; so is a wrong type or a missing required member.
 */
#pragma once

#include "common/winpath.h"
#include "protocol/json.h"
#include "protocol/json_out.h"

enum jd_field_kind {
    JD_FIELD_STRING, /* char *: owned, NULL when absent */
    JD_FIELD_PATH,   /* struct jd_winpath: zeroed when absent */
    JD_FIELD_BOOL,   /* bool: false when absent */
    JD_FIELD_INTEGER /* int64_t: 0 when absent */
};

struct jd_field {
    const char *name;
    enum jd_field_kind kind;
    bool required;
    size_t offset; /* of the member in the struct */
};

/* clang-format off */
#define JD_FIELD(type, member, kind, required) {#member, kind, required, offsetof(type, member)}
/* clang-format on */

/* A table and the size of the struct it describes. */
struct jd_fields {
    const struct jd_field *rows;
    size_t n_rows;
    size_t size;
};

/*
 * Fills *out (fields->size bytes), which the caller zeroed. On failure everything taken so far is freed and *out is
 * zeroed again. params is an object or NULL (no params given: fails where a row is required).
 * Fails with INVALID_PARAMS, UNKNOWN_PARAM (err->text names the member), BAD_PATH (err->reason, err->text names the
 * member) or NO_MEMORY.
 */
JD_MUST_CHECK enum jd_code jd_fields_decode(const struct jd_fields *fields, const struct jd_json *params, void *out,
                                            struct jd_err *err);

/* Like decode, but members that no row names are skipped: a client reading a newer service's answer. */
JD_MUST_CHECK enum jd_code jd_fields_decode_lenient(const struct jd_fields *fields, const struct jd_json *object,
                                                    void *out, struct jd_err *err);

/* Writes the members (without braces); absent strings and paths, false optional bools and 0 optional integers are left
 * out. */
void jd_fields_encode(const struct jd_fields *fields, const void *in, struct jd_json_out *out);
void jd_fields_free(const struct jd_fields *fields, void *in); /* frees what it owns and zeroes it */
