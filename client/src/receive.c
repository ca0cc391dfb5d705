/* SPDX-License-Identifier: MIT */
#include "client/src/receive.h"

#include <string.h>

enum { CHUNK = 16384 };

void receive_init(struct receiver *receiver)
{
    *receiver = (struct receiver){0};
    jd_buf_init(&receiver->in, JD_REPLY_MAX + CHUNK);
}

void receive_done(struct receiver *receiver)
{
    jd_buf_done(&receiver->in);
}

static enum jd_code read_more(struct conn *conn, uint64_t deadline_ms, struct jd_buf *in, struct jd_err *err)
{
    char chunk[CHUNK];
    size_t n = 0;
    enum jd_code code = conn_read(conn, chunk, sizeof chunk, deadline_ms, &n, err);
    if (code != JD_OK) {
        return code;
    }
    if (n == 0) {
        return jd_fail_text(err, JD_E_NOT_RUNNING, "receive", "connection_lost", "the service closed the connection");
    }
    jd_buf_add(in, chunk, n);
    return jd_buf_check(in, err);
}

static void drop_line(struct receiver *receiver)
{
    struct jd_buf *in = &receiver->in;
    if (receiver->line_len != 0) {
        memmove(in->data, in->data + receiver->line_len, in->len - receiver->line_len);
        jd_buf_cut(in, in->len - receiver->line_len);
        receiver->line_len = 0;
    }
}

static enum jd_code next_line(struct conn *conn, uint64_t deadline_ms, struct receiver *receiver, struct slice *out,
                              struct jd_err *err)
{
    struct jd_buf *in = &receiver->in;
    const char *end = NULL;
    size_t searched = 0;
    drop_line(receiver);
    while (end == NULL) {
        if (in->len > searched) {
            end = memchr(in->data + searched, '\n', in->len - searched);
            searched = end != NULL ? (size_t)(end - in->data) + 1 : in->len;
        }
        if (searched > JD_REPLY_MAX || (end == NULL && searched == JD_REPLY_MAX)) {
            return jd_fail_text(err, JD_E_BAD_REPLY, "receive", "reply_too_long", "an answer is longer than %d bytes",
                                JD_REPLY_MAX);
        }
        if (end == NULL) {
            enum jd_code code = read_more(conn, deadline_ms, in, err);
            if (code != JD_OK) {
                return code;
            }
        }
    }
    receiver->line_len = searched;
    *out = (struct slice){in->data, searched - 1};
    return JD_OK;
}

/* A line of a stream in front of its answer names a method and has no id. Fails with what the answer failed with. */
static enum jd_code check_notification(struct slice line, struct jd_err *err)
{
    struct jd_json *root = NULL;
    struct jd_err ignored;
    size_t duplicate_depth = 0;
    bool is_one;
    enum jd_code code = jd_json_parse(line.text, line.len, JD_JSON_DEPTH_MAX, &root, &duplicate_depth, NULL, &ignored);
    if (code != JD_OK) {
        return code == JD_E_NO_MEMORY ? jd_fail(err, code, "receive", NULL) : err->code;
    }
    is_one = duplicate_depth == 0 && jd_json_kind(root) == JD_JSON_OBJECT && jd_json_member(root, "id") == NULL &&
             jd_json_member(root, "method") != NULL;
    jd_json_free(root);
    return is_one ? JD_OK : err->code;
}

static bool answers(const struct jd_reply *reply, int64_t id)
{
    if (reply->id.kind == JD_ID_NULL) {
        return reply->code != JD_OK;
    }
    return reply->id.kind == JD_ID_INTEGER && reply->id.integer == id;
}

static enum jd_code decode(struct slice line, int64_t id, struct jd_reply *out, struct jd_err *err)
{
    struct jd_reply reply;
    enum jd_code code = jd_reply_decode(line.text, line.len, &reply, err);
    if (code != JD_OK) {
        return code;
    }
    if (!answers(&reply, id)) {
        jd_reply_done(&reply);
        return jd_fail_text(err, JD_E_BAD_REPLY, "receive", "wrong_id", "the answer is to another request");
    }
    *out = reply;
    return JD_OK;
}

enum jd_code receive_reply(struct conn *conn, int64_t id, uint64_t deadline_ms, struct receiver *receiver,
                           struct jd_reply *out, struct slice *out_line, struct jd_err *err)
{
    struct slice line = {NULL, 0};
    for (;;) {
        enum jd_code code = next_line(conn, deadline_ms, receiver, &line, err);
        if (code != JD_OK) {
            return code;
        }
        code = decode(line, id, out, err);
        if (code == JD_OK) {
            *out_line = line;
            return JD_OK;
        }
        if (code == JD_E_BAD_REPLY) {
            code = check_notification(line, err);
        }
        if (code != JD_OK) {
            return code;
        }
        if (conn_now_ms() >= deadline_ms) {
            return jd_fail(err, JD_E_REPLY_TIMED_OUT, "receive", NULL); /* reading never waits while lines pour in */
        }
    }
}
