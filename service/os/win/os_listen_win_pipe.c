/* SPDX-License-Identifier: MIT */
#include "service/os/win/os_listen_win_pipe.h"

#include "service/os/os_host.h"
#include "service/os/win/win_token.h"

#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUOTA_BYTES = 65536, NAME_MAX_UNITS = 256, PROBE_MS = 1 };

static enum jd_code refuse(struct jd_err *err, const char *endpoint, const char *why, DWORD number)
{
    jd_fail_text(err, JD_E_ENDPOINT_UNUSABLE, "open endpoint", NULL, "%s: %s", endpoint, why);
    if (number != 0) {
        err->domain = JD_DOMAIN_WIN32;
        err->number = number;
    }
    return err->code;
}

void pipe_sddl(const struct jd_sid *owner, char out[PIPE_SDDL_MAX])
{
    char text[JD_SID_TEXT_MAX];
    if (owner == NULL) {
        snprintf(out, PIPE_SDDL_MAX, "O:SYG:SYD:P(D;;FA;;;AN)(A;;FA;;;SY)(A;;0x12019b;;;AU)");
        return;
    }
    jd_sid_format(owner, text);
    snprintf(out, PIPE_SDDL_MAX, "O:%sD:P(D;;FA;;;AN)(A;;FA;;;SY)(A;;FA;;;%s)(A;;0x12019b;;;AU)", text, text);
}

/* What an elevated administrator makes belongs to Administrators: clients of all of them then believe it. */
static bool makes_things_for_administrators(void)
{
    const struct jd_sid administrators = jd_sid_administrators();
    struct jd_sid owner = {0};
    void *told = NULL;
    HANDLE token;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) {
        return false;
    }
    if (token_read(token, TokenOwner, &told) == 0) {
        (void)token_sid(((TOKEN_OWNER *)told)->Owner, &owner);
    }
    free(told);
    CloseHandle(token);
    return jd_sid_equal(&owner, &administrators);
}

/* A service's pipe is SYSTEM's, which is what clients ask for; a foreground one belongs to who started it. */
static enum jd_code choose_sddl(char out[PIPE_SDDL_MAX], struct jd_err *err)
{
    struct jd_sid owner = jd_sid_administrators();
    struct win_own own;
    enum jd_code code = win_own_read(&own, err);
    if (code != JD_OK) {
        return code;
    }
    if (!makes_things_for_administrators()) {
        owner = own.user;
    }
    pipe_sddl(own.is_system || os_host_is_service() ? NULL : &owner, out);
    return JD_OK;
}

static enum jd_code make_descriptor(const char *endpoint, PSECURITY_DESCRIPTOR *out, struct jd_err *err)
{
    char text[PIPE_SDDL_MAX];
    wchar_t *wide;
    BOOL ok;
    enum jd_code code = choose_sddl(text, err);
    if (code != JD_OK) {
        return code;
    }
    wide = win_wide(text, strlen(text), NULL, err);
    if (wide == NULL) {
        return err->code;
    }
    ok = ConvertStringSecurityDescriptorToSecurityDescriptorW(wide, SDDL_REVISION_1, out, NULL);
    free(wide);
    return ok ? JD_OK : refuse(err, endpoint, "no descriptor for it", GetLastError());
}

static bool is_pipe_name(const wchar_t *name)
{
    static const wchar_t prefix[] = L"\\\\.\\pipe\\";
    size_t len = JD_COUNT(prefix) - 1;
    return _wcsnicmp(name, prefix, len) == 0 && name[len] != L'\0' && wcslen(name) <= NAME_MAX_UNITS;
}

/* Asking whether one could wait for an instance connects to nothing. */
static bool is_taken(const wchar_t *name)
{
    return WaitNamedPipeW(name, PROBE_MS) || GetLastError() == ERROR_SEM_TIMEOUT;
}

