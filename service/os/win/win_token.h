/* SPDX-License-Identifier: MIT */
/* What a token says, in the words of common/sid.h. Every function returns a GetLastError number, 0 for success. */
#pragma once

#include "service/os/win/win.h"
#include "service/os/win/win_nt.h"

/* Any variable-size class, in memory of its own; *out is to be freed. */
DWORD token_read(HANDLE token, TOKEN_INFORMATION_CLASS which, void **out);

/* False for what is no SID this service can hold (more than 15 sub-authorities). */
bool token_sid(PSID from, struct jd_sid *out);
DWORD token_user(HANDLE token, struct jd_sid *out);
