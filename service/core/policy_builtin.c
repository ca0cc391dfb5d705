/* SPDX-License-Identifier: MIT */
#include "service/core/policy_rule.h"

#include <string.h>

/* First names below the root that belong to the system, on any volume. */
static const char *const system_names[] = {"Windows", "System Volume Information", "$Extend"};

static bool changes(enum verb verb)
{
    return verb == VERB_create || verb == VERB_retarget || verb == VERB_repair || verb == VERB_remove;
}

static bool is_at_or_under(const struct jd_winpath *inner, const struct jd_winpath *outer)
{
    return jd_winpath_equal(inner, outer) || jd_winpath_is_under(inner, outer);
}

static bool is_the_systems(const struct jd_winpath *path)
{
    struct jd_name first = jd_winpath_part(path, 0);
    for (size_t i = 0; i < JD_COUNT(system_names); i++) {
        if (jd_name_equal(first, (struct jd_name){system_names[i], strlen(system_names[i])})) {
            return true;
        }
    }
    return false;
}

static bool is_ours(const struct policy_builtin *builtin, const struct jd_winpath *path)
{
    for (size_t i = 0; i < builtin->n_own; i++) {
        if (is_at_or_under(path, &builtin->own[i])) {
            return true;
        }
    }
    return false;
}

/* A link that stands where one of our folders should would lead us elsewhere at the next start. */
static bool leads_to_ours(const struct policy_builtin *builtin, const struct jd_winpath *link)
{
    for (size_t i = 0; i < builtin->n_own; i++) {
        if (jd_winpath_is_under(&builtin->own[i], link)) {
            return true;
        }
    }
    return false;
}

const char *policy_builtin_refusal(const struct policy_builtin *builtin, enum verb verb, const struct jd_winpath *link,
                                   const struct jd_winpath *const *targets, size_t n_targets)
{
    if (!changes(verb)) {
        return NULL;
    }
    if (is_the_systems(link) || is_ours(builtin, link) || leads_to_ours(builtin, link)) {
        return "built_in";
    }
    for (size_t i = 0; i < n_targets; i++) {
        if (is_the_systems(targets[i]) || is_ours(builtin, targets[i])) {
            return "built_in";
        }
    }
    for (size_t i = 0; i < n_targets && verb == VERB_create; i++) {
        if (is_at_or_under(link, targets[i]) || jd_winpath_is_under(targets[i], link)) {
            return "target_contains_link"; /* a loop, or a target that vanishes behind its own link */
        }
    }
    return NULL;
}
