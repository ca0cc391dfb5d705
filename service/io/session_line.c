/* SPDX-License-Identifier: MIT */
#include "service/io/session.h"

#include "protocol/reply.h"
#include "service/os/os_peer.h"

#include <string.h>

/* Where nothing of a request is known. */
static const struct jd_request no_request;

static void refuse(struct session *session, const struct jd_id *id, const struct jd_err *err, bool closes_after)
{
    jd_buf_reset(&session->reply);
    jd_reply_error(id, err, NULL, NULL, &session->reply);
    session_send(session, &session->reply, closes_after);
}

void session_refuse_request(struct session *session, enum jd_code code, const char *reason)
{
    struct jd_err err;
    (void)jd_fail(&err, code, "session", reason);
    refuse(session, &session->id, &err, false);
}

static enum jd_code ask_who(struct session *session, struct os_caller *out, struct jd_err *err)
{
    uv_os_fd_t fd;
    int number = uv_fileno((const uv_handle_t *)&session->pipe, &fd);
    if (number != 0) {
        return jd_fail_sys(err, JD_E_PLATFORM, "identify", JD_DOMAIN_UV, number);
    }
    return os_peer_identify((intptr_t)fd, out, err);
}

/* The connection's first whole line: from now on it counts as its caller's. */
static enum jd_code give_name(struct session *session, const struct quota_who *who, struct jd_err *err)
{
    const struct quota_limits limits = server_quota_limits(session->server);
    enum jd_code code = quota_connection_name(session->server->quota, &limits, who, err);
    if (code == JD_OK) {
        session->who = *who;
        session->is_named = true;
    } else {
        session->server->counters->connections_refused++;
    }
    return code;
}

static bool is_same(const struct quota_who *a, const struct quota_who *b)
{
    return jd_sid_equal(&a->user, &b->user) && a->is_administrator == b->is_administrator;
}

/*
 * Who sent this line. Fails with INTERNAL (nobody knows), BUSY (no connection left for this caller) or DENIED (another
 * caller than at first: a descriptor was passed on, or a thread impersonates); the connection is of no more use then.
 */
static enum jd_code identify(struct session *session, struct os_caller *caller, struct jd_err *err)
{
    struct quota_who who;
    if (ask_who(session, caller, err) != JD_OK) {
        err->code = JD_E_INTERNAL; /* whatever it was, the caller is not to blame */
        return err->code;
    }
    who = (struct quota_who){caller->user, caller->is_administrator};
    if (!session->is_named) {
        return give_name(session, &who, err);
    }
    return is_same(&who, &session->who) ? JD_OK : jd_fail(err, JD_E_DENIED, "identify", "identity_changed");
}

/* caller NULL: whoever it is now. */
static void record_bad(struct session *session, const struct os_caller *caller, const struct jd_err *err)
{
    struct os_caller asked = {0};
    struct jd_err ignored;
    if (caller == NULL && ask_who(session, &asked, &ignored) == JD_OK) {
        caller = &asked;
    }
    core_record_bad_messages(session->server->parts.core, caller, err, session->bad_lines);
    os_caller_done(&asked);
}

static bool count_bad(struct session *session)
{
    session->server->counters->bad_lines++;
    return ++session->bad_lines >= JD_BAD_LINES_MAX;
}

/* A line that is no request. */
static void refuse_line(struct session *session, const struct os_caller *caller, const struct jd_request *request,
                        const struct jd_err *err, bool must_close)
{
    must_close = count_bad(session) || must_close;
    if (must_close) {
        record_bad(session, caller, err);
    }
    if (!request->is_notification) {
        refuse(session, &request->id, err, must_close);
    } else if (must_close) {
        session_close(session);
    }
}

static void answer_begun(struct session *session, enum core_next next)
{
    if (next == CORE_RUN) {
        places_ask(session);
    } else if (next == CORE_ANSWER) {
        session_send(session, request_reply(session->request), false);
    } else {
        request_free(session->request);
        session->request = NULL;
    }
}

/* Moves caller and decoded. */
static void begin(struct session *session, struct os_caller *caller, struct jd_request *decoded)
{
    struct jd_err err;
    enum core_next next;
    if (core_begin(session->server->parts.core, caller, decoded, &session->request, &next, &err) == JD_OK) {
        answer_begun(session, next);
    } else {
        refuse(session, &session->id, &err, false);
    }
}

/* Who is known, the line is decoded, or not: decode_err. */
static void take_known(struct session *session, struct os_caller *caller, struct jd_request *decoded,
                       const struct jd_err *decode_err, bool must_close)
{
    session->id = decoded->id;
    if (jd_code_family(decode_err->code) == JD_FAMILY_SAID_WRONG) {
        refuse_line(session, caller, decoded, decode_err, must_close);
    } else if (decode_err->code != JD_OK) {
        refuse(session, &decoded->id, decode_err, false);
    } else if (!session->server->stopping) {
        begin(session, caller, decoded);
    } else if (!decoded->is_notification) {
        session_refuse_request(session, JD_E_STOPPING, NULL);
    }
}

static void take_request(struct session *session, const char *line, size_t len)
{
    struct jd_request decoded = {0};
    struct os_caller caller = {0};
    struct jd_err decode_err = {0};
    struct jd_err who_err = {0};
    bool must_close = false;
    enum jd_code code = jd_request_decode(line, len, &decoded, &must_close, &decode_err);
    decode_err.code = code; /* an error of its own, told only to who is known */
    code = identify(session, &caller, &who_err);
    if (code == JD_OK) {
        take_known(session, &caller, &decoded, &decode_err, must_close);
    } else if (code == JD_E_DENIED) {
        record_bad(session, &caller, &who_err);
        session_close(session);
    } else {
        refuse(session, &decoded.id, &who_err, true);
    }
    jd_request_done(&decoded);
    os_caller_done(&caller);
}

/* Nothing to answer. Who sent it matters once: an unnamed connection must not be kept alive by empty lines past its
 * caller's cap. */
static void take_empty(struct session *session)
{
    struct os_caller caller = {0};
    struct jd_err err = {0};
    if (!session->is_named && identify(session, &caller, &err) != JD_OK) {
        refuse(session, &no_request.id, &err, true);
    } else if (++session->empty_lines >= JD_EMPTY_LINES_MAX) {
        (void)jd_fail(&err, JD_E_INVALID_REQUEST, "session", "empty_lines");
        record_bad(session, NULL, &err);
        session_close(session);
    }
    os_caller_done(&caller);
}

static bool is_empty(const char *line, size_t len)
{
    while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL) { /* JSON whitespace; a NUL never gets here */
        len--;
    }
    return len == 0;
}

bool session_take_line(struct session *session)
{
    struct jd_err err;
    const char *line = NULL;
    size_t len = 0;
    if (jd_line_next(&session->in, &line, &len, &err) != JD_OK) {
        refuse_line(session, NULL, &no_request, &err, true); /* too long, or a NUL: it never became whole */
        return true;
    }
    if (line == NULL) {
        return false;
    }
    session->in_message = false;
    if (is_empty(line, len)) {
        take_empty(session);
    } else {
        session->empty_lines = 0;
        take_request(session, line, len);
    }
    return true;
}
