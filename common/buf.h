/* SPDX-License-Identifier: MIT */
/*
 * Growable bytes, born with a ceiling. A buffer never grows past its ceiling, whatever is appended: it
 * turns `failed` instead and stays so, so that a writer may append many times and ask once.
 * Not for two threads at once.
 */
#pragma once

#include "common/err.h"

#include <stdbool.h>

struct jd_buf {
    char *data; /* NUL-terminated once anything was appended; owned */
    size_t len; /* bytes, without the NUL */
    size_t cap;
    size_t ceiling;
    bool failed; /* over the ceiling, or out of memory */
    bool no_memory;
};

void jd_buf_init(struct jd_buf *buf, size_t ceiling);
void jd_buf_done(struct jd_buf *buf); /* zeroed and done buffers are accepted */
void jd_buf_reset(struct jd_buf *buf); /* empties, keeps the memory, clears failed */
void jd_buf_add(struct jd_buf *buf, const void *bytes, size_t len);
void jd_buf_add_text(struct jd_buf *buf, const char *text);
void jd_buf_add_char(struct jd_buf *buf, char c);
void jd_buf_add_format(struct jd_buf *buf, const char *format, ...) JD_PRINTF(2, 3);
void jd_buf_cut(struct jd_buf *buf, size_t len); /* shortens to len, which must be <= buf->len */

/* JD_OK, JD_E_NO_MEMORY or JD_E_MESSAGE_TOO_LARGE. */
JD_MUST_CHECK enum jd_code jd_buf_check(const struct jd_buf *buf, struct jd_err *err);

/* Copies len bytes and a NUL. NULL when out of memory; the caller frees. */
char *jd_strndup(const char *text, size_t len);
char *jd_strdup(const char *text);
