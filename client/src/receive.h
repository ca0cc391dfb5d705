/* SPDX-License-Identifier: MIT */
/* The service's lines: finding the answer to one request among notifications. Belongs to the thread of its connection.
 */
#pragma once

#include "client/os/conn.h"
#include "client/src/slice.h"
#include "protocol/reply.h"

/*
 * The answer to request id. in keeps what was received between calls; what it still holds of earlier answers is
 * dropped. *out_line lies inside in and is borrowed until the next call. An error that the service could not connect
 * with an id (null) is an answer too: one request is on its way at a time. Fails with BAD_REPLY (not JSON-RPC, another
 * id, longer than JD_REPLY_MAX), NOT_RUNNING (reason connection_lost), REPLY_TIMED_OUT, PLATFORM or NO_MEMORY. On
 * success the caller owns *out.
 */
JD_MUST_CHECK enum jd_code receive_reply(struct conn *conn, int64_t id, uint64_t deadline_ms, struct jd_buf *in,
                                         struct jd_reply *out, struct slice *out_line, struct jd_err *err);

enum {
    RECEIVE_CHUNK = 16384,
    RECEIVE_CEILING = JD_REPLY_MAX + RECEIVE_CHUNK
}; /* bytes; the ceiling `in` is born with */
