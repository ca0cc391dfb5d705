/* SPDX-License-Identifier: MIT */
/*
 * The argument of the whole service, in its order: decode (done by protocol/request.c) → screen → plan → judge → record
 * → act → record → answer. Read core_run from the bottom of this file upwards.
 */
#include "service/core/core_private.h"

#include "protocol/reply.h"

#include <stdlib.h>

static enum jd_code deny(struct request *request, struct step *step)
{
    request->denied = step;
    return jd_fail(&request->err, JD_E_DENIED, "policy", step->verdict.reason);
}

/* Text only: where no rule could allow this, nothing is opened and nothing learned about what exists. */
static enum jd_code screen(struct request *request, const struct op_env *env)
{
    for (size_t i = 0; i < request->steps.n; i++) {
        struct step *step = &request->steps.items[i];
        if (!policy_screen(env->policy, env->builtin, env->caller, step->kind->verb, step->link, step->target,
                           &step->verdict)) {
            return deny(request, step);
        }
    }
    return JD_OK;
}

/* Opens the objects and gathers their facts. */
static enum jd_code plan(struct request *request, const struct op_env *env)
{
    enum jd_code code = JD_OK;
    for (size_t i = 0; code == JD_OK && i < request->steps.n; i++) {
        struct step *step = &request->steps.items[i];
        step->plan.facts.verb = step->kind->verb;
        step->plan.facts.caller = env->caller;
        code = step->kind->plan(step, env, &request->err);
    }
    return code;
}

/* Would it be allowed if only the target existed? Then the missing target is what to say, not the denial. */
static bool only_target_is_missing(const struct step *step, const struct op_env *env)
{
    struct facts facts = step->plan.facts;
    struct verdict verdict;
    if (facts.target_exists != TRI_NO) {
        return false;
    }
    facts.target_exists = TRI_YES;
    facts.target_is_guarded = TRI_YES;
    policy_judge(env->policy, env->builtin, &facts, &verdict);
    return verdict.allowed;
}

/* Where there is no junction there is no target a rule could be held against, and nothing to be done: the screen
 * allowed this link by its text, so its caller is told what stands there instead. */
static bool has_no_target_to_judge(const struct step *step)
{
    const struct facts *facts = &step->plan.facts;
    return step->plan.refusal.code != JD_OK && facts->n_targets == 0 && !facts->target_is_untold;
}

static enum jd_code judge_step(struct request *request, struct step *step, const struct op_env *env)
{
    policy_judge(env->policy, env->builtin, &step->plan.facts, &step->verdict);
    if (!step->verdict.allowed) {
        if (only_target_is_missing(step, env)) {
            request->err = step->plan.target_refusal;
            return request->err.code;
        }
        if (!has_no_target_to_judge(step)) {
            return deny(request, step);
        }
    }
    request->err = step->plan.refusal; /* what stands in the way is told to the allowed only */
    return request->err.code;
}

/* Facts of opened objects, never the client's strings. */
static enum jd_code judge(struct request *request, const struct op_env *env)
{
    enum jd_code code = JD_OK;
    for (size_t i = 0; code == JD_OK && i < request->steps.n; i++) {
        code = judge_step(request, &request->steps.items[i], env);
    }
    return code;
}

/* No change without an accepted intent record; the journal first, so that a crash between the two is seen. */
static enum jd_code begin_change(struct request *request, struct step *step, const struct op_env *env)
{
    struct os_state *state = request->core->parts.state;
    struct jd_err drop;
    enum jd_code code = journal_begin(state, step, request->id, env, &step->journal, &request->err);
    if (code != JD_OK) {
        return code;
    }
    code = record_intent(request, step, &request->err);
    if (code != JD_OK && os_state_pending_drop(state, step->journal, &drop) == JD_OK) {
        step->journal = 0;
    }
    return code;
}

static enum jd_code act_step(struct request *request, struct step *step, const struct op_env *env)
{
    enum jd_code code = step->kind->changes ? begin_change(request, step, env) : JD_OK;
    if (code != JD_OK) {
        return code;
    }
    step->state = STEP_BEGUN;
    code = step->kind->act(step, env, &step->err);
    step->state = code == JD_OK ? STEP_DONE : STEP_FAILED;
    if (code != JD_OK) {
        request->err = step->err;
    }
    return code;
}

/* Takes back what was done, the last first. */
static void undo(struct request *request, const struct op_env *env)
{
    for (size_t i = request->steps.n; i-- > 0;) {
        struct step *step = &request->steps.items[i];
        if (!step->kind->changes || step->state != STEP_DONE) {
            continue;
        }
        if (step->kind->undo(step, env, &step->err) == JD_OK) {
            step->state = STEP_UNDONE;
        } else {
            step->state = STEP_UNDO_FAILED;
            jd_fail_text(&request->err, JD_E_UNDO_INCOMPLETE, "undo", jd_code_word(request->err.code), "%s",
                         jd_code_word(step->err.code));
        }
    }
}

/* Record, act, record. After the first intent nothing is cancelled any more: steps are done, or undone. */
static enum jd_code act(struct request *request, const struct op_env *env)
{
    enum jd_code code = op_env_is_over(env, &request->err) ? request->err.code : JD_OK;
    for (size_t i = 0; code == JD_OK && i < request->steps.n; i++) {
        code = act_step(request, &request->steps.items[i], env);
    }
    if (code != JD_OK) {
        undo(request, env);
        code = request->err.code;
    }
    for (size_t i = 0; i < request->steps.n; i++) {
        struct step *step = &request->steps.items[i];
        if (step->kind->changes && step->state != STEP_WAITING) {
            record_outcome(request, step);
        }
    }
    return code;
}

static void answer_error(struct request *request)
{
    const char *rule = request->denied == NULL ? NULL : request->denied->verdict.rule;
    jd_buf_reset(&request->reply);
    jd_reply_error(&request->decoded.id, &request->err, rule, request->id, &request->reply);
}

static void answer_result(struct request *request)
{
    struct jd_buf text;
    struct jd_json_out out;
    jd_buf_init(&text, JD_REPLY_MAX);
    jd_out_init(&out, &text);
    jd_out_begin(&out, '{');
    request->op->result(&request->steps, &out);
    jd_out_end(&out, '}');
    if (jd_buf_check(&text, &request->err) == JD_OK) {
        jd_reply_result(&request->decoded.id, text.data, text.len, &request->reply);
        if (jd_buf_check(&request->reply, &request->err) != JD_OK) {
            jd_buf_reset(&request->reply);
        }
    }
    jd_buf_done(&text);
}

/* The reply line. One that does not fit becomes an error that does. */
static void answer(struct request *request, enum jd_code code)
{
    if (code == JD_OK) {
        answer_result(request);
    }
    if (request->err.code != JD_OK) {
        answer_error(request);
    }
}

void core_run(struct request *request, const struct op_io *io)
{
    const struct op_env env = {.fs = request->core->parts.fs,
                               .policy = request->policy,
                               .builtin = &request->core->parts.builtin,
                               .caller = &request->caller,
                               .request = &request->decoded,
                               .io = io};
    enum jd_code code = screen(request, &env);
    if (code == JD_OK) {
        code = plan(request, &env);
    }
    if (code == JD_OK) {
        code = judge(request, &env);
    }
    if (code == JD_OK) {
        code = act(request, &env);
    }
    answer(request, code);
    /* Handles are not kept while the answer waits to be written. */
    for (size_t i = 0; i < request->steps.n; i++) {
        plan_done(&request->steps.items[i].plan);
    }
}
