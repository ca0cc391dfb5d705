/* SPDX-License-Identifier: MIT */
#include "client/src/call.h"

#include "client/src/pick.h"

#include <stdlib.h>

enum { UNTOLD = -1 };

static bool fill_counts(const struct jd_json *operations, struct junction_status_result *result)
{
    const struct jd_json *row = operations != NULL ? jd_json_first(operations) : NULL;
    if (row == NULL || jd_json_kind(operations) != JD_JSON_OBJECT) {
        return true;
    }
    result->operations = calloc(jd_json_size(operations), sizeof *result->operations);
    if (result->operations == NULL) {
        return false;
    }
    for (; row != NULL; row = jd_json_next(row)) {
        struct junction_operation_count *count = &result->operations[result->n_operations++];
        count->method = jd_strdup(jd_json_key(row));
        count->done = pick_integer(row, "done", UNTOLD);
        count->denied = pick_integer(row, "denied", UNTOLD);
        count->failed = pick_integer(row, "failed", UNTOLD);
        if (count->method == NULL) {
            return false;
        }
    }
    return true;
}

static void fill_numbers(const struct jd_json *said, struct junction_status_result *result)
{
    const struct jd_json *connections = pick_member(said, "connections");
    result->uptime_s = pick_integer(said, "uptime_s", UNTOLD);
    result->connections = pick_integer(connections, "now", UNTOLD);
    result->connections_total = pick_integer(connections, "total", UNTOLD);
    result->connections_refused = pick_integer(connections, "refused", UNTOLD);
    result->running = pick_integer(said, "running", UNTOLD);
    result->bad_lines = pick_integer(said, "bad_lines", UNTOLD);
    result->policy_rules = pick_integer(pick_member(said, "policy"), "rules", UNTOLD);
    result->audit_failures = pick_integer(pick_member(said, "audit"), "failures", UNTOLD);
}

static bool fill_texts(const struct jd_json *said, struct junction_status_result *result)
{
    const struct jd_json *policy = pick_member(said, "policy");
    bool no_memory = false;
    result->state = pick_text(said, "state", &no_memory);
    result->version = pick_text(said, "version", &no_memory);
    result->started = pick_text(said, "started", &no_memory);
    result->policy_hash = pick_text(policy, "hash", &no_memory);
    result->policy_loaded = pick_text(policy, "loaded", &no_memory);
    result->policy_refused = pick_text(pick_member(said, "policy_refused"), "word", &no_memory);
    result->policy_refused_detail = pick_text(pick_member(said, "policy_refused"), "detail", &no_memory);
    result->audit_state = pick_text(pick_member(said, "audit"), "state", &no_memory);
    return !no_memory;
}

static enum jd_code fill(const struct call *call, struct junction_status_result *result, struct jd_err *err)
{
    const struct jd_json *said = call->reply.result;
    fill_numbers(said, result);
    if (!fill_texts(said, result) || !fill_counts(pick_member(said, "operations"), result)) {
        return jd_fail(err, JD_E_NO_MEMORY, "receive", NULL);
    }
    return call_take_text(call, &result->json, err);
}

static enum jd_code take(const struct call *call, struct junction_status_result **out, struct jd_err *err)
{
    struct junction_status_result *result;
    enum jd_code code;
    if (jd_json_kind(call->reply.result) != JD_JSON_OBJECT) {
        return jd_fail_text(err, JD_E_BAD_REPLY, "receive", NULL, "the result is no object");
    }
    result = calloc(1, sizeof *result);
    if (result == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "receive", NULL);
    }
    code = fill(call, result, err);
    if (code != JD_OK) {
        junction_status_result_free(result);
        return code;
    }
    *out = result;
    return JD_OK;
}

enum junction_code junction_status(const junction_client *client, struct junction_status_result **out,
                                   struct junction_error *error)
{
    struct call call;
    struct jd_err err;
    enum jd_code code;
    call_begin(&call, client);
    code = call_ask(&call, JD_OP_ID_status, NULL, &err);
    if (code == JD_OK) {
        code = take(&call, out, &err);
    }
    return call_end(&call, code, &err, error);
}

void junction_status_result_free(struct junction_status_result *result)
{
    if (result == NULL) {
        return;
    }
    for (size_t i = 0; i < result->n_operations; i++) {
        free(result->operations[i].method);
    }
    free(result->operations);
    free(result->state);
    free(result->version);
    free(result->started);
    free(result->policy_hash);
    free(result->policy_loaded);
    free(result->policy_refused);
    free(result->policy_refused_detail);
    free(result->audit_state);
    free(result->json);
    free(result);
}
