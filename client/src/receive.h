/* SPDX-License-Identifier: MIT */
/* The service's lines: finding the answer to one request among notifications. Belongs to the thread of its connection.
 */
#pragma once

#include "client/os/conn.h"
#include "client/src/slice.h"
#include "protocol/reply.h"

struct receiver {
    struct jd_buf in; /* a line that was found, and what came behind it */
    size_t line_len;  /* of that line, with its LF; 0 when none was found yet */
};

void receive_init(struct receiver *receiver);
void receive_done(struct receiver *receiver); /* zeroed is accepted */

/*
 * The answer to request id. *out_line is its text, borrowed until the next call on receiver. An error that the service
 * could not connect with an id (null) is an answer too: one request is on its way at a time. Notifications are skipped.
 * Fails with BAD_REPLY (not JSON-RPC, another id, longer than JD_REPLY_MAX), NOT_RUNNING (reason connection_lost),
 * REPLY_TIMED_OUT, PLATFORM or NO_MEMORY. On success the caller owns *out.
 */
JD_MUST_CHECK enum jd_code receive_reply(struct conn *conn, int64_t id, uint64_t deadline_ms, struct receiver *receiver,
                                         struct jd_reply *out, struct slice *out_line, struct jd_err *err);
