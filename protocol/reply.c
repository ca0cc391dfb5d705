/* SPDX-License-Identifier: MIT */
#include "protocol/reply.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static const char stage[] = "decode reply";

static void write_id(const struct jd_id *id, struct jd_json_out *json)
{
    jd_out_key(json, "id");
    if (id->kind == JD_ID_INTEGER) {
        jd_out_integer(json, id->integer);
    } else if (id->kind == JD_ID_STRING) {
        jd_out_string(json, id->text);
    } else {
        jd_out_null(json);
    }
}

static void begin_line(struct jd_json_out *json, struct jd_buf *out)
{
    jd_out_init(json, out);
    jd_out_begin(json, '{');
    jd_out_member(json, "jsonrpc", "2.0");
}

static void end_line(struct jd_json_out *json)
{
    jd_out_end(json, '}');
    jd_buf_add_char(json->buf, '\n');
}

void jd_reply_result(const struct jd_id *id, const char *result, size_t len, struct jd_buf *out)
{
    struct jd_json_out json;
    begin_line(&json, out);
    write_id(id, &json);
    jd_out_key(&json, "result");
    jd_out_raw(&json, result, len);
    end_line(&json);
}

static void write_message(const struct jd_err *err, enum jd_code code, struct jd_json_out *json)
{
    char message[JD_ERR_TEXT_MAX * 2];
    bool tells = jd_code_family(code) == JD_FAMILY_SAID_WRONG && err->text[0] != '\0';
    snprintf(message, sizeof message, "%s%s%s", jd_code_text(code), tells ? ": " : "", tells ? err->text : "");
    jd_out_member(json, "message", message);
}

void jd_reply_error(const struct jd_id *id, const struct jd_err *err, const char *rule, const char *request,
                    struct jd_buf *out)
{
    struct jd_json_out json;
    bool may_cross = jd_code_number(err->code) != 0;
    enum jd_code code = may_cross ? err->code : JD_E_INTERNAL;
    begin_line(&json, out);
    write_id(id, &json);
    jd_out_key(&json, "error");
    jd_out_begin(&json, '{');
    jd_out_member_integer(&json, "code", jd_code_number(code));
    write_message(err, code, &json);
    jd_out_key(&json, "data");
    jd_out_begin(&json, '{');
    jd_out_member(&json, "word", jd_code_word(code));
    jd_out_member(&json, "reason", may_cross ? err->reason : NULL);
    jd_out_member(&json, "rule", rule);
    jd_out_member(&json, "request", request);
    jd_out_end(&json, '}');
    jd_out_end(&json, '}');
    end_line(&json);
}

void jd_reply_notification(const struct jd_id *id, const struct jd_op *op, const char *what, const char *value,
                           size_t len, struct jd_buf *out)
{
    struct jd_json_out json;
    char method[128];
    snprintf(method, sizeof method, "%s.%s", op->method, what);
    begin_line(&json, out);
    jd_out_member(&json, "method", method);
    jd_out_key(&json, "params");
    jd_out_begin(&json, '{');
    write_id(id, &json);
    jd_out_key(&json, what);
    jd_out_raw(&json, value, len);
    jd_out_end(&json, '}');
    end_line(&json);
}

static enum jd_code fail_reply(const char *why, struct jd_err *err)
{
    return jd_fail_text(err, JD_E_BAD_REPLY, stage, NULL, "%s", why);
}

static const char *text_member(const struct jd_json *object, const char *key)
{
    const struct jd_json *value = object != NULL ? jd_json_member(object, key) : NULL;
    return value != NULL ? jd_json_string(value) : NULL;
}

static bool read_id(const struct jd_json *root, struct jd_id *out)
{
    const struct jd_json *value = jd_json_member(root, "id");
    if (value == NULL) {
        return false;
    }
    if (jd_json_kind(value) == JD_JSON_NULL) {
        out->kind = JD_ID_NULL;
        return true;
    }
    return jd_id_read(value, out);
}

/* 0 is no error number, and codes that carry it never cross the wire: whoever sends one is not understood. */
static enum jd_code code_of(const char *word, int64_t number)
{
    if (word == NULL || number == 0 || number < INT_MIN || number > INT_MAX) {
        return JD_E_INTERNAL;
    }
    return jd_code_from_word(word, (int)number);
}

static bool read_error(const struct jd_json *error, struct jd_reply *out)
{
    const struct jd_json *number = jd_json_member(error, "code");
    const struct jd_json *data = jd_json_member(error, "data");
    int64_t value;
    out->message = text_member(error, "message");
    if (number == NULL || !jd_json_integer(number, &value) || out->message == NULL) {
        return false;
    }
    out->word = text_member(data, "word");
    out->reason = text_member(data, "reason");
    out->rule = text_member(data, "rule");
    out->request = text_member(data, "request");
    out->code = code_of(out->word, value);
    return true;
}

static enum jd_code decode_root(const struct jd_json *root, struct jd_reply *out, struct jd_err *err)
{
    const char *version = text_member(root, "jsonrpc");
    const struct jd_json *error = jd_json_member(root, "error");
    if (version == NULL || strcmp(version, "2.0") != 0) {
        return fail_reply("not JSON-RPC 2.0", err);
    }
    if (!read_id(root, &out->id)) {
        return fail_reply("no usable id", err);
    }
    out->result = jd_json_member(root, "result");
    if ((out->result == NULL) == (error == NULL)) {
        return fail_reply("neither a result nor an error, or both", err);
    }
    return error == NULL || read_error(error, out) ? JD_OK : fail_reply("an error without code or message", err);
}

enum jd_code jd_reply_decode(const char *line, size_t len, struct jd_reply *out, struct jd_err *err)
{
    struct jd_reply reply = {0};
    size_t duplicate_depth;
    enum jd_code code = jd_json_parse(line, len, JD_JSON_DEPTH_MAX, &reply.root, &duplicate_depth, NULL, err);
    if (code == JD_E_NO_MEMORY) {
        return code;
    }
    if (code != JD_OK) {
        return fail_reply(jd_code_word(code), err);
    }
    code = duplicate_depth == 0 ? decode_root(reply.root, &reply, err) : fail_reply("a key occurs twice", err);
    if (code != JD_OK) {
        jd_json_free(reply.root);
        return code;
    }
    *out = reply;
    return JD_OK;
}

void jd_reply_done(struct jd_reply *reply)
{
    jd_json_free(reply->root);
    *reply = (struct jd_reply){0};
}
