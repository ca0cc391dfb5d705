/* SPDX-License-Identifier: MIT */
/*
 * Instances connect by an event that a thread of the system waits for; the loop takes the connected handle. Several
 * listen at once, so that a client finds one while the last is being taken; a wait that is over only wakes the loop.
 */
#include "service/os/os_listen.h"

#include "service/os/os_hook.h"
#include "service/os/win/os_listen_win_pipe.h"

#include <errno.h>
#include <io.h>
#include <stdlib.h>
#include <uv.h>

enum { SPARES = 4, RETRY_MS = 100, COME_AND_GO_MAX = 64, HANDLES = 2, CONNECTIONS = 240 };

/* Besides connections: the holder, the spares, and those who are being turned away. */
_Static_assert(CONNECTIONS + 1 + SPARES < PIPE_INSTANCES, "no room for a client that is to be turned away");

enum spare_state { SPARE_NONE, SPARE_MADE, SPARE_LISTENING, SPARE_CONNECTED };

/* An instance that waits for its client. */
struct spare {
    struct os_listener *listener;
    enum spare_state state;
    HANDLE pipe;
    HANDLE wait; /* of the system's thread; NULL: none */
    OVERLAPPED overlapped;
};

struct os_listener {
    uv_async_t wake;
    uv_timer_t retry;
    unsigned n_open; /* of these two */
    bool is_closing;
    struct pipe_name name;
    struct spare spares[SPARES];
    size_t next;    /* the spare that is looked at first */
    uint64_t taken; /* clients, so far */
    os_listen_fn on_client;
    void (*on_closed)(void *context);
    void *context;        /* on_client's */
    void *closed_context; /* on_closed's */
};

size_t os_listen_capacity(void)
{
    return CONNECTIONS;
}

/* Any thread. */
static void CALLBACK on_event(void *context, BOOLEAN timed_out)
{
    struct spare *spare = context;
    (void)timed_out;
    uv_async_send(&spare->listener->wake);
}

/* Afterwards nobody is inside on_event for it. */
static void end_wait(struct spare *spare)
{
    if (spare->wait != NULL) {
        (void)UnregisterWaitEx(spare->wait, INVALID_HANDLE_VALUE);
        spare->wait = NULL;
    }
}

static void drop(struct spare *spare)
{
    DWORD n;
    end_wait(spare);
    if (spare->state == SPARE_LISTENING && CancelIoEx(spare->pipe, &spare->overlapped)) {
        (void)GetOverlappedResult(spare->pipe, &spare->overlapped, &n, TRUE); /* it writes there until then */
    }
    if (spare->state != SPARE_NONE) {
        CloseHandle(spare->pipe);
        spare->state = SPARE_NONE;
    }
}

static bool begin_wait(struct spare *spare)
{
    return RegisterWaitForSingleObject(&spare->wait, spare->overlapped.hEvent, on_event, spare, INFINITE,
                                       WT_EXECUTEONLYONCE) != 0;
}

/* Returns GetLastError's number, 0 when a client is there. */
static DWORD begin_connect(struct spare *spare)
{
    DWORD number = ConnectNamedPipe(spare->pipe, &spare->overlapped) ? 0 : GetLastError();
    return number == ERROR_PIPE_CONNECTED ? 0 : number;
}

/* Clients that came and went before they were noticed (ERROR_NO_DATA) are no failure, but must not hold the loop
 * either. */
static DWORD connect_next(struct spare *spare)
{
    DWORD number = begin_connect(spare);
    for (int i = 0; i < COME_AND_GO_MAX && number == ERROR_NO_DATA; i++) {
        DisconnectNamedPipe(spare->pipe);
        number = begin_connect(spare);
    }
    return number;
}

/* The new instance's client is there, or is waited for: 0; else GetLastError's number. */
static DWORD start_listening(struct spare *spare)
{
    DWORD number = connect_next(spare);
    if (number == 0) {
        spare->state = SPARE_CONNECTED;
        uv_async_send(&spare->listener->wake);
        return 0;
    }
    if (number != ERROR_IO_PENDING) {
        return number;
    }
    spare->state = SPARE_LISTENING;
    return begin_wait(spare) ? 0 : GetLastError();
}

