/* SPDX-License-Identifier: MIT */
/*
 * A real server on a private socket, on a thread of its own, over a core on the fake port (rig_core.h): the test thread
 * plays the clients. One at a time. Starting it ends what a failed test left behind.
 */
#pragma once

#include "service/io/server.h"
#include "tests/support/raw_peer.h"
#include "tests/support/rig_core.h"
#include "tests/support/rig_gate.h"
#include "tests/support/rig_talk.h"

struct rig_server_options {
    const struct server_limits *limits; /* NULL: rig_server_limits */
    const char *policy;                 /* NULL: rig_reference_policy */
    const struct op *const *ops;        /* NULL: the shipped ones */
    size_t n_ops;
};

/* So long that no deadline strikes but the one a test shortens. */
extern const struct server_limits rig_server_limits;

void rig_server_start(const struct rig_server_options *options); /* NULL: all defaults */
const char *rig_server_endpoint(void);

/* Orderly stop: asks for it and returns at once. */
void rig_server_stop(void);
/* Waits until all is stopped, takes everything down, and proves that nothing stayed: no handle on the loop, no open
 * node. */
void rig_server_end(void);
/* stop_ms were over before all operations came back. After rig_server_end, or rig_server_until_overdue. */
bool rig_server_is_overdue(void);
void rig_server_until_overdue(void);

/* Runs fn on the loop thread and waits for it. */
void rig_server_call(void (*fn)(struct core *core, void *context), void *context);
uv_loop_t *rig_server_loop(void); /* for what such an fn starts there */
struct core_counters rig_server_counters(void);
/* Waits until is_so says yes; fails the test, naming what, after RAW_DEADLINE_MS. */
void rig_server_until_at(const char *file, int line, bool (*is_so)(const struct core_counters *now, uint64_t value),
                         uint64_t value, const char *what);
#define rig_server_until(is_so, value) rig_server_until_at(__FILE__, __LINE__, (is_so), (value), #is_so " " #value)
/* n whole lines were taken up (their callers asked for) since rig_gate_close, and dealt with as far as they can be. */
void rig_server_until_heard(size_t n);
bool rig_has_connections(const struct core_counters *now, uint64_t value);
bool rig_has_running(const struct core_counters *now, uint64_t value);
bool rig_has_refused(const struct core_counters *now, uint64_t value);
bool rig_is_stopping(const struct core_counters *now, uint64_t value);
