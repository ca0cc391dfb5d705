/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/support/raw_peer.h"

#include "tests/support/check.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { IN_MAX = 1 << 28, CHUNK = 65536 };

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* 0 on time-out. */
static short wait_for(const struct raw_peer *peer, short events, int64_t ms)
{
    struct pollfd slot = {peer->fd, events, 0};
    int n;
    do {
        n = poll(&slot, 1, ms < 0 ? 0 : (int)ms);
    } while (n < 0 && errno == EINTR);
    return n > 0 ? slot.revents : 0;
}

bool raw_try_connect(struct raw_peer *peer, const char *endpoint)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int number;
    *peer = (struct raw_peer){.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    jd_buf_init(&peer->in, IN_MAX);
    check_true(peer->fd >= 0 && strlen(endpoint) < sizeof address.sun_path);
    memcpy(address.sun_path, endpoint, strlen(endpoint) + 1);
    do {
        number = connect(peer->fd, (const struct sockaddr *)&address, sizeof address);
    } while (number != 0 && errno == EINTR);
    if (number != 0) {
        raw_close(peer);
    }
    return number == 0;
}

void raw_connect(struct raw_peer *peer, const char *endpoint)
{
    if (!raw_try_connect(peer, endpoint)) {
        check_fail(__FILE__, __LINE__, "nobody listens on %s", endpoint);
    }
}

void raw_close(struct raw_peer *peer)
{
    if (peer->fd >= 0) {
        close(peer->fd);
    }
    jd_buf_done(&peer->in);
    *peer = (struct raw_peer){.fd = -1};
}

void raw_half_close(struct raw_peer *peer)
{
    shutdown(peer->fd, SHUT_WR);
}

/* Takes in what has come, without waiting. */
static void read_some(struct raw_peer *peer)
{
    char chunk[CHUNK];
    ssize_t n = recv(peer->fd, chunk, sizeof chunk, MSG_DONTWAIT);
    if (n > 0) {
        jd_buf_add(&peer->in, chunk, (size_t)n);
        check_false(peer->in.failed);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        peer->has_ended = true; /* a reset too: what was unread is lost to it, not to us */
    }
}

bool raw_send(struct raw_peer *peer, const void *bytes, size_t len)
{
    const char *at = bytes;
    int64_t deadline = now_ms() + RAW_DEADLINE_MS;
    while (len > 0 && !peer->has_ended) {
        short events = wait_for(peer, POLLIN | POLLOUT, deadline - now_ms());
        check_true(events != 0); /* else the server neither takes nor closes */
        if ((events & POLLIN) != 0) {
            read_some(peer);
        }
        ssize_t n = send(peer->fd, at, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) {
            at += n;
            len -= (size_t)n;
        } else if (errno == EPIPE || errno == ECONNRESET) {
            return false;
        }
    }
    return len == 0;
}

bool raw_say(struct raw_peer *peer, const char *text)
{
    return raw_send(peer, text, strlen(text));
}

size_t raw_stuff(struct raw_peer *peer, const char *text, size_t max, int quiet_ms)
{
    size_t len = strlen(text);
    size_t sent = 0;
    while (sent < max && (wait_for(peer, POLLOUT, quiet_ms) & POLLOUT) != 0) {
        size_t at = sent % len;
        ssize_t n = send(peer->fd, text + at, len - at, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN) {
            break;
        }
        sent += n > 0 ? (size_t)n : 0;
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
        if (wait_for(peer, POLLIN, deadline - now_ms()) == 0) {
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
    return line_here(peer) == SIZE_MAX && !peer->has_ended && wait_for(peer, POLLIN, ms) == 0;
}

void raw_dawdle(int ms)
{
    (void)poll(NULL, 0, ms);
}

const char *raw_ask(struct raw_peer *peer, const char *line_with_lf)
{
    check_true(raw_say(peer, line_with_lf));
    return raw_line(peer);
}
