/* SPDX-License-Identifier: MIT */
/* The text of one member's value, as the service wrote it: what the library hands on is not printed anew. Pure; any
 * thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct slice {
    const char *text; /* borrowed, not NUL-terminated */
    size_t len;
};

/* object is one JSON object that the strict scanner accepted. False when it has no such member; key is written without
 * escapes. */
bool slice_member(struct slice object, const char *key, struct slice *out);
