/* SPDX-License-Identifier: MIT */
/* Signals and systemd's notices, on a real loop. */
#include "tests/contract/fixture_posix.h"

#include "service/os/os_host.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

struct stage {
    uv_loop_t loop;
    struct os_host *host;
    int notices; /* the socket systemd would hold */
    size_t n_stops, n_reloads;
};

static void on_stop(void *context)
{
    ((struct stage *)context)->n_stops++;
}

static void on_reload(void *context)
{
    ((struct stage *)context)->n_reloads++;
}

/* An endpoint of systemd's kind: '@' means the abstract namespace. */
static int listen_for_notices(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(name);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    memcpy(address.sun_path, name, len);
    if (name[0] == '@') {
        address.sun_path[0] = '\0';
    }
    check_int(bind(fd, (const struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
              0);
    check_int(setenv("NOTIFY_SOCKET", name, 1), 0);
    return fd;
}

static void check_notice(struct stage *stage, const char *expected)
{
    char text[64] = "";
    ssize_t n = recv(stage->notices, text, sizeof text - 1, 0);
    if (expected == NULL) {
        check_true(n < 0 && errno == EAGAIN);
    } else {
        check_text(text, expected);
    }
}

static void begin(struct stage *stage)
{
    const struct os_host_events events = {on_stop, on_reload, stage};
    check_int(uv_loop_init(&stage->loop), 0);
    check_ok(os_host_start(&stage->loop, &events, &stage->host, &fixture_err), &fixture_err);
}

static void end(struct stage *stage)
{
    os_host_stop(stage->host);
    uv_run(&stage->loop, UV_RUN_DEFAULT);
    check_int(uv_loop_close(&stage->loop), 0);
    unsetenv("NOTIFY_SOCKET");
}

static void send_and_run(struct stage *stage, int number)
{
    check_int(kill(getpid(), number), 0);
    uv_run(&stage->loop, UV_RUN_ONCE);
}

TEST(os_host_posix, the_first_wish_to_stop_counts_and_systemd_is_told)
{
    static const char *const kinds[] = {"/notify", "@junctiond-contract-test"};
    for (size_t i = 0; i < JD_COUNT(kinds); i++) {
        struct stage stage = {.notices = -1};
        check_case("%s", kinds[i]);
        /* libuv opens its signal pipe with the first loop and keeps it: before the handles are counted. */
        check_int(uv_loop_init(&stage.loop), 0);
        check_int(uv_loop_close(&stage.loop), 0);
        fixture_begin();
        stage.notices = listen_for_notices(i == 0 ? posix_in_folder("notify") : kinds[i]);
        begin(&stage);
        check_notice(&stage, NULL);
        os_host_ready(stage.host);
        check_notice(&stage, "READY=1");
        send_and_run(&stage, SIGHUP);
        send_and_run(&stage, SIGHUP);
        check_int(stage.n_reloads, 2);
        check_int(stage.n_stops, 0);
        send_and_run(&stage, SIGTERM);
        check_notice(&stage, "STOPPING=1");
        send_and_run(&stage, SIGINT);
        send_and_run(&stage, SIGTERM);
        send_and_run(&stage, SIGHUP);
        check_int(stage.n_stops, 1);
        check_int(stage.n_reloads, 2);
        end(&stage);
        check_notice(&stage, NULL);
        close(stage.notices);
        fixture_end();
    }
}

TEST(os_host_posix, nobody_needs_to_listen)
{
    static const char *const sockets[] = {"/nowhere/notify", "", "x", "@", "relative"};
    for (size_t i = 0; i < JD_COUNT(sockets); i++) {
        struct stage stage = {.notices = -1};
        check_case("\"%s\"", sockets[i]);
        check_int(setenv("NOTIFY_SOCKET", sockets[i], 1), 0);
        begin(&stage);
        os_host_ready(stage.host);
        send_and_run(&stage, SIGINT);
        check_int(stage.n_stops, 1);
        end(&stage);
    }
}

TEST(os_host_posix, a_peer_that_goes_away_costs_no_process)
{
    struct stage stage = {.notices = -1};
    int ends[2];
    begin(&stage);
    check_int(pipe(ends), 0);
    close(ends[0]);
    check_true(write(ends[1], "x", 1) < 0 && errno == EPIPE);
    close(ends[1]);
    end(&stage);
}
