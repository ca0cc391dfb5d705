/* SPDX-License-Identifier: MIT */
/* UTF-8 inside, UTF-16 at the system's edge. */
#pragma once

#include "common/buf.h"

#include <stdbool.h>
#include <wchar.h>

/* Text as UTF-16 with a NUL, to be freed. NULL: it is not valid UTF-8 (err: INVALID_UTF8), or NO_MEMORY. */
wchar_t *wide_from(const char *text, struct jd_err *err);

/* UTF-16 as UTF-8, to be freed; NULL without memory. Lone surrogates become U+FFFD and *out_is_exact false; it may be
 * NULL. */
char *wide_to(const wchar_t *units, size_t n, bool *out_is_exact);
