/* SPDX-License-Identifier: MIT */
/* service.status: how the service is doing, in numbers a monitor can watch. */
#include "service/core/core_private.h"

#include "service/os/os_clock.h"

static const char *state_word(const struct core *core)
{
    if (core->counters.stopping) {
        return "stopping";
    }
    if (core->policy == NULL) {
        return "policy_unavailable";
    }
    return core->kept != NULL ? "audit_unavailable" : "running";
}

static void add_policy(const struct core *core, struct jd_json_out *out)
{
    char time[AUDIT_TIME_MAX];
    jd_out_key(out, "policy");
    if (core->policy == NULL) {
        jd_out_null(out);
        return;
    }
    jd_out_begin(out, '{');
    jd_out_member(out, "hash", policy_hash(core->policy));
    jd_out_member(out, "loaded", audit_time(core->policy_loaded_ms, time));
    jd_out_member_integer(out, "rules", (int64_t)policy_rule_count(core->policy));
    jd_out_end(out, '}');
}

/* What a policy holds is no matter of everybody: others learn what kind of mistake it is. */
static void add_policy_refusal(const struct core *core, const struct os_caller *caller, struct jd_json_out *out)
{
    char why[JD_ERR_TEXT_MAX * 2];
    if (core->policy_refusal.code == JD_OK) {
        return;
    }
    jd_out_key(out, "policy_refused");
    jd_out_begin(out, '{');
    jd_out_member(out, "word", jd_code_word(core->policy_refusal.code));
    if (caller->is_administrator) {
        jd_out_member(out, "detail", jd_err_render(&core->policy_refusal, why, sizeof why));
    }
    jd_out_end(out, '}');
}

static void add_operations(const struct core *core, struct jd_json_out *out)
{
    jd_out_key(out, "operations");
    jd_out_begin(out, '{');
    for (size_t i = 0; i < core->parts.n_ops; i++) {
        const struct op_tally *counts = &core->per_op[i];
        if (core->parts.ops[i]->row->kind == JD_OP_CONTROL) {
            continue;
        }
        jd_out_key(out, core->parts.ops[i]->row->method);
        jd_out_begin(out, '{');
        jd_out_member_integer(out, "done", (int64_t)counts->done);
        jd_out_member_integer(out, "denied", (int64_t)counts->denied);
        jd_out_member_integer(out, "failed", (int64_t)counts->failed);
        jd_out_end(out, '}');
    }
    jd_out_end(out, '}');
}

static void add_connections(const struct core_counters *counters, struct jd_json_out *out)
{
    jd_out_key(out, "connections");
    jd_out_begin(out, '{');
    jd_out_member_integer(out, "now", (int64_t)counters->connections);
    jd_out_member_integer(out, "total", (int64_t)counters->connections_total);
    jd_out_member_integer(out, "refused", (int64_t)counters->connections_refused);
    jd_out_end(out, '}');
}

static void answer(const struct core *core, const struct os_caller *caller, struct jd_json_out *out)
{
    char time[AUDIT_TIME_MAX];
    jd_out_member(out, "state", state_word(core));
    jd_out_member(out, "version", JD_VERSION);
    jd_out_member(out, "started", audit_time(core->started_ms, time));
    jd_out_member_integer(out, "uptime_s", (int64_t)((os_clock_monotonic_ms() - core->started_monotonic_ms) / 1000));
    add_policy(core, out);
    add_policy_refusal(core, caller, out);
    add_connections(&core->counters, out);
    jd_out_member_integer(out, "running", (int64_t)core->counters.running);
    jd_out_member_integer(out, "bad_lines", (int64_t)core->counters.bad_lines);
    add_operations(core, out);
    jd_out_key(out, "audit");
    jd_out_begin(out, '{');
    jd_out_member(out, "state", core->kept == NULL ? "ok" : "refusing");
    jd_out_member_integer(out, "failures", (int64_t)core->audit_failures);
    jd_out_end(out, '}');
}

const struct op op_status = {.row = &jd_op_rows[JD_OP_ID_status], .answer = answer};
