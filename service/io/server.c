/* SPDX-License-Identifier: MIT */
#include "service/io/server.h"

#include "protocol/reply.h"
#include "service/io/session.h"

#include <stdlib.h>

enum { TICK_MS = 1000 };

const struct server_limits server_limits_default = {
    .first_byte_ms = 2000,
    .message_ms = 5000,
    .idle_ms = 60000,
    .write_stall_ms = 5000,
    .stream_stall_ms = 60000,
    .wait_place_ms = 2000,
    .stop_ms = 5000,
    .linger_ms = 100,
};

/* While there is no policy; the same numbers as a policy without "limits" (docs/policy.md). */
static const struct policy_limits limits_without_policy = {
    .connections = 256,
    .connections_per_sid = 32,
    .connections_reserved = 4,
    .operations_per_sid = 2,
};

enum { PLACES_RESERVED = 4, PLACES_PER_VOLUME = 8 };

static size_t as_size(int64_t value)
{
    return value < 0 ? 0 : (size_t)value;
}

struct quota_limits server_quota_limits(const struct server *server)
{
    const struct policy *policy = core_policy(server->parts.core);
    const struct policy_limits *limits = policy == NULL ? &limits_without_policy : policy_get_limits(policy);
    const size_t connections = as_size(limits->connections);
    const size_t capacity = os_listen_capacity();
    return (struct quota_limits){
        /* Never more than the endpoint holds: else nobody would be there to be turned away, or to make room. */
        .connections = connections < capacity ? connections : capacity,
        .connections_per_sid = as_size(limits->connections_per_sid),
        .connections_reserved = as_size(limits->connections_reserved),
        .places = WORKER_THREADS,
        .places_per_sid = as_size(limits->operations_per_sid),
        .places_per_volume = PLACES_PER_VOLUME,
        .places_reserved = PLACES_RESERVED,
    };
}

/* The longest silent one makes room, if there is one: silence must not keep an administrator out
 * (docs/attack-surface.md). */
static bool make_room(struct server *server)
{
    for (struct ring *link = server->sessions.next; link != &server->sessions; link = link->next) {
        struct session *session = RING_OF(link, struct session, all);
        if (!session->is_named && session->state != SESSION_CLOSING) {
            session_close(session);
            return true;
        }
    }
    return false;
}

/* A client that is told `busy` and let go. */
struct turned {
    uv_pipe_t pipe;
    uv_write_t write;
    struct jd_buf line;
};

static void free_turned(uv_handle_t *handle)
{
    struct turned *turned = handle->data;
    jd_buf_done(&turned->line);
    free(turned);
}

static void on_told(uv_write_t *write, int status)
{
    (void)status;
    uv_close((uv_handle_t *)write->handle, free_turned);
}

/* A new connection takes a line, or is not worth waiting for. libuv writes to no pipe of Windows at once (UV_EAGAIN):
 * there the loop does it, into room that a new pipe always has. */
static void say_busy(struct turned *turned)
{
    static const struct jd_id no_id;
    uv_stream_t *stream = (uv_stream_t *)&turned->pipe;
    struct jd_err err;
    (void)jd_fail(&err, JD_E_BUSY, "accept", "connections_full");
    jd_reply_error(&no_id, &err, NULL, NULL, &turned->line);
    if (!turned->line.failed) {
        uv_buf_t buf = uv_buf_init(turned->line.data, (unsigned)turned->line.len);
        if (uv_try_write(stream, &buf, 1) == UV_EAGAIN && uv_write(&turned->write, stream, &buf, 1, on_told) == 0) {
            return;
        }
    }
    uv_close((uv_handle_t *)stream, free_turned);
}

static enum jd_code turn_away(struct server *server, struct jd_err *err)
{
    struct turned *turned = malloc(sizeof *turned);
    enum jd_code code;
    if (turned == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "accept", NULL);
    }
    jd_buf_init(&turned->line, JD_REPLY_MAX);
    uv_pipe_init(server->parts.loop, &turned->pipe, 0);
    turned->pipe.data = turned;
    code = os_listen_accept(server->listener, &turned->pipe, err);
    if (code == JD_OK) {
        server->counters->connections_refused++;
        say_busy(turned);
    } else {
        uv_close((uv_handle_t *)&turned->pipe, free_turned);
    }
    return code;
}

static enum jd_code take_client(struct server *server, struct jd_err *err)
{
    const struct quota_limits limits = server_quota_limits(server);
    if (quota_connection_take(server->quota, &limits) ||
        (make_room(server) && quota_connection_take(server->quota, &limits))) {
        return session_open(server, err);
    }
    return turn_away(server, err);
}

