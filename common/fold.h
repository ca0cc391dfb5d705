/* SPDX-License-Identifier: MIT */
/*
 * Case folding as NTFS does it: one UTF-16 unit at a time through an upcase table, never by locale.
 * The table is the one a freshly formatted NTFS volume carries in $UpCase (MS-FSA and the Linux-NTFS
 * documentation name the file; common/upcase_table.h says how ours was read off a volume).
 * Pure; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint16_t jd_fold_unit(uint16_t unit);
uint32_t jd_fold_code(uint32_t code); /* characters outside the BMP do not fold */

/* Both strings are valid UTF-8. */
bool jd_fold_equal(const char *a, size_t a_len, const char *b, size_t b_len);
