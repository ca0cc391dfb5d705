/* SPDX-License-Identifier: MIT */
#include "service/io/session.h"

#include <stdlib.h>

static void destroy(struct session *session)
{
    struct server *server = session->server;
    ring_remove(&session->all);
    worker_done(&session->worker);
    request_free(session->request);
    jd_buf_done(&session->reply);
    jd_buf_done(&session->stream);
    free(session);
    server_check_end(server);
}

void session_check_end(struct session *session)
{
    if (session->handles == 0 && !worker_is_running(&session->worker)) {
        destroy(session);
    }
}

static void on_closed(uv_handle_t *handle)
{
    struct session *session = handle->data;
    session->handles--;
    session_check_end(session);
}

void session_close(struct session *session)
{
    struct server *server = session->server;
    if (session->state == SESSION_CLOSING) {
        return;
    }
    if (session->state == SESSION_WAITING) {
        places_leave(session);
    }
    if (worker_is_running(&session->worker)) {
        worker_cancel(&session->worker);
    }
    session->state = SESSION_CLOSING;
    /* Its slot is free from now on, so that whoever it makes room for can come at once. */
    quota_connection_drop(server->quota, session->is_named ? &session->who : NULL);
    server->counters->connections--;
    uv_close((uv_handle_t *)&session->pipe, on_closed);
    uv_close((uv_handle_t *)&session->timer, on_closed);
}

static void on_deadline(uv_timer_t *timer)
{
    struct session *session = timer->data;
    if (session->state == SESSION_READING) {
        session_close(session);
    } else if (session->state == SESSION_WAITING) {
        places_leave(session);
        session_refuse_request(session, JD_E_BUSY, "no_place");
        session_go_on(session);
    } else {
        session_check_stall(session);
    }
}

void session_set_deadline(struct session *session, uint64_t ms)
{
    uv_timer_start(&session->timer, on_deadline, ms, 0);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct session *session = handle->data;
    size_t room = 0;
    char *data = jd_line_room(&session->in, &room);
    (void)suggested;
    *buf = uv_buf_init(data, (unsigned)room);
}

static void stop_reading(struct session *session)
{
    uv_read_stop((uv_stream_t *)&session->pipe);
    session->is_reading = false;
}

/* The buffer is full of lines that must wait: let them wait in the kernel, and in the peer. */
static void stop_reading_when_full(struct session *session)
{
    size_t room = 0;
    (void)jd_line_room(&session->in, &room);
    if (room == 0 && session->is_reading) {
        stop_reading(session);
    }
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct session *session = stream->data;
    (void)buf;
    if (n < 0 && n != UV_EOF) {
        session_close(session);
        return;
    }
    if (n == UV_EOF) {
        session->has_ended = true;
        stop_reading(session);
    } else if (n > 0) {
        session->was_heard = true;
        jd_line_added(&session->in, (size_t)n);
    }
    session_go_on(session);
}

static void start_reading(struct session *session)
{
    if (session->is_reading) {
        return;
    }
    session->is_reading = true;
    if (uv_read_start((uv_stream_t *)&session->pipe, give_room, on_read) != 0) {
        session_close(session);
    }
}

/* The service stops: what was already on its way may still come and be answered, but not for long. */
static void linger(struct session *session)
{
    uint64_t now = uv_now(session->server->parts.loop);
    if (session->linger_until == 0) {
        session->linger_until = now + session->server->limits.linger_ms;
    }
    session_set_deadline(session, session->linger_until > now ? session->linger_until - now : 0);
}

static void set_reading_deadline(struct session *session)
{
    const struct server_limits *limits = &session->server->limits;
    if (session->server->stopping) {
        linger(session);
    } else if (!session->was_heard) {
        session_set_deadline(session, limits->first_byte_ms);
    } else if (!jd_line_is_pending(&session->in)) {
        session_set_deadline(session, limits->idle_ms);
    } else if (!session->in_message) {
        session->in_message = true; /* set once: bytes that keep dribbling in do not move it */
        session_set_deadline(session, limits->message_ms);
    }
}

/*
 * Others first. Not reading meanwhile, so that nothing comes on top. By the async handle, since libuv fires a timer of
 * 0 ms that its own callback set again in the same turn.
 */
static void yield(struct session *session)
{
    session->yields = true;
    uv_timer_stop(&session->timer);
    if (session->is_reading) {
        stop_reading(session);
    }
    uv_async_send(&session->server->wake);
}

void session_wake(struct session *session)
{
    if (session->yields) {
        session->yields = false;
        session_go_on(session);
    } else {
        session_send_stream(session);
    }
}

void session_go_on(struct session *session)
{
    int n = 0;
    while (session->state == SESSION_READING && n < SESSION_LINES_A_TURN && session_take_line(session)) {
        n++;
    }
    if (session->state == SESSION_CLOSING) {
        return;
    }
    if (session->state != SESSION_READING) {
        stop_reading_when_full(session);
    } else if (n == SESSION_LINES_A_TURN) {
        yield(session);
    } else if (session->has_ended) {
        session_close(session);
    } else {
        set_reading_deadline(session);
        start_reading(session);
    }
}

void session_stop(struct session *session)
{
    if (session->state == SESSION_WAITING) {
        places_leave(session);
        session_refuse_request(session, JD_E_STOPPING, NULL);
        session_go_on(session);
    } else if (session->state == SESSION_READING && !session->yields) {
        linger(session);
    } else if (worker_is_running(&session->worker)) {
        worker_refuse_output(&session->worker);
    }
}

/* Nothing of it is known to the loop yet when this fails. */
static enum jd_code make(struct server *server, struct session **out, struct jd_err *err)
{
    struct session *session = calloc(1, sizeof *session);
    if (session == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "session", NULL);
    }
    if (worker_init(&session->worker, &server->wake, err) != JD_OK) {
        free(session);
        return err->code;
    }
    session->server = server;
    session->state = SESSION_READING;
    ring_init(&session->waiting);
    jd_buf_init(&session->reply, JD_REPLY_MAX);
    jd_buf_init(&session->stream, WORKER_OUTPUT_CEILING);
    jd_line_init(&session->in);
    *out = session;
    return JD_OK;
}

/* Puts it among the others; from here on it goes only by session_close. */
static void join(struct session *session)
{
    struct server *server = session->server;
    uv_pipe_init(server->parts.loop, &session->pipe, 0);
    uv_timer_init(server->parts.loop, &session->timer);
    session->pipe.data = session;
    session->timer.data = session;
    session->handles = 2;
    ring_add_last(&server->sessions, &session->all);
    server->counters->connections++;
}

enum jd_code session_open(struct server *server, struct jd_err *err)
{
    struct session *session = NULL;
    if (make(server, &session, err) != JD_OK) {
        quota_connection_drop(server->quota, NULL);
        return err->code;
    }
    join(session);
    if (os_listen_accept(server->listener, &session->pipe, err) != JD_OK) {
        session_close(session);
        return err->code;
    }
    server->counters->connections_total++;
    session_go_on(session);
    return JD_OK;
}
