/* SPDX-License-Identifier: MIT */
#include "service/os/win/win_token.h"

#include "service/os/win/win_acl.h"

#include <stdlib.h>

enum { TRIES = 8 };

DWORD token_read(HANDLE token, TOKEN_INFORMATION_CLASS which, void **out)
{
    DWORD len = 1024;
    for (int i = 0; i < TRIES; i++) {
        DWORD needed = 0;
        DWORD number;
        void *bytes = malloc(len);
        if (bytes == NULL) {
            return ERROR_NOT_ENOUGH_MEMORY;
        }
        if (GetTokenInformation(token, which, bytes, len, &needed)) {
            *out = bytes;
            return ERROR_SUCCESS;
        }
        number = GetLastError();
        free(bytes);
        if (number != ERROR_INSUFFICIENT_BUFFER) {
            return number;
        }
        len = needed;
    }
    return ERROR_INSUFFICIENT_BUFFER;
}

bool token_sid(PSID from, struct jd_sid *out)
{
    return IsValidSid(from) && win_sid_read(from, GetLengthSid(from), out);
}

DWORD token_user(HANDLE token, struct jd_sid *out)
{
    void *bytes = NULL;
    DWORD number = token_read(token, TokenUser, &bytes);
    if (number == ERROR_SUCCESS && !token_sid(((TOKEN_USER *)bytes)->User.Sid, out)) {
        number = ERROR_INVALID_SID;
    }
    free(bytes);
    return number;
}

/* S-1-5-80-<five numbers>: a service's own; S-1-5-80-0 is every service's (MS-DTYP 2.4.2.4). */
static bool is_service_sid(const struct jd_sid *sid)
{
    return sid->authority == 5 && sid->n_subs == 6 && sid->subs[0] == 80;
}

static DWORD add_service_sids(HANDLE token, struct win_own *own)
{
    void *bytes = NULL;
    const TOKEN_GROUPS *groups;
    DWORD number = token_read(token, TokenGroups, &bytes);
    if (number != ERROR_SUCCESS) {
        return number;
    }
    groups = bytes;
    for (DWORD i = 0; i < groups->GroupCount && own->n < WIN_OWN_SIDS_MAX; i++) {
        struct jd_sid sid;
        if ((groups->Groups[i].Attributes & SE_GROUP_ENABLED) != 0 && token_sid(groups->Groups[i].Sid, &sid) &&
            is_service_sid(&sid)) {
            own->sids[own->n++] = sid;
        }
    }
    free(bytes);
    return ERROR_SUCCESS;
}

enum jd_code win_own_read(struct win_own *out, struct jd_err *err)
{
    static const struct jd_sid system_sid = {5, 1, {18}};
    struct win_own own = {.n = 0};
    HANDLE token;
    DWORD number;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) {
        return win_fail(err, "own token", GetLastError());
    }
    number = token_user(token, &own.user);
    if (number == ERROR_SUCCESS) {
        own.sids[own.n++] = own.user;
        number = add_service_sids(token, &own);
    }
    CloseHandle(token);
    if (number != ERROR_SUCCESS) {
        return win_fail(err, "own token", number);
    }
    own.is_system = jd_sid_equal(&own.user, &system_sid);
    *out = own;
    return JD_OK;
}
