/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L /* clock_gettime; MinGW's winpthreads has it too */

#include "service/os/os_clock.h"

#include "service/os/fake/fake_tree.h"

#include <time.h>

static bool is_set;
static uint64_t monotonic;
static int64_t wall;

static int64_t real_ms(clockid_t clock)
{
    struct timespec now = {0};
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

uint64_t os_clock_monotonic_ms(void)
{
    fake_lock();
    uint64_t ms = is_set ? monotonic : (uint64_t)real_ms(CLOCK_MONOTONIC);
    fake_unlock();
    return ms;
}

int64_t os_clock_wall_ms(void)
{
    fake_lock();
    int64_t ms = is_set ? wall : real_ms(CLOCK_REALTIME);
    fake_unlock();
    return ms;
}

void fake_clock_set(uint64_t monotonic_ms, int64_t wall_ms)
{
    fake_lock();
    is_set = true;
    monotonic = monotonic_ms;
    wall = wall_ms;
    fake_unlock();
}

void fake_clock_advance(uint64_t ms)
{
    fake_lock();
    if (!is_set) {
        fake_misuse("the clock runs by itself", "fake_clock_advance");
    }
    monotonic += ms;
    wall += (int64_t)ms;
    fake_unlock();
}

void fake_clock_real(void)
{
    fake_lock();
    is_set = false;
    fake_unlock();
}

void fake_clock_reset(void)
{
    is_set = false;
}
