/* SPDX-License-Identifier: MIT */
/*
 * One connection to the service: made, verified before anything can be written, read and written until a deadline. A
 * port gives these functions once per operating system (conn_posix.c, conn_win.c); the build chooses.
 *
 * Deadlines are absolute, on conn_now_ms's clock. A connection belongs to one thread; all else may run on any.
 * err->text of a failure is for people: it names the endpoint and may quote the system.
 */
#pragma once

#include "common/err.h"

#include <stdbool.h>

struct conn;

enum conn_kind { CONN_SOCKET, CONN_PIPE };

enum conn_kind conn_kind(void); /* what an endpoint is on this system */
uint64_t conn_now_ms(void);     /* monotonic */

/*
 * What JUNCTIOND_ENDPOINT says; owned by the caller, NULL when it is not set, or when a program with more rights than
 * its caller must not believe it. Fails with NO_MEMORY.
 */
JD_MUST_CHECK enum jd_code conn_endpoint_from_environment(char **out, struct jd_err *err);

/*
 * Connects to endpoint and makes sure that the service stands at its other end: POSIX: the socket file, and the process
 * that listens, belong to root or to the caller's effective uid. Windows: the pipe's owner is SYSTEM and, unless
 * endpoint_is_explicit, the server's pid is the service's. Fails with NOT_INSTALLED, NOT_RUNNING, STARTING,
 * CONNECT_DENIED, CONNECT_TIMED_OUT, WRONG_SERVER, USAGE (an endpoint that cannot be one), PLATFORM or NO_MEMORY;
 * nothing was sent then.
 */
JD_MUST_CHECK enum jd_code conn_open(const char *endpoint, bool endpoint_is_explicit, uint64_t deadline_ms,
                                     struct conn **out, struct jd_err *err);
void conn_close(struct conn *conn); /* NULL is accepted; what was written is still delivered */

/*
 * Hands over all bytes, or fails: NOT_RUNNING (the other end is gone), REPLY_TIMED_OUT or PLATFORM. Raises no signal.
 * After a failure the other end may have got a part, never the last byte.
 */
JD_MUST_CHECK enum jd_code conn_write(struct conn *conn, const void *bytes, size_t len, uint64_t deadline_ms,
                                      struct jd_err *err);

/* Reads 1..cap bytes; *out_n is 0 when the other end has closed. Fails like conn_write. */
JD_MUST_CHECK enum jd_code conn_read(struct conn *conn, void *buf, size_t cap, uint64_t deadline_ms, size_t *out_n,
                                     struct jd_err *err);
