/* SPDX-License-Identifier: MIT */
#include "service/core/policy.h"

#include "service/core/policy_rule.h"

#include <stdlib.h>

/* What is asked, as far as it is known: all of it when judging, its text when screening. */
struct question {
    const struct policy_builtin *builtin;
    const struct os_caller *caller;
    enum verb verb;
    const struct jd_winpath *link;
    const struct jd_winpath *const *targets;
    size_t n_targets;
    const struct facts *facts; /* NULL: screening */
    char sid[JD_SID_TEXT_MAX];
};

struct policy *policy_take(struct policy *policy)
{
    policy->count++;
    return policy;
}

static void free_rule(struct policy_rule *rule)
{
    free(rule->id);
    policy_principals_done(&rule->principals);
    policy_pattern_done(&rule->link);
    policy_pattern_done(&rule->target);
}

static void free_policy(struct policy *policy)
{
    for (size_t i = 0; i < policy->n_rules; i++) {
        free_rule(&policy->rules[i]);
    }
    for (size_t i = 0; i < policy->n_groups; i++) {
        free(policy->groups[i].name);
        free(policy->groups[i].sids);
        free(policy->groups[i].unresolved);
    }
    free(policy->rules);
    free(policy->groups);
    free(policy);
}

void policy_drop(struct policy *policy)
{
    if (policy != NULL && --policy->count == 0) {
        free_policy(policy);
    }
}

const char *policy_hash(const struct policy *policy)
{
    return policy->hash;
}

size_t policy_rule_count(const struct policy *policy)
{
    return policy->n_rules;
}

size_t policy_unresolved_count(const struct policy *policy)
{
    size_t n = 0;
    for (size_t i = 0; i < policy->n_rules; i++) {
        n += policy_principals_unresolved(&policy->rules[i].principals) != NULL;
    }
    return n;
}

const struct policy_limits *policy_get_limits(const struct policy *policy)
{
    return &policy->limits;
}

const struct policy_audit *policy_get_audit(const struct policy *policy)
{
    return &policy->audit;
}

bool policy_rule_has_verb(const struct policy_rule *rule, enum verb verb)
{
    return (rule->verbs >> verb & 1u) != 0;
}

/* The one place where "cannot tell" is decided: it matches no allow and every deny. */
static bool holds(const struct policy_rule *rule, enum tri answer)
{
    return rule->allows ? answer == TRI_YES : answer != TRI_NO;
}

static bool conditions_hold(const struct policy_rule *rule, const struct facts *facts)
{
    for (size_t i = 0; i < cond_count; i++) {
        if ((rule->judged >> i & 1u) != 0 && !holds(rule, cond_table[i]->judge(&rule->conds, facts))) {
            return false;
        }
    }
    return true;
}

/* Before facts exist, conditions hinder no allow, and a deny rule that has any waits for judgement. */
static bool conditions_allow_match(const struct policy_rule *rule, const struct question *q)
{
    return q->facts == NULL ? rule->allows || rule->judged == 0 : conditions_hold(rule, q->facts);
}

/*
 * An allow must match every target, a deny needs one: who moves a link from a denied target to a permitted one, or
 * back, has touched the denied one. Each target is held against what the link captured, so a copy of the binding is
 * spoilt at most.
 */
static bool targets_match(const struct policy_rule *rule, const struct question *q,
                          const struct policy_binding *of_link)
{
    for (size_t i = 0; i < q->n_targets; i++) {
        struct policy_binding binding = *of_link;
        if (policy_pattern_match(&rule->target, q->targets[i], &binding) != rule->allows) {
            return !rule->allows;
        }
    }
    return rule->allows;
}

static bool target_part_matches(const struct policy_rule *rule, const struct question *q,
                                const struct policy_binding *of_link)
{
    if (!policy_pattern_is_set(&rule->target) || !verb_looks_at_target(q->verb)) {
        return true;
    }
    if (q->n_targets == 0 || (q->facts != NULL && q->facts->target_is_untold)) {
        /* Screening without a target: it may still turn out to match. Judging without one: it cannot be told. */
        return (q->facts == NULL) == rule->allows;
    }
    return targets_match(rule, q, of_link);
}

static bool paths_match(const struct policy_rule *rule, const struct question *q)
{
    struct policy_binding binding = {.sid = q->sid, .user = q->caller->name, .unknown_user_matches = !rule->allows};
    if (policy_pattern_is_set(&rule->link) && !policy_pattern_match(&rule->link, q->link, &binding)) {
        return false;
    }
    return target_part_matches(rule, q, &binding);
}

static bool rule_matches(const struct policy_rule *rule, const struct question *q)
{
    return policy_rule_has_verb(rule, q->verb) && paths_match(rule, q) &&
           policy_principals_match(&rule->principals, q->caller, !rule->allows) && conditions_allow_match(rule, q);
}

static const struct policy_rule *first_match(const struct policy *policy, const struct question *q, bool allows)
{
    for (size_t i = 0; i < policy->n_rules; i++) {
        if (policy->rules[i].allows == allows && rule_matches(&policy->rules[i], q)) {
            return &policy->rules[i];
        }
    }
    return NULL;
}

static struct verdict deny(const char *reason, const struct policy_rule *rule)
{
    return (struct verdict){.allowed = false, .reason = reason, .rule = rule != NULL ? rule->id : NULL};
}

static struct verdict decide(const struct policy *policy, const struct question *q)
{
    const struct policy_rule *rule;
    const char *refusal;
    if (q->caller->refused != NULL) {
        return deny("caller_refused", NULL);
    }
    refusal = policy_builtin_refusal(q->builtin, q->verb, q->link, q->targets, q->n_targets);
    if (refusal != NULL) {
        return deny(refusal, NULL);
    }
    rule = first_match(policy, q, false);
    if (rule != NULL) {
        return deny("deny_rule", rule);
    }
    rule = first_match(policy, q, true);
    if (rule == NULL) {
        return deny("no_rule", NULL);
    }
    return (struct verdict){.allowed = true, .reason = "rule", .rule = rule->id, .link_owner = rule->conds.link_owner};
}

bool policy_screen(const struct policy *policy, const struct policy_builtin *builtin, const struct os_caller *caller,
                   enum verb verb, const struct jd_winpath *link, const struct jd_winpath *target, struct verdict *out)
{
    struct question q = {builtin, caller, verb, link, &target, target != NULL, NULL, ""};
    struct verdict verdict;
    jd_sid_format(&caller->user, q.sid);
    verdict = decide(policy, &q);
    if (!verdict.allowed) {
        *out = verdict;
    }
    return verdict.allowed;
}

void policy_judge(const struct policy *policy, const struct policy_builtin *builtin, const struct facts *facts,
                  struct verdict *out)
{
    struct question q = {builtin, facts->caller, facts->verb, facts->link, facts->targets, facts->n_targets, facts, ""};
    jd_sid_format(&facts->caller->user, q.sid);
    *out = decide(policy, &q);
}
