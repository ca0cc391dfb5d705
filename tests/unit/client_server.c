/* SPDX-License-Identifier: MIT */
#include "tests/unit/client_server.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { HEARD_MAX = 1 << 20 };

struct server {
    const struct server_step *steps;
    char folder[64];
    char endpoint[96];
    int listener;
    int connection;
    pthread_t thread;
    bool is_running;
    size_t n_heard;
    char heard[HEARD_MAX];
};

static void close_connection(struct server *server)
{
    if (server->connection >= 0) {
        close(server->connection);
    }
    server->connection = -1;
}

/* False at the end. */
static bool hear_byte(struct server *server)
{
    char c;
    if (read(server->connection, &c, 1) != 1) {
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
    size_t len = strlen(text);
    while (len > 0) {
        ssize_t n = send(server->connection, text, len, MSG_NOSIGNAL);
        if (n <= 0) {
            return false;
        }
        text += n;
        len -= (size_t)n;
    }
    return true;
}

static void do_step(struct server *server, const struct server_step *step)
{
    if (step->act == SERVER_TAKE) {
        int next = accept(server->listener, NULL, NULL);
        close_connection(server);
        server->connection = next;
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
        close_connection(server);
    }
}

static void *run(void *context)
{
    struct server *server = context;
    for (const struct server_step *step = server->steps; step->act != SERVER_END; step++) {
        do_step(server, step);
    }
    close_connection(server);
    return NULL;
}

struct server *server_listen(int backlog)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct server *server = calloc(1, sizeof *server);
    check_true(server != NULL);
    server->connection = -1;
    strcpy(server->folder, "/tmp/jd-client-XXXXXX");
    check_true(mkdtemp(server->folder) != NULL);
    check_true(chmod(server->folder, 0755) == 0);
    snprintf(server->endpoint, sizeof server->endpoint, "%s/sock", server->folder);
    memcpy(address.sun_path, server->endpoint, strlen(server->endpoint) + 1);
    server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check_true(bind(server->listener, (struct sockaddr *)&address, sizeof address) == 0);
    check_true(chmod(server->endpoint, 0666) == 0);
    check_true(listen(server->listener, backlog) == 0);
    return server;
}

struct server *server_start(const struct server_step *steps)
{
    struct server *server = server_listen(16);
    server->steps = steps;
    server->is_running = true;
    check_true(pthread_create(&server->thread, NULL, run, server) == 0);
    return server;
}

static void wait_for_end(struct server *server)
{
    if (server->is_running) {
        shutdown(server->listener, SHUT_RDWR); /* wakes an accept that nobody comes for */
        pthread_join(server->thread, NULL);
        server->is_running = false;
    }
}

void server_stop(struct server *server)
{
    wait_for_end(server);
    close(server->listener);
    unlink(server->endpoint);
    check_true(rmdir(server->folder) == 0);
    free(server);
}

const char *server_endpoint(const struct server *server)
{
    return server->endpoint;
}

const char *server_folder(const struct server *server)
{
    return server->folder;
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
