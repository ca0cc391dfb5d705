/* SPDX-License-Identifier: MIT */
/*
 * Counting per caller what is not recorded one by one: denials above a rate, and allowed reads. Loop thread only;
 * memory is bounded, whatever number of callers there are.
 */
#pragma once

#include "common/sid.h"

#include <stdbool.h>

enum {
    TALLY_CALLERS_MAX = 256, /* counted at once; the rest share one row */
    TALLY_DENIALS_MAX = 10,  /* recorded one by one per caller and window */
    TALLY_WINDOW_MS = 60000
};

struct tally_row {
    struct jd_sid sid; /* n_subs 0: the row the rest share */
    uint64_t since_ms;
    uint64_t denials;
    uint64_t suppressed;
    uint64_t reads;
    bool used;
};

struct tally {
    struct tally_row rows[TALLY_CALLERS_MAX + 1];
};

/* Counts one denial; true when it is to be recorded by itself. */
bool tally_denial(struct tally *tally, const struct jd_sid *sid, uint64_t now_ms);
void tally_read(struct tally *tally, const struct jd_sid *sid, uint64_t now_ms);

/* Takes out one row whose window is over (all: any row) and that has something to tell; false when there is none. */
bool tally_take(struct tally *tally, uint64_t now_ms, bool all, struct tally_row *out);
