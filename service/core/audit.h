/* SPDX-License-Identifier: MIT */
/*
 * Audit records: who, what, on which object, by which rule, how it ended. Every value is escaped for display before it
 * gets here into a record, so that no caller can forge a line or mislead its reader. Any thread: composing shares
 * nothing, the sink and the sequence serialise inside.
 */
#pragma once

#include "service/core/facts.h"
#include "service/core/policy.h"
#include "service/os/os_audit.h"
#include "service/os/os_state.h"

enum audit_event {
#define AUDIT_EVENT(NAME, id, level, event, sentence) AUDIT_##NAME,
#include "service/core/audit_list.h"
#undef AUDIT_EVENT
    AUDIT_EVENT_COUNT
};

uint16_t audit_id(enum audit_event event);
const char *audit_word(enum audit_event event);
const char *audit_sentence(enum audit_event event);

enum {
    AUDIT_VALUE_MAX = 8192, /* bytes of one escaped value; longer ones end in the SHA-256 of the whole */
    AUDIT_LINE_MAX = 65536
};

/* Where records go. Borrowed. */
struct audit_sink {
    struct os_audit *audit;
    struct os_state *state; /* the sequence; NULL: none, records then have number 0 */
};

/* A record being composed: fields in the order they are added, which is the order of the event's insertion strings. */
struct audit_draft {
    enum audit_event event;
    struct jd_buf values; /* NUL-separated */
    size_t starts[OS_AUDIT_FIELDS_MAX];
    const char *names[OS_AUDIT_FIELDS_MAX];
    size_t n;
    struct jd_buf line;
    bool failed;
};

void audit_draft_init(struct audit_draft *draft, enum audit_event event);
void audit_draft_done(struct audit_draft *draft);
void audit_add(struct audit_draft *draft, const char *name, const char *value); /* NULL is written as "" */
void audit_add_number(struct audit_draft *draft, const char *name, int64_t value);
void audit_add_caller(struct audit_draft *draft, const struct os_caller *caller); /* sid, account, session, pid */

/* Numbers and times the draft, unless a refused try did so before, and gives it to the sink. Fails with
 * AUDIT_UNAVAILABLE or NO_MEMORY. */
JD_MUST_CHECK enum jd_code audit_send(const struct audit_sink *sink, struct audit_draft *draft, struct jd_err *err);

/* "2026-11-22T20:13:00.123Z". Returns buf. */
enum { AUDIT_TIME_MAX = 32 };
const char *audit_time(int64_t wall_ms, char buf[AUDIT_TIME_MAX]);
