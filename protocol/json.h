/* SPDX-License-Identifier: MIT */
/*
 * Reading JSON. The only home of cJSON: nothing above sees its types. A document is scanned strictly first
 * (protocol/scan.h), so a tree that exists is well-formed, within its depth, and free of NUL and lone surrogates.
 *
 * A tree belongs to whoever parsed it and may be read by several threads at once. Parsing itself is
 * serialised inside (cJSON writes a static error pointer on every parse).
 */
#pragma once

#include "protocol/scan.h"

struct jd_json; /* one value of a parsed document */

enum jd_json_kind { JD_JSON_NULL, JD_JSON_BOOL, JD_JSON_NUMBER, JD_JSON_STRING, JD_JSON_ARRAY, JD_JSON_OBJECT };

/*
 * Scans and parses. Duplicate keys are reported in *out_duplicate_depth (see struct jd_scan) and are the caller's
 * to refuse; out_duplicate_line may be NULL. Fails as jd_scan_text does.
 */
JD_MUST_CHECK enum jd_code jd_json_parse(const char *text, size_t len, size_t depth_max, struct jd_json **out,
                                         size_t *out_duplicate_depth, uint32_t *out_duplicate_line, struct jd_err *err);
void jd_json_free(struct jd_json *root); /* NULL is accepted; only a root may be freed */

enum jd_json_kind jd_json_kind(const struct jd_json *value);
const char *jd_json_kind_word(enum jd_json_kind kind);   /* "a string", "an object", … for messages */
uint32_t jd_json_line(const struct jd_json *value);      /* from 1 */
const char *jd_json_string(const struct jd_json *value); /* borrowed, NUL-terminated; NULL when not a string */
bool jd_json_bool(const struct jd_json *value, bool *out);
bool jd_json_integer(const struct jd_json *value, int64_t *out); /* only plain integers, see jd_scan_note */

size_t jd_json_size(const struct jd_json *container);
const struct jd_json *jd_json_first(const struct jd_json *container); /* NULL when empty or no container */
const struct jd_json *jd_json_next(const struct jd_json *value);
const char *jd_json_key(const struct jd_json *member); /* borrowed; NULL for elements of arrays */
const struct jd_json *jd_json_member(const struct jd_json *object, const char *key); /* exact case */
