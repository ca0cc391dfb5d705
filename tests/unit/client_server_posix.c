/* SPDX-License-Identifier: MIT */
#include "tests/unit/client_server_port.h"

#include "tests/support/check.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct server_port {
    char folder[64];
    char endpoint[SERVER_ENDPOINT_MAX];
    int listener;
    int connection;
    pthread_t thread;
    void (*run)(void *context);
    void *context;
};

struct server_port *server_port_open(int backlog, char endpoint[SERVER_ENDPOINT_MAX])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct server_port *port = calloc(1, sizeof *port);
    check_true(port != NULL);
    port->connection = -1;
    strcpy(port->folder, "/tmp/jd-client-XXXXXX");
    check_true(mkdtemp(port->folder) != NULL);
    check_true(chmod(port->folder, 0755) == 0);
    snprintf(port->endpoint, sizeof port->endpoint, "%s/sock", port->folder);
    memcpy(address.sun_path, port->endpoint, strlen(port->endpoint) + 1);
    port->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check_true(bind(port->listener, (struct sockaddr *)&address, sizeof address) == 0);
    check_true(chmod(port->endpoint, 0666) == 0);
    check_true(listen(port->listener, backlog) == 0);
    strcpy(endpoint, port->endpoint);
    return port;
}

void server_port_take(struct server_port *port)
{
    int next = accept(port->listener, NULL, NULL);
    server_port_drop(port);
    port->connection = next;
}

bool server_port_read(struct server_port *port, char *byte)
{
    return read(port->connection, byte, 1) == 1;
}

bool server_port_write(struct server_port *port, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = send(port->connection, text, len, MSG_NOSIGNAL);
        if (n <= 0) {
            return false;
        }
        text += n;
        len -= (size_t)n;
    }
    return true;
}

void server_port_drop(struct server_port *port)
{
    if (port->connection >= 0) {
        close(port->connection);
    }
    port->connection = -1;
}

static void *begin(void *context)
{
    struct server_port *port = context;
    port->run(port->context);
    return NULL;
}

void server_port_begin(struct server_port *port, void (*run)(void *context), void *context)
{
    port->run = run;
    port->context = context;
    check_true(pthread_create(&port->thread, NULL, begin, port) == 0);
}

void server_port_end(struct server_port *port)
{
    shutdown(port->listener, SHUT_RDWR); /* wakes an accept that nobody comes for */
    pthread_join(port->thread, NULL);
}

void server_port_close(struct server_port *port)
{
    server_port_drop(port);
    close(port->listener);
    unlink(port->endpoint);
    check_true(rmdir(port->folder) == 0);
    free(port);
}

const char *server_port_folder(const struct server_port *port)
{
    return port->folder;
}
