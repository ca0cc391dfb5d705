/* SPDX-License-Identifier: MIT */
/*
 * The token of whoever wrote the bytes last read from a pipe ("ImpersonateNamedPipeClient" on Microsoft Learn). It is
 * taken and let go in one function; everything else is read from the token afterwards, as the service itself.
 */
#include "service/os/os_peer.h"

#include "service/os/os_hook.h"
#include "service/os/win/win_token.h"

#include <stdlib.h>
#include <string.h>

static const char stage[] = "identify peer";

static const struct jd_sid anonymous_sid = {5, 1, {7}};
static const struct jd_sid network_sid = {5, 1, {2}};
static const struct jd_sid guests_sid = {5, 2, {32, 546}};

enum { RID_GUEST = 501, EXIT_STILL_IMPERSONATING = 3 };

/*
 * From the first call to the last this thread is the caller. A service that cannot become itself again would go on
 * with a stranger's rights, or a stranger with the service's: the process ends, at once.
 * Returns a GetLastError number; *out is to be closed.
 */
static DWORD take_token(HANDLE pipe, HANDLE *out)
{
    DWORD number = ERROR_SUCCESS;
    if (!ImpersonateNamedPipeClient(pipe)) {
        return GetLastError();
    }
    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, out)) {
        number = GetLastError();
    }
    if (!RevertToSelf()) {
        TerminateProcess(GetCurrentProcess(), EXIT_STILL_IMPERSONATING);
    }
    return number;
}

/* A system that does not know a property of tokens (Wine) has none with it. */
static DWORD excuse(DWORD number)
{
    bool is_unknown =
        number == ERROR_INVALID_FUNCTION || number == ERROR_CALL_NOT_IMPLEMENTED || number == ERROR_NOT_SUPPORTED;
    return is_unknown ? ERROR_SUCCESS : number;
}

static DWORD read_number(HANDLE token, TOKEN_INFORMATION_CLASS which, DWORD *out)
{
    DWORD value = 0;
    DWORD len = 0;
    bool is_read = GetTokenInformation(token, which, &value, sizeof value, &len);
    DWORD number = is_read ? ERROR_SUCCESS : excuse(GetLastError());
    if (number == ERROR_SUCCESS) {
        *out = is_read ? value : 0;
    }
    return number;
}

/* The last number of S-1-16-<level>. */
static DWORD read_integrity(HANDLE token, DWORD *out)
{
    void *bytes = NULL;
    struct jd_sid sid;
    DWORD number = token_read(token, TokenIntegrityLevel, &bytes);
    if (number == ERROR_SUCCESS && !token_sid(((TOKEN_MANDATORY_LABEL *)bytes)->Label.Sid, &sid)) {
        number = ERROR_INVALID_SID;
    }
    free(bytes);
    if (number == ERROR_SUCCESS) {
        *out = sid.subs[sid.n_subs - 1];
    }
    return number;
}

