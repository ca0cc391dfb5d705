/* SPDX-License-Identifier: MIT */
/*
 * The server: the endpoint, every connection, the pool, and an orderly end. It lives on one loop, whose thread makes
 * every call here; the loop belongs to the caller and is run by the caller.
 */
#pragma once

#include "service/core/core.h"

#include <uv.h>

struct server;

/* Deadlines in milliseconds; docs/protocol.md tells what each means to a client. */
struct server_limits {
    uint64_t first_byte_ms;   /* from accept to the first byte */
    uint64_t message_ms;      /* from the first byte of a message to its LF, however the bytes come */
    uint64_t idle_ms;         /* between messages */
    uint64_t write_stall_ms;  /* without the peer taking a byte of an answer */
    uint64_t stream_stall_ms; /* likewise, of a stream */
    uint64_t wait_place_ms;   /* for a running place */
    uint64_t stop_ms;         /* for what runs when the service stops */
    uint64_t linger_ms;       /* for a request already on its way to an idle connection when the service stops */
};

extern const struct server_limits server_limits_default;

struct server_parts {
    uv_loop_t *loop;      /* borrowed */
    struct core *core;    /* borrowed; no request is begun but by this server */
    const char *endpoint; /* borrowed for the call */
    const struct server_limits *limits;
    /* After server_stop: nothing of the server is left on the loop, server_free may follow (also from inside). */
    void (*on_stopped)(void *context);
    /* After server_stop: stop_ms are over and an operation is still stuck in the system. on_stopped comes when it
     * returns, which may be never: leave the process without freeing what the operation uses. NULL is accepted. */
    void (*on_overdue)(void *context);
    void *context;
};

/* Listens from the next turn of the loop on. Fails with ALREADY_RUNNING, ENDPOINT_UNUSABLE, NO_MEMORY, PLATFORM; the
 * loop must then still be run until it is empty. */
JD_MUST_CHECK enum jd_code server_open(const struct server_parts *parts, struct server **out, struct jd_err *err);

/*
 * No new connection; idle ones close, running operations get stop_ms and are answered, requests that come meanwhile are
 * answered `stopping`. Once.
 */
void server_stop(struct server *server);
void server_free(struct server *server); /* after on_stopped; NULL is accepted */
