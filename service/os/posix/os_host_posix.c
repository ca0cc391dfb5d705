/* SPDX-License-Identifier: MIT */
/* The three notices systemd understands are one datagram each (sd_notify(3)): no library for that. */
#include "service/os/os_host.h"

#include "service/os/os_hook.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};

enum { SIGNALS = sizeof numbers / sizeof numbers[0] };

struct os_host {
    struct os_host_events events;
    uv_signal_t signals[SIGNALS];
    size_t n_open; /* handles the loop still holds */
    bool is_stopping;
};

/* Nobody listening, or a full socket, is no reason to fail: the service serves all the same. */
static void notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = path == NULL ? 0 : strlen(path);
    int fd;
    if (len < 2 || len >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@')) {
        return;
    }
    memcpy(address.sun_path, path, len);
    if (path[0] == '@') {
        address.sun_path[0] = '\0'; /* the abstract namespace */
    }
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return;
    }
    (void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
                  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    close(fd);
}

static void begin_stop(struct os_host *host)
{
    if (!host->is_stopping) {
        host->is_stopping = true;
        notify("STOPPING=1");
        host->events.stop(host->events.context);
    }
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct os_host *host = handle->data;
    if (number != SIGHUP) {
        begin_stop(host);
    } else if (!host->is_stopping) {
        host->events.reload(host->events.context);
    }
}

static void on_signal_closed(uv_handle_t *handle)
{
    struct os_host *host = handle->data;
    host->n_open--;
    if (host->n_open == 0) {
        free(host);
    }
}

int os_host_main(int argc, char **argv, int (*run)(int argc, const char *const *argv))
{
    return run(argc, (const char *const *)argv);
}

bool os_host_is_service(void)
{
    return false;
}

void os_host_progress(void)
{
    /* The unit's TimeoutStartSec is longer than any start takes. */
}

void os_host_abandon(int exit_code)
{
    _Exit(exit_code);
}

void os_host_setenv(const char *name, const char *value)
{
    setenv(name, value, 1);
}

static int watch(struct os_host *host, uv_loop_t *loop)
{
    for (size_t i = 0; i < SIGNALS; i++) {
        uv_signal_t *handle = &host->signals[i];
        int number = uv_signal_init(loop, handle);
        if (number == 0) {
            handle->data = host;
            host->n_open++;
            number = uv_signal_start(handle, on_signal, numbers[i]);
        }
        if (number != 0) {
            return number;
        }
    }
    return 0;
}

static void close_signals(struct os_host *host)
{
    size_t n = host->n_open;
    if (n == 0) {
        free(host);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        uv_close((uv_handle_t *)&host->signals[i], on_signal_closed);
    }
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
    /* A peer that goes away while it is written to must cost an error code, not the process. */
    signal(SIGPIPE, SIG_IGN);
    number = watch(host, loop);
    if (number != 0) {
        close_signals(host);
        return jd_fail_sys(err, JD_E_PLATFORM, "watch signals", JD_DOMAIN_UV, number);
    }
    *out = host;
    return JD_OK;
}

void os_host_ready(struct os_host *host)
{
    if (!host->is_stopping) {
        notify("READY=1");
    }
}

void os_host_stop(struct os_host *host)
{
    if (!host->is_stopping) {
        host->is_stopping = true;
        notify("STOPPING=1");
    }
    close_signals(host);
}
