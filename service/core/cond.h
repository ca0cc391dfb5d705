/* SPDX-License-Identifier: MIT */
/*
 * A condition: three functions and a row in cond_list.h. An allow rule has every condition, by its default where it is
 * not written; a deny rule has only those written. "Cannot tell" (TRI_UNKNOWN) matches no allow and every deny
 * (core/policy.c, in one place).
 */
#pragma once

#include "protocol/json.h"
#include "service/core/facts.h"
#include "service/os/os_fs.h"

/* What the conditions of one rule say. One member per condition; a zero is never a valid value. */
struct cond_values {
    enum cond_target_state { COND_TARGET_EXISTS = 1, COND_TARGET_ANY } target_state;
    enum cond_target_writers { COND_WRITERS_ADMINS = 1, COND_WRITERS_ANYONE } target_writers;
    enum os_owner link_owner;
};

struct cond {
    const char *key;
    bool for_allow_only; /* has no meaning in a deny rule: refused at load */
    void (*set_default)(struct cond_values *values);
    /* Strict. Fails with POLICY_INVALID, err->text the reason; the loader adds rule and line. */
    enum jd_code (*parse)(const struct jd_json *value, struct cond_values *out, struct jd_err *err);
    /* Pure: no system call, no allocation. */
    enum tri (*judge)(const struct cond_values *values, const struct facts *facts);
    /* Appends "target_writers: anyone" for explain, lint and audit. */
    void (*describe)(const struct cond_values *values, struct jd_buf *out);
};

#define COND(name) extern const struct cond cond_##name;
#include "service/core/cond_list.h"
#undef COND

extern const struct cond *const cond_table[];
extern const size_t cond_count;
