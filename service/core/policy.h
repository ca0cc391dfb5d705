/* SPDX-License-Identifier: MIT */
/*
 * The policy: rules and facts to a verdict that names its rule. Default deny; any matching deny wins; then the first
 * matching allow. A loaded policy is immutable and counted: a request keeps the snapshot it began with. Counting
 * happens on the loop thread only (policy_take, policy_drop); judging is pure and runs on any thread.
 */
#pragma once

#include "common/sha256.h"
#include "service/core/facts.h"
#include "service/os/os_fs.h"

struct policy; /* opaque: core/policy_rule.h */

/* "limits" of the policy file; defaults in core/policy_load.c. */
struct policy_limits {
    int64_t connections; /* in all */
    int64_t connections_per_sid;
    int64_t connections_reserved; /* of them for administrators */
    int64_t operations_per_sid;   /* running at once */
};

enum policy_reads { POLICY_READS_NONE, POLICY_READS_SUMMARY, POLICY_READS_ALL };

struct policy_audit {
    enum policy_reads reads;
    bool flush; /* the pending journal survives loss of power */
};

/* What nobody's rule can lift: paths only the system or the service may change. Borrowed by the policy calls. */
struct policy_builtin {
    const struct jd_winpath *own; /* the service's own files, as far as they lie on a served volume */
    size_t n_own;
};

struct verdict {
    bool allowed;
    const char
        *rule; /* id of the rule that decided, borrowed from the policy; NULL: no rule matched, or a built-in denial */
    const char
        *reason; /* literal: "rule", "no_rule", "deny_rule", "built_in", "target_contains_link", "caller_refused" */
    enum os_owner link_owner; /* of the allow rule that matched */
};

/*
 * Loads policy text. Strict: an unknown or duplicate key, a bad pattern, an unknown principal form or operation fails
 * with POLICY_INVALID; a newer version with POLICY_NEWER. err->domain is JD_DOMAIN_LINE, err->number the line,
 * err->text one plain reason naming the rule. The new policy has one count, the caller's.
 */
JD_MUST_CHECK enum jd_code policy_load(const char *text, size_t len, struct policy **out, struct jd_err *err);
struct policy *policy_take(struct policy *policy);
void policy_drop(struct policy *policy); /* NULL is accepted; the last drop frees */

const char *policy_hash(const struct policy *policy); /* SHA-256 of the text, hex; borrowed */
size_t policy_rule_count(const struct policy *policy);
size_t policy_unresolved_count(const struct policy *policy); /* rules that name an account without a known SID */
const struct policy_limits *policy_get_limits(const struct policy *policy);
const struct policy_audit *policy_get_audit(const struct policy *policy);

/*
 * Text only, before anything is opened: could any rule allow this caller, verb and paths, whatever the conditions turn
 * out to be? False means denied, with *out filled. target is NULL where it is not known yet. Opens nothing, so it tells
 * nothing about what exists.
 */
bool policy_screen(const struct policy *policy, const struct policy_builtin *builtin, const struct os_caller *caller,
                   enum verb verb, const struct jd_winpath *link, const struct jd_winpath *target, struct verdict *out);

/*
 * The verdict on facts of opened objects. A rule's target pattern counts for operations that look at the target only:
 * an allow that names one must match every target, a deny fires when one of them matches. For the others (inspect …) it
 * is left out, so a deny that names a target denies them by its link alone. A target that is untold or not known
 * matches no allow and every deny that names one.
 */
void policy_judge(const struct policy *policy, const struct policy_builtin *builtin, const struct facts *facts,
                  struct verdict *out);

/* One warning per line for `junctiond check`: what loads but is unwise. Returns how many lines were added. */
size_t policy_lint(const struct policy *policy, struct jd_buf *out);
