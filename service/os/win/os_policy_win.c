/* SPDX-License-Identifier: MIT */
/*
 * The file is reached from the root of its volume, name by name, and each folder on the way is judged on its handle:
 * whoever may replace a folder may replace what is in it.
 */
#include "service/os/os_policy.h"

#include "service/os/os_hook.h"
#include "service/os/win/os_fs_win.h"

#include <stdlib.h>
#include <wchar.h>

enum {
    CHUNK_BYTES = 8192,
    SHARE_ALL = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
    FOLDER_ACCESS = FILE_TRAVERSE | FILE_READ_ATTRIBUTES | READ_CONTROL,
    VERBATIM_UNITS = 4 /* "\\?\" */
};

/* What is being read: the path as a person wrote it, and who may write it. */
struct reading {
    const char *path;
    struct win_own own;
};

static enum jd_code distrust(const struct reading *reading, const char *why, struct jd_err *err)
{
    return jd_fail_text(err, JD_E_POLICY_UNTRUSTED, "policy", NULL, "%s: %s", reading->path, why);
}

static enum jd_code fail_open(const struct reading *reading, NTSTATUS status, struct jd_err *err)
{
    bool is_missing = win_code_nt(status) == JD_E_NOT_FOUND || status == STATUS_DELETE_PENDING;
    if (status == STATUS_REPARSE_POINT_ENCOUNTERED) {
        return distrust(reading, "a link stands on the path", err);
    }
    jd_fail_text(err, is_missing ? JD_E_POLICY_MISSING : JD_E_POLICY_UNTRUSTED, "policy", NULL, "%s: %s", reading->path,
                 is_missing ? "does not exist" : "cannot be opened");
    err->domain = JD_DOMAIN_NTSTATUS;
    err->number = (uint32_t)status;
    return err->code;
}

static enum jd_code judge_rights(const struct reading *reading, HANDLE handle, uint32_t rights, const char *why,
                                 struct jd_err *err)
{
    uint8_t *descriptor = NULL;
    size_t len = 0;
    bool is_guarded;
    NTSTATUS status = nt_get_security(handle, &descriptor, &len);
    if (status != STATUS_SUCCESS) {
        return fail_open(reading, status, err);
    }
    is_guarded = !win_acl_others_hold(descriptor, len, rights, &reading->own);
    free(descriptor);
    return is_guarded ? JD_OK : distrust(reading, why, err);
}

