/* SPDX-License-Identifier: MIT */
/*
 * The keys of the objects that the scanner (scan.c) has open, as one stack: when an object closes, its keys lie on top.
 * Equal keys are found by sorting them by content, not by hashing: there is nothing to choose collisions for, and the
 * sort is our own because the C standard promises no bound for qsort. O(bytes * log keys), whoever wrote the keys.
 */
#pragma once

#include "common/base.h"

#include <stdbool.h>
#include <stdint.h>

struct jd_scan_key {
    const char *text; /* unescaped; into the scanned text or into unescaped */
    size_t len;
    uint32_t line;
};

struct jd_scan_keys {
    struct jd_scan_key *items; /* owned */
    size_t n;
    size_t cap;
    char *unescaped; /* owned; keys that were written with escapes */
    size_t n_unescaped;
    size_t text_len; /* of the scanned text: what all keys together cannot exceed */
};

void jd_scan_keys_init(struct jd_scan_keys *keys, size_t text_len);
void jd_scan_keys_done(struct jd_scan_keys *keys);

/* raw is what stands between the quotes. False when out of memory. */
JD_MUST_CHECK bool jd_scan_keys_push(struct jd_scan_keys *keys, const char *raw, size_t len, bool escaped,
                                     uint32_t line);

/* Takes away all keys from index first on; returns the line of the first that repeats another, 0 when none does. */
uint32_t jd_scan_keys_close(struct jd_scan_keys *keys, size_t first);
