/* SPDX-License-Identifier: MIT */
/*
 * The SCM's side of the process: ServiceMain, the control handler, the status. One per process, because a handler's
 * process is one; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum service_wish { SERVICE_WISH_STOP, SERVICE_WISH_RELOAD };

/* On the SCM's thread: must only pass it on. */
typedef void (*service_wish_fn)(void *context, enum service_wish wish);

typedef int (*service_run_fn)(int argc, const char *const *argv);

/* Calls run inside ServiceMain and gives what it returned. False: this process was not started by the SCM, and run was
 * not called. */
bool service_serve(int argc, const char *const *argv, service_run_fn run, int *out_exit_code);
bool service_is_served(void);

/* Who hears wishes from now on; on_wish NULL: nobody, and no call is under way any more. */
void service_hear(service_wish_fn on_wish, void *context);

/* What the SCM is told. Nothing happens in a process that is no service. */
void service_is_running(void);
void service_is_stopping(void);
void service_goes_on(void); /* the next checkpoint of a start or a stop */
void service_has_ended(int exit_code);
