/* SPDX-License-Identifier: MIT */
#include "service/core/policy_load.h"

#include "protocol/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct policy_limits default_limits = {
    .connections = 256, .connections_per_sid = 32, .connections_reserved = 4, .operations_per_sid = 2};

static enum jd_code refuse_newer(struct load *load, const struct jd_json *value, int64_t version)
{
    jd_fail_text(load->err, JD_E_POLICY_NEWER, "policy", NULL, "version is %lld, this service understands 1",
                 (long long)version);
    load->err->domain = JD_DOMAIN_LINE;
    load->err->number = jd_json_line(value);
    return JD_E_POLICY_NEWER;
}

static enum jd_code read_version(struct load *load, const struct jd_json *value)
{
    int64_t version;
    if (!jd_json_integer(value, &version) || version < 1) {
        return load_refuse(load, value, "version must be 1");
    }
    if (version > 1) {
        return refuse_newer(load, value, version);
    }
    return JD_OK;
}

static enum jd_code read_integer(struct load *load, const struct jd_json *value, int64_t min, int64_t max, int64_t *out)
{
    int64_t number;
    if (!jd_json_integer(value, &number) || number < min || number > max) {
        return load_refuse(load, value, "%s must be an integer from %lld to %lld", jd_json_key(value), (long long)min,
                           (long long)max);
    }
    *out = number;
    return JD_OK;
}

static enum jd_code read_connections(struct load *load, const struct jd_json *value)
{
    return read_integer(load, value, 8, 4096, &load->policy->limits.connections);
}

static enum jd_code read_per_sid(struct load *load, const struct jd_json *value)
{
    return read_integer(load, value, 1, 4096, &load->policy->limits.connections_per_sid);
}

static enum jd_code read_reserved(struct load *load, const struct jd_json *value)
{
    return read_integer(load, value, 0, 64, &load->policy->limits.connections_reserved);
}

static enum jd_code read_operations(struct load *load, const struct jd_json *value)
{
    return read_integer(load, value, 1, 16, &load->policy->limits.operations_per_sid);
}

static const struct load_field limit_fields[] = {
    {"connections", JD_JSON_NUMBER, false, read_connections},
    {"connections_per_sid", JD_JSON_NUMBER, false, read_per_sid},
    {"connections_reserved", JD_JSON_NUMBER, false, read_reserved},
    {"operations_per_sid", JD_JSON_NUMBER, false, read_operations},
};

static enum jd_code read_limits(struct load *load, const struct jd_json *value)
{
    const struct policy_limits *limits = &load->policy->limits;
    enum jd_code code;
    snprintf(load->where, sizeof load->where, "limits: ");
    code = load_check_keys(load, value, limit_fields, JD_COUNT(limit_fields), false);
    if (code == JD_OK) {
        code = load_fields(load, value, limit_fields, JD_COUNT(limit_fields));
    }
    if (code == JD_OK && limits->connections_reserved >= limits->connections) {
        code = load_refuse(load, value, "connections_reserved (%lld) leaves none of the %lld connections to others",
                           (long long)limits->connections_reserved, (long long)limits->connections);
    }
    load->where[0] = '\0';
    return code;
}

static enum jd_code read_reads(struct load *load, const struct jd_json *value)
{
    static const char *const words[] = {
        [POLICY_READS_NONE] = "none", [POLICY_READS_SUMMARY] = "summary", [POLICY_READS_ALL] = "all"};
    for (size_t i = 0; i < JD_COUNT(words); i++) {
        if (strcmp(words[i], jd_json_string(value)) == 0) {
            load->policy->audit.reads = (enum policy_reads)i;
            return JD_OK;
        }
    }
    return load_refuse(load, value, "reads must be \"none\", \"summary\" or \"all\"");
}

static enum jd_code read_flush(struct load *load, const struct jd_json *value)
{
    (void)jd_json_bool(value, &load->policy->audit.flush);
    return JD_OK;
}

static const struct load_field audit_fields[] = {
    {"reads", JD_JSON_STRING, false, read_reads},
    {"flush", JD_JSON_BOOL, false, read_flush},
};

static enum jd_code read_audit(struct load *load, const struct jd_json *value)
{
    enum jd_code code;
    snprintf(load->where, sizeof load->where, "audit: ");
    code = load_check_keys(load, value, audit_fields, JD_COUNT(audit_fields), false);
    if (code == JD_OK) {
        code = load_fields(load, value, audit_fields, JD_COUNT(audit_fields));
    }
    load->where[0] = '\0';
    return code;
}

