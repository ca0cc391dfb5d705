/* SPDX-License-Identifier: MIT */
#include "tests/support/rig_server.h"

#include "service/io/worker.h"
#include "tests/support/check.h"
#include "tests/support/fault.h"
#include "tests/support/rig_endpoint.h"
#include "tests/support/rig_gate.h"

enum { LONG_MS = 120000, NS_PER_MS = 1000000 };

const struct server_limits rig_server_limits = {
    .first_byte_ms = LONG_MS,
    .message_ms = LONG_MS,
    .idle_ms = LONG_MS,
    .write_stall_ms = LONG_MS,
    .stream_stall_ms = LONG_MS,
    .wait_place_ms = LONG_MS,
    .stop_ms = LONG_MS,
    .linger_ms = 500,
};

static struct rig rig;
static struct server *server;
static bool is_up;
static uv_loop_t loop;
static uv_thread_t thread;
static uv_async_t call_async;
static char endpoint[RIG_ENDPOINT_MAX];

static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t lock;
static uv_cond_t changed;
static void (*task)(struct core *core, void *context); /* under lock, as all below */
static void *task_context;
static bool has_stopped;
static bool is_overdue;

static void make_locks(void)
{
    uv_mutex_init(&lock);
    uv_cond_init(&changed);
}

static uint64_t deadline_ns(void)
{
    return uv_hrtime() + (uint64_t)RAW_DEADLINE_MS * NS_PER_MS;
}

/* Under lock. False once the deadline is over. */
static bool wait_changed(uint64_t deadline)
{
    uint64_t now = uv_hrtime();
    return now < deadline && uv_cond_timedwait(&changed, &lock, deadline - now) == 0;
}

static void wait_flag(const bool *flag, const char *what)
{
    uint64_t deadline = deadline_ns();
    bool is_in_time = true;
    uv_mutex_lock(&lock);
    while (!*flag && is_in_time) {
        is_in_time = wait_changed(deadline);
    }
    is_in_time = *flag;
    uv_mutex_unlock(&lock);
    if (!is_in_time) {
        check_fail(__FILE__, __LINE__, "the server was not %s in time", what);
    }
}

static void set_flag(bool *flag)
{
    uv_mutex_lock(&lock);
    *flag = true;
    uv_cond_broadcast(&changed);
    uv_mutex_unlock(&lock);
}

static void on_stopped(void *context)
{
    (void)context;
    set_flag(&has_stopped);
}

static void on_overdue(void *context)
{
    (void)context;
    set_flag(&is_overdue);
}

static void on_call(uv_async_t *async)
{
    (void)async;
    uv_mutex_lock(&lock);
    if (task != NULL) {
        task(rig.core, task_context);
        task = NULL;
        uv_cond_broadcast(&changed);
    }
    uv_mutex_unlock(&lock);
}

void rig_server_call(void (*fn)(struct core *core, void *context), void *context)
{
    uint64_t deadline = deadline_ns();
    bool is_in_time = true;
    uv_mutex_lock(&lock);
    task = fn;
    task_context = context;
    uv_async_send(&call_async);
    while (task != NULL && is_in_time) {
        is_in_time = wait_changed(deadline);
    }
    is_in_time = task == NULL;
    task = NULL;
    uv_mutex_unlock(&lock);
    if (!is_in_time) {
        check_fail(__FILE__, __LINE__, "the loop does not turn");
    }
}

static void run_loop(void *context)
{
    (void)context;
    uv_run(&loop, UV_RUN_DEFAULT);
}

void rig_server_start(const struct rig_server_options *options)
{
    static const struct rig_server_options defaults;
    struct server_parts parts = {.loop = &loop, .core = NULL, .on_stopped = on_stopped, .on_overdue = on_overdue};
    struct jd_err err;
    uv_once(&once, make_locks);
    if (is_up) {
        rig_server_end();
    }
    options = options == NULL ? &defaults : options;
    worker_prepare_pool();
    rig_endpoint_make(endpoint);
    rig_init(&rig, options->policy == NULL ? rig_reference_policy : options->policy, options->ops, options->n_ops);
    check_int(uv_loop_init(&loop), 0);
    check_int(uv_async_init(&loop, &call_async, on_call), 0);
    has_stopped = false;
    is_overdue = false;
    parts.core = rig.core;
    parts.endpoint = endpoint;
    parts.limits = options->limits == NULL ? &rig_server_limits : options->limits;
    check_ok(server_open(&parts, &server, &err), &err);
    check_int(uv_thread_create(&thread, run_loop, NULL), 0);
    is_up = true;
}

const char *rig_server_endpoint(void)
{
    return endpoint;
}

static void stop(struct core *core, void *context)
{
    (void)core;
    (void)context;
    server_stop(server);
}

void rig_server_stop(void)
{
    rig_server_call(stop, NULL);
}

static void close_call(struct core *core, void *context)
{
    (void)core;
    (void)context;
    uv_close((uv_handle_t *)&call_async, NULL);
}

void rig_server_end(void)
{
    is_up = false; /* whatever fails from here on, it is not tried twice */
    rig_gate_open();
    rig_server_stop();
    wait_flag(&has_stopped, "stopped");
    rig_server_call(close_call, NULL);
    uv_thread_join(&thread);
    rig_gate_take_away();
    check_int(uv_loop_close(&loop), 0);
    server_free(server);
    check_int(fake_open_nodes(), 0);
    rig_done(&rig);
    rig_endpoint_done(endpoint);
}

bool rig_server_is_overdue(void)
{
    return is_overdue;
}

void rig_server_until_overdue(void)
{
    wait_flag(&is_overdue, "overdue");
}

uv_loop_t *rig_server_loop(void)
{
    return &loop;
}

static void copy_counters(struct core *core, void *context)
{
    *(struct core_counters *)context = *core_counters(core);
}

struct core_counters rig_server_counters(void)
{
    struct core_counters now;
    rig_server_call(copy_counters, &now);
    return now;
}

void rig_server_until_at(const char *file, int line, bool (*is_so)(const struct core_counters *now, uint64_t value),
                         uint64_t value, const char *what)
{
    uint64_t deadline = deadline_ns();
    struct core_counters now;
    do {
        now = rig_server_counters();
        if (is_so(&now, value)) {
            return;
        }
    } while (uv_hrtime() < deadline);
    check_fail(file, line, "never came to be: %s (connections %d, running %d, refused %d)", what, (int)now.connections,
               (int)now.running, (int)now.connections_refused);
}

void rig_server_until_heard(size_t n)
{
    uint64_t deadline = deadline_ns();
    while (fault_count("peer_identify") < n && uv_hrtime() < deadline) {
        (void)rig_server_counters();
    }
    check_true(fault_count("peer_identify") >= n);
    (void)rig_server_counters(); /* the turn of the loop that asked is over */
}

bool rig_has_connections(const struct core_counters *now, uint64_t value)
{
    return now->connections == value;
}

bool rig_has_running(const struct core_counters *now, uint64_t value)
{
    return now->running == value;
}

bool rig_has_refused(const struct core_counters *now, uint64_t value)
{
    return now->connections_refused == value;
}

bool rig_is_stopping(const struct core_counters *now, uint64_t value)
{
    return now->stopping == (value != 0);
}
