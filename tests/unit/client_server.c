/* SPDX-License-Identifier: MIT */
#include "tests/unit/client_server.h"

#include "tests/unit/client_server_port.h"

#include <stdlib.h>
#include <string.h>

enum { HEARD_MAX = 1 << 20 };

struct server {
    const struct server_step *steps;
    struct server_port *port;
    char endpoint[SERVER_ENDPOINT_MAX];
    bool is_running;
    size_t n_heard;
    char heard[HEARD_MAX];
};

/* False at the end. */
static bool hear_byte(struct server *server)
{
    char c;
    if (!server_port_read(server->port, &c)) {
        return false;
    }
    if (server->n_heard < HEARD_MAX - 1) {
        server->heard[server->n_heard++] = c;
    }
    return true;
}

static void hear_line(struct server *server)
{
    while (hear_byte(server) && server->heard[server->n_heard - 1] != '\n') {
    }
}

static bool say(struct server *server, const char *text)
{
    return server_port_write(server->port, text, strlen(text));
}

static void do_step(struct server *server, const struct server_step *step)
{
    if (step->act == SERVER_TAKE) {
        server_port_take(server->port);
    } else if (step->act == SERVER_HEAR) {
        hear_line(server);
    } else if (step->act == SERVER_SAY) {
        say(server, step->text);
    } else if (step->act == SERVER_FLOOD) {
        for (size_t i = 0; i < step->n && say(server, step->text); i++) {
        }
    } else if (step->act == SERVER_DRAIN) {
        while (hear_byte(server)) {
        }
    } else {
        server_port_drop(server->port);
    }
}

static void run(void *context)
{
    struct server *server = context;
    for (const struct server_step *step = server->steps; step->act != SERVER_END; step++) {
        do_step(server, step);
    }
    server_port_drop(server->port);
}

struct server *server_listen(int backlog)
{
    struct server *server = calloc(1, sizeof *server);
    check_true(server != NULL);
    server->port = server_port_open(backlog, server->endpoint);
    return server;
}

struct server *server_start(const struct server_step *steps)
{
    struct server *server = server_listen(16);
    server->steps = steps;
    server->is_running = true;
    server_port_begin(server->port, run, server);
    return server;
}

static void wait_for_end(struct server *server)
{
    if (server->is_running) {
        server_port_end(server->port);
        server->is_running = false;
    }
}

void server_stop(struct server *server)
{
    wait_for_end(server);
    server_port_close(server->port);
    free(server);
}

const char *server_endpoint(const struct server *server)
{
    return server->endpoint;
}

const char *server_folder(const struct server *server)
{
    return server_port_folder(server->port);
}

const char *server_heard(struct server *server)
{
    wait_for_end(server);
    return server->heard;
}

size_t server_heard_bytes(struct server *server)
{
    wait_for_end(server);
    return server->n_heard;
}

junction_client *server_client(const struct server *server, uint32_t timeout_ms)
{
    struct junction_options options = JUNCTION_OPTIONS_INIT;
    struct junction_error error;
    junction_client *client = NULL;
    options.endpoint = server->endpoint;
    options.timeout_ms = timeout_ms != 0 ? timeout_ms : 5000;
    check_int(junction_open(&options, &client, &error), JUNCTION_OK);
    return client;
}
