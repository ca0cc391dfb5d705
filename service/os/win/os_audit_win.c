/* SPDX-License-Identifier: MIT */
/* The Event Log (win_event.h), or JSON lines in a file of the service's own. */
#include "service/os/os_audit.h"

#include "service/os/os_hook.h"
#include "service/os/win/win_acl.h"
#include "service/os/win/win_event.h"
#include "service/os/win/win_nt.h"

#include <stdlib.h>
#include <string.h>

struct os_audit {
    bool to_file;
    wchar_t *path;
    HANDLE file;
    bool is_torn;  /* the file ends inside a record that was refused; under mutex */
    SRWLOCK mutex; /* file only: file changes at a reopen */
    void *source;  /* of the Event Log */
};

static enum jd_code refuse(struct jd_err *err, const char *stage, DWORD number)
{
    return jd_fail_sys(err, JD_E_AUDIT_UNAVAILABLE, stage, JD_DOMAIN_WIN32, number);
}

static enum jd_code refuse_nt(struct jd_err *err, const char *stage, NTSTATUS status)
{
    return jd_fail_sys(err, JD_E_AUDIT_UNAVAILABLE, stage, JD_DOMAIN_NTSTATUS, (uint32_t)status);
}

/* A trail that others may write proves nothing. */
static enum jd_code judge_file(HANDLE file, const struct win_own *own, struct jd_err *err)
{
    struct nt_attribute_tag kind;
    uint8_t *descriptor = NULL;
    size_t len = 0;
    bool is_plain;
    NTSTATUS status = nt_query(file, NT_FILE_ATTRIBUTE_TAG, &kind, sizeof kind);
    if (status == STATUS_SUCCESS) {
        status = nt_get_security(file, &descriptor, &len);
    }
    if (status != STATUS_SUCCESS) {
        return refuse_nt(err, "open audit file", status);
    }
    is_plain = GetFileType(file) == FILE_TYPE_DISK &&
               (kind.attributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) == 0 &&
               !win_acl_others_hold(descriptor, len, WIN_RIGHTS_WRITE, own);
    free(descriptor);
    return is_plain ? JD_OK
                    : jd_fail_text(err, JD_E_AUDIT_UNAVAILABLE, "open audit file", NULL,
                                   "not a plain file that only the service writes");
}

/* Everything is shared, for whoever rotates the trail: who that may be, the descriptor says. */
static enum jd_code open_file(const wchar_t *path, HANDLE *out, struct jd_err *err)
{
    uint8_t descriptor[WIN_ACL_MAX];
    SECURITY_ATTRIBUTES guarded = {sizeof guarded, descriptor, FALSE};
    struct win_own own;
    HANDLE file;
    enum jd_code code = win_own_read(&own, err);
    if (code != JD_OK) {
        err->code = JD_E_AUDIT_UNAVAILABLE;
        return err->code;
    }
    (void)win_acl_guarded(&own, descriptor);
    file = CreateFileW(
        path, FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE,
        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, &guarded, OPEN_ALWAYS,
        FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT | SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, NULL);
    if (file == INVALID_HANDLE_VALUE) {
        return refuse(err, "open audit file", GetLastError());
    }
    code = judge_file(file, &own, err);
    if (code != JD_OK) {
        CloseHandle(file);
        return code;
    }
    *out = file;
    return JD_OK;
}

static enum jd_code open_sink(struct os_audit *audit, const struct os_audit_options *options, struct jd_err *err)
{
    if (!options->to_file) {
        return win_event_open(&audit->source, err);
    }
    audit->path = win_host_path(options->file, err);
    if (audit->path == NULL) {
        err->code = err->code == JD_E_NO_MEMORY ? err->code : JD_E_AUDIT_UNAVAILABLE;
        return err->code;
    }
    return open_file(audit->path, &audit->file, err);
}

enum jd_code os_audit_open(const struct os_audit_options *options, struct os_audit **out, struct jd_err *err)
{
    struct os_audit *audit;
    enum jd_code code;
    OS_HOOK("audit_open", err);
    audit = calloc(1, sizeof *audit);
    if (audit == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "open audit", NULL);
    }
    audit->to_file = options->to_file;
    InitializeSRWLock(&audit->mutex);
    code = open_sink(audit, options, err);
    if (code != JD_OK) {
        os_audit_close(audit);
        return code;
    }
    *out = audit;
    return JD_OK;
}

void os_audit_close(struct os_audit *audit)
{
    if (audit == NULL) {
        return;
    }
    win_event_close(audit->source);
    nt_close(audit->file);
    free(audit->path);
    free(audit);
}

/*
 * A record cut short by a full disk was refused, so it must not stay; where it cannot be taken back, the next one
 * starts on a line of its own. Only administrators may write here besides the service: the file's end is the record's.
 */
static void take_back(struct os_audit *audit, size_t written)
{
    LARGE_INTEGER end;
    audit->is_torn = true;
    if (GetFileSizeEx(audit->file, &end) && end.QuadPart >= (LONGLONG)written) {
        end.QuadPart -= (LONGLONG)written;
        audit->is_torn = nt_set(audit->file, NT_FILE_END_OF_FILE, &end, sizeof end) != STATUS_SUCCESS;
    }
}

static enum jd_code append(struct os_audit *audit, const struct jd_buf *record, struct jd_err *err)
{
    size_t skip = audit->is_torn ? 0 : 1; /* the record begins with a newline for the torn case */
    size_t len = record->len - skip;
    OVERLAPPED at_end = {.Offset = 0xFFFFFFFF, .OffsetHigh = 0xFFFFFFFF};
    DWORD n = 0;
    if (!WriteFile(audit->file, record->data + skip, (DWORD)len, &n, &at_end)) {
        return refuse(err, "write audit record", GetLastError());
    }
    if (n == len) {
        audit->is_torn = false;
        return JD_OK;
    }
    if (n > 0) {
        take_back(audit, n);
    }
    return refuse(err, "write audit record", ERROR_DISK_FULL);
}

static enum jd_code write_file(struct os_audit *audit, const struct os_audit_record *record, struct jd_err *err)
{
    struct jd_buf line;
    enum jd_code code;
    jd_buf_init(&line, strlen(record->line) + 2);
    jd_buf_add_char(&line, '\n');
    jd_buf_add_text(&line, record->line);
    jd_buf_add_char(&line, '\n');
    if (line.failed) {
        code = refuse(err, "write audit record", ERROR_NOT_ENOUGH_MEMORY);
    } else {
        AcquireSRWLockExclusive(&audit->mutex);
        code = append(audit, &line, err);
        ReleaseSRWLockExclusive(&audit->mutex);
    }
    jd_buf_done(&line);
    return code;
}

enum jd_code os_audit_write(struct os_audit *audit, const struct os_audit_record *record, struct jd_err *err)
{
    OS_HOOK("audit_write", err);
    return audit->to_file ? write_file(audit, record, err) : win_event_write(audit->source, record, err);
}

enum jd_code os_audit_reopen(struct os_audit *audit, struct jd_err *err)
{
    HANDLE file = NULL;
    HANDLE old;
    enum jd_code code;
    OS_HOOK("audit_reopen", err);
    if (!audit->to_file) {
        return JD_OK;
    }
    code = open_file(audit->path, &file, err);
    if (code != JD_OK) {
        return code;
    }
    AcquireSRWLockExclusive(&audit->mutex);
    old = audit->file;
    audit->file = file;
    audit->is_torn = false;
    ReleaseSRWLockExclusive(&audit->mutex);
    nt_close(old);
    return JD_OK;
}
