/* SPDX-License-Identifier: MIT */
/*
 * The server from inside: what sessions, places and the server share. Only service/io includes this. Loop thread only.
 */
#pragma once

#include "service/core/quota.h"
#include "service/io/ring.h"
#include "service/io/server.h"
#include "service/os/os_listen.h"

struct server {
    struct server_parts parts; /* endpoint is not kept */
    struct server_limits limits;
    struct quota *quota;            /* owned */
    struct os_listener *listener;   /* NULL once it is gone */
    struct core_counters *counters; /* core's */
    struct ring sessions;           /* in order of arrival */
    struct ring waiting;            /* sessions whose request waits for a place, in order of arrival */
    uv_async_t wake;                /* a worker has output, or a session yielded */
    uv_timer_t tick;                /* once a second */
    uv_timer_t stop;                /* how long running operations get */
    unsigned handles;               /* of these three, not closed yet */
    bool client_waits;              /* one could not be accepted for want of memory */
    bool stopping;
    bool ending; /* the handles are being closed */
};

/* The caps in force now: the current policy's, or the defaults. */
struct quota_limits server_quota_limits(const struct server *server);

/* A session is gone, or the listener: perhaps that was the last of it. */
void server_check_end(struct server *server);
