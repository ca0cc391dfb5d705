/* SPDX-License-Identifier: MIT */
#include "protocol/request.h"

#include <stdlib.h>
#include <string.h>

static const char stage[] = "decode request";

/* The members of the envelope, NULL where absent. */
struct envelope {
    const struct jd_json *jsonrpc;
    const struct jd_json *id;
    const struct jd_json *method;
    const struct jd_json *params;
    const struct jd_json *unknown; /* the first that is none of these */
    bool is_reply;                 /* has a result or an error */
};

static struct envelope open_envelope(const struct jd_json *root)
{
    struct envelope envelope = {0};
    const struct {
        const char *key;
        const struct jd_json **slot;
    } known[] = {
        {"jsonrpc", &envelope.jsonrpc},
        {"id", &envelope.id},
        {"method", &envelope.method},
        {"params", &envelope.params},
    };
    for (const struct jd_json *member = jd_json_first(root); member != NULL; member = jd_json_next(member)) {
        const char *key = jd_json_key(member);
        size_t i = 0;
        while (i < JD_COUNT(known) && strcmp(known[i].key, key) != 0) {
            i++;
        }
        if (i < JD_COUNT(known)) {
            *known[i].slot = member;
            continue;
        }
        envelope.unknown = envelope.unknown != NULL ? envelope.unknown : member;
        envelope.is_reply = envelope.is_reply || strcmp(key, "result") == 0 || strcmp(key, "error") == 0;
    }
    return envelope;
}

bool jd_id_read(const struct jd_json *value, struct jd_id *out)
{
    struct jd_id id = {.kind = JD_ID_INTEGER};
    const char *text = jd_json_string(value);
    size_t chars = 0;
    if (jd_json_integer(value, &id.integer)) {
        *out = id;
        return true;
    }
    if (text == NULL) {
        return false;
    }
    for (const char *c = text; *c != '\0' && chars <= JD_ID_CHARS_MAX; c++) {
        chars += ((unsigned char)*c & 0xC0) != 0x80; /* every byte but a continuation begins a character */
    }
    if (chars == 0 || chars > JD_ID_CHARS_MAX) {
        return false;
    }
    id.kind = JD_ID_STRING;
    memcpy(id.text, text, strlen(text) + 1);
    *out = id;
    return true;
}

/* A value that is no object. Scanned only: a flat array costs cJSON some 33 bytes for each of its own. */
static enum jd_code refuse_non_object(const char *line, size_t len, struct jd_err *err)
{
    struct jd_scan scan;
    enum jd_code code = jd_scan_text(line, len, JD_JSON_DEPTH_MAX, false, &scan, err);
    bool is_batch;
    if (code != JD_OK) {
        return code;
    }
    is_batch = scan.top == '[' && !scan.is_empty;
    jd_scan_done(&scan);
    if (is_batch) {
        return jd_fail(err, JD_E_BATCH_NOT_SUPPORTED, stage, NULL);
    }
    return jd_fail_text(err, JD_E_INVALID_REQUEST, stage, NULL, "an object is needed");
}

static bool is_object_text(const char *line, size_t len)
{
    size_t pos = 0;
    while (pos < len && (line[pos] == ' ' || line[pos] == '\t' || line[pos] == '\r' || line[pos] == '\n')) {
        pos++;
    }
    return pos < len && line[pos] == '{';
}

/* The id is settled before anything else is judged, so that the answer can carry it. */
static enum jd_code decode_id(const struct envelope *envelope, struct jd_request *out, struct jd_err *err)
{
    struct jd_id id = {0};
    if (envelope->id != NULL && !jd_id_read(envelope->id, &id)) {
        return jd_fail(err, JD_E_INVALID_ID, stage, NULL);
    }
    if (envelope->method == NULL && envelope->is_reply) {
        return jd_fail_text(err, JD_E_INVALID_REQUEST, stage, NULL, "this is an answer");
    }
    out->id = id;
    return JD_OK;
}

static enum jd_code check_envelope(const struct envelope *envelope, struct jd_err *err)
{
    const char *version = envelope->jsonrpc != NULL ? jd_json_string(envelope->jsonrpc) : NULL;
    if (envelope->unknown != NULL) {
        return jd_fail_text(err, JD_E_UNKNOWN_MEMBER, stage, NULL, "%s", jd_json_key(envelope->unknown));
    }
    if (version == NULL || strcmp(version, "2.0") != 0) {
        return jd_fail_text(err, JD_E_INVALID_REQUEST, stage, NULL, "jsonrpc must be \"2.0\"");
    }
    if (envelope->method == NULL || jd_json_string(envelope->method) == NULL) {
        return jd_fail_text(err, JD_E_INVALID_REQUEST, stage, NULL, "method must be a string");
    }
    return JD_OK;
}

