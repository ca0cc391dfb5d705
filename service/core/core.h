/* SPDX-License-Identifier: MIT */
/*
 * One request from its line to its answer: decode → screen → plan → judge → record → act → record → answer
 * (core.c holds the argument in this order, on one page).
 *
 * Threads: core_run runs on a worker, everything else on the loop thread. Core holds no locks: what requests share
 * (policy snapshot, counters, tallies) changes on the loop thread only, before core_run and after it.
 */
#pragma once

#include "protocol/request.h"
#include "service/core/policy.h"
#include "service/os/os_audit.h"
#include "service/os/os_fs.h"
#include "service/os/os_state.h"

#include <stdatomic.h>

struct core;    /* what all requests share */
struct request; /* one of them */
struct op;      /* core/op.h */

/* What a core is built on; borrowed, must outlive it. */
struct core_parts {
    struct os_fs *fs;
    struct os_audit *audit;
    struct os_state *state;
    const struct op *const *ops; /* NULL: the shipped table; tests bring operations of their own */
    size_t n_ops;
    struct policy_builtin builtin;
};

/* Fails with NO_MEMORY. */
JD_MUST_CHECK enum jd_code core_new(const struct core_parts *parts, struct core **out, struct jd_err *err);
void core_free(struct core *core); /* no request is left; NULL is accepted */

/* Takes over the caller's count of policy; drops the one before. NULL: every junction operation is answered
 * policy_unavailable. */
void core_set_policy(struct core *core, struct policy *policy);
struct policy *core_policy(const struct core *core); /* borrowed; NULL when there is none */

/* Looks at what a crash left behind, puts it right and records it. Before the first request. */
JD_MUST_CHECK enum jd_code core_recover(struct core *core, struct jd_err *err);

/* Records of the service's own life; each returns the sink's answer. What was refused also stands in service.status
 * until a policy is loaded. */
JD_MUST_CHECK enum jd_code core_record_started(struct core *core, const char *endpoint, struct jd_err *err);
JD_MUST_CHECK enum jd_code core_record_policy(struct core *core, const char *path, const struct jd_err *refused,
                                              struct jd_err *err); /* refused NULL: it was loaded */
void core_record_stopped(struct core *core);

/* The same before there is a core: part, which stands on path (NULL: on none), did not start because of why. state may
 * be NULL; the record then has no number. */
JD_MUST_CHECK enum jd_code core_record_start_failed(struct os_audit *audit, struct os_state *state, const char *part,
                                                    const char *path, const struct jd_err *why, struct jd_err *err);
void core_record_bad_messages(struct core *core, const struct os_caller *caller, const struct jd_err *last,
                              uint64_t bad_lines);

/* Once a second: summaries of reads and suppressed denials that are due. */
void core_tick(struct core *core);

/* Kept by io, shown by service.status. */
struct core_counters {
    uint64_t connections;       /* now */
    uint64_t connections_total; /* since start */
    uint64_t connections_refused;
    uint64_t running; /* operations on workers now */
    uint64_t bad_lines;
    bool stopping;
};
struct core_counters *core_counters(struct core *core);

/* What a running operation gets from io. */
struct op_io {
    const atomic_bool *cancelled; /* set by the loop thread: the peer is gone, or the service stops */
    uint64_t deadline_ms;         /* os_clock_monotonic_ms; 0: none */
    /* Sends one notification line of a stream; waits while the peer is slow. False: nobody reads any more. NULL: no
     * streams. */
    bool (*emit)(void *context, const char *line, size_t len);
    void *context;
};

enum core_next {
    CORE_RUN,    /* hand it to a worker, then core_end */
    CORE_ANSWER, /* its reply is ready already (an error, or a control operation) */
    CORE_SILENT  /* a notification: no reply */
};

/*
 * Begins what one line asks for. caller is moved in (zeroed afterwards), and so is decoded. *out is freed with
 * request_free. Fails with NO_MEMORY only; then *caller and *decoded are done too.
 */
JD_MUST_CHECK enum jd_code core_begin(struct core *core, struct os_caller *caller, struct jd_request *decoded,
                                      struct request **out, enum core_next *out_next, struct jd_err *err);

/* Worker. Fills the reply. Never fails: a failure is an answer. */
void core_run(struct request *request, const struct op_io *io);

/* After core_run: counters, the record of a denial or a read. Loop thread. */
void core_end(struct core *core, struct request *request);

/* The whole reply line with its LF; empty for a notification. Valid until request_free. */
const struct jd_buf *request_reply(const struct request *request);
const struct os_caller *request_caller(const struct request *request);
bool request_is_change(const struct request *request);
/* The volume letter it works on, 0 when none: for places in the pool. */
char request_letter(const struct request *request);
void request_free(struct request *request); /* NULL is accepted */
