/* SPDX-License-Identifier: MIT */
/*
 * A scripted server for the client: a thread behind a socket in a folder of its own, which does one step after another
 * and keeps what it heard. It allocates nothing while it runs. One server per test at a time; the steps are borrowed
 * until server_stop.
 */
#pragma once

#include "client/include/junction.h"
#include "tests/support/check.h"

#include <stddef.h>

enum server_act {
    SERVER_END,   /* the last step of every script: closes what is open */
    SERVER_TAKE,  /* accepts the next connection, and only then closes the one before */
    SERVER_HEAR,  /* reads one line */
    SERVER_SAY,   /* sends text */
    SERVER_FLOOD, /* sends text n times, or until nobody reads any more */
    SERVER_DRAIN, /* reads until the client closes */
    SERVER_CLOSE  /* closes the connection */
};

struct server_step {
    enum server_act act;
    const char *text;
    size_t n;
};

struct server;

/* Makes the folder and the socket, and starts. Fails the test when it cannot. */
struct server *server_start(const struct server_step *steps);

/* Waits for the script's end (the client must have closed), takes everything away, and frees. */
void server_stop(struct server *server);

/* Makes socket and folder only: nobody accepts. backlog as in listen(2). */
struct server *server_listen(int backlog);

const char *server_endpoint(const struct server *server);
const char *server_folder(const struct server *server);

/* Waits for the script's end; everything heard, from all connections. Valid until server_stop. */
const char *server_heard(struct server *server);
size_t server_heard_bytes(struct server *server);

/* A client of that server; timeout_ms 0 means five seconds, so that a broken test ends. */
junction_client *server_client(const struct server *server, uint32_t timeout_ms);
