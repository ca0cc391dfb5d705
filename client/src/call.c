/* SPDX-License-Identifier: MIT */
#include "client/src/call.h"

#include "client/os/path.h"
#include "client/src/codes.h"
#include "client/src/error.h"
#include "client/src/resolve.h"
#include "client/src/volumes.h"

#include <string.h>

void call_begin(struct call *call, const struct junction_client *client)
{
    *call = (struct call){.client = client, .deadline_ms = conn_now_ms() + client->timeout_ms};
    jd_buf_init(&call->current, JD_LINE_MAX);
    receive_init(&call->receiver);
}

int64_t call_next_id(struct call *call)
{
    return ++call->last_id;
}

/* Keeps the service's words beyond the life of its line. */
static enum jd_code take_refusal(struct call *call, struct jd_err *err)
{
    call->was_refused = true;
    error_from_reply(&call->reply, &call->refusal);
    return jd_fail(err, call->reply.code, "service", NULL);
}

/*
 * A service that has no room for one more says so and closes, perhaps before our request arrives: what it said counts
 * for more than the broken connection.
 */
static enum jd_code send_line(struct call *call, const struct jd_buf *line, bool is_change, struct jd_err *err)
{
    struct jd_err ignored;
    struct slice said;
    enum jd_code code = conn_write(call->conn, line->data, line->len, call->deadline_ms, err);
    if (code == JD_OK) {
        call->change_was_sent = is_change;
        return JD_OK;
    }
    if (code == JD_E_NOT_RUNNING && receive_reply(call->conn, call->last_id, call->deadline_ms, &call->receiver,
                                                  &call->reply, &said, &ignored) == JD_OK) {
        return call->reply.code != JD_OK ? take_refusal(call, err) : code;
    }
    return code;
}

enum jd_code call_ask_line(struct call *call, const struct jd_buf *line, bool is_change, struct jd_err *err)
{
    struct slice said = {NULL, 0};
    enum jd_code code = JD_OK;
    jd_reply_done(&call->reply);
    if (call->conn == NULL) {
        code =
            conn_open(call->client->endpoint, call->client->endpoint_is_explicit, call->deadline_ms, &call->conn, err);
    }
    if (code == JD_OK) {
        code = send_line(call, line, is_change, err);
    }
    if (code == JD_OK) {
        code = receive_reply(call->conn, call->last_id, call->deadline_ms, &call->receiver, &call->reply, &said, err);
    }
    if (code != JD_OK) {
        return code;
    }
    if (call->reply.code != JD_OK) {
        return take_refusal(call, err);
    }
    return slice_member(said, "result", &call->result)
               ? JD_OK
               : jd_fail_text(err, JD_E_BAD_REPLY, "receive", NULL, "an answer without a result");
}

enum jd_code call_ask(struct call *call, enum jd_op_id id, const void *params, struct jd_err *err)
{
    const struct jd_op *op = jd_op_get(id);
    struct jd_buf line;
    enum jd_code code;
    jd_buf_init(&line, JD_LINE_MAX + 1);
    jd_request_encode(call_next_id(call), op, params, &line);
    code = jd_buf_check(&line, err);
    if (code == JD_OK) {
        code = call_ask_line(call, &line, op->kind == JD_OP_CHANGE, err);
    }
    jd_buf_done(&line);
    return code;
}

/* Only once per call, however many of its paths are relative. */
static enum jd_code find_current(struct call *call, struct jd_err *err)
{
    struct volumes volumes = {0};
    enum jd_code code = JD_OK;
    if (call->current.len != 0) {
        return JD_OK;
    }
    if (path_needs_volumes()) {
        code = call_ask(call, JD_OP_ID_info, NULL, err);
        if (code == JD_OK) {
            code = volumes_read(call->reply.result, &volumes, err);
        }
    }
    if (code == JD_OK) {
        code = path_current(volumes.rows, volumes.n, &call->current, err);
    }
    volumes_done(&volumes);
    return code;
}

enum jd_code call_resolve(struct call *call, const char *text, struct jd_winpath *out, struct jd_err *err)
{
    struct jd_buf path;
    enum jd_code code;
    if (text == NULL) {
        return jd_fail_text(err, JD_E_INVALID_PARAMS, "resolve", "missing", "a path is missing");
    }
    code = resolve_needs_current(text) ? find_current(call, err) : JD_OK;
    if (code != JD_OK) {
        return code;
    }
    jd_buf_init(&path, JD_LINE_MAX);
    code = resolve_path(text, call->current.data, &path, err);
    if (code != JD_OK) {
        jd_buf_done(&path);
        return code;
    }
    *out = (struct jd_winpath){.text = path.data, .len = path.len};
    return JD_OK;
}

enum jd_code call_take(const struct call *call, const struct jd_fields *fields, void *out, struct jd_err *err)
{
    enum jd_code code = jd_fields_decode_lenient(fields, call->reply.result, out, err);
    char text[JD_ERR_TEXT_MAX];
    if (code == JD_OK || code == JD_E_NO_MEMORY) {
        return code;
    }
    /* To decode these are bad params; to a client they are a bad answer. */
    memcpy(text, err->text, sizeof text);
    return jd_fail_text(err, JD_E_BAD_REPLY, "receive", NULL, "%s", text);
}

enum jd_code call_take_text(const struct call *call, char **out, struct jd_err *err)
{
    char *text = jd_strndup(call->result.text, call->result.len);
    if (text == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "receive", NULL);
    }
    *out = text;
    return JD_OK;
}

/* Why nobody knows what became of a change, as error.reason. */
static const char *loss_reason(enum jd_code code)
{
    if (code == JD_E_REPLY_TIMED_OUT) {
        return "timed_out";
    }
    return code == JD_E_NOT_RUNNING ? "connection_lost" : jd_code_word(code);
}

static void tell(const struct call *call, enum jd_code code, const struct jd_err *err, struct junction_error *error)
{
    struct jd_err lost = *err;
    if (call->was_refused) {
        *error = call->refusal;
        return;
    }
    lost.code = code;
    if (code == JD_E_OUTCOME_UNKNOWN) {
        lost.reason = loss_reason(err->code);
    }
    error_from_err(&lost, error);
}

enum junction_code call_end(struct call *call, enum jd_code code, const struct jd_err *err,
                            struct junction_error *error)
{
    if (code != JD_OK && call->change_was_sent && !call->was_refused) {
        code = JD_E_OUTCOME_UNKNOWN;
    }
    if (code != JD_OK && error != NULL) {
        tell(call, code, err, error);
    }
    jd_reply_done(&call->reply);
    receive_done(&call->receiver);
    jd_buf_done(&call->current);
    conn_close(call->conn);
    return codes_public(code);
}
