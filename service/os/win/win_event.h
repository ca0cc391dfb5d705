/* SPDX-License-Identifier: MIT */
/* One audit record as the Event Log takes it ("ReportEventW" on Microsoft Learn). Any thread. */
#pragma once

#include "service/os/os_audit.h"

#include <wchar.h>

/*
 * The log takes 31,839 units a string and some 61,000 bytes a record, and refuses or cuts what is longer. Here a record
 * keeps below both, and its longest values end in the SHA-256 of the whole instead.
 */
enum { WIN_EVENT_STRING_MAX = 30000, WIN_EVENT_TOTAL_MAX = 30000 /* units, without the NULs */ };

/* The insertion strings: the values of the fields, in their order, with % as <U+0025> (viewers replace %1 or %n once
 * more in what they inserted). */
struct win_event_strings {
    wchar_t *memory; /* owned */
    const wchar_t *at[OS_AUDIT_FIELDS_MAX];
    size_t n;
};

/* Fails with NO_MEMORY, or INVALID_UTF8 for a value that is none. */
JD_MUST_CHECK enum jd_code win_event_compose(const struct os_audit_record *record, struct win_event_strings *out,
                                             struct jd_err *err);
void win_event_done(struct win_event_strings *strings);

/* The source this service reports under; service/os/win/CMakeLists.txt builds its messages. *out is a HANDLE. */
JD_MUST_CHECK enum jd_code win_event_open(void **out, struct jd_err *err);
JD_MUST_CHECK enum jd_code win_event_write(void *source, const struct os_audit_record *record, struct jd_err *err);
void win_event_close(void *source); /* NULL is accepted */
