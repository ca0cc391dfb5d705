/* SPDX-License-Identifier: MIT */
/*
 * Who is at the other end. The only contract that impersonates (Windows) or reads peer credentials (POSIX); nothing
 * a client says about itself is believed.
 */
#pragma once

#include "common/sid.h"

enum { OS_ACCOUNT_NAME_MAX = 257 /* bytes with the NUL */ };

/* One caller, as of one request. Plain data, owned by whoever holds it. */
struct os_caller {
    struct jd_sid user;
    struct jd_sid *groups; /* enabled groups, Everyone and Authenticated Users included; owned */
    size_t n_groups;
    struct jd_sid *deny_groups; /* deny-only groups: count for deny rules; owned */
    size_t n_deny_groups;
    char name[OS_ACCOUNT_NAME_MAX]; /* account name without domain; "" when unknown. A hint for people, never for
                                       decisions but {user} */
    bool is_administrator;          /* enabled BUILTIN\Administrators; uid 0 */
    const char
        *refused; /* why no rule may serve this caller ("app_container", "low_integrity" …); NULL for a normal one */
    uint32_t session; /* Windows session; 0 on POSIX */
    uint64_t logon;   /* Windows: the logon session (its LUID), another after each logon; 0 on POSIX */
    int64_t pid;      /* a hint, never an identity */
};

/*
 * Reads who sent the bytes last read from connection (a SOCKET-like descriptor or pipe HANDLE as an integer). Runs on
 * the loop thread, after at least one whole line was read. Impersonates and reverts inside (Windows); a failed revert
 * ends the process. On success the caller of this function owns *out. Fails with PLATFORM or NO_MEMORY: the request is
 * then not carried out.
 */
JD_MUST_CHECK enum jd_code os_peer_identify(intptr_t connection, struct os_caller *out, struct jd_err *err);
void os_caller_done(struct os_caller *caller); /* zeroed is accepted */
