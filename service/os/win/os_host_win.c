/* SPDX-License-Identifier: MIT */
/* The SCM's wishes come on a thread of its own and are passed on by a wake-up; a terminal's come as signals, which
 * libuv makes of Ctrl-C, Ctrl-Break and the closing of the window. */
#include "service/os/os_host.h"

#include "service/os/os_hook.h"
#include "service/os/win/os_host_win_process.h"
#include "service/os/win/os_host_win_service.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static const int numbers[] = {SIGINT, SIGBREAK, SIGHUP};

enum { SIGNALS = sizeof numbers / sizeof numbers[0], HANDLES_MAX = SIGNALS > 2 ? SIGNALS : 2, BEAT_MS = 1000 };

struct os_host {
    struct os_host_events events;
    uv_async_t wake; /* of a service */
    uv_timer_t beat; /* likewise: tells the SCM that stopping goes on */
    uv_signal_t signals[SIGNALS];
    uv_handle_t *open[HANDLES_MAX]; /* handles the loop still holds */
    size_t n_open;
    size_t n_closed;
    atomic_bool wants_stop;
    atomic_bool wants_reload;
    bool is_stopping;
};

int os_host_main(int argc, char **argv, int (*run)(int argc, const char *const *argv))
{
    struct process_arguments arguments;
    const char *const *list;
    int exit_code = 1;
    (void)argc;
    (void)argv; /* in the code page of the day */
    if (!process_read_arguments(&arguments)) {
        fputs("junctiond: out of memory\n", stderr);
        return exit_code;
    }
    list = (const char *const *)arguments.list;
    process_begin_streams();
    if (arguments.n > 1 && strcmp(list[1], "run") == 0) {
        process_harden();
        if (!service_serve(arguments.n, list, run, &exit_code)) {
            exit_code = run(arguments.n, list);
        }
    } else {
        exit_code = run(arguments.n, list);
    }
    process_end_streams();
    process_free_arguments(&arguments);
    return exit_code;
}

bool os_host_is_service(void)
{
    return service_is_served();
}

void os_host_progress(void)
{
    service_goes_on();
}

/* ExitProcess would wait for locks that a stuck thread may hold. */
void os_host_abandon(int exit_code)
{
    service_has_ended(exit_code);
    process_end_streams();
    TerminateProcess(GetCurrentProcess(), (UINT)exit_code);
    abort();
}

/* SetEnvironmentVariableW, which libuv's own function calls, does not reach what getenv reads. */
void os_host_setenv(const char *name, const char *value)
{
    (void)_putenv_s(name, value);
}

static void on_beat(uv_timer_t *timer)
{
    (void)timer;
    service_goes_on();
}

static void begin_stop(struct os_host *host)
{
    if (host->is_stopping) {
        return;
    }
    host->is_stopping = true;
    if (service_is_served()) {
        service_is_stopping();
        uv_timer_start(&host->beat, on_beat, BEAT_MS, BEAT_MS);
    }
    host->events.stop(host->events.context);
}

static void on_wish(void *context, enum service_wish wish)
{
    struct os_host *host = context;
    atomic_store(wish == SERVICE_WISH_STOP ? &host->wants_stop : &host->wants_reload, true);
    uv_async_send(&host->wake);
}

static void on_wake(uv_async_t *wake)
{
    struct os_host *host = wake->data;
    if (atomic_exchange(&host->wants_reload, false) && !host->is_stopping) {
        host->events.reload(host->events.context);
    }
    if (atomic_load(&host->wants_stop)) {
        begin_stop(host);
    }
}

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    begin_stop(handle->data);
}

static void on_closed(uv_handle_t *handle)
{
    struct os_host *host = handle->data;
    if (++host->n_closed == host->n_open) {
        free(host);
    }
}

static void close_all(struct os_host *host)
{
    size_t n = host->n_open;
    if (n == 0) {
        free(host);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        uv_close(host->open[i], on_closed);
    }
}

static void keep(struct os_host *host, uv_handle_t *handle)
{
    handle->data = host;
    host->open[host->n_open++] = handle;
}

static int watch_service(struct os_host *host, uv_loop_t *loop)
{
    int number = uv_async_init(loop, &host->wake, on_wake);
    if (number == 0) {
        keep(host, (uv_handle_t *)&host->wake);
        uv_timer_init(loop, &host->beat);
        keep(host, (uv_handle_t *)&host->beat);
        service_hear(on_wish, host);
    }
    return number;
}

static int watch_terminal(struct os_host *host, uv_loop_t *loop)
{
    for (size_t i = 0; i < SIGNALS; i++) {
        uv_signal_t *handle = &host->signals[i];
        int number = uv_signal_init(loop, handle);
        if (number == 0) {
            keep(host, (uv_handle_t *)handle);
            number = uv_signal_start(handle, on_signal, numbers[i]);
        }
        if (number != 0) {
            return number;
        }
    }
    return 0;
}

enum jd_code os_host_start(struct uv_loop_s *loop, const struct os_host_events *events, struct os_host **out,
                           struct jd_err *err)
{
    struct os_host *host;
    int number;
    OS_HOOK("host_start", err);
    host = calloc(1, sizeof *host);
    if (host == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "start", NULL);
    }
    host->events = *events;
    number = service_is_served() ? watch_service(host, loop) : watch_terminal(host, loop);
    if (number != 0) {
        close_all(host);
        return jd_fail_sys(err, JD_E_PLATFORM, "watch signals", JD_DOMAIN_UV, number);
    }
    *out = host;
    return JD_OK;
}

void os_host_ready(struct os_host *host)
{
    if (!host->is_stopping) {
        service_is_running();
    }
}

void os_host_stop(struct os_host *host)
{
    service_hear(NULL, NULL);
    service_is_stopping();
    close_all(host);
}
