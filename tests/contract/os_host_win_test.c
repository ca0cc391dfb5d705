/* SPDX-License-Identifier: MIT */
/* The host in the foreground, on a real loop. As a service: tests/endtoend/windows_test.sh. */
#include "service/os/os_host.h"

#include "tests/support/suite.h"

#include <signal.h>
#include <uv.h>

enum { GIVE_UP_MS = 10000 };

struct stage {
    uv_loop_t loop;
    struct os_host *host;
    size_t n_stops;
    size_t n_reloads;
};

static struct jd_err err;

static void on_stop(void *context)
{
    ((struct stage *)context)->n_stops++;
}

static void on_reload(void *context)
{
    ((struct stage *)context)->n_reloads++;
}

static void begin(struct stage *stage)
{
    const struct os_host_events events = {on_stop, on_reload, stage};
    *stage = (struct stage){.host = NULL};
    check_int(uv_loop_init(&stage->loop), 0);
    check_ok(os_host_start(&stage->loop, &events, &stage->host, &err), &err);
}

static void end(struct stage *stage)
{
    os_host_stop(stage->host);
    uv_run(&stage->loop, UV_RUN_DEFAULT);
    check_int(uv_loop_close(&stage->loop), 0);
}

TEST(os_host_win, it_leaves_the_loop_as_it_found_it)
{
    struct stage stage;
    begin(&stage);
    check_false(os_host_is_service());
    os_host_progress(); /* for nobody */
    os_host_ready(stage.host);
    uv_run(&stage.loop, UV_RUN_NOWAIT);
    check_int(stage.n_stops, 0);
    end(&stage);
}

/* Ctrl-C reaches every process of the console: a console of its own keeps it from others. */
static bool has_console_alone(void)
{
    DWORD pids[2];
    if (GetConsoleProcessList(pids, 2) == 1) {
        return true;
    }
    FreeConsole();
    return AllocConsole() && GetConsoleProcessList(pids, 2) == 1;
}

/* Hears a key beside the host: the system calls in its own time, and a call that nobody hears ends the process. */
struct ear {
    uv_signal_t signal;
    size_t n_heard;
};

static void on_heard(uv_signal_t *signal, int number)
{
    (void)number;
    ((struct ear *)signal->data)->n_heard++;
}

static void begin_hearing(struct ear *ear, struct stage *stage, DWORD key)
{
    *ear = (struct ear){.n_heard = 0};
    check_int(uv_signal_init(&stage->loop, &ear->signal), 0);
    ear->signal.data = ear;
    check_int(uv_signal_start(&ear->signal, on_heard, key == CTRL_C_EVENT ? SIGINT : SIGBREAK), 0);
}

/* False: the system does not press keys. */
static bool press(struct stage *stage, struct ear *ear, DWORD key)
{
    uint64_t deadline = GetTickCount64() + GIVE_UP_MS;
    size_t before = ear->n_heard;
    if (!GenerateConsoleCtrlEvent(key, 0)) {
        return false;
    }
    while ((ear->n_heard == before || stage->n_stops == 0) && GetTickCount64() < deadline) {
        uv_run(&stage->loop, UV_RUN_NOWAIT); /* the two of them hear one after the other */
    }
    check_int(ear->n_heard, before + 1);
    return true;
}

static void check_stops(DWORD key)
{
    struct stage stage;
    struct ear ear;
    bool is_pressed;
    if (!has_console_alone()) {
        check_skip("no console of its own to be had here");
    }
    begin(&stage);
    begin_hearing(&ear, &stage, key);
    os_host_ready(stage.host);
    is_pressed = press(&stage, &ear, key);
    if (is_pressed) {
        check_int(stage.n_stops, 1);
        check_true(press(&stage, &ear, key));
        check_int(stage.n_stops, 1); /* once */
        check_int(stage.n_reloads, 0);
    }
    uv_close((uv_handle_t *)&ear.signal, NULL);
    end(&stage);
    if (!is_pressed) {
        check_skip("this system passes no such key to a program with its own console");
    }
}

TEST(os_host_win, ctrl_c_stops)
{
    check_stops(CTRL_C_EVENT);
}

TEST(os_host_win, ctrl_break_stops)
{
    check_stops(CTRL_BREAK_EVENT);
}