static void on_client(void *context, struct os_listener *listener)
{
    struct server *server = context;
    struct jd_err err;
    enum jd_code code = take_client(server, &err);
    (void)listener;
    /* One that could not be taken (no memory) keeps waiting, and those behind it: the next tick tries again. */
    server->client_waits = code != JD_OK && !(err.domain == JD_DOMAIN_UV && err.number == UV_EAGAIN);
}

static void on_tick(uv_timer_t *timer)
{
    struct server *server = timer->data;
    core_tick(server->parts.core);
    places_fill(server); /* a new policy may allow more */
    if (server->client_waits && !server->stopping) {
        on_client(server, server->listener);
    }
}

static void on_wake(uv_async_t *wake)
{
    struct server *server = wake->data;
    for (struct ring *link = server->sessions.next; link != &server->sessions; link = link->next) {
        session_wake(RING_OF(link, struct session, all));
    }
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct server *server = handle->data;
    if (--server->handles == 0 && server->parts.on_stopped != NULL) {
        server->parts.on_stopped(server->parts.context); /* server may be freed inside */
    }
}

static void close_handles(struct server *server)
{
    server->ending = true;
    uv_close((uv_handle_t *)&server->wake, on_handle_closed);
    uv_close((uv_handle_t *)&server->tick, on_handle_closed);
    uv_close((uv_handle_t *)&server->stop, on_handle_closed);
}

void server_check_end(struct server *server)
{
    if (server->stopping && !server->ending && server->listener == NULL && ring_is_empty(&server->sessions)) {
        close_handles(server);
    }
}

static void on_listener_closed(void *context)
{
    struct server *server = context;
    server->listener = NULL;
    server_check_end(server);
}

static void on_stop_deadline(uv_timer_t *timer)
{
    struct server *server = timer->data;
    bool is_stuck = false;
    for (struct ring *link = server->sessions.next; link != &server->sessions; link = link->next) {
        struct session *session = RING_OF(link, struct session, all);
        is_stuck = is_stuck || worker_is_running(&session->worker);
        session_close(session);
    }
    if (is_stuck && server->parts.on_overdue != NULL) {
        server->parts.on_overdue(server->parts.context);
    }
}

void server_stop(struct server *server)
{
    if (server->stopping) {
        return;
    }
    server->stopping = true;
    server->counters->stopping = true;
    os_listen_close(server->listener, on_listener_closed, server);
    uv_timer_start(&server->stop, on_stop_deadline, server->limits.stop_ms, 0);
    for (struct ring *link = server->sessions.next; link != &server->sessions; link = link->next) {
        session_stop(RING_OF(link, struct session, all));
    }
}

void server_free(struct server *server)
{
    if (server != NULL) {
        quota_free(server->quota);
        free(server);
    }
}

static enum jd_code make(const struct server_parts *parts, struct server **out, struct jd_err *err)
{
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "server", NULL);
    }
    if (quota_new(&server->quota, err) != JD_OK) {
        free(server);
        return err->code;
    }
    server->parts = *parts;
    server->parts.endpoint = NULL;
    server->limits = *parts->limits;
    server->counters = core_counters(parts->core);
    ring_init(&server->sessions);
    ring_init(&server->waiting);
    *out = server;
    return JD_OK;
}

static enum jd_code make_handles(struct server *server, struct jd_err *err)
{
    int number = uv_async_init(server->parts.loop, &server->wake, on_wake);
    if (number != 0) {
        return jd_fail_sys(err, JD_E_PLATFORM, "server", JD_DOMAIN_UV, number);
    }
    uv_timer_init(server->parts.loop, &server->tick);
    uv_timer_init(server->parts.loop, &server->stop);
    server->wake.data = server;
    server->tick.data = server;
    server->stop.data = server;
    server->handles = 3;
    return JD_OK;
}

/* Nobody but its handles knows it: it goes with the last of them. */
static void free_unopened(void *context)
{
    server_free(context);
}

enum jd_code server_open(const struct server_parts *parts, struct server **out, struct jd_err *err)
{
    struct server *server = NULL;
    enum jd_code code = make(parts, &server, err);
    if (code != JD_OK) {
        return code;
    }
    code = make_handles(server, err);
    if (code != JD_OK) {
        server_free(server);
        return code;
    }
    code = os_listen_open(parts->loop, parts->endpoint, on_client, server, &server->listener, err);
    if (code != JD_OK) {
        server->parts.on_stopped = free_unopened;
        server->parts.context = server;
        close_handles(server);
        return code;
    }
    uv_timer_start(&server->tick, on_tick, TICK_MS, TICK_MS);
    *out = server;
    return JD_OK;
}
