/* SPDX-License-Identifier: MIT */
/* The core itself: made, given policies, ticking, taken down; and the records of its own life. Loop thread. */
#include "service/core/core_private.h"

#include "service/os/os_clock.h"

#include <stdio.h>
#include <stdlib.h>

enum jd_code core_new(const struct core_parts *parts, struct core **out, struct jd_err *err)
{
    struct core *core = calloc(1, sizeof *core);
    if (core == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "core", NULL);
    }
    core->parts = *parts;
    if (parts->ops == NULL) {
        core->parts.ops = op_table;
        core->parts.n_ops = op_count;
    }
    core->per_op = calloc(core->parts.n_ops, sizeof *core->per_op);
    if (core->per_op == NULL) {
        free(core);
        return jd_fail(err, JD_E_NO_MEMORY, "core", NULL);
    }
    core->sink = (struct audit_sink){parts->audit, parts->state};
    core->started_ms = os_clock_wall_ms();
    core->started_monotonic_ms = os_clock_monotonic_ms();
    snprintf(core->instance, sizeof core->instance, "%08lx", (unsigned long)(core->started_ms & 0xFFFFFFFF));
    *out = core;
    return JD_OK;
}

void core_free(struct core *core)
{
    if (core == NULL) {
        return;
    }
    record_kept(core);
    while (core->kept != NULL) {
        /* Still refused: its journal entry stays, and the next start records it. */
        struct kept_record *next = core->kept->next;
        audit_draft_done(&core->kept->draft);
        free(core->kept);
        core->kept = next;
    }
    policy_drop(core->policy);
    free(core->per_op);
    free(core);
}

void core_set_policy(struct core *core, struct policy *policy)
{
    policy_drop(core->policy);
    core->policy = policy;
    core->policy_loaded_ms = os_clock_wall_ms();
}

struct policy *core_policy(const struct core *core)
{
    return core->policy;
}

struct core_counters *core_counters(struct core *core)
{
    return &core->counters;
}

void core_tick(struct core *core)
{
    record_kept(core);
    record_rows(core, false);
}

static enum jd_code send_record(struct core *core, struct audit_draft *draft, struct jd_err *err)
{
    enum jd_code code = audit_send(&core->sink, draft, err);
    if (code != JD_OK) {
        core->audit_failures++;
    }
    audit_draft_done(draft);
    return code;
}

enum jd_code core_record_started(struct core *core, const char *endpoint, struct jd_err *err)
{
    struct audit_draft draft;
    audit_draft_init(&draft, AUDIT_STARTED);
    audit_add(&draft, "version", JD_VERSION);
    audit_add(&draft, "endpoint", endpoint);
    audit_add(&draft, "policy", core->policy == NULL ? NULL : policy_hash(core->policy));
    return send_record(core, &draft, err);
}

enum jd_code core_record_start_failed(struct os_audit *audit, struct os_state *state, const char *part,
                                      const char *path, const struct jd_err *why, struct jd_err *err)
{
    const struct audit_sink sink = {audit, state};
    struct audit_draft draft;
    char text[JD_ERR_TEXT_MAX * 2];
    enum jd_code code;
    audit_draft_init(&draft, AUDIT_START_FAILED);
    audit_add(&draft, "version", JD_VERSION);
    audit_add(&draft, "part", part);
    audit_add(&draft, "path", path);
    audit_add(&draft, "detail", jd_err_render(why, text, sizeof text));
    code = audit_send(&sink, &draft, err);
    audit_draft_done(&draft);
    return code;
}

void core_record_stopped(struct core *core)
{
    struct audit_draft draft;
    struct jd_err err;
    record_kept(core);
    record_rows(core, true);
    audit_draft_init(&draft, AUDIT_STOPPED);
    audit_add(&draft, "version", JD_VERSION);
    audit_add_number(&draft, "uptime_s", (int64_t)((os_clock_monotonic_ms() - core->started_monotonic_ms) / 1000));
    (void)send_record(core, &draft, &err);
}

enum jd_code core_record_policy(struct core *core, const char *path, const struct jd_err *refused, struct jd_err *err)
{
    struct audit_draft draft;
    char why[JD_ERR_TEXT_MAX * 2];
    core->policy_refusal = refused == NULL ? (struct jd_err){0} : *refused;
    audit_draft_init(&draft, refused == NULL ? AUDIT_POLICY_LOADED : AUDIT_POLICY_REFUSED);
    audit_add(&draft, "path", path);
    audit_add(&draft, "policy", core->policy == NULL ? NULL : policy_hash(core->policy));
    if (refused == NULL) {
        audit_add_number(&draft, "rules", (int64_t)policy_rule_count(core->policy));
        audit_add_number(&draft, "unresolved", (int64_t)policy_unresolved_count(core->policy));
    } else {
        audit_add(&draft, "detail", jd_err_render(refused, why, sizeof why));
    }
    return send_record(core, &draft, err);
}

void core_record_bad_messages(struct core *core, const struct os_caller *caller, const struct jd_err *last,
                              uint64_t bad_lines)
{
    struct audit_draft draft;
    struct jd_err err;
    char why[JD_ERR_TEXT_MAX * 2];
    static const struct os_caller unknown;
    const struct os_caller *who = caller == NULL ? &unknown : caller;
    if (!tally_denial(&core->tally, &who->user, os_clock_monotonic_ms())) {
        return;
    }
    audit_draft_init(&draft, AUDIT_BAD_MESSAGES);
    audit_add_caller(&draft, who);
    audit_add_number(&draft, "bad_lines", (int64_t)bad_lines);
    audit_add(&draft, "detail", jd_err_render(last, why, sizeof why));
    (void)send_record(core, &draft, &err);
}
