/* SPDX-License-Identifier: MIT */
/* Names as they are on disk. */
#include "service/os/win/os_fs_win.h"

#include "service/os/os_hook.h"

#include <stdlib.h>
#include <string.h>

/* MS-FSCC 2.1.7 (FILE_NAME_INFORMATION) */
struct file_name {
    ULONG bytes;
    wchar_t text[(WIN_NAME_BYTES_MAX - 4) / 2];
};

/*
 * The normalised name has long forms only; the other one tells the name by which the file was opened, an 8.3 alias for
 * what it is. Only a system that knows no normalised names (Wine) is asked for that one: a refusal is not worked
 * around.
 */
static NTSTATUS query_name(HANDLE handle, struct file_name *out)
{
    NTSTATUS status = nt_query(handle, NT_FILE_NORMALIZED_NAME, out, sizeof *out);
    if (status == STATUS_NOT_IMPLEMENTED || status == STATUS_INVALID_INFO_CLASS) {
        status = nt_query(handle, NT_FILE_NAME, out, sizeof *out);
    }
    if (status == STATUS_SUCCESS && out->bytes > sizeof out->text) {
        status = STATUS_NAME_TOO_LONG;
    }
    return status;
}

NTSTATUS win_path_on_volume(HANDLE handle, wchar_t *text, size_t *out_units)
{
    struct file_name *name = malloc(sizeof *name);
    NTSTATUS status;
    if (name == NULL) {
        return STATUS_NO_MEMORY;
    }
    status = query_name(handle, name);
    if (status == STATUS_SUCCESS) {
        memcpy(text, name->text, name->bytes);
        *out_units = name->bytes / 2;
    }
    free(name);
    return status;
}

/* The ancestors' names are of no interest: each is proven by a node of its own. */
static NTSTATUS query_leaf(HANDLE handle, struct win_name *out)
{
    struct file_name *name = malloc(sizeof *name);
    size_t end;
    size_t start;
    NTSTATUS status;
    if (name == NULL) {
        return STATUS_NO_MEMORY;
    }
    status = query_name(handle, name);
    end = status == STATUS_SUCCESS ? name->bytes / 2 : 0;
    for (start = end; start > 0 && name->text[start - 1] != L'\\'; start--) {
    }
    if (status == STATUS_SUCCESS && (start == end || end - start > JD_NAME_UNITS_MAX)) {
        status = STATUS_OBJECT_NAME_INVALID;
    }
    if (status == STATUS_SUCCESS) {
        out->units = end - start;
        memcpy(out->text, name->text + start, out->units * sizeof *out->text);
        out->text[out->units] = L'\0';
    }
    free(name);
    return status;
}

/* The system may tell a name that was true when the handle was opened: only what stands there now counts. */
static enum jd_code prove(const struct os_node *node, const struct win_name *name, const char *stage,
                          struct jd_err *err)
{
    struct win_look look;
    HANDLE handle = NULL;
    NTSTATUS status = nt_open(&(struct nt_how){.root = node->parent->handle,
                                               .name = name->text,
                                               .units = name->units,
                                               .access = FILE_READ_ATTRIBUTES,
                                               .share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                               .disposition = FILE_OPEN},
                              &handle);
    if (status == STATUS_SUCCESS) {
        status = win_look(handle, &look);
        nt_close(handle);
    }
    if (status == STATUS_SUCCESS) {
        return win_is_same(&look, &node->first)
                   ? JD_OK
                   : jd_fail_text(err, JD_E_CHANGED_MEANWHILE, stage, NULL, "another object stands at the name");
    }
    if (win_code_nt(status) == JD_E_NOT_FOUND || status == STATUS_DELETE_PENDING) {
        return jd_fail_sys(err, JD_E_CHANGED_MEANWHILE, stage, JD_DOMAIN_NTSTATUS, (uint32_t)status);
    }
    return win_fail_nt(err, stage, status);
}

enum jd_code win_node_name(const struct os_node *node, struct win_name *out, const char *stage, struct jd_err *err)
{
    NTSTATUS status;
    if (node->handle == NULL || node->parent->handle == NULL) {
        return jd_fail_text(err, JD_E_CHANGED_MEANWHILE, stage, NULL, "it was removed");
    }
    status = query_leaf(node->handle, out);
    if (win_code_nt(status) == JD_E_NOT_FOUND || status == STATUS_DELETE_PENDING) {
        return jd_fail_sys(err, JD_E_CHANGED_MEANWHILE, stage, JD_DOMAIN_NTSTATUS, (uint32_t)status);
    }
    return status == STATUS_SUCCESS ? prove(node, out, stage, err) : win_fail_nt(err, stage, status);
}

enum jd_code os_fs_stored_name(struct os_node *node, struct jd_buf *out, struct jd_err *err)
{
    struct win_name name;
    enum jd_code code;
    OS_HOOK("fs_stored_name", err);
    if (node->parent == NULL) {
        return jd_fail_text(err, JD_E_INTERNAL, "stored name", NULL, "a root has none");
    }
    code = win_node_name(node, &name, "stored name", err);
    if (code == JD_OK) {
        (void)win_add_utf8(out, name.text, name.units); /* half a surrogate pair becomes U+FFFD: no path says that */
        code = jd_buf_check(out, err);
    }
    return code;
}
