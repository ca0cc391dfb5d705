/* SPDX-License-Identifier: MIT */
/* Protection, state, audit, policy and callers of the Windows fixture. */
#include "tests/contract/fixture_win.h"

#include "service/os/win/win_token.h"

#include <aclapi.h>
#include <inttypes.h>
#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const SECURITY_INFORMATION told = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;

static HANDLE open_for(const wchar_t *path, DWORD access)
{
    HANDLE handle = CreateFileW(path, access, 7, NULL, OPEN_EXISTING,
                                FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    check_true(handle != INVALID_HANDLE_VALUE);
    return handle;
}

static void read_sddl(HANDLE handle, SECURITY_INFORMATION what, char *buf, size_t cap)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    wchar_t *sddl = NULL;
    check_int(GetSecurityInfo(handle, SE_FILE_OBJECT, what, NULL, NULL, NULL, NULL, &descriptor), ERROR_SUCCESS);
    check_true(ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, SDDL_REVISION_1, what, &sddl, NULL));
    snprintf(buf, cap, "%ls", sddl);
    LocalFree(sddl);
    LocalFree(descriptor);
}

void win_get_sddl(const wchar_t *path, char *buf, size_t cap)
{
    HANDLE handle = open_for(path, READ_CONTROL);
    read_sddl(handle, told, buf, cap);
    CloseHandle(handle);
}

bool win_set_sddl(const wchar_t *path, const char *sddl)
{
    SECURITY_INFORMATION what = sddl[0] == 'O' ? OWNER_SECURITY_INFORMATION : DACL_SECURITY_INFORMATION;
    PSECURITY_DESCRIPTOR descriptor = NULL;
    char kept[1024];
    HANDLE handle;
    bool is_set;
    check_true(
        ConvertStringSecurityDescriptorToSecurityDescriptorW(win_wide_path(sddl), SDDL_REVISION_1, &descriptor, NULL));
    handle = open_for(path, READ_CONTROL | WRITE_DAC | WRITE_OWNER);
    is_set = SetKernelObjectSecurity(handle, what, descriptor);
    if (is_set) {
        read_sddl(handle, what, kept, sizeof kept);
        is_set = strcmp(kept, sddl) == 0;
    }
    CloseHandle(handle);
    LocalFree(descriptor);
    return is_set;
}

/* ---- state ---- */

static HANDLE lock_file;

const char *fixture_state_folder(void)
{
    return win_in_folder("state");
}

void fixture_state_truncate(uint64_t token, size_t len)
{
    char name[64];
    LARGE_INTEGER end = {.QuadPart = (LONGLONG)len};
    HANDLE file;
    snprintf(name, sizeof name, "state\\pending\\%016" PRIx64, token);
    file = open_for(win_wide_path(win_in_folder(name)), GENERIC_WRITE);
    check_true(SetFilePointerEx(file, end, NULL, FILE_BEGIN) && SetEndOfFile(file));
    CloseHandle(file);
}

void fixture_state_lock(bool value)
{
    if (!value) {
        CloseHandle(lock_file);
        return;
    }
    lock_file = CreateFileW(win_wide_path(win_in_folder("state\\lock")), GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    check_true(lock_file != INVALID_HANDLE_VALUE);
}

/* ---- audit ---- */

static HANDLE lock_of_trail;

struct os_audit_options fixture_audit_options(void)
{
    return (struct os_audit_options){.to_file = true, .file = win_in_folder("trail")};
}

static FILE *open_trail(void)
{
    FILE *file = _wfopen(win_wide_path(win_in_folder("trail")), L"rb");
    check_true(file != NULL);
    return file;
}

size_t fixture_audit_count(void)
{
    FILE *file = open_trail();
    size_t n = 0;
    int c;
    while ((c = fgetc(file)) != EOF) {
        n += c == '\n';
    }
    fclose(file);
    return n;
}

void fixture_audit_line(size_t index, char *buf, size_t cap)
{
    FILE *file = open_trail();
    for (size_t i = 0; i <= index; i++) {
        check_true(fgets(buf, (int)cap, file) != NULL);
    }
    buf[strcspn(buf, "\n")] = '\0';
    fclose(file);
}

/* Locks everything behind the file's end, so that nothing can be added. */
static HANDLE lock_end(const char *path)
{
    HANDLE file = open_for(win_wide_path(path), GENERIC_READ | GENERIC_WRITE);
    OVERLAPPED start = {.Offset = 0};
    LARGE_INTEGER size;
    check_true(GetFileSizeEx(file, &size));
    start.Offset = size.LowPart;
    check_true(LockFileEx(file, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 0, 0x7fffffff, &start));
    return file;
}

static void need_locks(void)
{
    const char *path = win_in_folder("locked");
    HANDLE lock;
    HANDLE file;
    OVERLAPPED start = {.Offset = 0};
    DWORD n = 0;
    BOOL is_written;
    win_put_file(path, "", 0);
    lock = lock_end(path);
    file = open_for(win_wide_path(path), GENERIC_WRITE);
    is_written = WriteFile(file, "x", 1, &n, &start);
    CloseHandle(file);
    CloseHandle(lock);
    if (is_written) {
        check_skip("a locked range keeps no writer off here, and the drive is not the test's to fill");
    }
}

void fixture_audit_refuse(bool value)
{
    if (value) {
        need_locks();
        lock_of_trail = lock_end(win_in_folder("trail"));
    } else {
        CloseHandle(lock_of_trail);
    }
}

/* ---- policy ---- */

const char *fixture_policy_put(const void *bytes, size_t len)
{
    const char *path = win_in_folder("policy.json");
    if (bytes != NULL) {
        win_put_file(path, bytes, len);
    }
    return path;
}

/* ---- callers ---- */

static HANDLE client = INVALID_HANDLE_VALUE;

static bool is_administrator(HANDLE token)
{
    uint8_t sid[SECURITY_MAX_SID_SIZE];
    DWORD len = sizeof sid;
    BOOL is_member = FALSE;
    check_true(CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, sid, &len));
    check_true(CheckTokenMembership(token, sid, &is_member));
    return is_member;
}

