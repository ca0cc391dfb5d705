/* SPDX-License-Identifier: MIT */
#include "tests/support/raw_peer.h"

#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { PEERS_MAX = 1024, IN_MAX = 1 << 28, CHUNK = 65536, BLOCK = 4096, BUSY_MS = 100, NAME_MAX_UNITS = 256 };

/* What stands behind an fd, which is an index here. One read is always under way, at most one write. */
struct slot {
    HANDLE pipe;
    OVERLAPPED reading;
    OVERLAPPED writing;
    bool is_reading;
    bool is_writing;
    char in[CHUNK];
    char out[CHUNK];
};

static struct slot *slots[PEERS_MAX];

static int64_t now_ms(void)
{
    return (int64_t)GetTickCount64();
}

static DWORD ms_until(int64_t deadline)
{
    int64_t left = deadline - now_ms();
    return left < 0 ? 0 : (DWORD)left;
}

static struct slot *slot_of(const struct raw_peer *peer)
{
    check_true(peer->fd >= 0);
    return slots[peer->fd];
}

static HANDLE open_pipe(const char *endpoint, int64_t deadline)
{
    wchar_t name[NAME_MAX_UNITS];
    HANDLE pipe;
    check_true(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, endpoint, -1, name, NAME_MAX_UNITS) > 0);
    for (;;) {
        pipe = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                           FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, NULL);
        if (pipe != INVALID_HANDLE_VALUE || GetLastError() != ERROR_PIPE_BUSY || now_ms() >= deadline) {
            return pipe;
        }
        (void)WaitNamedPipeW(name, BUSY_MS); /* every instance is taken: the next one comes, or none does */
    }
}

static int free_index(void)
{
    int i = 0;
    while (i < PEERS_MAX && slots[i] != NULL) {
        i++;
    }
    check_true(i < PEERS_MAX);
    return i;
}

static bool try_connect(struct raw_peer *peer, const char *endpoint, int wait_ms)
{
    HANDLE pipe = open_pipe(endpoint, now_ms() + wait_ms);
    struct slot *slot;
    *peer = (struct raw_peer){.fd = -1};
    jd_buf_init(&peer->in, IN_MAX);
    if (pipe == INVALID_HANDLE_VALUE) {
        return false;
    }
    slot = calloc(1, sizeof *slot);
    check_true(slot != NULL);
    slot->pipe = pipe;
    slot->reading.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    slot->writing.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    check_true(slot->reading.hEvent != NULL && slot->writing.hEvent != NULL);
    peer->fd = free_index();
    slots[peer->fd] = slot;
    return true;
}

bool raw_try_connect(struct raw_peer *peer, const char *endpoint)
{
    return try_connect(peer, endpoint, BUSY_MS);
}

void raw_connect(struct raw_peer *peer, const char *endpoint)
{
    if (!try_connect(peer, endpoint, RAW_DEADLINE_MS)) {
        check_fail(__FILE__, __LINE__, "nobody listens on %s (%lu)", endpoint, GetLastError());
    }
}

static void call_back(HANDLE pipe, OVERLAPPED *operation, bool *is_under_way)
{
    DWORD n;
    if (*is_under_way) {
        CancelIoEx(pipe, operation);
        (void)GetOverlappedResult(pipe, operation, &n, TRUE);
    }
    *is_under_way = false;
}

void raw_close(struct raw_peer *peer)
{
    if (peer->fd >= 0) {
        struct slot *slot = slot_of(peer);
        call_back(slot->pipe, &slot->reading, &slot->is_reading);
        call_back(slot->pipe, &slot->writing, &slot->is_writing);
        CloseHandle(slot->pipe);
        CloseHandle(slot->reading.hEvent);
        CloseHandle(slot->writing.hEvent);
        slots[peer->fd] = NULL;
        free(slot);
    }
    jd_buf_done(&peer->in);
    *peer = (struct raw_peer){.fd = -1};
}

void raw_half_close(struct raw_peer *peer)
{
    (void)peer;
    check_fail(__FILE__, __LINE__, "a pipe cannot be closed by half");
}

static void start_reading(struct raw_peer *peer)
{
    struct slot *slot = slot_of(peer);
    if (slot->is_reading || peer->has_ended) {
        return;
    }
    if (ReadFile(slot->pipe, slot->in, CHUNK, NULL, &slot->reading) || GetLastError() == ERROR_IO_PENDING) {
        slot->is_reading = true;
    } else {
        peer->has_ended = true;
    }
}

/* Waits until something has come, or the end; false on time-out. */
static bool wait_readable(struct raw_peer *peer, DWORD ms)
{
    struct slot *slot = slot_of(peer);
    start_reading(peer);
    return peer->has_ended || WaitForSingleObject(slot->reading.hEvent, ms) == WAIT_OBJECT_0;
}

