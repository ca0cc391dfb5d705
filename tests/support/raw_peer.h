/* SPDX-License-Identifier: MIT */
/*
 * A client that can misbehave: a bare socket, blocking calls with one deadline. What a well-behaved peer would never
 * see (a deadline missed, a refused connect) fails the running test, except where a function says otherwise.
 */
#pragma once

#include "common/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum { RAW_DEADLINE_MS = 30000 }; /* generous: a busy machine under TSan is slow */

struct raw_peer {
    int fd; /* -1: closed */
    struct jd_buf in;
    size_t taken;   /* bytes of in given out as lines */
    bool has_ended; /* the server closed, or reset */
};

void raw_connect(struct raw_peer *peer, const char *endpoint);
bool raw_try_connect(struct raw_peer *peer, const char *endpoint); /* false: nobody listens */
void raw_close(struct raw_peer *peer); /* at once, unread answers and all; twice is accepted */
void raw_half_close(struct raw_peer *peer);

/* Sends all of it, answers coming meanwhile are kept. False when the server closed before. */
bool raw_send(struct raw_peer *peer, const void *bytes, size_t len);
bool raw_say(struct raw_peer *peer, const char *text); /* a C string */

/* Sends without ever reading until the server takes no more for quiet_ms, or closes, or max bytes are gone; returns how
 * many are. */
size_t raw_stuff(struct raw_peer *peer, const char *text, size_t max, int quiet_ms);

/* The next whole line, without its LF; NULL when the server closed before one came. Valid until the next call. */
const char *raw_line(struct raw_peer *peer);
bool raw_is_closed(struct raw_peer *peer);         /* waits until it is; false: a line came instead */
bool raw_is_silent(struct raw_peer *peer, int ms); /* nothing comes and nothing closes for so long */

void raw_dawdle(int ms); /* what a slow reader does between two reads */

/* Asks and waits for the answer. */
const char *raw_ask(struct raw_peer *peer, const char *line_with_lf);
