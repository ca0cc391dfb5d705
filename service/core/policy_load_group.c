/* SPDX-License-Identifier: MIT */
#include "service/core/policy_load.h"

#include "common/buf.h"

#include <stdio.h>
#include <stdlib.h>

static enum jd_code read_group_member(struct load *load, const struct jd_json *value, struct policy_group *group)
{
    const char *text = jd_json_string(value);
    enum jd_code code;
    if (text == NULL) {
        return load_refuse(load, value, "a principal must be a string");
    }
    code = policy_principal_parse(text, group->sids, &group->n_sids, &group->unresolved, load->err);
    return load_refuse_inner(load, value, "principals", code);
}

static enum jd_code read_group(struct load *load, const struct jd_json *value)
{
    struct policy_group *group = &load->policy->groups[load->policy->n_groups];
    size_t n = jd_json_size(value);
    if (jd_json_kind(value) != JD_JSON_ARRAY || n > POLICY_LIST_MAX) {
        return load_refuse(load, value, "must be an array of at most %d principals", POLICY_LIST_MAX);
    }
    load->policy->n_groups++;
    group->name = jd_strdup(jd_json_key(value));
    group->sids = calloc(n + 1, sizeof *group->sids);
    if (group->name == NULL || group->sids == NULL) {
        return load_out_of_memory(load);
    }
    for (const struct jd_json *m = jd_json_first(value); m != NULL; m = jd_json_next(m)) {
        enum jd_code code = read_group_member(load, m, group);
        if (code != JD_OK) {
            return code;
        }
    }
    return JD_OK;
}

enum jd_code load_groups(struct load *load, const struct jd_json *value)
{
    size_t n = jd_json_size(value);
    enum jd_code code = JD_OK;
    if (n > POLICY_GROUPS_MAX) {
        return load_refuse(load, value, "there are %zu groups, at most %d are taken", n, POLICY_GROUPS_MAX);
    }
    load->policy->groups = calloc(n + 1, sizeof *load->policy->groups);
    if (load->policy->groups == NULL) {
        return load_out_of_memory(load);
    }
    for (const struct jd_json *m = jd_json_first(value); m != NULL && code == JD_OK; m = jd_json_next(m)) {
        if (load_is_comment(load, m, &code)) {
            continue;
        }
        if (!load_is_id(jd_json_key(m))) {
            return load_refuse(load, m, "group \"%s\": a name is [A-Za-z0-9._-], 1 to %d of them", jd_json_key(m),
                               POLICY_ID_MAX);
        }
        snprintf(load->where, sizeof load->where, "group \"%s\": ", jd_json_key(m));
        code = read_group(load, m);
        load->where[0] = '\0';
    }
    return code;
}
