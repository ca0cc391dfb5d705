/* SPDX-License-Identifier: MIT */
/* The life of one request around core_run, on the loop thread: what it may not even begin, and what is counted when it
 * ends. */
#include "service/core/core_private.h"

#include "protocol/reply.h"
#include "service/os/os_clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct op *find_op(const struct core *core, const struct jd_op *row, size_t *out_index)
{
    for (size_t i = 0; i < core->parts.n_ops; i++) {
        if (core->parts.ops[i]->row == row) {
            *out_index = i;
            return core->parts.ops[i];
        }
    }
    return NULL;
}

static struct request *new_request(struct core *core, struct os_caller *caller, struct jd_request *decoded)
{
    struct request *request = calloc(1, sizeof *request);
    if (request == NULL) {
        os_caller_done(caller);
        jd_request_done(decoded);
        return NULL;
    }
    request->core = core;
    request->caller = *caller;
    request->decoded = *decoded;
    memset(caller, 0, sizeof *caller);
    memset(decoded, 0, sizeof *decoded);
    request->policy = core->policy == NULL ? NULL : policy_take(core->policy);
    jd_buf_init(&request->reply, JD_REPLY_MAX);
    snprintf(request->id, sizeof request->id, "%s-%" PRIu64, core->instance, ++core->next_request);
    return request;
}

/* Why a junction operation cannot even begin; JD_OK when it can. */
static enum jd_code check_ready(const struct core *core, const struct request *request, struct jd_err *err)
{
    if (core->counters.stopping) {
        return jd_fail(err, JD_E_STOPPING, "begin", NULL);
    }
    if (core->policy == NULL) {
        return jd_fail(err, JD_E_POLICY_UNAVAILABLE, "begin", NULL);
    }
    if (core->kept != NULL && request->op->row->kind == JD_OP_CHANGE) {
        return jd_fail(err, JD_E_AUDIT_UNAVAILABLE, "begin", "degraded");
    }
    return JD_OK;
}

static enum core_next begin_control(struct request *request)
{
    struct jd_buf text;
    struct jd_json_out out;
    jd_buf_init(&text, JD_REPLY_MAX);
    jd_out_init(&out, &text);
    jd_out_begin(&out, '{');
    request->op->answer(request->core, &request->caller, &out);
    jd_out_end(&out, '}');
    if (jd_buf_check(&text, &request->err) == JD_OK) {
        jd_reply_result(&request->decoded.id, text.data, text.len, &request->reply);
    } else {
        jd_reply_error(&request->decoded.id, &request->err, NULL, request->id, &request->reply);
    }
    jd_buf_done(&text);
    return CORE_ANSWER;
}

static enum core_next answer_at_once(struct request *request)
{
    jd_reply_error(&request->decoded.id, &request->err, NULL, request->id, &request->reply);
    return CORE_ANSWER;
}

static enum core_next begin_request(struct core *core, struct request *request)
{
    request->op = find_op(core, request->decoded.op, &request->op_index);
    if (request->op == NULL) {
        jd_fail(&request->err, JD_E_METHOD_NOT_FOUND, "begin", NULL);
        return answer_at_once(request);
    }
    if (request->decoded.is_notification) {
        /* Nobody waits for an answer, so nothing is done; a change that was asked for this way leaves a record. */
        if (request->op->row->kind == JD_OP_CHANGE) {
            record_silent_change(core, request);
        }
        return CORE_SILENT;
    }
    if (request->op->row->kind == JD_OP_CONTROL) {
        return begin_control(request);
    }
    if (check_ready(core, request, &request->err) != JD_OK ||
        request->op->steps(request->decoded.params, &request->steps, &request->err) != JD_OK) {
        return answer_at_once(request);
    }
    return CORE_RUN;
}

enum jd_code core_begin(struct core *core, struct os_caller *caller, struct jd_request *decoded, struct request **out,
                        enum core_next *out_next, struct jd_err *err)
{
    struct request *request = new_request(core, caller, decoded);
    if (request == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "begin", NULL);
    }
    *out_next = begin_request(core, request);
    *out = request;
    return JD_OK;
}

/* Refused records join the core's, to be tried again by core_tick. */
static void keep_records(struct core *core, struct request *request)
{
    struct kept_record **end = &core->kept;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = request->kept;
    request->kept = NULL;
}

void core_end(struct core *core, struct request *request)
{
    struct op_tally *counts = &core->per_op[request->op_index];
    keep_records(core, request);
    if (request->err.code == JD_E_DENIED) {
        counts->denied++;
        if (tally_denial(&core->tally, &request->caller.user, os_clock_monotonic_ms())) {
            record_denied(core, request);
        }
    } else if (request->err.code != JD_OK) {
        counts->failed++;
    } else {
        counts->done++;
        record_read(core, request);
    }
}

const struct jd_buf *request_reply(const struct request *request)
{
    return &request->reply;
}

const struct os_caller *request_caller(const struct request *request)
{
    return &request->caller;
}

bool request_is_change(const struct request *request)
{
    return request->op != NULL && request->op->row->kind == JD_OP_CHANGE;
}

char request_letter(const struct request *request)
{
    return request->steps.n == 0 ? 0 : jd_winpath_letter(request->steps.items[0].link);
}

static void free_kept(struct kept_record *kept)
{
    while (kept != NULL) {
        struct kept_record *next = kept->next;
        audit_draft_done(&kept->draft);
        free(kept);
        kept = next;
    }
}

void request_free(struct request *request)
{
    if (request == NULL) {
        return;
    }
    step_list_done(&request->steps);
    free_kept(request->kept);
    policy_drop(request->policy);
    os_caller_done(&request->caller);
    jd_request_done(&request->decoded);
    jd_buf_done(&request->reply);
    free(request);
}