/* Puts a new instance up. When that fails the timer tries again, for as long as it takes. */
static DWORD put_up(struct spare *spare)
{
    DWORD number;
    spare->pipe = pipe_instance(&spare->listener->name);
    if (spare->pipe == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    spare->state = SPARE_MADE;
    number = start_listening(spare);
    if (number != 0) {
        drop(spare);
    }
    return number;
}

static void on_retry(uv_timer_t *timer);

static void put_up_missing(struct os_listener *listener)
{
    bool has_all = true;
    for (size_t i = 0; i < SPARES; i++) {
        if (listener->spares[i].state == SPARE_NONE) {
            (void)put_up(&listener->spares[i]);
        }
        has_all = has_all && listener->spares[i].state != SPARE_NONE;
    }
    if (!has_all) {
        uv_timer_start(&listener->retry, on_retry, RETRY_MS, 0);
    }
}

static void on_retry(uv_timer_t *timer)
{
    put_up_missing(timer->data);
}

/* What became of the waits that are over. */
static void settle(struct os_listener *listener)
{
    for (size_t i = 0; i < SPARES; i++) {
        struct spare *spare = &listener->spares[i];
        DWORD n;
        if (spare->state != SPARE_LISTENING || !HasOverlappedIoCompleted(&spare->overlapped)) {
            continue;
        }
        end_wait(spare);
        spare->state = SPARE_CONNECTED;
        if (!GetOverlappedResult(spare->pipe, &spare->overlapped, &n, FALSE)) {
            drop(spare);
        }
    }
}

static struct spare *find_connected(struct os_listener *listener)
{
    for (size_t i = 0; i < SPARES; i++) {
        struct spare *spare = &listener->spares[(listener->next + i) % SPARES];
        if (spare->state == SPARE_CONNECTED) {
            listener->next = (listener->next + i) % SPARES;
            return spare;
        }
    }
    return NULL;
}

/* One round, so that a rush of clients leaves the loop its turn. */
static void offer(struct os_listener *listener)
{
    for (size_t i = 0; i < SPARES && !listener->is_closing && find_connected(listener) != NULL; i++) {
        uint64_t before = listener->taken;
        listener->on_client(listener->context, listener);
        if (listener->taken == before) {
            return; /* left waiting: whoever did not take it comes back for it */
        }
    }
    if (!listener->is_closing && find_connected(listener) != NULL) {
        uv_async_send(&listener->wake);
    }
}

static void on_wake(uv_async_t *wake)
{
    struct os_listener *listener = wake->data;
    settle(listener);
    put_up_missing(listener);
    offer(listener);
}

static void free_listener(struct os_listener *listener)
{
    for (size_t i = 0; i < SPARES; i++) {
        drop(&listener->spares[i]);
        if (listener->spares[i].overlapped.hEvent != NULL) {
            CloseHandle(listener->spares[i].overlapped.hEvent);
        }
    }
    pipe_give_up(&listener->name);
    free(listener);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct os_listener *listener = handle->data;
    void (*on_closed)(void *context) = listener->on_closed;
    void *context = listener->closed_context;
    if (--listener->n_open > 0) {
        return;
    }
    free(listener);
    if (on_closed != NULL) {
        on_closed(context);
    }
}

/* Everything but the memory, which its handles still stand on. */
static void give_up_endpoint(struct os_listener *listener)
{
    listener->is_closing = true;
    for (size_t i = 0; i < SPARES; i++) {
        drop(&listener->spares[i]);
        CloseHandle(listener->spares[i].overlapped.hEvent);
    }
    pipe_give_up(&listener->name);
    uv_close((uv_handle_t *)&listener->wake, on_handle_closed);
    uv_close((uv_handle_t *)&listener->retry, on_handle_closed);
}

static struct os_listener *new_listener(void)
{
    struct os_listener *listener = calloc(1, sizeof *listener);
    if (listener == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < SPARES; i++) {
        listener->spares[i].listener = listener;
        listener->spares[i].overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
        if (listener->spares[i].overlapped.hEvent == NULL) {
            free_listener(listener);
            return NULL;
        }
    }
    return listener;
}

/* From here on the listener is freed by the loop. */
static enum jd_code serve(struct os_listener *listener, uv_loop_t *loop, const char *endpoint, struct jd_err *err)
{
    DWORD number;
    uv_timer_init(loop, &listener->retry);
    listener->wake.data = listener;
    listener->retry.data = listener;
    listener->n_open = HANDLES;
    number = put_up(&listener->spares[0]);
    if (number == 0) {
        put_up_missing(listener);
        return JD_OK;
    }
    give_up_endpoint(listener);
    jd_fail_text(err, JD_E_ENDPOINT_UNUSABLE, "listen", NULL, "%s: no instance of it can be made", endpoint);
    err->domain = JD_DOMAIN_WIN32;
    err->number = number;
    return err->code;
}

enum jd_code os_listen_open(struct uv_loop_s *loop, const char *endpoint, os_listen_fn on_client, void *context,
                            struct os_listener **out, struct jd_err *err)
{
    struct os_listener *listener;
    enum jd_code code;
    int number;
    OS_HOOK("listen_open", err);
    listener = new_listener();
    if (listener == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "open endpoint", NULL);
    }
    listener->on_client = on_client;
    listener->context = context;
    code = pipe_claim(endpoint, &listener->name, err);
    if (code == JD_OK) {
        number = uv_async_init(loop, &listener->wake, on_wake);
        code = number == 0 ? JD_OK : jd_fail_sys(err, JD_E_PLATFORM, "listen", JD_DOMAIN_UV, number);
    }
    if (code != JD_OK) {
        free_listener(listener);
        return code;
    }
    code = serve(listener, loop, endpoint, err);
    if (code == JD_OK) {
        *out = listener;
    }
    return code;
}

/* libuv wants a descriptor of the C library, which owns the handle from then on. */
static enum jd_code hand_over(struct spare *spare, uv_pipe_t *pipe, struct jd_err *err)
{
    int number;
    int fd = _open_osfhandle((intptr_t)spare->pipe, 0);
    if (fd < 0) {
        return jd_fail_sys(err, JD_E_NO_MEMORY, "accept", JD_DOMAIN_ERRNO, errno); /* the client keeps waiting */
    }
    spare->state = SPARE_NONE;
    spare->listener->taken++;
    number = uv_pipe_open(pipe, fd);
    if (number != 0) {
        _close(fd);
        return jd_fail_sys(err, JD_E_PLATFORM, "accept", JD_DOMAIN_UV, number);
    }
    return JD_OK;
}

enum jd_code os_listen_accept(struct os_listener *listener, struct uv_pipe_s *pipe, struct jd_err *err)
{
    struct spare *spare;
    enum jd_code code;
    OS_HOOK("listen_accept", err);
    spare = find_connected(listener);
    if (spare == NULL) {
        return jd_fail_sys(err, JD_E_PLATFORM, "accept", JD_DOMAIN_UV, UV_EAGAIN);
    }
    code = hand_over(spare, pipe, err);
    put_up_missing(listener);
    return code;
}

void os_listen_close(struct os_listener *listener, void (*on_closed)(void *context), void *context)
{
    listener->on_closed = on_closed;
    listener->closed_context = context;
    give_up_endpoint(listener);
}
