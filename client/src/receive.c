/* SPDX-License-Identifier: MIT */
#include "client/src/receive.h"

#include <string.h>

static enum jd_code read_more(struct conn *conn, uint64_t deadline_ms, struct jd_buf *in, struct jd_err *err)
{
    char chunk[RECEIVE_CHUNK];
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

/* Drops the line that was looked at before, in front of which *consumed stands, and reads until the next one is whole.
 */
static enum jd_code next_line(struct conn *conn, uint64_t deadline_ms, struct jd_buf *in, size_t consumed,
                              struct slice *out, struct jd_err *err)
{
    size_t searched = 0;
    if (consumed != 0) {
        memmove(in->data, in->data + consumed, in->len - consumed);
        jd_buf_cut(in, in->len - consumed);
    }
    for (;;) {
        const char *end = in->len > searched ? memchr(in->data + searched, '\n', in->len - searched) : NULL;
        enum jd_code code;
        if (end != NULL || in->len >= JD_REPLY_MAX) {
            *out = (struct slice){in->data, end != NULL ? (size_t)(end - in->data) : in->len};
            break;
        }
        searched = in->len;
        code = read_more(conn, deadline_ms, in, err);
        if (code != JD_OK) {
            return code;
        }
    }
    return out->len < JD_REPLY_MAX ? JD_OK
                                   : jd_fail_text(err, JD_E_BAD_REPLY, "receive", "reply_too_long",
                                                  "an answer is longer than %d bytes", JD_REPLY_MAX);
}

/* A line of a stream in front of its answer: it names a method and has no id. */
static bool is_notification(struct slice line)
{
    struct jd_json *root = NULL;
    struct jd_err err;
    size_t duplicate_depth = 0;
    bool is_one;
    if (jd_json_parse(line.text, line.len, JD_JSON_DEPTH_MAX, &root, &duplicate_depth, NULL, &err) != JD_OK) {
        return false;
    }
    is_one = duplicate_depth == 0 && jd_json_kind(root) == JD_JSON_OBJECT && jd_json_member(root, "id") == NULL &&
             jd_json_member(root, "method") != NULL;
    jd_json_free(root);
    return is_one;
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

enum jd_code receive_reply(struct conn *conn, int64_t id, uint64_t deadline_ms, struct jd_buf *in, struct jd_reply *out,
                           struct slice *out_line, struct jd_err *err)
{
    struct slice line = {NULL, 0};
    size_t consumed = in->len; /* an answer before this one; nothing else can be there */
    for (;;) {
        enum jd_code code = next_line(conn, deadline_ms, in, consumed, &line, err);
        if (code != JD_OK) {
            return code;
        }
        code = decode(line, id, out, err);
        if (code == JD_OK) {
            *out_line = line;
            return JD_OK;
        }
        if (code != JD_E_BAD_REPLY || !is_notification(line)) {
            return code;
        }
        if (conn_now_ms() >= deadline_ms) {
            return jd_fail(err, JD_E_REPLY_TIMED_OUT, "receive", NULL); /* reading never waits while lines pour in */
        }
        consumed = line.len + 1;
    }
}
