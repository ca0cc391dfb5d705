/* SPDX-License-Identifier: MIT */
/* Numbers inside the scanner (scan.c). Pure; any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Judges the number that begins at *pos and leaves *pos behind it; false when it is not one (RFC 8259, section 6), *pos
 * then stands where it went wrong. *out_plain as in struct jd_scan_note.
 */
bool jd_scan_number(const char *text, size_t len, size_t *pos, bool *out_plain);
