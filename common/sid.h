/* SPDX-License-Identifier: MIT */
/*
 * Security identifiers as text and value (MS-DTYP 2.4.2). POSIX ids use the convention of Samba:
 * S-1-22-1-<uid> and S-1-22-2-<gid>. Pure; any thread.
 */
#pragma once

#include "common/err.h"

#include <stdbool.h>

enum { JD_SID_SUBS_MAX = 15, JD_SID_TEXT_MAX = 190 /* bytes with the NUL */ };

struct jd_sid {
    uint64_t authority; /* 48 bits */
    uint8_t n_subs;     /* 1..15; 0 means none */
    uint32_t subs[JD_SID_SUBS_MAX];
};

/* "S-1-5-32-544"; strict: decimal or 0x authority, no leading zeros, no spaces. False when it is not one. */
bool jd_sid_parse(const char *text, size_t len, struct jd_sid *out);

/* Writes the text form and returns buf. */
const char *jd_sid_format(const struct jd_sid *sid, char buf[JD_SID_TEXT_MAX]);
bool jd_sid_equal(const struct jd_sid *a, const struct jd_sid *b);

struct jd_sid jd_sid_make(uint64_t authority, size_t n_subs, const uint32_t *subs);
struct jd_sid jd_sid_posix_user(uint32_t uid);
struct jd_sid jd_sid_posix_group(uint32_t gid);

/* The well-known ones the service itself names. */
struct jd_sid jd_sid_administrators(void);      /* S-1-5-32-544 */
struct jd_sid jd_sid_everyone(void);            /* S-1-1-0 */
struct jd_sid jd_sid_authenticated_users(void); /* S-1-5-11 */

/*
 * An SDDL alias ("BA") or an English well-known name ("Administrators", "BUILTIN\\Administrators",
 * "NT AUTHORITY\\SYSTEM", "Everyone" …), compared without case; the table is fixed, whatever the machine's
 * language (MS-DTYP 2.4.2.4 and 2.5.1.1). False when it is neither.
 */
bool jd_sid_well_known(const char *name, size_t len, struct jd_sid *out);
