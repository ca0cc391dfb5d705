/* SPDX-License-Identifier: MIT */
/*
 * Whom a rule speaks of: SIDs, SDDL aliases and English well-known names (jd_sid_well_known), "@group" of the same
 * file, and account names. A name that is not resolved to a SID (this version resolves none) makes an allow rule inert
 * and a deny rule match every caller; lint and the record of the load say so. Immutable once loaded; matching is pure
 * and runs on any thread.
 */
#pragma once

#include "service/os/os_peer.h"

/* A group of the policy file. Groups hold no groups. */
struct policy_group {
    char *name; /* owned, as the array is */
    struct jd_sid *sids;
    size_t n_sids;
    char *unresolved; /* the first account name that has no SID; owned, NULL when every name has one */
};

struct policy_principals {
    struct jd_sid *sids; /* owned */
    size_t n_sids;
    const struct policy_group **groups; /* the array is owned, the groups are the policy's */
    size_t n_groups;
    char *unresolved; /* as in a group, of the names written in the rule itself */
};

/*
 * Appends to sids, which has room for one more, or keeps an account name in *unresolved (the first one stays). Fails
 * with POLICY_INVALID, err->text the reason without rule and line, or NO_MEMORY. A group's name is refused here.
 */
JD_MUST_CHECK enum jd_code policy_principal_parse(const char *text, struct jd_sid *sids, size_t *n_sids,
                                                  char **unresolved, struct jd_err *err);

/* Room for n of each kind. Fails with NO_MEMORY. */
JD_MUST_CHECK enum jd_code policy_principals_init(struct policy_principals *principals, size_t n, struct jd_err *err);
/* Adds one of the n: "@group" out of groups, or what policy_principal_parse takes. */
JD_MUST_CHECK enum jd_code policy_principals_add(struct policy_principals *principals, const char *text,
                                                 const struct policy_group *groups, size_t n_groups,
                                                 struct jd_err *err);
void policy_principals_done(struct policy_principals *principals); /* zeroed is accepted */

/* An account name, here or in a group, that no SID is known for; NULL when there is none. */
const char *policy_principals_unresolved(const struct policy_principals *principals);

/*
 * The caller's user or one of its enabled groups is named. for_deny: its deny-only groups count too, and an unresolved
 * name means everybody; otherwise an unresolved name means nobody.
 */
bool policy_principals_match(const struct policy_principals *principals, const struct os_caller *caller, bool for_deny);

/* For lint: sid is named, directly or through a group; whoever inner names, outer names too, or outer names Everyone.
 */
bool policy_principals_name(const struct policy_principals *principals, const struct jd_sid *sid);
bool policy_principals_cover(const struct policy_principals *outer, const struct policy_principals *inner);
