/* SPDX-License-Identifier: MIT */
#include "service/os/win/os_state_win.h"

#include "service/os/os_hook.h"

#include <stdlib.h>
#include <wchar.h>

enum {
    SEQUENCE_BYTES = 8,
    FOLDER_ACCESS = FILE_LIST_DIRECTORY | FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY | FILE_TRAVERSE | FILE_READ_ATTRIBUTES |
                    READ_CONTROL
};

static enum jd_code narrow(enum jd_code code)
{
    return code == JD_E_NO_SPACE || code == JD_E_NO_MEMORY ? code : JD_E_STATE_UNAVAILABLE;
}

enum jd_code win_state_fail(struct jd_err *err, const char *stage, DWORD number)
{
    return jd_fail_sys(err, narrow(win_code(number)), stage, JD_DOMAIN_WIN32, number);
}

enum jd_code win_state_fail_nt(struct jd_err *err, const char *stage, NTSTATUS status)
{
    return jd_fail_sys(err, narrow(win_code_nt(status)), stage, JD_DOMAIN_NTSTATUS, (uint32_t)status);
}

static enum jd_code refuse_folder(struct jd_err *err, const char *name, const char *why)
{
    return jd_fail_text(err, JD_E_STATE_UNAVAILABLE, "open state", NULL, "%s: %s", name, why);
}

/* A folder that somebody else owns or may write to may hold anything: it is refused, never put right. */
static enum jd_code judge_folder(HANDLE folder, const char *name, const struct win_own *own, struct jd_err *err)
{
    struct nt_attribute_tag kind;
    uint8_t *descriptor = NULL;
    size_t len = 0;
    bool is_guarded;
    NTSTATUS status = nt_query(folder, NT_FILE_ATTRIBUTE_TAG, &kind, sizeof kind);
    if (status == STATUS_SUCCESS &&
        (kind.attributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) != FILE_ATTRIBUTE_DIRECTORY) {
        return refuse_folder(err, name, "not a plain folder");
    }
    if (status == STATUS_SUCCESS) {
        status = nt_get_security(folder, &descriptor, &len);
    }
    if (status != STATUS_SUCCESS) {
        return win_state_fail_nt(err, "judge state folder", status);
    }
    is_guarded = !win_acl_others_hold(descriptor, len, WIN_RIGHTS_WRITE, own);
    free(descriptor);
    return is_guarded ? JD_OK : refuse_folder(err, name, "somebody who is no administrator owns it or may write to it");
}

