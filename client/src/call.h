/* SPDX-License-Identifier: MIT */
/*
 * One call of the public header: a deadline, a connection made when it is first needed, one or two requests on it, and
 * the one place that decides what a caller is told when it did not work.
 *
 * A call lives on the stack of its function and belongs to its thread: call_begin, then call_… until one fails, then
 * call_end.
 */
#pragma once

#include "client/os/conn.h"
#include "client/src/client.h"
#include "client/src/receive.h"

struct call {
    const struct junction_client *client;
    uint64_t deadline_ms;
    struct conn *conn; /* NULL until the first request */
    int64_t last_id;
    bool change_was_sent; /* a change was handed over whole: from here on nobody can say that nothing happened */
    bool was_refused;     /* the service said no: `refusal` has its words */
    struct junction_error refusal;
    struct jd_buf current; /* the current directory as a Windows path; empty until a relative path needs it */
    struct receiver receiver;
    struct jd_reply reply; /* the answer to the last request */
    struct slice result;   /* its result as text, inside receiver */
};

void call_begin(struct call *call, const struct junction_client *client);

/*
 * text as the path to send, in out->text and out->len only: the service judges it. Asks the service for its volumes
 * where a relative path needs them. out is zeroed by the caller, who gives it to jd_winpath_done. Fails with BAD_PATH,
 * INVALID_UTF8, MESSAGE_TOO_LARGE or as call_ask does.
 */
JD_MUST_CHECK enum jd_code call_resolve(struct call *call, const char *text, struct jd_winpath *out,
                                        struct jd_err *err);

/*
 * Asks and waits: on success reply and result hold the answer, until the next request. Fails with what the service said
 * (was_refused), with any code of conn.h, BAD_REPLY, MESSAGE_TOO_LARGE or NO_MEMORY.
 */
JD_MUST_CHECK enum jd_code call_ask(struct call *call, enum jd_op_id id, const void *params, struct jd_err *err);

/* The same for a line that is written already, with its LF and the id call_next_id gave. */
JD_MUST_CHECK enum jd_code call_ask_line(struct call *call, const struct jd_buf *line, bool is_change,
                                         struct jd_err *err);
int64_t call_next_id(struct call *call);

/* The result decoded into out (fields->size bytes, zeroed). Fails with BAD_REPLY or NO_MEMORY. */
JD_MUST_CHECK enum jd_code call_take(const struct call *call, const struct jd_fields *fields, void *out,
                                     struct jd_err *err);

/* The result as text; the caller frees. Fails with NO_MEMORY. */
JD_MUST_CHECK enum jd_code call_take_text(const struct call *call, char **out, struct jd_err *err);

/*
 * Closes, and says what the caller is told: code as a public one and *error (may be NULL) filled. A change that was
 * sent and not answered comes out as OUTCOME_UNKNOWN, whatever went wrong.
 */
enum junction_code call_end(struct call *call, enum jd_code code, const struct jd_err *err,
                            struct junction_error *error);
