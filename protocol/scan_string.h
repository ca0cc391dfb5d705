/* SPDX-License-Identifier: MIT */
/* Strings inside the scanner (scan.c): judging their grammar, and unescaping. Pure; any thread. */
#pragma once

#include "common/err.h"

#include <stdbool.h>

/*
 * Judges the string whose opening quote stands at *pos and leaves *pos behind its closing quote. text is valid
 * UTF-8. On failure returns PARSE_ERROR or BAD_STRING, *pos stands where it went wrong and *out_why says what (a
 * literal).
 */
JD_MUST_CHECK enum jd_code jd_scan_string(const char *text, size_t len, size_t *pos, bool *out_escaped,
                                          const char **out_why);

/* Unescapes what stands between the quotes of a judged string. Writes at most len bytes; returns how many. */
size_t jd_scan_unescape(const char *raw, size_t len, char *out);