/* Held without sharing deletion: nobody renames it away while the service runs. */
static enum jd_code open_folder(const wchar_t *path, const struct win_own *own, HANDLE *out, struct jd_err *err)
{
    uint8_t descriptor[WIN_ACL_MAX];
    SECURITY_ATTRIBUTES guarded = {sizeof guarded, descriptor, FALSE};
    HANDLE handle;
    (void)win_acl_guarded(own, descriptor);
    if (!CreateDirectoryW(path, &guarded) && GetLastError() != ERROR_ALREADY_EXISTS) {
        return win_state_fail(err, "make state folder", GetLastError());
    }
    handle = CreateFileW(path, FOLDER_ACCESS, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                         FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    if (handle == INVALID_HANDLE_VALUE) {
        return win_state_fail(err, "open state folder", GetLastError());
    }
    *out = handle;
    return JD_OK;
}

static NTSTATUS open_inside(const struct os_state *state, struct nt_how *how, HANDLE *out)
{
    uint8_t descriptor[WIN_ACL_MAX];
    (void)win_acl_guarded(&state->own, descriptor);
    how->descriptor = descriptor;
    return nt_open(how, out);
}

NTSTATUS win_state_open_file(const struct os_state *state, HANDLE folder, const wchar_t *name, ACCESS_MASK access,
                             ULONG share, ULONG disposition, HANDLE *out)
{
    return open_inside(state,
                       &(struct nt_how){.root = folder,
                                        .name = name,
                                        .units = wcslen(name),
                                        .access = access,
                                        .share = share,
                                        .disposition = disposition,
                                        .options = FILE_NON_DIRECTORY_FILE},
                       out);
}

NTSTATUS win_state_open_pending(const struct os_state *state, HANDLE *out)
{
    return open_inside(state,
                       &(struct nt_how){.root = state->folder,
                                        .name = L"pending",
                                        .units = 7,
                                        .access = FOLDER_ACCESS,
                                        .share = FILE_SHARE_READ | FILE_SHARE_WRITE,
                                        .disposition = FILE_OPEN_IF,
                                        .options = FILE_DIRECTORY_FILE},
                       out);
}

static enum jd_code take_lock(struct os_state *state, struct jd_err *err)
{
    NTSTATUS status = win_state_open_file(state, state->folder, L"lock", FILE_READ_DATA | FILE_WRITE_DATA, 0,
                                          FILE_OPEN_IF, &state->lock);
    if (status == STATUS_SHARING_VIOLATION) {
        return jd_fail_text(err, JD_E_ALREADY_RUNNING, "lock state", NULL, "another instance holds the state folder");
    }
    return status == STATUS_SUCCESS ? JD_OK : win_state_fail_nt(err, "lock state", status);
}

static enum jd_code open_pending(struct os_state *state, struct jd_err *err)
{
    NTSTATUS status = win_state_open_pending(state, &state->pending);
    return status == STATUS_SUCCESS ? judge_folder(state->pending, "pending", &state->own, err)
                                    : win_state_fail_nt(err, "open pending", status);
}

static enum jd_code read_sequence(struct os_state *state, struct jd_err *err)
{
    uint8_t bytes[SEQUENCE_BYTES];
    OVERLAPPED start = {.Offset = 0};
    DWORD n = 0;
    NTSTATUS status = win_state_open_file(state, state->folder, L"sequence", FILE_READ_DATA | FILE_WRITE_DATA,
                                          FILE_SHARE_READ, FILE_OPEN_IF, &state->sequence);
    if (status != STATUS_SUCCESS) {
        return win_state_fail_nt(err, "open sequence", status);
    }
    if (!ReadFile(state->sequence, bytes, sizeof bytes, &n, &start) && GetLastError() != ERROR_HANDLE_EOF) {
        return win_state_fail(err, "read sequence", GetLastError());
    }
    if (n != 0 && n != SEQUENCE_BYTES) {
        return refuse_folder(err, "sequence", "not 8 bytes");
    }
    for (size_t i = n; i > 0; i--) {
        state->last_sequence = state->last_sequence << 8 | bytes[i - 1];
    }
    return JD_OK;
}

static enum jd_code open_parts(struct os_state *state, const char *folder, const wchar_t *path, struct jd_err *err)
{
    enum jd_code code = win_own_read(&state->own, err);
    if (code == JD_OK) {
        code = open_folder(path, &state->own, &state->folder, err);
    }
    if (code == JD_OK) {
        code = judge_folder(state->folder, folder, &state->own, err);
    }
    if (code == JD_OK) {
        code = take_lock(state, err);
    }
    if (code == JD_OK) {
        code = open_pending(state, err);
    }
    if (code == JD_OK) {
        code = read_sequence(state, err);
    }
    return code == JD_OK ? win_state_last_token(state, &state->last_token, err) : code;
}

enum jd_code os_state_open(const char *folder, struct os_state **out, struct jd_err *err)
{
    struct os_state *state;
    wchar_t *path;
    enum jd_code code;
    OS_HOOK("state_open", err);
    path = win_host_path(folder, err);
    if (path == NULL) {
        err->code = narrow(err->code);
        return err->code;
    }
    state = calloc(1, sizeof *state);
    if (state == NULL) {
        free(path);
        return jd_fail(err, JD_E_NO_MEMORY, "open state", NULL);
    }
    InitializeSRWLock(&state->mutex);
    code = open_parts(state, folder, path, err);
    free(path);
    if (code != JD_OK) {
        os_state_close(state);
        return code;
    }
    *out = state;
    return JD_OK;
}

void os_state_close(struct os_state *state)
{
    if (state == NULL) {
        return;
    }
    nt_close(state->sequence);
    nt_close(state->pending);
    nt_close(state->lock);
    nt_close(state->folder);
    free(state);
}

/* In place, in one write below a sector: a death of the process leaves the old number or the new one. */
static DWORD write_sequence(const struct os_state *state, uint64_t value)
{
    uint8_t bytes[SEQUENCE_BYTES];
    OVERLAPPED start = {.Offset = 0};
    DWORD n = 0;
    for (size_t i = 0; i < SEQUENCE_BYTES; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
    if (!WriteFile(state->sequence, bytes, sizeof bytes, &n, &start)) {
        return GetLastError();
    }
    return n == sizeof bytes ? ERROR_SUCCESS : ERROR_DISK_FULL;
}

enum jd_code os_state_next_sequence(struct os_state *state, uint64_t *out, struct jd_err *err)
{
    uint64_t value;
    DWORD number;
    OS_HOOK("state_next_sequence", err);
    AcquireSRWLockExclusive(&state->mutex);
    value = state->last_sequence + 1;
    number = write_sequence(state, value);
    if (number == ERROR_SUCCESS) {
        state->last_sequence = value;
    }
    ReleaseSRWLockExclusive(&state->mutex);
    if (number != ERROR_SUCCESS) {
        return jd_fail_sys(err, JD_E_STATE_UNAVAILABLE, "next sequence", JD_DOMAIN_WIN32, number);
    }
    *out = value;
    return JD_OK;
}