static enum jd_code judge_folder(const struct reading *reading, HANDLE folder, struct jd_err *err)
{
    struct nt_attribute_tag kind;
    NTSTATUS status = nt_query(folder, NT_FILE_ATTRIBUTE_TAG, &kind, sizeof kind);
    if (status != STATUS_SUCCESS) {
        return fail_open(reading, status, err);
    }
    if ((kind.attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
        return distrust(reading, "a link stands on the path", err);
    }
    if ((kind.attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
        return fail_open(reading, STATUS_OBJECT_PATH_NOT_FOUND, err);
    }
    return judge_rights(
        reading, folder, WIN_RIGHTS_REPLACE | WIN_RIGHT_DELETE_CHILD,
        "a folder on the path may be replaced, or its files deleted, by somebody who is no administrator", err);
}

/* Replaces *folder by what is called so in it. */
static enum jd_code enter(const struct reading *reading, HANDLE *folder, const wchar_t *name, size_t units,
                          struct jd_err *err)
{
    HANDLE next = NULL;
    NTSTATUS status = nt_open(&(struct nt_how){.root = *folder,
                                               .name = name,
                                               .units = units,
                                               .access = FOLDER_ACCESS,
                                               .share = SHARE_ALL,
                                               .disposition = FILE_OPEN},
                              &next);
    nt_close(*folder);
    *folder = next;
    return status == STATUS_SUCCESS ? judge_folder(reading, next, err) : fail_open(reading, status, err);
}

static enum jd_code open_root(const struct reading *reading, wchar_t letter, HANDLE *out, struct jd_err *err)
{
    struct jd_err refused;
    char upper = (char)(letter >= L'a' ? letter - (L'a' - L'A') : letter);
    if (win_open_root(upper, FOLDER_ACCESS, out, &refused) != JD_OK) {
        return refused.domain == JD_DOMAIN_NONE ? distrust(reading, "not on a volume of this machine", err)
                                                : fail_open(reading, STATUS_OBJECT_PATH_NOT_FOUND, err);
    }
    return judge_folder(reading, *out, err);
}

/* Opens the folder that holds the file; *leaf points into path. On failure *folder is closed or NULL. */
static enum jd_code walk(const struct reading *reading, const wchar_t *path, HANDLE *folder, const wchar_t **leaf,
                         struct jd_err *err)
{
    const wchar_t *at = path + VERBATIM_UNITS + 3; /* behind "X:\" */
    enum jd_code code = open_root(reading, path[VERBATIM_UNITS], folder, err);
    while (code == JD_OK) {
        size_t units = wcscspn(at, L"\\");
        if (at[units] == L'\0') {
            *leaf = at;
            return units == 0 ? fail_open(reading, STATUS_OBJECT_NAME_NOT_FOUND, err) : JD_OK;
        }
        code = enter(reading, folder, at, units, err);
        at += units + 1;
    }
    return code;
}

static enum jd_code judge_file(const struct reading *reading, HANDLE file, struct jd_err *err)
{
    struct nt_attribute_tag kind;
    struct nt_standard standard;
    NTSTATUS status = nt_query(file, NT_FILE_ATTRIBUTE_TAG, &kind, sizeof kind);
    if (status == STATUS_SUCCESS) {
        status = nt_query(file, NT_FILE_STANDARD, &standard, sizeof standard);
    }
    if (status != STATUS_SUCCESS) {
        return fail_open(reading, status, err);
    }
    if ((kind.attributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) != 0) {
        return distrust(reading, "not a plain file", err);
    }
    if (standard.links != 1) {
        return distrust(reading, "has more than one name", err);
    }
    return judge_rights(reading, file, WIN_RIGHTS_WRITE, "somebody who is no administrator owns it or may write it",
                        err);
}

static enum jd_code read_all(const struct reading *reading, HANDLE file, struct jd_buf *out, struct jd_err *err)
{
    char chunk[CHUNK_BYTES];
    for (;;) {
        DWORD n = 0;
        if (!ReadFile(file, chunk, sizeof chunk, &n, NULL)) {
            return win_fail(err, "read policy", GetLastError());
        }
        if (n == 0) {
            return JD_OK;
        }
        jd_buf_add(out, chunk, n);
        if (out->failed) {
            return out->no_memory ? jd_fail(err, JD_E_NO_MEMORY, "read policy", NULL)
                                  : jd_fail_text(err, JD_E_POLICY_INVALID, "policy", NULL, "%s: longer than %zu bytes",
                                                 reading->path, out->ceiling);
        }
    }
}

/* Nobody writes it while it is read: half of a change would be a policy nobody wrote. */
static enum jd_code judge_and_read(const struct reading *reading, HANDLE folder, const wchar_t *leaf,
                                   struct jd_buf *out, struct jd_err *err)
{
    size_t before = out->len;
    HANDLE file = NULL;
    enum jd_code code;
    NTSTATUS status = nt_open(&(struct nt_how){.root = folder,
                                               .name = leaf,
                                               .units = wcslen(leaf),
                                               .access = FILE_READ_DATA | FILE_READ_ATTRIBUTES | READ_CONTROL,
                                               .share = FILE_SHARE_READ | FILE_SHARE_DELETE,
                                               .disposition = FILE_OPEN},
                              &file);
    if (status != STATUS_SUCCESS) {
        return fail_open(reading, status, err);
    }
    code = judge_file(reading, file, err);
    if (code == JD_OK) {
        code = read_all(reading, file, out, err);
    }
    nt_close(file);
    if (code != JD_OK) {
        jd_buf_cut(out, before);
    }
    return code;
}

enum jd_code os_policy_read(const char *path, struct jd_buf *out, struct jd_err *err)
{
    struct reading reading = {.path = path};
    const wchar_t *leaf = NULL;
    wchar_t *full;
    HANDLE folder = NULL;
    enum jd_code code;
    OS_HOOK("policy_read", err);
    code = win_own_read(&reading.own, err);
    if (code != JD_OK) {
        return code;
    }
    full = win_host_path(path, err);
    if (full == NULL) {
        return err->code == JD_E_NO_MEMORY ? err->code : distrust(&reading, "not on a volume of this machine", err);
    }
    code = walk(&reading, full, &folder, &leaf, err);
    if (code == JD_OK) {
        code = judge_and_read(&reading, folder, leaf, out, err);
    }
    nt_close(folder);
    free(full);
    return code;
}
