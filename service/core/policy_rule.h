/* SPDX-License-Identifier: MIT */
/*
 * A loaded policy as judging sees it. Private to the policy_*.c files; written by policy_load*.c only, immutable
 * afterwards.
 */
#pragma once

#include "service/core/cond.h"
#include "service/core/policy.h"
#include "service/core/policy_pattern.h"
#include "service/core/policy_principal.h"

struct policy_rule {
    char *id; /* owned */
    bool allows;
    uint32_t verbs; /* bit 1 << enum verb */
    struct policy_principals principals;
    struct policy_pattern link;   /* zeroed: any (deny rules only) */
    struct policy_pattern target; /* zeroed: any */
    struct cond_values conds;
    uint32_t judged; /* bit 1 << row of cond_table: all of them in an allow rule, those written in a deny rule */
};

struct policy {
    size_t count; /* changed on the loop thread only */
    char hash[JD_SHA256_TEXT];
    struct policy_limits limits;
    struct policy_audit audit;
    struct policy_group *groups;
    size_t n_groups;
    struct policy_rule *rules; /* in the order of the file */
    size_t n_rules;
};

bool policy_rule_has_verb(const struct policy_rule *rule, enum verb verb);

/* core/policy_builtin.c: what no rule lifts. Returns the verdict's reason, NULL when nothing built in forbids it. */
const char *policy_builtin_refusal(const struct policy_builtin *builtin, enum verb verb, const struct jd_winpath *link,
                                   const struct jd_winpath *const *targets, size_t n_targets);
