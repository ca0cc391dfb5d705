/* SPDX-License-Identifier: MIT */
/*
 * One connection: one request at a time, answered in order. Only service/io includes this. Loop thread only.
 *
 * session.c       its life: bytes in, deadlines, the end
 * session_line.c  what one line leads to
 * session_send.c  bytes out: answers, streams, stalled readers
 * places.c        waiting for a running place, and running
 */
#pragma once

#include "protocol/line.h"
#include "service/io/inside.h"
#include "service/io/worker.h"

enum session_state {
    SESSION_READING, /* for the next line */
    SESSION_WAITING, /* for a place */
    SESSION_RUNNING, /* on a worker, or its stream is not written to the end yet */
    SESSION_WRITING, /* an answer */
    SESSION_CLOSING  /* handles are closing, or a worker has not returned yet */
};

enum { SESSION_LINES_A_TURN = 64 }; /* answered in one turn of the loop, so that a flood of them delays nobody else */

struct session {
    struct ring all;     /* in server->sessions */
    struct ring waiting; /* in server->waiting */
    struct server *server;
    enum session_state state;

    uv_pipe_t pipe;
    uv_timer_t timer; /* the one deadline of the state it is in */
    unsigned handles; /* of these two, not closed yet */

    bool is_reading; /* the loop delivers bytes */
    bool has_ended;  /* end of input: no more requests */
    bool was_heard;  /* a byte came */
    bool yields;     /* more lines are here already: it goes on in the loop's next turn */
    bool in_message; /* the deadline of a message begun is set */
    bool is_named;   /* who is known, and counted in the quota */
    struct quota_who who;
    uint64_t bad_lines;
    uint64_t empty_lines;  /* in a row */
    uint64_t linger_until; /* loop time; 0 until the service stops */

    struct jd_id id;         /* of the request at hand */
    struct request *request; /* owned; NULL when none is at hand */
    struct worker worker;

    uv_write_t write;
    bool is_writing;
    bool closes_after;      /* the answer being written is the last */
    struct jd_buf reply;    /* an answer of io's own */
    struct jd_buf stream;   /* lines of a stream being written */
    bool has_streamed;      /* the request at hand wrote some */
    size_t stalled_size;    /* bytes left when the peer last took some */
    uint64_t stalled_since; /* loop time of that */

    struct jd_line_reader in;
};

/* Of session.c. */

/* Takes the waiting client. Its connection is counted in the quota already, and is dropped there when this fails. */
JD_MUST_CHECK enum jd_code session_open(struct server *server, struct jd_err *err);
void session_close(struct session *session); /* drops what is unsent; frees itself later */
void session_stop(struct session *session);  /* the service stops */
/* Back from whatever it did: the next line, or rest until there is one. */
void session_go_on(struct session *session);
/* The loop was woken: by a worker's output, or to go on after a yield. */
void session_wake(struct session *session);
void session_set_deadline(struct session *session, uint64_t ms);
/* A worker returned to a session that is closing. */
void session_check_end(struct session *session);

/* Of session_line.c. */

/* Deals with one whole line of the buffer; false when there is none. */
bool session_take_line(struct session *session);
/* The request at hand is answered with err instead of being carried out. */
void session_refuse_request(struct session *session, enum jd_code code, const char *reason);

/* Of session_send.c. */

/* Answers with bytes, which stay the session's (reply, or the request at hand) until they are written. Then READING
 * again, or closing. */
void session_send(struct session *session, const struct jd_buf *answer, bool closes_after);
/* Writes what the worker emitted; once it returned and all is written, the answer. */
void session_send_stream(struct session *session);
void session_check_stall(struct session *session); /* on the deadline, in RUNNING and WRITING */

/* Of places.c. */

void places_ask(struct session *session);   /* runs the request at hand as soon as there is a place */
void places_leave(struct session *session); /* it waits no more */
void places_fill(struct server *server);    /* gives free places to who waits */