/* Takes in what has come, without waiting. */
static void read_some(struct raw_peer *peer)
{
    struct slot *slot = slot_of(peer);
    DWORD n = 0;
    if (!wait_readable(peer, 0) || peer->has_ended) {
        return;
    }
    slot->is_reading = false;
    if (GetOverlappedResult(slot->pipe, &slot->reading, &n, FALSE)) {
        jd_buf_add(&peer->in, slot->in, n);
        check_false(peer->in.failed);
    } else {
        peer->has_ended = true;
    }
}

/* False when the server has closed. bytes: at most CHUNK. */
static bool start_writing(struct slot *slot, const void *bytes, size_t len)
{
    memcpy(slot->out, bytes, len);
    slot->is_writing =
        WriteFile(slot->pipe, slot->out, (DWORD)len, NULL, &slot->writing) || GetLastError() == ERROR_IO_PENDING;
    return slot->is_writing;
}

/* After its event has come. */
static bool finish_writing(struct slot *slot)
{
    DWORD n;
    slot->is_writing = false;
    return GetOverlappedResult(slot->pipe, &slot->writing, &n, FALSE) != 0;
}

/* Until the write under way is done, answers coming meanwhile are kept. False when the server closed before. */
static bool wait_written(struct raw_peer *peer, int64_t deadline)
{
    struct slot *slot = slot_of(peer);
    while (slot->is_writing) {
        HANDLE events[2] = {slot->writing.hEvent, slot->reading.hEvent};
        DWORD which;
        start_reading(peer);
        which = WaitForMultipleObjects(slot->is_reading ? 2 : 1, events, FALSE, ms_until(deadline));
        if (which == WAIT_OBJECT_0) {
            return finish_writing(slot);
        }
        check_true(which == WAIT_OBJECT_0 + 1); /* else the server neither takes nor closes */
        read_some(peer);
    }
    return true;
}

bool raw_send(struct raw_peer *peer, const void *bytes, size_t len)
{
    const char *at = bytes;
    int64_t deadline = now_ms() + RAW_DEADLINE_MS;
    bool is_taken = wait_written(peer, deadline);
    while (len > 0 && is_taken) {
        size_t n = len < CHUNK ? len : CHUNK;
        is_taken = start_writing(slot_of(peer), at, n) && wait_written(peer, deadline);
        at += n;
        len -= n;
    }
    read_some(peer);
    return is_taken;
}

bool raw_say(struct raw_peer *peer, const char *text)
{
    return raw_send(peer, text, strlen(text));
}

/* What is under way at the end stays so: the rest of it goes out when the server reads again. */
size_t raw_stuff(struct raw_peer *peer, const char *text, size_t max, int quiet_ms)
{
    struct slot *slot = slot_of(peer);
    size_t len = strlen(text);
    size_t n = 0;
    size_t sent = 0;
    char block[BLOCK];
    check_true(len <= BLOCK);
    while (n + len <= BLOCK) {
        memcpy(block + n, text, len);
        n += len;
    }
    while (sent < max && start_writing(slot, block, n)) {
        if (WaitForSingleObject(slot->writing.hEvent, (DWORD)quiet_ms) != WAIT_OBJECT_0 || !finish_writing(slot)) {
            break;
        }
        sent += n;
    }
    return sent;
}

/* The length of a whole line that is here already; SIZE_MAX: none. */
static size_t line_here(const struct raw_peer *peer)
{
    size_t held = peer->in.len - peer->taken;
    const char *start = held == 0 ? NULL : peer->in.data + peer->taken;
    const char *lf = held == 0 ? NULL : memchr(start, '\n', held);
    return lf == NULL ? SIZE_MAX : (size_t)(lf - start);
}

const char *raw_line(struct raw_peer *peer)
{
    int64_t deadline = now_ms() + RAW_DEADLINE_MS;
    size_t len;
    while ((len = line_here(peer)) == SIZE_MAX) {
        if (peer->has_ended) {
            return NULL;
        }
        if (!wait_readable(peer, ms_until(deadline))) {
            check_fail(__FILE__, __LINE__, "no answer, and not closed, within %d ms", RAW_DEADLINE_MS);
        }
        read_some(peer);
    }
    char *line = peer->in.data + peer->taken;
    line[len] = '\0';
    peer->taken += len + 1;
    return line;
}

bool raw_is_closed(struct raw_peer *peer)
{
    return raw_line(peer) == NULL;
}

bool raw_is_silent(struct raw_peer *peer, int ms)
{
    return line_here(peer) == SIZE_MAX && !peer->has_ended && !wait_readable(peer, (DWORD)ms);
}

void raw_dawdle(int ms)
{
    Sleep((DWORD)ms);
}

const char *raw_ask(struct raw_peer *peer, const char *line_with_lf)
{
    check_true(raw_say(peer, line_with_lf));
    return raw_line(peer);
}