/* Enabled groups to one list, deny-only ones to the other; what is neither counts for nothing. */
static DWORD sort_groups(const TOKEN_GROUPS *groups, struct os_caller *caller)
{
    caller->groups = calloc(groups->GroupCount + 1, sizeof *caller->groups);
    caller->deny_groups = calloc(groups->GroupCount + 1, sizeof *caller->deny_groups);
    if (caller->groups == NULL || caller->deny_groups == NULL) {
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    for (DWORD i = 0; i < groups->GroupCount; i++) {
        DWORD attributes = groups->Groups[i].Attributes;
        struct jd_sid sid;
        if (!token_sid(groups->Groups[i].Sid, &sid)) {
            return ERROR_INVALID_SID;
        }
        if ((attributes & SE_GROUP_USE_FOR_DENY_ONLY) != 0) {
            caller->deny_groups[caller->n_deny_groups++] = sid;
        } else if ((attributes & SE_GROUP_ENABLED) != 0) {
            caller->groups[caller->n_groups++] = sid;
        }
    }
    return ERROR_SUCCESS;
}

static DWORD read_groups(HANDLE token, struct os_caller *caller)
{
    void *bytes = NULL;
    DWORD number = token_read(token, TokenGroups, &bytes);
    if (number == ERROR_SUCCESS) {
        number = sort_groups(bytes, caller);
    }
    free(bytes);
    return number;
}

static bool is_member(const struct os_caller *caller, struct jd_sid group)
{
    for (size_t i = 0; i < caller->n_groups; i++) {
        if (jd_sid_equal(&caller->groups[i], &group)) {
            return true;
        }
    }
    return false;
}

/* What the kernel itself tells about a token, apart from who it is. */
struct manner {
    DWORD level;
    DWORD is_app_container;
    DWORD integrity;
    bool is_restricted;
};

static DWORD read_manner(HANDLE token, struct manner *out)
{
    DWORD number = read_number(token, TokenImpersonationLevel, &out->level);
    if (number == ERROR_SUCCESS) {
        number = read_number(token, TokenIsAppContainer, &out->is_app_container);
    }
    if (number == ERROR_SUCCESS) {
        number = read_integrity(token, &out->integrity);
    }
    SetLastError(ERROR_SUCCESS); /* no answer looks like "no" */
    out->is_restricted = IsTokenRestricted(token);
    return number == ERROR_SUCCESS && !out->is_restricted ? excuse(GetLastError()) : number;
}

/* The accounts S-1-5-21-<machine or domain>-501. */
static bool is_guest(const struct os_caller *caller)
{
    const struct jd_sid *user = &caller->user;
    return is_member(caller, guests_sid) ||
           (user->authority == 5 && user->n_subs == 5 && user->subs[0] == 21 && user->subs[4] == RID_GUEST);
}

static const char *why_refused(const struct os_caller *caller, const struct manner *manner)
{
    const struct {
        bool holds;
        const char *word;
    } reasons[] = {
        {manner->level < SecurityIdentification || jd_sid_equal(&caller->user, &anonymous_sid), "anonymous"},
        {manner->is_app_container != 0, "app_container"},
        {manner->integrity < SECURITY_MANDATORY_MEDIUM_RID, "low_integrity"},
        {manner->is_restricted, "restricted"},
        {is_guest(caller), "guest"},
        {is_member(caller, network_sid), "network"},
    };
    for (size_t i = 0; i < JD_COUNT(reasons); i++) {
        if (reasons[i].holds) {
            return reasons[i].word;
        }
    }
    return NULL;
}

static DWORD read_session(HANDLE token, struct os_caller *caller)
{
    TOKEN_STATISTICS statistics;
    DWORD len = 0;
    DWORD session = 0;
    DWORD number = read_number(token, TokenSessionId, &session);
    if (number != ERROR_SUCCESS) {
        return number;
    }
    if (!GetTokenInformation(token, TokenStatistics, &statistics, sizeof statistics, &len)) {
        return GetLastError();
    }
    caller->session = session;
    caller->logon =
        (uint64_t)(uint32_t)statistics.AuthenticationId.HighPart << 32 | statistics.AuthenticationId.LowPart;
    return ERROR_SUCCESS;
}

static DWORD read_caller(HANDLE token, struct os_caller *caller)
{
    struct manner manner = {.level = 0};
    DWORD number = token_user(token, &caller->user);
    if (number == ERROR_SUCCESS) {
        number = read_groups(token, caller);
    }
    if (number == ERROR_SUCCESS) {
        number = read_session(token, caller);
    }
    if (number == ERROR_SUCCESS) {
        number = read_manner(token, &manner);
    }
    if (number == ERROR_SUCCESS) {
        caller->is_administrator = is_member(caller, jd_sid_administrators());
        caller->refused = why_refused(caller, &manner);
    }
    return number;
}

/* A name that does not fit is no name: it is a hint, and {user} then matches nothing. */
static void fill_name(HANDLE token, struct os_caller *caller)
{
    wchar_t name[OS_ACCOUNT_NAME_MAX];
    wchar_t domain[OS_ACCOUNT_NAME_MAX];
    DWORD units = JD_COUNT(name);
    DWORD domain_units = JD_COUNT(domain);
    void *bytes = NULL;
    struct jd_buf text;
    SID_NAME_USE use;
    jd_buf_init(&text, sizeof caller->name - 1);
    if (token_read(token, TokenUser, &bytes) == ERROR_SUCCESS &&
        LookupAccountSidW(NULL, ((TOKEN_USER *)bytes)->User.Sid, name, &units, domain, &domain_units, &use) &&
        win_add_utf8(&text, name, units) && !text.failed && text.len > 0) {
        memcpy(caller->name, text.data, text.len + 1);
    }
    jd_buf_done(&text);
    free(bytes);
}

static int64_t read_pid(HANDLE pipe)
{
    ULONG pid = 0;
    return GetNamedPipeClientProcessId(pipe, &pid) ? (int64_t)pid : 0;
}

/* A token that must not be looked at is nobody's: there is no more to know, and no rule may serve it. */
static void fill_anonymous(struct os_caller *caller)
{
    caller->user = anonymous_sid;
    caller->refused = "anonymous";
}

enum jd_code os_peer_identify(intptr_t connection, struct os_caller *out, struct jd_err *err)
{
    struct os_caller caller = {.pid = 0};
    HANDLE pipe = (HANDLE)connection;
    HANDLE token = NULL;
    DWORD number;
    OS_HOOK("peer_identify", err);
    number = take_token(pipe, &token);
    if (number == ERROR_CANT_OPEN_ANONYMOUS) {
        fill_anonymous(&caller);
        number = ERROR_SUCCESS;
    } else if (number == ERROR_SUCCESS) {
        number = read_caller(token, &caller);
    }
    if (number != ERROR_SUCCESS) {
        nt_close(token);
        os_caller_done(&caller);
        return jd_fail_sys(err, number == ERROR_NOT_ENOUGH_MEMORY ? JD_E_NO_MEMORY : JD_E_PLATFORM, stage,
                           JD_DOMAIN_WIN32, number);
    }
    if (token != NULL) {
        fill_name(token, &caller);
        CloseHandle(token);
    }
    caller.pid = read_pid(pipe);
    *out = caller;
    return JD_OK;
}

void os_caller_done(struct os_caller *caller)
{
    free(caller->groups);
    free(caller->deny_groups);
    *caller = (struct os_caller){.pid = 0};
}
