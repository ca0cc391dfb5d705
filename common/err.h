/* SPDX-License-Identifier: MIT */
/*
 * Errors: one code for the caller, one detail for the operator, filled once, where it happened.
 *
 * A function that can fail returns enum jd_code (0 is success), is JD_MUST_CHECK, takes
 * `struct jd_err *err` last (never NULL) and leaves its out-parameters untouched on failure. A caller
 * passes the code on unchanged; it never overwrites a detail that is already filled.
 * All functions here are pure and may run on any thread.
 */
#pragma once

#include "common/base.h"

#include <stdint.h>

enum jd_code {
    JD_OK = 0,
#define JD_ERR(NAME, word, number, family, exit, text) JD_E_##NAME,
#include "common/err_list.h"
#undef JD_ERR
    JD_CODE_COUNT
};

enum jd_family {
    JD_FAMILY_NONE,
    JD_FAMILY_SAID_WRONG,  /* the caller's message */
    JD_FAMILY_NOT_ALLOWED, /* policy, quota, time */
    JD_FAMILY_WORLD,       /* the file system is not as the caller thought */
    JD_FAMILY_PLATFORM,    /* volume or operating system */
    JD_FAMILY_OURS,        /* the service itself */
    JD_FAMILY_LOCAL        /* never crosses the wire */
};

/* Whose number jd_err.number is. */
enum jd_domain {
    JD_DOMAIN_NONE,
    JD_DOMAIN_ERRNO,
    JD_DOMAIN_WIN32,
    JD_DOMAIN_NTSTATUS,
    JD_DOMAIN_UV,
    JD_DOMAIN_LINE /* a line of a text, counted from 1 */
};

enum { JD_ERR_TEXT_MAX = 200 };

/*
 * The detail. `reason` is a stable word that may go to the caller (error.data.reason); stage, domain,
 * number and text go to log and audit only, except where docs/errors.md says otherwise.
 * stage and reason point to string literals; text is one bounded line.
 */
struct jd_err {
    enum jd_code code;
    enum jd_domain domain;
    int64_t number;
    const char *stage;
    const char *reason;
    char text[JD_ERR_TEXT_MAX];
};

/* Fills err and returns code. reason may be NULL. */
enum jd_code jd_fail(struct jd_err *err, enum jd_code code, const char *stage, const char *reason);

/* The same with a formatted text, cut at JD_ERR_TEXT_MAX - 1 bytes (never inside a UTF-8 sequence);
 * ASCII controls become spaces. */
enum jd_code jd_fail_text(struct jd_err *err, enum jd_code code, const char *stage,
                          const char *reason, const char *format, ...) JD_PRINTF(5, 6);

/* The same for an error of the operating system or of libuv. */
enum jd_code jd_fail_sys(struct jd_err *err, enum jd_code code, const char *stage,
                         enum jd_domain domain, int64_t number);

const char *jd_code_name(enum jd_code code);   /* "LINK_EXISTS"; "OK" for 0 */
const char *jd_code_word(enum jd_code code);   /* "link_exists"; "ok" for 0 */
const char *jd_code_text(enum jd_code code);   /* the plain sentence */
int jd_code_number(enum jd_code code);         /* JSON-RPC number, 0 where it has none */
int jd_code_exit(enum jd_code code);           /* exit code of junctionctl */
enum jd_family jd_code_family(enum jd_code code);
const char *jd_domain_word(enum jd_domain domain); /* "errno", "win32", … */

/* The code a wire word stands for; JD_E_INTERNAL for a word this version does not know. */
enum jd_code jd_code_from_word(const char *word, int number);

/* One line for log and audit: "make leaf: no_space (errno 28): text". Returns buf. cap >= 1. */
const char *jd_err_render(const struct jd_err *err, char *buf, size_t cap);
