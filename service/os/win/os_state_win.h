/* SPDX-License-Identifier: MIT */
/*
 * What the files of the Windows state share. The folder holds: lock (opened without sharing; goes with the process,
 * however it dies), sequence (8 bytes, least significant first) and pending\, one file an entry, named by its token in
 * 16 hex digits. Everything in it is opened relative to the folder's handle.
 */
#pragma once

#include "service/os/os_state.h"
#include "service/os/win/win_acl.h"
#include "service/os/win/win_nt.h"

struct os_state {
    struct win_own own;
    HANDLE folder;
    HANDLE lock;
    HANDLE pending;
    HANDLE sequence;
    uint64_t last_token;    /* under mutex */
    uint64_t last_sequence; /* under mutex */
    SRWLOCK mutex;
};

/* NO_SPACE, NO_MEMORY, else STATE_UNAVAILABLE. */
enum jd_code win_state_fail(struct jd_err *err, const char *stage, DWORD number);
enum jd_code win_state_fail_nt(struct jd_err *err, const char *stage, NTSTATUS status);

/* A file in one of the folders; name is ASCII. What is made gets the service's protection, whatever is inherited. */
NTSTATUS win_state_open_file(const struct os_state *state, HANDLE folder, const wchar_t *name, ACCESS_MASK access,
                             ULONG share, ULONG disposition, HANDLE *out);
NTSTATUS win_state_open_pending(const struct os_state *state, HANDLE *out);

/* The largest token in use, 0 when there is none. */
JD_MUST_CHECK enum jd_code win_state_last_token(const struct os_state *state, uint64_t *out, struct jd_err *err);
