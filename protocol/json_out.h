/* SPDX-License-Identifier: MIT */
/*
 * Writing JSON, one line of it: no newline can get in. Everything a reader could be misled by is written as
 * \uXXXX (jd_is_misleading), everything else as UTF-8. A writer, not a tree: nothing to free, one thing that can
 * fail (the buffer), asked once at the end. Own code rather than cJSON's printer because that one writes
 * bidi and line separators raw, and allocates per value.
 * Not for two threads at once.
 */
#pragma once

#include "common/buf.h"

struct jd_json_out {
    struct jd_buf *buf; /* borrowed */
    bool need_comma;
};

void jd_out_init(struct jd_json_out *out, struct jd_buf *buf);
void jd_out_begin(struct jd_json_out *out, char bracket); /* '{' or '[' */
void jd_out_end(struct jd_json_out *out, char bracket);   /* '}' or ']' */
void jd_out_key(struct jd_json_out *out, const char *key);
void jd_out_string(struct jd_json_out *out, const char *text);
void jd_out_string_n(struct jd_json_out *out, const char *text, size_t len);
void jd_out_integer(struct jd_json_out *out, int64_t value);
void jd_out_bool(struct jd_json_out *out, bool value);
void jd_out_null(struct jd_json_out *out);
void jd_out_raw(struct jd_json_out *out, const char *json, size_t len); /* one value already in JSON */

/* Key and value at once; a NULL text writes nothing at all. */
void jd_out_member(struct jd_json_out *out, const char *key, const char *text);
void jd_out_member_integer(struct jd_json_out *out, const char *key, int64_t value);
void jd_out_member_bool(struct jd_json_out *out, const char *key, bool value);
