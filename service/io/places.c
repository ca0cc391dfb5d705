/* SPDX-License-Identifier: MIT */
#include "service/io/session.h"

/* The worker is through with core_run. */
static void on_return(struct worker *worker)
{
    struct session *session = RING_OF(worker, struct session, worker);
    struct server *server = session->server;
    core_end(server->parts.core, session->request);
    quota_place_drop(server->quota, &session->who, request_letter(session->request));
    server->counters->running--;
    places_fill(server); /* before this session's next request: who waits was first */
    if (session->state == SESSION_CLOSING) {
        session_check_end(session);
        return;
    }
    session_send_stream(session);
}

static bool run(struct session *session)
{
    struct server *server = session->server;
    const struct quota_limits limits = server_quota_limits(server);
    if (!quota_place_take(server->quota, &limits, &session->who, request_letter(session->request))) {
        return false;
    }
    session->state = SESSION_RUNNING;
    session->has_streamed = false;
    uv_timer_stop(&session->timer);
    server->counters->running++;
    worker_start(&session->worker, server->parts.loop, session->request, on_return);
    return true;
}

void places_ask(struct session *session)
{
    if (!run(session)) {
        session->state = SESSION_WAITING;
        ring_add_last(&session->server->waiting, &session->waiting);
        session_set_deadline(session, session->server->limits.wait_place_ms);
    }
}

void places_leave(struct session *session)
{
    ring_remove(&session->waiting);
}

/* One that must wait for its own SID's place does not hold up those behind it. */
void places_fill(struct server *server)
{
    struct ring *link = server->waiting.next;
    while (link != &server->waiting) {
        struct session *session = RING_OF(link, struct session, waiting);
        link = link->next;
        if (run(session)) {
            places_leave(session);
        }
    }
}