static enum jd_code decode_params(const struct jd_op *op, const struct jd_json *params, void **out, struct jd_err *err)
{
    void *decoded = NULL;
    enum jd_code code;
    if (op->params->size != 0) {
        decoded = calloc(1, op->params->size);
        if (decoded == NULL) {
            return jd_fail(err, JD_E_NO_MEMORY, stage, NULL);
        }
    }
    code = jd_fields_decode(op->params, params, decoded, err);
    if (code != JD_OK) {
        free(decoded);
        return code;
    }
    *out = decoded;
    return JD_OK;
}

static enum jd_code decode_call(const struct envelope *envelope, bool has_duplicate, struct jd_request *out,
                                struct jd_err *err)
{
    const struct jd_op *op = jd_op_by_method(jd_json_string(envelope->method));
    enum jd_code code;
    if (op == NULL) {
        return jd_fail_text(err, JD_E_METHOD_NOT_FOUND, stage, NULL, "%s", jd_json_string(envelope->method));
    }
    if (has_duplicate) {
        return jd_fail(err, JD_E_DUPLICATE_PARAM, stage, NULL);
    }
    code = decode_params(op, envelope->params, &out->params, err);
    if (code == JD_OK) {
        out->op = op;
    }
    return code;
}

static enum jd_code decode_root(const struct jd_json *root, size_t duplicate_depth, struct jd_request *out,
                                struct jd_err *err)
{
    struct envelope envelope = open_envelope(root);
    enum jd_code code;
    if (duplicate_depth == 1) {
        return jd_fail(err, JD_E_DUPLICATE_MEMBER, stage, NULL); /* which id would be the one to echo? */
    }
    code = decode_id(&envelope, out, err);
    if (code == JD_OK) {
        code = check_envelope(&envelope, err);
    }
    if (code != JD_OK) {
        return code;
    }
    out->is_notification = envelope.id == NULL;
    return decode_call(&envelope, duplicate_depth > 1, out, err);
}

static enum jd_code decode_line(const char *line, size_t len, struct jd_request *out, struct jd_err *err)
{
    struct jd_json *root;
    size_t duplicate_depth;
    enum jd_code code;
    if (len > JD_LINE_MAX) {
        return jd_fail(err, JD_E_MESSAGE_TOO_LARGE, stage, NULL);
    }
    if (!is_object_text(line, len)) {
        return refuse_non_object(line, len, err);
    }
    code = jd_json_parse(line, len, JD_JSON_DEPTH_MAX, &root, &duplicate_depth, NULL, err);
    if (code == JD_OK) {
        code = decode_root(root, duplicate_depth, out, err);
        jd_json_free(root);
    }
    return code;
}

enum jd_code jd_request_decode(const char *line, size_t len, struct jd_request *out, bool *out_must_close,
                               struct jd_err *err)
{
    enum jd_code code;
    *out = (struct jd_request){0};
    code = decode_line(line, len, out, err);
    *out_must_close = code == JD_E_MESSAGE_TOO_LARGE || jd_code_number(code) == jd_code_number(JD_E_PARSE_ERROR);
    return code;
}

void jd_request_done(struct jd_request *request)
{
    if (request->params != NULL) {
        jd_fields_free(request->op->params, request->params);
        free(request->params);
    }
    *request = (struct jd_request){0};
}

void jd_request_encode(int64_t id, const struct jd_op *op, const void *params, struct jd_buf *out)
{
    struct jd_json_out json;
    jd_out_init(&json, out);
    jd_out_begin(&json, '{');
    jd_out_member(&json, "jsonrpc", "2.0");
    jd_out_member_integer(&json, "id", id);
    jd_out_member(&json, "method", op->method);
    if (op->params->n_rows != 0) {
        jd_out_key(&json, "params");
        jd_out_begin(&json, '{');
        jd_fields_encode(op->params, params, &json);
        jd_out_end(&json, '}');
    }
    jd_out_end(&json, '}');
    jd_buf_add_char(out, '\n');
}
