/* SPDX-License-Identifier: MIT */
#include "service/core/policy_rule.h"

#include "common/buf.h"
#include "common/utf.h"

#include <string.h>

/* One run of the linter. */
struct lint {
    const struct policy *policy;
    struct jd_buf *out;
    size_t n;
};

typedef void (*check_fn)(struct lint *lint, const struct policy_rule *rule);

static void begin(struct lint *lint, const struct policy_rule *rule)
{
    lint->n++;
    jd_buf_add_format(lint->out, "rule \"%s\": ", rule->id);
}

static void end(struct lint *lint, const char *text)
{
    jd_buf_add_text(lint->out, text);
    jd_buf_add_char(lint->out, '\n');
}

static void warn(struct lint *lint, const struct policy_rule *rule, const char *text)
{
    begin(lint, rule);
    end(lint, text);
}

/* Patterns may hold what misleads a reader of the warning. */
static void add_pattern(struct lint *lint, const struct policy_pattern *pattern)
{
    jd_text_escape(pattern->text, strlen(pattern->text), lint->out);
}

static bool changes_something(const struct policy_rule *rule)
{
    return policy_rule_has_verb(rule, VERB_create) || policy_rule_has_verb(rule, VERB_retarget) ||
           policy_rule_has_verb(rule, VERB_repair) || policy_rule_has_verb(rule, VERB_remove);
}

static bool gives_target(const struct policy_rule *rule)
{
    return policy_rule_has_verb(rule, VERB_create) || policy_rule_has_verb(rule, VERB_retarget) ||
           policy_rule_has_verb(rule, VERB_repair);
}

static void check_wide_pattern(struct lint *lint, const struct policy_rule *rule, const char *key,
                               const struct policy_pattern *pattern)
{
    if (rule->allows && policy_pattern_is_set(pattern) && policy_pattern_is_volume_wide(pattern)) {
        begin(lint, rule);
        jd_buf_add_format(lint->out, "%s ", key);
        add_pattern(lint, pattern);
        end(lint, " is as wide as a whole volume");
    }
}

static void check_wide(struct lint *lint, const struct policy_rule *rule)
{
    check_wide_pattern(lint, rule, "link", &rule->link);
    check_wide_pattern(lint, rule, "target", &rule->target);
}

static void check_overlap(struct lint *lint, const struct policy_rule *rule)
{
    if (rule->allows && gives_target(rule) && policy_pattern_may_overlap(&rule->link, &rule->target)) {
        begin(lint, rule);
        jd_buf_add_text(lint->out, "link ");
        add_pattern(lint, &rule->link);
        jd_buf_add_text(lint->out, " and target ");
        add_pattern(lint, &rule->target);
        end(lint, " overlap: links may come to stand inside targets");
    }
}

static void check_writers(struct lint *lint, const struct policy_rule *rule)
{
    if (rule->allows && gives_target(rule) && rule->conds.target_writers == COND_WRITERS_ANYONE) {
        begin(lint, rule);
        jd_buf_add_text(lint->out, "grants ");
        cond_target_writers.describe(&rule->conds, lint->out);
        end(lint, ": who can write an ancestor of a target can lead its links elsewhere");
    }
}

static void check_user(struct lint *lint, const struct policy_rule *rule)
{
    if (policy_pattern_uses(&rule->link, POLICY_PART_USER) || policy_pattern_uses(&rule->target, POLICY_PART_USER)) {
        warn(lint, rule, "{user} is the account name without its domain: two domains can share it; {sid} is safe");
    }
}

static void check_unresolved(struct lint *lint, const struct policy_rule *rule)
{
    const char *name = policy_principals_unresolved(&rule->principals);
    if (name != NULL) {
        begin(lint, rule);
        jd_buf_add_format(lint->out, "account \"%s\" is not resolved (this version knows SIDs only): ", name);
        end(lint, rule->allows ? "the rule allows nobody anything" : "the rule denies everybody");
    }
}

static void check_crowd(struct lint *lint, const struct policy_rule *rule)
{
    const struct {
        const char *name;
        struct jd_sid sid;
    } crowds[] = {
        {"Everyone", jd_sid_everyone()},
        {"Authenticated Users", jd_sid_authenticated_users()},
        {"Users", jd_sid_make(5, 2, (const uint32_t[]){32, 545})},
    };
    for (size_t i = 0; i < JD_COUNT(crowds) && rule->allows && changes_something(rule); i++) {
        if (policy_principals_name(&rule->principals, &crowds[i].sid)) {
            begin(lint, rule);
            jd_buf_add_format(lint->out, "lets %s change links", crowds[i].name);
            end(lint, "");
        }
    }
}

static bool same_or_any(const struct policy_pattern *outer, const struct policy_pattern *inner)
{
    return !policy_pattern_is_set(outer) || (policy_pattern_is_set(inner) && strcmp(outer->text, inner->text) == 0);
}

/* Conservative: patterns count only when they are written alike. */
static bool shadows(const struct policy_rule *deny, const struct policy_rule *allow)
{
    return !deny->allows && deny->judged == 0 && (allow->verbs & ~deny->verbs) == 0 &&
           same_or_any(&deny->link, &allow->link) && same_or_any(&deny->target, &allow->target) &&
           policy_principals_cover(&deny->principals, &allow->principals);
}

static void check_shadowed(struct lint *lint, const struct policy_rule *rule)
{
    for (size_t i = 0; i < lint->policy->n_rules && rule->allows; i++) {
        if (shadows(&lint->policy->rules[i], rule)) {
            begin(lint, rule);
            jd_buf_add_format(lint->out, "never allows anything: rule \"%s\" denies it all", lint->policy->rules[i].id);
            end(lint, "");
            return;
        }
    }
}

static const check_fn checks[] = {check_wide,       check_overlap, check_writers, check_user,
                                  check_unresolved, check_crowd,   check_shadowed};

size_t policy_lint(const struct policy *policy, struct jd_buf *out)
{
    struct lint lint = {policy, out, 0};
    if (policy->n_rules == 0) {
        lint.n++;
        end(&lint, "there are no rules: nothing is allowed");
    }
    for (size_t i = 0; i < policy->n_rules; i++) {
        for (size_t k = 0; k < JD_COUNT(checks); k++) {
            checks[k](&lint, &policy->rules[i]);
        }
    }
    return lint.n;
}
