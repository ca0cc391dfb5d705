/* SPDX-License-Identifier: MIT */
/*
 * The strict scanner in front of cJSON. It decides whether bytes are exactly one JSON value by RFC 8259,
 * in strict UTF-8, within a depth, without NUL in any form and without lone surrogates; cJSON alone accepts
 * about half of what must be refused (tests/data/messages.txt has the column). It also finds duplicate
 * keys, compared after unescaping, never in quadratic time, and remembers what cJSON forgets: the line of each value
 * and whether a number was written as a plain integer.
 * Pure; any thread. Recursion-free; memory is bounded by the input's length.
 */
#pragma once

#include "common/err.h"

#include <stdbool.h>

/* One note per value, in document order (a container before its members). */
struct jd_scan_note {
    uint32_t line;      /* from 1 */
    bool plain_integer; /* a number without fraction, exponent or minus zero, within JD_INTEGER_MAX */
};

struct jd_scan {
    char top;               /* first byte of the value: '{', '[', '"', 't', 'f', 'n', '-', or a digit */
    bool is_empty;          /* the top value is [] or {} */
    size_t duplicate_depth; /* 0: no duplicate key; 1: in the top object; 2 and more: further in; the smallest */
    uint32_t duplicate_line;
    struct jd_scan_note *notes; /* owned; n_notes of them, NULL unless asked for */
    size_t n_notes;
    size_t longest_number; /* bytes; not every cJSON takes any length (json.c) */
};

enum {
    JD_SCAN_DEPTH_CEILING = 64,     /* a larger depth_max counts as this */
    JD_SCAN_BYTES_MAX = 0x3fffffff, /* a longer text is refused: lines and offsets stay within 31 bits */
};

/*
 * Fails with PARSE_ERROR, INVALID_UTF8, BAD_STRING, DEPTH_EXCEEDED or NO_MEMORY; err->domain is then
 * JD_DOMAIN_LINE and err->number the line. A duplicate key is not a failure here: see *out.
 */
JD_MUST_CHECK enum jd_code jd_scan_text(const char *text, size_t len, size_t depth_max, bool want_notes,
                                        struct jd_scan *out, struct jd_err *err);
void jd_scan_done(struct jd_scan *scan);
