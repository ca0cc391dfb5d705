/* SPDX-License-Identifier: MIT */
/* What runs the process: a terminal or systemd here, the SCM on Windows. Turns its wishes into calls on the loop
 * thread. */
#pragma once

#include "common/err.h"

#include <stdbool.h>

struct os_host;
struct uv_loop_s;

struct os_host_events {
    void (*stop)(void *context);   /* SIGTERM, SIGINT; SERVICE_CONTROL_STOP and PRESHUTDOWN. Comes once. */
    void (*reload)(void *context); /* SIGHUP; SERVICE_CONTROL_PARAMCHANGE */
    void *context;
};

/*
 * Calls run with the arguments as UTF-8 and returns what it returned, for main to return. Started by the SCM (Windows,
 * first argument "run"): run is then called inside the service, and the SCM is told how that ended.
 */
int os_host_main(int argc, char **argv, int (*run)(int argc, const char *const *argv));

/* Nobody watches a terminal: started by the SCM. False on POSIX, where systemd sees what a foreground program says. */
bool os_host_is_service(void);

/* Start and end go on, for who waits for them. From the thread that run was called on. */
void os_host_progress(void);

/* Ends the process with this code, now: nothing is freed, no other thread is waited for. */
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void os_host_abandon(int exit_code);

/* A variable of the environment as the C library's getenv tells it, where libuv looks for the size of its pool (on
 * Windows the system has a second one). Before there are other threads. */
void os_host_setenv(const char *name, const char *value);

JD_MUST_CHECK enum jd_code os_host_start(struct uv_loop_s *loop, const struct os_host_events *events,
                                         struct os_host **out, struct jd_err *err);
void os_host_ready(struct os_host *host); /* requests are served from now on */
void os_host_stop(struct os_host *host);  /* takes its handles off the loop; the loop then runs empty */