static enum jd_code read_rules(struct load *load, const struct jd_json *value)
{
    struct policy *policy = load->policy;
    size_t n = jd_json_size(value);
    enum jd_code code = JD_OK;
    if (n > POLICY_RULES_MAX) {
        return load_refuse(load, value, "there are %zu rules, at most %d are taken", n, POLICY_RULES_MAX);
    }
    policy->rules = calloc(n + 1, sizeof *policy->rules);
    if (policy->rules == NULL) {
        return load_out_of_memory(load);
    }
    for (const struct jd_json *m = jd_json_first(value); m != NULL && code == JD_OK; m = jd_json_next(m)) {
        size_t index = policy->n_rules++;
        load->rule = &policy->rules[index];
        code = load_rule(load, m, index);
    }
    load->rule = NULL;
    load->where[0] = '\0';
    return code;
}

/* version comes first: a newer file may well have keys that are not known here. Rules come after the groups they name.
 */
static const struct load_field top_fields[] = {
    {"version", JD_JSON_NUMBER, true, read_version}, {"groups", JD_JSON_OBJECT, false, load_groups},
    {"rules", JD_JSON_ARRAY, false, read_rules},     {"limits", JD_JSON_OBJECT, false, read_limits},
    {"audit", JD_JSON_OBJECT, false, read_audit},
};

static enum jd_code load_top(struct load *load, const struct jd_json *root)
{
    enum jd_code code;
    if (jd_json_kind(root) != JD_JSON_OBJECT) {
        return load_refuse(load, root, "a policy must be an object");
    }
    code = load_fields(load, root, top_fields, 1);
    if (code == JD_OK) {
        code = load_check_keys(load, root, top_fields, JD_COUNT(top_fields), false);
    }
    if (code == JD_OK) {
        code = load_fields(load, root, top_fields + 1, JD_COUNT(top_fields) - 1);
    }
    return code;
}

/* What the scanner found, as a fault of the policy: the line stays, the code of a wire message does not. */
static enum jd_code refuse_document(struct jd_err *err, enum jd_code code)
{
    char text[JD_ERR_TEXT_MAX + 32];
    if (code == JD_E_NO_MEMORY) {
        return code;
    }
    if (code == JD_E_DEPTH_EXCEEDED) {
        snprintf(text, sizeof text, "not a policy: nested deeper than %d", JD_POLICY_DEPTH_MAX);
    } else {
        snprintf(text, sizeof text, "not valid JSON: %s", err->text[0] != '\0' ? err->text : jd_code_text(code));
    }
    return load_fail_at(err, err->number, text);
}

static enum jd_code parse_document(const char *text, size_t len, struct jd_json **out, struct jd_err *err)
{
    struct jd_json *root = NULL;
    size_t duplicate_depth = 0;
    uint32_t duplicate_line = 0;
    enum jd_code code;
    if (len > JD_POLICY_MAX) {
        return load_fail_at(err, 1, "a policy has at most 1 MiB");
    }
    code = jd_json_parse(text, len, JD_POLICY_DEPTH_MAX, &root, &duplicate_depth, &duplicate_line, err);
    if (code != JD_OK) {
        return refuse_document(err, code);
    }
    if (duplicate_depth != 0) {
        jd_json_free(root);
        return load_fail_at(err, duplicate_line, "a key stands twice in one object");
    }
    *out = root;
    return JD_OK;
}

static enum jd_code load_document(struct policy *policy, const char *text, size_t len, struct jd_err *err)
{
    struct load load = {.policy = policy, .err = err};
    struct jd_json *root = NULL;
    enum jd_code code = parse_document(text, len, &root, err);
    if (code != JD_OK) {
        return code;
    }
    code = load_top(&load, root);
    jd_json_free(root);
    return code;
}

enum jd_code policy_load(const char *text, size_t len, struct policy **out, struct jd_err *err)
{
    struct policy *policy = calloc(1, sizeof *policy);
    enum jd_code code;
    if (policy == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "policy", NULL);
    }
    policy->count = 1;
    policy->limits = default_limits;
    policy->audit.reads = POLICY_READS_SUMMARY;
    jd_sha256_text(text, len, policy->hash);
    code = load_document(policy, text, len, err);
    if (code != JD_OK) {
        policy_drop(policy);
        return code;
    }
    *out = policy;
    return JD_OK;
}
