/* SPDX-License-Identifier: MIT */
/*
 * The audit sink. A record is *accepted* when os_audit_write returns JD_OK, and only then.
 * Any thread; a port serialises inside.
 */
#pragma once

#include "common/err.h"

#include <stdbool.h>

enum os_audit_level { OS_AUDIT_INFORMATION = 1, OS_AUDIT_WARNING, OS_AUDIT_ERROR };

enum { OS_AUDIT_FIELDS_MAX = 24 };

struct os_audit_field {
    const char *name;
    const char *value; /* escaped for display already (jd_text_escape), bounded */
};

/* One record; everything is borrowed for the length of the call. */
struct os_audit_record {
    uint16_t id; /* service/core/audit_list.h */
    enum os_audit_level level;
    const char *event;                   /* "change_intent" */
    const struct os_audit_field *fields; /* fixed order per event: the insertion strings of the Event Log */
    size_t n_fields;
    const char *line; /* the whole record as one JSON object, without a newline: what file and syslog get */
};

struct os_audit_options {
    bool to_file;     /* else the system's log: /dev/log, the Event Log */
    const char *file; /* JSON lines, appended, mode 0600 */
};

struct os_audit;

/* Fails with AUDIT_UNAVAILABLE. */
JD_MUST_CHECK enum jd_code os_audit_open(const struct os_audit_options *options, struct os_audit **out,
                                         struct jd_err *err);
/* Fails with AUDIT_UNAVAILABLE. Bounded in time: a sink that does not take the record soon refused it. */
JD_MUST_CHECK enum jd_code os_audit_write(struct os_audit *audit, const struct os_audit_record *record,
                                          struct jd_err *err);
/* Opens the file anew (log rotation). On failure the old one stays in use. */
JD_MUST_CHECK enum jd_code os_audit_reopen(struct os_audit *audit, struct jd_err *err);
void os_audit_close(struct os_audit *audit); /* NULL is accepted */
