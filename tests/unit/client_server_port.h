/* SPDX-License-Identifier: MIT */
/* What the scripted server (client_server.c) needs of the system; once per operating system. Its thread allocates
 * nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { SERVER_ENDPOINT_MAX = 128 };

struct server_port;

/* Listens at an endpoint of its own, written to endpoint. backlog as in listen(2), where the system has one. Fails the
 * test when it cannot. */
struct server_port *server_port_open(int backlog, char endpoint[SERVER_ENDPOINT_MAX]);

/* Waits for the next connection and only then closes the one before. Without one after server_port_wake. */
void server_port_take(struct server_port *port);
bool server_port_read(struct server_port *port, char *byte); /* false at the end, or without a connection */
bool server_port_write(struct server_port *port, const char *text, size_t len);
void server_port_drop(struct server_port *port); /* closes the connection; what was written still arrives */

void server_port_begin(struct server_port *port, void (*run)(void *context), void *context); /* on a thread */
/* Waits for the end of run, in which server_port_take waits no longer. Afterwards nobody listens any more. */
void server_port_end(struct server_port *port);
void server_port_close(struct server_port *port);

/* The folder of its own the endpoint stands in (POSIX). */
const char *server_port_folder(const struct server_port *port);