/* This process's token with Administrators for denials only, as UAC filters one. */
static HANDLE make_filtered(void)
{
    uint8_t sid[SECURITY_MAX_SID_SIZE];
    DWORD len = sizeof sid;
    SID_AND_ATTRIBUTES disabled = {sid, 0};
    HANDLE own;
    HANDLE filtered;
    HANDLE token;
    check_true(CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, sid, &len));
    check_true(OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY | TOKEN_ASSIGN_PRIMARY, &own));
    check_true(CreateRestrictedToken(own, DISABLE_MAX_PRIVILEGE, 1, &disabled, 0, NULL, 0, NULL, &filtered));
    check_true(DuplicateTokenEx(filtered, TOKEN_IMPERSONATE | TOKEN_QUERY, NULL, SecurityImpersonation,
                                TokenImpersonation, &token));
    CloseHandle(own);
    CloseHandle(filtered);
    return token;
}

static void connect_client(const wchar_t *name)
{
    DWORD n = 0;
    client = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                         SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, NULL);
    check_true(client != INVALID_HANDLE_VALUE);
    check_true(WriteFile(client, "x", 1, &n, NULL));
}

static HANDLE make_pipe(wchar_t name[64])
{
    static unsigned count;
    HANDLE pipe;
    swprintf(name, 64, L"\\\\.\\pipe\\junctiond-contract-%lu-%u", GetCurrentProcessId(), count++);
    pipe = CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX, PIPE_REJECT_REMOTE_CLIENTS, 1, 512, 512, 0, NULL);
    check_true(pipe != INVALID_HANDLE_VALUE);
    return pipe;
}

static bool seen_as_administrator(HANDLE pipe)
{
    HANDLE token;
    bool is_one;
    check_true(ImpersonateNamedPipeClient(pipe));
    check_true(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
    check_true(RevertToSelf());
    is_one = is_administrator(token);
    CloseHandle(token);
    return is_one;
}

static void own_user(struct jd_sid *out)
{
    HANDLE own;
    check_true(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &own));
    check_int(token_user(own, out), ERROR_SUCCESS);
    CloseHandle(own);
}

intptr_t fixture_connect(enum fixture_who who, struct jd_sid *out_user)
{
    wchar_t name[64];
    HANDLE pipe = make_pipe(name);
    char byte;
    DWORD n = 0;
    own_user(out_user);
    if (who == FIXTURE_USER) {
        HANDLE filtered = make_filtered();
        check_true(SetThreadToken(NULL, filtered));
        connect_client(name);
        check_true(RevertToSelf());
        CloseHandle(filtered);
    } else {
        connect_client(name);
    }
    check_true(ReadFile(pipe, &byte, 1, &n, NULL));
    if (seen_as_administrator(pipe) != (who == FIXTURE_ADMINISTRATOR)) {
        fixture_disconnect((intptr_t)pipe);
        check_skip(who == FIXTURE_USER ? "the system shows a pipe's server itself, whoever its client is"
                                       : "only an administrator can play one");
    }
    return (intptr_t)pipe;
}

void fixture_disconnect(intptr_t connection)
{
    CloseHandle(client);
    CloseHandle((HANDLE)connection);
}
