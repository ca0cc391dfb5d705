/* SPDX-License-Identifier: MIT */
/*
 * What the files of the Windows port share, without windows.h: numbers of the system into codes, UTF-8 into UTF-16 and
 * back, and who this process is. Nothing outside service/os/win and tests includes this.
 */
#pragma once

#include "common/buf.h"
#include "common/sid.h"

/* The code a GetLastError number or an NTSTATUS stands for: win_err.c is the only place that decides it. */
enum jd_code win_code(uint32_t number);
enum jd_code win_code_nt(int32_t status);

/* Fill err with the code and the number, and return the code. */
enum jd_code win_fail(struct jd_err *err, const char *stage, uint32_t number);
enum jd_code win_fail_nt(struct jd_err *err, const char *stage, int32_t status);

/*
 * Strict UTF-8 as UTF-16 with a NUL, to be freed. NULL when it is not valid or holds a NUL, or without memory; the
 * reason is in err then. out_units, which may be NULL, does not count the NUL.
 */
wchar_t *win_wide(const char *text, size_t len, size_t *out_units, struct jd_err *err);

/* Appends UTF-16 as UTF-8; a lone surrogate becomes U+FFFD. False when there was one. */
bool win_add_utf8(struct jd_buf *out, const wchar_t *units, size_t n);

/*
 * A path of this machine, as a person wrote it, in the form "\\?\X:\a\b" that no system call interprets any further;
 * to be freed. NULL with err: BAD_PATH when it is not on a drive letter (a network share, a device), NO_MEMORY,
 * PLATFORM.
 */
wchar_t *win_host_path(const char *path, struct jd_err *err);

enum { WIN_OWN_SIDS_MAX = 4 };

/* The SIDs only this service answers to: its user, and its service SID (NT SERVICE\<name>) where it has one. */
struct win_own {
    struct jd_sid user;
    struct jd_sid sids[WIN_OWN_SIDS_MAX]; /* user first */
    size_t n;
    bool is_system;
};

JD_MUST_CHECK enum jd_code win_own_read(struct win_own *out, struct jd_err *err);
