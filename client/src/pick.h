/* SPDX-License-Identifier: MIT */
/*
 * Members of results that nest. Lenient: what is missing or of another kind is as if it were not there, since service
 * and library may be of different versions. object may be NULL, or no object. Pure; any thread.
 */
#pragma once

#include "protocol/json.h"

const struct jd_json *pick_member(const struct jd_json *object, const char *key);
const char *pick_borrowed(const struct jd_json *object, const char *key); /* NULL when it is no string */
int64_t pick_integer(const struct jd_json *object, const char *key, int64_t otherwise);
bool pick_bool(const struct jd_json *object, const char *key);

/* A copy that the caller frees, NULL when it is no string; sets *no_memory when it could not be made. */
char *pick_text(const struct jd_json *object, const char *key, bool *no_memory);
