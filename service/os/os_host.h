/* SPDX-License-Identifier: MIT */
/* What runs the process: a terminal or systemd here, the SCM on Windows. Turns its wishes into calls on the loop
 * thread. */
#pragma once

#include "common/err.h"

struct os_host;
struct uv_loop_s;

struct os_host_events {
    void (*stop)(void *context);   /* SIGTERM, SIGINT; SERVICE_CONTROL_STOP and PRESHUTDOWN. Comes once. */
    void (*reload)(void *context); /* SIGHUP; SERVICE_CONTROL_PARAMCHANGE */
    void *context;
};

JD_MUST_CHECK enum jd_code os_host_start(struct uv_loop_s *loop, const struct os_host_events *events,
                                         struct os_host **out, struct jd_err *err);
void os_host_ready(struct os_host *host); /* requests are served from now on */
void os_host_stop(struct os_host *host);  /* takes its handles off the loop; the loop then runs empty */