static enum jd_code fail_taken(const char *endpoint, const wchar_t *name, struct jd_err *err)
{
    ULONG pid = 0;
    HANDLE pipe = CreateFileW(name, FILE_READ_ATTRIBUTES, 0, NULL, OPEN_EXISTING,
                              SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, NULL);
    if (pipe != INVALID_HANDLE_VALUE) {
        (void)GetNamedPipeServerProcessId(pipe, &pid);
        CloseHandle(pipe);
    }
    return pid == 0
               ? jd_fail_text(err, JD_E_ALREADY_RUNNING, "open endpoint", NULL, "another instance holds %s", endpoint)
               : jd_fail_text(err, JD_E_ALREADY_RUNNING, "open endpoint", NULL, "process %lu holds %s", pid, endpoint);
}

static HANDLE make_instance(const struct pipe_name *name, DWORD flags)
{
    SECURITY_ATTRIBUTES attributes = {sizeof attributes, name->descriptor, FALSE};
    return CreateNamedPipeW(name->text, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | flags,
                            PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
                            PIPE_INSTANCES, QUOTA_BYTES, QUOTA_BYTES, 0, &attributes);
}

void *pipe_instance(const struct pipe_name *name)
{
    return make_instance(name, 0);
}

/*
 * A new instance listens at once (npfs); one that was connected and disconnected does not until it is told to. A
 * stranger who gets there first is thrown off again, which is as good.
 */
static bool put_to_rest(const struct pipe_name *name)
{
    HANDLE client;
    if (DisconnectNamedPipe(name->holder)) {
        return true;
    }
    client = CreateFileW(name->text, FILE_READ_ATTRIBUTES, 0, NULL, OPEN_EXISTING,
                         SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, NULL);
    if (client != INVALID_HANDLE_VALUE) {
        CloseHandle(client);
    }
    return DisconnectNamedPipe(name->holder) != 0;
}

static enum jd_code take_name(const char *endpoint, struct pipe_name *name, struct jd_err *err)
{
    DWORD number;
    if (is_taken(name->text)) {
        return fail_taken(endpoint, name->text, err);
    }
    name->holder = make_instance(name, FILE_FLAG_FIRST_PIPE_INSTANCE);
    if (name->holder != INVALID_HANDLE_VALUE) {
        return put_to_rest(name) ? JD_OK : refuse(err, endpoint, "cannot be held", GetLastError());
    }
    number = GetLastError();
    if (number == ERROR_PIPE_BUSY || (number == ERROR_ACCESS_DENIED && is_taken(name->text))) {
        return fail_taken(endpoint, name->text, err);
    }
    return refuse(err, endpoint, number == ERROR_ACCESS_DENIED ? "needs an administrator" : "cannot be made", number);
}

enum jd_code pipe_claim(const char *endpoint, struct pipe_name *out, struct jd_err *err)
{
    struct pipe_name name = {.holder = INVALID_HANDLE_VALUE};
    enum jd_code code;
    name.text = win_wide(endpoint, strlen(endpoint), NULL, err);
    if (name.text == NULL) {
        return err->code == JD_E_NO_MEMORY ? JD_E_NO_MEMORY : refuse(err, endpoint, "is no text", 0);
    }
    if (is_pipe_name(name.text)) {
        code = make_descriptor(endpoint, &name.descriptor, err);
    } else {
        code = refuse(err, endpoint, "a pipe's name is \\\\.\\pipe\\ and 1 to 247 characters", 0);
    }
    if (code == JD_OK) {
        code = take_name(endpoint, &name, err);
    }
    if (code == JD_OK) {
        *out = name;
    } else {
        pipe_give_up(&name);
    }
    return code;
}

void pipe_give_up(struct pipe_name *name)
{
    if (name->holder != NULL && name->holder != INVALID_HANDLE_VALUE) {
        CloseHandle(name->holder);
    }
    LocalFree(name->descriptor);
    free(name->text);
    *name = (struct pipe_name){0};
}
