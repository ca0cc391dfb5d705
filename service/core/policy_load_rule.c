/* SPDX-License-Identifier: MIT */
#include "service/core/policy_load.h"

#include "common/buf.h"

#include <stdio.h>
#include <string.h>

static bool id_is_taken(const struct load *load, const char *id)
{
    for (const struct policy_rule *rule = load->policy->rules; rule != load->rule; rule++) {
        if (strcmp(rule->id, id) == 0) {
            return true;
        }
    }
    return false;
}

static enum jd_code read_id(struct load *load, const struct jd_json *value)
{
    const char *id = jd_json_string(value);
    if (!load_is_id(id)) {
        return load_refuse(load, value, "id must be [A-Za-z0-9._-], 1 to %d of them", POLICY_ID_MAX);
    }
    if (id_is_taken(load, id)) {
        return load_refuse(load, value, "id \"%s\" stands in an earlier rule too", id);
    }
    load->rule->id = jd_strdup(id);
    if (load->rule->id == NULL) {
        return load_out_of_memory(load);
    }
    snprintf(load->where, sizeof load->where, "rule \"%s\": ", id);
    return JD_OK;
}

static enum jd_code read_effect(struct load *load, const struct jd_json *value)
{
    const char *word = jd_json_string(value);
    load->rule->allows = strcmp(word, "allow") == 0;
    if (!load->rule->allows && strcmp(word, "deny") != 0) {
        return load_refuse(load, value, "effect must be \"allow\" or \"deny\"");
    }
    return JD_OK;
}

static enum jd_code check_list(struct load *load, const struct jd_json *list)
{
    size_t n = jd_json_size(list);
    if (n == 0 || n > POLICY_LIST_MAX) {
        return load_refuse(load, list, "%s must name 1 to %d", jd_json_key(list), POLICY_LIST_MAX);
    }
    for (const struct jd_json *m = jd_json_first(list); m != NULL; m = jd_json_next(m)) {
        if (jd_json_kind(m) != JD_JSON_STRING) {
            return load_refuse(load, m, "%s must hold strings only", jd_json_key(list));
        }
    }
    return JD_OK;
}

static enum jd_code read_operations(struct load *load, const struct jd_json *value)
{
    enum jd_code code = check_list(load, value);
    if (code != JD_OK) {
        return code;
    }
    for (const struct jd_json *m = jd_json_first(value); m != NULL; m = jd_json_next(m)) {
        enum verb verb = verb_from_word(jd_json_string(m));
        if (verb == VERB_NONE) {
            return load_refuse(load, m, "operations: there is no \"%s\"", jd_json_string(m));
        }
        load->rule->verbs |= (uint32_t)1 << verb;
    }
    return JD_OK;
}

static enum jd_code read_principals(struct load *load, const struct jd_json *value)
{
    const struct policy *policy = load->policy;
    enum jd_code code = check_list(load, value);
    if (code != JD_OK) {
        return code;
    }
    code = policy_principals_init(&load->rule->principals, jd_json_size(value), load->err);
    for (const struct jd_json *m = jd_json_first(value); m != NULL && code == JD_OK; m = jd_json_next(m)) {
        code = policy_principals_add(&load->rule->principals, jd_json_string(m), policy->groups, policy->n_groups,
                                     load->err);
        code = load_refuse_inner(load, m, "principals", code);
    }
    return code;
}

static enum jd_code read_link(struct load *load, const struct jd_json *value)
{
    return load_refuse_inner(load, value, "link",
                             policy_pattern_compile(jd_json_string(value), NULL, &load->rule->link, load->err));
}

static enum jd_code read_target(struct load *load, const struct jd_json *value)
{
    const struct policy_rule *rule = load->rule;
    return load_refuse_inner(
        load, value, "target",
        policy_pattern_compile(jd_json_string(value), &rule->link, &load->rule->target, load->err));
}

/* target comes after link, whose captures it may use. */
static const struct load_field rule_fields[] = {
    {"id", JD_JSON_STRING, true, read_id},
    {"effect", JD_JSON_STRING, true, read_effect},
    {"operations", JD_JSON_ARRAY, true, read_operations},
    {"principals", JD_JSON_ARRAY, true, read_principals},
    {"link", JD_JSON_STRING, false, read_link},
    {"target", JD_JSON_STRING, false, read_target},
};

static enum jd_code read_condition(struct load *load, const struct cond *cond, const struct jd_json *value)
{
    if (cond->for_allow_only && !load->rule->allows) {
        return load_refuse(load, value, "%s has no meaning in a deny rule", cond->key);
    }
    return load_refuse_inner(load, value, cond->key, cond->parse(value, &load->rule->conds, load->err));
}

/* An allow rule has every condition, by default where it is not written: forgetting one must not widen a rule. */
static enum jd_code read_conditions(struct load *load, const struct jd_json *object)
{
    for (size_t i = 0; i < cond_count; i++) {
        const struct jd_json *value = jd_json_member(object, cond_table[i]->key);
        enum jd_code code = value != NULL ? read_condition(load, cond_table[i], value) : JD_OK;
        if (code != JD_OK) {
            return code;
        }
        if (value == NULL && load->rule->allows) {
            cond_table[i]->set_default(&load->rule->conds);
        }
        if (value != NULL || load->rule->allows) {
            load->rule->judged |= (uint32_t)1 << i;
        }
    }
    return JD_OK;
}

/* What only the whole rule can show. */
static enum jd_code check_rule(struct load *load, const struct jd_json *object)
{
    const struct policy_rule *rule = load->rule;
    if (!rule->allows) {
        return JD_OK;
    }
    if (!policy_pattern_is_set(&rule->link)) {
        return load_refuse(load, object, "an allow rule needs link");
    }
    for (int verb = VERB_NONE + 1; verb < VERB_COUNT; verb++) {
        if (policy_rule_has_verb(rule, (enum verb)verb) && verb_needs_target_pattern((enum verb)verb) &&
            !policy_pattern_is_set(&rule->target)) {
            return load_refuse(load, object, "an allow rule for %s needs target", verb_word((enum verb)verb));
        }
    }
    return JD_OK;
}

enum jd_code load_rule(struct load *load, const struct jd_json *object, size_t index)
{
    enum jd_code code;
    snprintf(load->where, sizeof load->where, "rule %zu: ", index + 1); /* until its id is known */
    if (jd_json_kind(object) != JD_JSON_OBJECT) {
        return load_refuse(load, object, "must be an object");
    }
    code = load_fields(load, object, rule_fields, 1);
    if (code == JD_OK) {
        code = load_check_keys(load, object, rule_fields, JD_COUNT(rule_fields), true);
    }
    if (code == JD_OK) {
        code = load_fields(load, object, rule_fields + 1, JD_COUNT(rule_fields) - 1);
    }
    if (code == JD_OK) {
        code = read_conditions(load, object);
    }
    return code != JD_OK ? code : check_rule(load, object);
}
