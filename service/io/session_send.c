/* SPDX-License-Identifier: MIT */
#include "service/io/session.h"

#include <limits.h>

/* How often a write is looked at before it counts as stalled. */
enum { STALL_LOOKS = 4 };

static uint64_t stall_ms(const struct session *session)
{
    const struct server_limits *limits = &session->server->limits;
    return session->has_streamed ? limits->stream_stall_ms : limits->write_stall_ms;
}

static size_t bytes_left(const struct session *session)
{
    return uv_stream_get_write_queue_size((const uv_stream_t *)&session->pipe);
}

static void watch_stall(struct session *session)
{
    session->stalled_size = bytes_left(session);
    session->stalled_since = uv_now(session->server->parts.loop);
    session_set_deadline(session, stall_ms(session) / STALL_LOOKS + 1);
}

void session_check_stall(struct session *session)
{
    uint64_t now = uv_now(session->server->parts.loop);
    if (bytes_left(session) != session->stalled_size) {
        watch_stall(session);
    } else if (now - session->stalled_since >= stall_ms(session)) {
        session_close(session);
    } else {
        session_set_deadline(session, stall_ms(session) / STALL_LOOKS + 1);
    }
}

enum written { WRITTEN_ALL, WRITTEN_LATER, WRITTEN_NEVER };

/* Writes at once what the kernel takes, the rest from the loop: on_written follows then. */
static enum written write_bytes(struct session *session, char *bytes, size_t len, uv_write_cb on_written)
{
    uv_stream_t *stream = (uv_stream_t *)&session->pipe;
    uv_buf_t buf = uv_buf_init(bytes, (unsigned)len); /* len is at most WORKER_OUTPUT_CEILING */
    int taken = uv_try_write(stream, &buf, 1);
    if (taken < 0 && taken != UV_EAGAIN && taken != UV_ENOSYS) {
        return WRITTEN_NEVER;
    }
    if (taken > 0 && (size_t)taken == len) {
        return WRITTEN_ALL;
    }
    if (taken > 0) {
        buf = uv_buf_init(bytes + taken, (unsigned)(len - (size_t)taken));
    }
    session->write.data = session;
    if (uv_write(&session->write, stream, &buf, 1, on_written) != 0) {
        return WRITTEN_NEVER;
    }
    session->is_writing = true;
    watch_stall(session);
    return WRITTEN_LATER;
}

/* Common to both write callbacks: false when the session is of no more use. */
static bool finish_write(struct session *session, int status)
{
    session->is_writing = false;
    if (session->state == SESSION_CLOSING) {
        return false; /* uv_close ended the write */
    }
    uv_timer_stop(&session->timer);
    if (status != 0) {
        session_close(session);
        return false;
    }
    return true;
}

/* A stream's buffers are large: they go with it. */
static void drop_stream(struct session *session)
{
    session->has_streamed = false;
    jd_buf_done(&session->stream);
    worker_take_output(&session->worker, &session->stream);
    jd_buf_done(&session->stream);
}

static void end_answer(struct session *session)
{
    request_free(session->request);
    session->request = NULL;
    if (session->has_streamed) {
        drop_stream(session);
    }
    if (session->closes_after) {
        session_close(session);
    } else {
        session->state = SESSION_READING;
    }
}

static void on_answer_written(uv_write_t *write, int status)
{
    struct session *session = write->data;
    if (finish_write(session, status)) {
        end_answer(session);
        session_go_on(session);
    }
}

void session_send(struct session *session, const struct jd_buf *answer, bool closes_after)
{
    enum written written = WRITTEN_ALL;
    session->state = SESSION_WRITING;
    session->closes_after = closes_after;
    if (answer->failed) {
        session_close(session);
        return;
    }
    if (answer->len != 0) {
        written = write_bytes(session, answer->data, answer->len, on_answer_written);
    }
    if (written == WRITTEN_ALL) {
        end_answer(session);
    } else if (written == WRITTEN_NEVER) {
        session_close(session);
    }
}

static void on_stream_written(uv_write_t *write, int status)
{
    struct session *session = write->data;
    if (finish_write(session, status)) {
        session_send_stream(session);
    }
}

/* True while the stream still has bytes, or the session is gone: nothing else may be written now. */
static bool write_stream(struct session *session)
{
    enum written written = WRITTEN_ALL;
    while (written == WRITTEN_ALL) {
        worker_take_output(&session->worker, &session->stream);
        if (session->stream.len == 0) {
            return false;
        }
        session->has_streamed = true;
        written = write_bytes(session, session->stream.data, session->stream.len, on_stream_written);
    }
    if (written == WRITTEN_NEVER) {
        session_close(session);
    }
    return true;
}

void session_send_stream(struct session *session)
{
    if (session->state != SESSION_RUNNING || session->is_writing || write_stream(session) ||
        worker_is_running(&session->worker)) {
        return;
    }
    session_send(session, request_reply(session->request), false);
    session_go_on(session);
}
