/* SPDX-License-Identifier: MIT */
/*
 * Whom a rule speaks of: SIDs, SDDL aliases and English well-known names (jd_sid_well_known), and "@group" of the same
 * file. Account names are refused: this version cannot resolve them, and a rule that silently matched nobody would be
 * worse than none. Immutable once loaded; matching is pure and runs on any thread.
 */
#pragma once

#include "service/os/os_peer.h"

/* A group of the policy file. Groups hold no groups. */
struct policy_group {
    char *name; /* owned, as the array is */
    struct jd_sid *sids;
    size_t n_sids;
};

struct policy_principals {
    struct jd_sid *sids; /* owned */
    size_t n_sids;
    const struct policy_group **groups; /* the array is owned, the groups are the policy's */
    size_t n_groups;
};

/* Fails with POLICY_INVALID, err->text the reason without rule and line. A group's name is refused here. */
JD_MUST_CHECK enum jd_code policy_principal_parse(const char *text, struct jd_sid *out, struct jd_err *err);

/* Room for n of each kind. Fails with NO_MEMORY. */
JD_MUST_CHECK enum jd_code policy_principals_init(struct policy_principals *principals, size_t n, struct jd_err *err);
/* Adds one of the n: "@group" out of groups, or what policy_principal_parse takes. */
JD_MUST_CHECK enum jd_code policy_principals_add(struct policy_principals *principals, const char *text,
                                                 const struct policy_group *groups, size_t n_groups,
                                                 struct jd_err *err);
void policy_principals_done(struct policy_principals *principals); /* zeroed is accepted */

/* The caller's user or one of its enabled groups is named; with_deny_only: its deny-only groups count too. */
bool policy_principals_match(const struct policy_principals *principals, const struct os_caller *caller,
                             bool with_deny_only);

/* For lint: sid is named, directly or through a group; whoever inner names, outer names too, or outer names Everyone.
 */
bool policy_principals_name(const struct policy_principals *principals, const struct jd_sid *sid);
bool policy_principals_cover(const struct policy_principals *outer, const struct policy_principals *inner);
