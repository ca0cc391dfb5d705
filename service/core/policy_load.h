/* SPDX-License-Identifier: MIT */
/*
 * Reading a policy file: what policy_load.c (top level), policy_load_group.c and policy_load_rule.c share
 * (policy_load_field.c). Objects are read by tables of
 * fields; every reason is made in one place, with its line, as one line of safe text.
 */
#pragma once

#include "protocol/json.h"
#include "service/core/policy_rule.h"

enum { POLICY_RULES_MAX = 4096, POLICY_GROUPS_MAX = 1024, POLICY_LIST_MAX = 1024, POLICY_ID_MAX = 64 };

/* One file being read. */
struct load {
    struct policy *policy;    /* being filled */
    struct policy_rule *rule; /* being filled, NULL outside of rules */
    char where[96];           /* begins every reason: "rule \"x\": ", "limits: ", or "" */
    struct jd_err *err;
};

/* One key of an object. `comment` is understood everywhere and stands in no table. */
struct load_field {
    const char *key;
    enum jd_json_kind kind;
    bool is_required;
    enum jd_code (*read)(struct load *load, const struct jd_json *value); /* the kind is already right */
};

/* Fails with POLICY_INVALID at value's line, the reason being load->where and the formatted text. */
JD_MUST_CHECK enum jd_code load_refuse(struct load *load, const struct jd_json *value, const char *format, ...)
    JD_PRINTF(3, 4);
/* The same without a place: line and text as they are. */
JD_MUST_CHECK enum jd_code load_fail_at(struct jd_err *err, int64_t line, const char *text);
/* Adds line, place and key to a reason that a part below gave in load->err; passes other codes through. */
JD_MUST_CHECK enum jd_code load_refuse_inner(struct load *load, const struct jd_json *value, const char *key,
                                             enum jd_code code);
JD_MUST_CHECK enum jd_code load_out_of_memory(struct load *load);

/* Refuses keys that stand neither in fields nor, where with_conditions, in cond_table. */
JD_MUST_CHECK enum jd_code load_check_keys(struct load *load, const struct jd_json *object,
                                           const struct load_field *fields, size_t n, bool with_conditions);
/* Reads what fields name, in the order of the table, whatever the order in the file. */
JD_MUST_CHECK enum jd_code load_fields(struct load *load, const struct jd_json *object, const struct load_field *fields,
                                       size_t n);

/* True for a comment; *out_code says whether it is a good one. */
bool load_is_comment(struct load *load, const struct jd_json *member, enum jd_code *out_code);

/* A name of a rule or group: [A-Za-z0-9._-]{1,64}. */
bool load_is_id(const char *text);

/* core/policy_load_group.c: the value of "groups". */
JD_MUST_CHECK enum jd_code load_groups(struct load *load, const struct jd_json *value);
/* core/policy_load_rule.c: fills load->rule. index counts from 0. */
JD_MUST_CHECK enum jd_code load_rule(struct load *load, const struct jd_json *object, size_t index);
