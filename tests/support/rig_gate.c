/* SPDX-License-Identifier: MIT */
#include "tests/support/rig_gate.h"

#include "tests/support/check.h"
#include "tests/support/fault.h"
#include "tests/support/raw_peer.h"

#include <uv.h>

static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t lock;
static uv_cond_t changed;
static bool is_set;
static bool is_open;    /* under lock, as all below */
static size_t n_inside; /* arrived */
static size_t n_let;    /* may go, of those */
static size_t n_gone;

static void make_locks(void)
{
    uv_mutex_init(&lock);
    uv_cond_init(&changed);
}

static uint64_t deadline_ns(void)
{
    return uv_hrtime() + (uint64_t)RAW_DEADLINE_MS * 1000000;
}

/* Under lock. False once the deadline is over. */
static bool wait_changed(uint64_t deadline)
{
    uint64_t now = uv_hrtime();
    return now < deadline && uv_cond_timedwait(&changed, &lock, deadline - now) == 0;
}

/* Worker threads: the hook before a port call. */
static void pass_gate(void *context)
{
    uint64_t deadline = deadline_ns();
    bool is_in_time = true;
    (void)context;
    uv_mutex_lock(&lock);
    n_inside++;
    uv_cond_broadcast(&changed);
    while (!is_open && n_gone >= n_let && is_in_time) {
        is_in_time = wait_changed(deadline);
    }
    n_gone++;
    uv_mutex_unlock(&lock);
}

void rig_gate_close(const char *call)
{
    rig_gate_open(); /* for who a failed test left inside */
    fault_begin();
    fault_do_always(call, pass_gate, NULL);
    is_set = true;
    is_open = false;
    n_inside = n_let = n_gone = 0;
}

void rig_gate_until_inside(size_t n)
{
    uint64_t deadline = deadline_ns();
    bool is_in_time = true;
    uv_mutex_lock(&lock);
    while (n_inside < n && is_in_time) {
        is_in_time = wait_changed(deadline);
    }
    is_in_time = n_inside >= n;
    uv_mutex_unlock(&lock);
    check_true(is_in_time);
}

void rig_gate_let(size_t n)
{
    uv_mutex_lock(&lock);
    n_let += n;
    uv_cond_broadcast(&changed);
    uv_mutex_unlock(&lock);
}

void rig_gate_open(void)
{
    uv_once(&once, make_locks);
    uv_mutex_lock(&lock);
    is_open = true;
    uv_cond_broadcast(&changed);
    uv_mutex_unlock(&lock);
}

void rig_gate_take_away(void)
{
    if (is_set) {
        fault_end();
        is_set = false;
    }
}
