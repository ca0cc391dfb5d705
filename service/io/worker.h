/* SPDX-License-Identifier: MIT */
/*
 * core_run on a thread of libuv's pool, and the bounded way back for what a stream emits: emit() waits while the loop
 * still holds more than WORKER_OUTPUT_MAX bytes of it, and gives up when the peer is gone. Everything here is called on
 * the loop thread.
 */
#pragma once

#include "common/buf.h"
#include "service/core/core.h"

#include <stdatomic.h>
#include <uv.h>

enum {
    WORKER_THREADS = 16,
    WORKER_OUTPUT_MAX = 65536,                               /* bytes that may wait before emit() does */
    WORKER_OUTPUT_CEILING = WORKER_OUTPUT_MAX + JD_REPLY_MAX /* a line that begins below the mark still fits */
};

struct worker {
    uv_work_t work;
    uv_async_t *wake;        /* tells the loop that there is output; borrowed */
    struct request *request; /* borrowed while it runs; NULL otherwise */
    void (*on_return)(struct worker *worker);
    atomic_bool cancelled;

    uv_mutex_t lock;
    uv_cond_t changed;
    struct jd_buf output; /* under lock: emitted, not taken yet */
    bool refuses;         /* under lock: emit() takes nothing more */
};

/*
 * Sizes libuv's pool: WORKER_THREADS, unless UV_THREADPOOL_SIZE in the environment already asks for more. A smaller one
 * is not kept, since places that have no thread would break the promise that a stuck operation delays nobody else.
 * Before the first loop.
 */
void worker_prepare_pool(void);

/* wake is borrowed and outlives the worker. Fails with NO_MEMORY. */
JD_MUST_CHECK enum jd_code worker_init(struct worker *worker, uv_async_t *wake, struct jd_err *err);
void worker_done(struct worker *worker); /* it does not run */

/* Hands request to the pool; on_return comes on the loop thread when core_run is through. */
void worker_start(struct worker *worker, uv_loop_t *loop, struct request *request,
                  void (*on_return)(struct worker *worker));
bool worker_is_running(const struct worker *worker);

/* The peer is gone, or time is up: core sees the flag, emit() returns false. */
void worker_cancel(struct worker *worker);
/* A stream ends at its next line; everything else goes on. */
void worker_refuse_output(struct worker *worker);

/* Moves what was emitted so far into out, whose old bytes are dropped; a waiting emit() goes on. out has
 * WORKER_OUTPUT_CEILING. */
void worker_take_output(struct worker *worker, struct jd_buf *out);
