/* SPDX-License-Identifier: MIT */
#include "client/src/call.h"

#include "common/utf.h"
#include "protocol/json_out.h"

#include <string.h>

static enum jd_code check_method(const char *method, struct jd_err *err)
{
    size_t len = method != NULL ? strlen(method) : 0;
    if (len == 0 || jd_utf8_valid_prefix(method, len) != len) {
        return jd_fail_text(err, JD_E_INVALID_PARAMS, "call", NULL, "a method is a name in UTF-8");
    }
    return JD_OK;
}

static enum jd_code check_params(const char *params, struct jd_err *err)
{
    struct jd_json *root = NULL;
    size_t duplicate_depth = 0;
    bool is_object;
    enum jd_code code = jd_json_parse(params, strlen(params), JD_JSON_DEPTH_MAX, &root, &duplicate_depth, NULL, err);
    if (code != JD_OK) {
        return code;
    }
    is_object = jd_json_kind(root) == JD_JSON_OBJECT;
    jd_json_free(root);
    return is_object ? JD_OK : jd_fail_text(err, JD_E_INVALID_PARAMS, "call", NULL, "params must be an object");
}

/* In valid JSON a line break stands only between tokens, where a blank does as well. */
static void add_params(const char *params, struct jd_json_out *json)
{
    size_t from;
    jd_out_key(json, "params");
    from = json->buf->len;
    jd_out_raw(json, params, strlen(params));
    for (size_t i = from; i < json->buf->len; i++) {
        if (json->buf->data[i] == '\n' || json->buf->data[i] == '\r') {
            json->buf->data[i] = ' ';
        }
    }
}

static enum jd_code write_line(int64_t id, const char *method, const char *params, struct jd_buf *out,
                               struct jd_err *err)
{
    struct jd_json_out json;
    jd_out_init(&json, out);
    jd_out_begin(&json, '{');
    jd_out_member(&json, "jsonrpc", "2.0");
    jd_out_member_integer(&json, "id", id);
    jd_out_member(&json, "method", method);
    if (params != NULL) {
        add_params(params, &json);
    }
    jd_out_end(&json, '}');
    jd_buf_add_char(out, '\n');
    return jd_buf_check(out, err);
}

static enum jd_code ask(struct call *call, const char *method, const char *params, struct jd_err *err)
{
    const struct jd_op *op = jd_op_by_method(method);
    struct jd_buf line;
    enum jd_code code;
    jd_buf_init(&line, JD_LINE_MAX + 1);
    code = write_line(call_next_id(call), method, params, &line, err);
    if (code == JD_OK) {
        code = call_ask_line(call, &line, op == NULL || op->kind == JD_OP_CHANGE, err);
    }
    jd_buf_done(&line);
    return code;
}

enum junction_code junction_call(const junction_client *client, const char *method, const char *params_json,
                                 char **out_json, struct junction_error *error)
{
    struct call call;
    struct jd_err err;
    enum jd_code code = check_method(method, &err);
    call_begin(&call, client);
    if (code == JD_OK && params_json != NULL) {
        code = check_params(params_json, &err);
    }
    if (code == JD_OK) {
        code = ask(&call, method, params_json, &err);
    }
    if (code == JD_OK) {
        code = call_take_text(&call, out_json, &err);
    }
    return call_end(&call, code, &err, error);
}
