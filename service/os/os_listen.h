/* SPDX-License-Identifier: MIT */
/*
 * The endpoint: made with the right access from its first moment, and handed to the loop. Loop thread only.
 */
#pragma once

#include "common/err.h"

struct os_listener;
struct uv_loop_s;
struct uv_pipe_s;

/* A client waits: take it with os_listen_accept, or it is turned away when the listener closes. */
typedef void (*os_listen_fn)(void *context, struct os_listener *listener);

/* How many connections an endpoint of this system holds at once; SIZE_MAX: as many as the process can. */
size_t os_listen_capacity(void);

/*
 * Opens endpoint (a socket path, or a pipe name) for every local caller and starts listening. Fails with
 * ALREADY_RUNNING (an instance owns the endpoint) or ENDPOINT_UNUSABLE. endpoint is copied.
 */
JD_MUST_CHECK enum jd_code os_listen_open(struct uv_loop_s *loop, const char *endpoint, os_listen_fn on_client,
                                          void *context, struct os_listener **out, struct jd_err *err);

/* Takes the waiting client into pipe, which the caller initialised with uv_pipe_init. The caller closes pipe, also on
 * failure. */
JD_MUST_CHECK enum jd_code os_listen_accept(struct os_listener *listener, struct uv_pipe_s *pipe, struct jd_err *err);

/* Stops listening and takes the endpoint away; on_closed runs once nothing is left of it. */
void os_listen_close(struct os_listener *listener, void (*on_closed)(void *context), void *context);
