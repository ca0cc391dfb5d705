/* SPDX-License-Identifier: MIT */
/*
 * Security descriptors as bytes: what they let others do, and the few this service gives. Self-relative, as
 * NtQuerySecurityObject returns them and NtCreateFile takes them: MS-DTYP 2.4.6 (SECURITY_DESCRIPTOR), 2.4.5 (ACL),
 * 2.4.4 (ACE), 2.4.2.2 (SID), 2.4.3 (ACCESS_MASK). No system call; every length and offset is checked before it is
 * believed, and what cannot be understood counts as giving everything. Pure; any thread.
 */
#pragma once

#include "service/os/win/win.h"

/* Rights on a file or directory, MS-SMB2 2.2.13.1. */
#define WIN_RIGHT_WRITE_DATA UINT32_C(0x00000002)  /* of a directory: add a file */
#define WIN_RIGHT_APPEND_DATA UINT32_C(0x00000004) /* of a directory: add a directory */
#define WIN_RIGHT_WRITE_EA UINT32_C(0x00000010)
#define WIN_RIGHT_DELETE_CHILD UINT32_C(0x00000040)
#define WIN_RIGHT_WRITE_ATTRIBUTES UINT32_C(0x00000100)
#define WIN_RIGHT_DELETE UINT32_C(0x00010000)
#define WIN_RIGHT_WRITE_DAC UINT32_C(0x00040000)
#define WIN_RIGHT_WRITE_OWNER UINT32_C(0x00080000)

#define WIN_RIGHTS_REPLACE (WIN_RIGHT_DELETE | WIN_RIGHT_WRITE_DAC | WIN_RIGHT_WRITE_OWNER)
#define WIN_RIGHTS_WRITE                                                                                               \
    (WIN_RIGHTS_REPLACE | WIN_RIGHT_WRITE_DATA | WIN_RIGHT_APPEND_DATA | WIN_RIGHT_WRITE_EA | WIN_RIGHT_DELETE_CHILD | \
     WIN_RIGHT_WRITE_ATTRIBUTES)
#define WIN_RIGHTS_ALL UINT32_C(0x001F01FF)

/*
 * Whether somebody else owns the object or holds one of rights. Nobody else are SYSTEM, Administrators,
 * TrustedInstaller and own. Entries that only deny are not counted on; those that are only inherited by children do not
 * apply; without a DACL everybody holds everything.
 */
bool win_acl_others_hold(const uint8_t *descriptor, size_t len, uint32_t rights, const struct win_own *own);

/* Whether nobody but SYSTEM and own may do more with the object than learn that it exists: the descriptor of
 * win_acl_private has this, no other that this service or Windows gives does. */
bool win_acl_is_private(const uint8_t *descriptor, size_t len, const struct win_own *own);

/* False when there is none, or it cannot be read. */
bool win_acl_owner(const uint8_t *descriptor, size_t len, struct jd_sid *out);

enum { WIN_ACL_MAX = 512, WIN_SID_BYTES_MAX = 8 + 4 * JD_SID_SUBS_MAX };

/* Each protected, so that nothing is inherited; returns the length. */
size_t win_acl_private(const struct win_own *own, uint8_t out[WIN_ACL_MAX]);
/* SYSTEM and Administrators everything, others read and traverse. Owned by SYSTEM, or by Administrators where the
 * process is not SYSTEM; with caller, owned by him, and everything to him too. */
size_t win_acl_published(const struct win_own *own, const struct jd_sid *caller, uint8_t out[WIN_ACL_MAX]);
/* For the service's own folders and files: SYSTEM, Administrators and own everything, inherited by what is made inside;
 * nobody else anything. */
size_t win_acl_guarded(const struct win_own *own, uint8_t out[WIN_ACL_MAX]);

/* A SID in its binary form; room is what stands behind at. False when it does not fit or is none. */
bool win_sid_read(const uint8_t *at, size_t room, struct jd_sid *out);
size_t win_sid_write(const struct jd_sid *sid, uint8_t out[WIN_SID_BYTES_MAX]);
