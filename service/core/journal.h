/* SPDX-License-Identifier: MIT */
/*
 * The pending journal: what is being changed right now, written down before it is begun, dropped once its outcome is
 * recorded. What a crash leaves in it is looked at again at the next start (core_recover). Text is the port's to keep
 * (os_state.h), its form ours. journal_begin: any thread.
 */
#pragma once

#include "service/core/op.h"
#include "service/os/os_state.h"

/* One entry read back. */
struct journal_entry {
    enum verb verb;
    char *request; /* owned, like the other strings */
    char *sid;
    char *policy;
    struct jd_winpath link;
    struct jd_winpath target; /* zeroed when the entry names none */
    struct os_file_id parent; /* the folder that holds the link */
};

JD_MUST_CHECK enum jd_code journal_begin(struct os_state *state, const struct step *step, const char *request_id,
                                         const struct op_env *env, uint64_t *out_token, struct jd_err *err);

/* False when the text is no whole entry: its writing was cut short, so what it announces was never begun. */
bool journal_read(const char *text, size_t len, struct journal_entry *out);
void journal_entry_done(struct journal_entry *entry);
