/* SPDX-License-Identifier: MIT */
/*
 * What outlives the process: the single-instance lock, the pending journal, the audit sequence. The folder is the
 * service's own (POSIX: root, 0700); one of a foreign owner is refused, never adopted.
 * pending_* and sequence: any thread. Entries survive the death of the process always, loss of power when flushed.
 */
#pragma once

#include "common/buf.h"

struct os_state;

/* Makes the folder where it is missing. Fails with ALREADY_RUNNING or STATE_UNAVAILABLE. */
JD_MUST_CHECK enum jd_code os_state_open(const char *folder, struct os_state **out, struct jd_err *err);
void os_state_close(struct os_state *state); /* NULL is accepted */

/* Keeps text under a token of the port's choosing, never reused while it is kept. Fails with STATE_UNAVAILABLE,
 * NO_SPACE. */
JD_MUST_CHECK enum jd_code os_state_pending_add(struct os_state *state, const char *text, size_t len, bool flush,
                                                uint64_t *out_token, struct jd_err *err);
JD_MUST_CHECK enum jd_code os_state_pending_drop(struct os_state *state, uint64_t token, struct jd_err *err);

/* The kept entry with the smallest token above after, appended to out. NOT_FOUND when there is none. An entry cut short
 * by a death in the middle of pending_add is given as it is: the reader tells (core/journal.c). */
JD_MUST_CHECK enum jd_code os_state_pending_next(struct os_state *state, uint64_t after, uint64_t *out_token,
                                                 struct jd_buf *out, struct jd_err *err);

/* 1, 2, 3 … across restarts: gaps in the trail are seen. Fails with STATE_UNAVAILABLE. */
JD_MUST_CHECK enum jd_code os_state_next_sequence(struct os_state *state, uint64_t *out, struct jd_err *err);
