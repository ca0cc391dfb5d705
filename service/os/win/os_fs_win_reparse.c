/* SPDX-License-Identifier: MIT */
/* Facts of a node, and its reparse data. */
#include "service/os/win/os_fs_win.h"

#include "service/os/os_hook.h"

#include <stdlib.h>
#include <string.h>
#include <winioctl.h>

enum { CASE_SENSITIVE_DIRECTORY = 1 /* FILE_CS_FLAG_CASE_SENSITIVE_DIR, MS-FSCC, FileCaseSensitiveInformation */ };

/* A volume that knows no such directories has none. */
static NTSTATUS read_case(HANDLE handle, bool *out)
{
    ULONG flags = 0;
    NTSTATUS status = nt_query(handle, NT_FILE_CASE_SENSITIVE, &flags, sizeof flags);
    if (nt_is_unknown(status)) {
        flags = 0;
        status = STATUS_SUCCESS;
    }
    if (status == STATUS_SUCCESS) {
        *out = (flags & CASE_SENSITIVE_DIRECTORY) != 0;
    }
    return status;
}

static NTSTATUS read_rights(const struct os_node *node, struct os_facts *facts)
{
    const struct win_own *own = &node->fs->own;
    uint8_t *descriptor = NULL;
    size_t len = 0;
    NTSTATUS status = nt_get_security(node->handle, &descriptor, &len);
    if (status == STATUS_SUCCESS) {
        facts->is_private = facts->is_directory && win_acl_is_private(descriptor, len, own);
        facts->others_may_replace = win_acl_others_hold(descriptor, len, WIN_RIGHTS_REPLACE, own);
        facts->others_may_delete_children = win_acl_others_hold(descriptor, len, WIN_RIGHT_DELETE_CHILD, own);
        free(descriptor);
    }
    return status;
}

static void fill_kind(const struct os_node *node, const struct win_look *look, struct os_facts *facts)
{
    facts->id.volume = node->volume->serial;
    memcpy(facts->id.record, look->id, sizeof facts->id.record);
    facts->is_directory = win_is_directory(look);
    facts->is_reparse_point = win_is_reparse_point(look);
    facts->tag = look->tag;
}

enum jd_code os_fs_facts(struct os_node *node, struct os_facts *out, struct jd_err *err)
{
    struct os_facts facts = {.tag = 0};
    struct win_look look;
    NTSTATUS status = STATUS_SUCCESS;
    enum jd_code code;
    OS_HOOK("fs_facts", err);
    code = win_node_look(node, &look, "facts", err);
    if (code != JD_OK) {
        return code;
    }
    fill_kind(node, &look, &facts);
    if (facts.is_directory && !facts.is_reparse_point) {
        status = read_case(node->handle, &facts.is_case_sensitive);
    }
    if (status == STATUS_SUCCESS) {
        status = read_rights(node, &facts);
    }
    if (status != STATUS_SUCCESS) {
        return win_fail_nt(err, "facts", status);
    }
    *out = facts;
    return JD_OK;
}

enum jd_code os_fs_get_reparse(struct os_node *node, uint8_t *out, size_t *out_len, struct jd_err *err)
{
    struct win_look ignored;
    NTSTATUS status;
    enum jd_code code;
    OS_HOOK("fs_get_reparse", err);
    code = win_node_look(node, &ignored, "get reparse data", err);
    if (code != JD_OK) {
        return code;
    }
    status = nt_control(node->handle, FSCTL_GET_REPARSE_POINT, NULL, 0, out, JD_REPARSE_MAX, out_len);
    return status == STATUS_SUCCESS ? JD_OK : win_fail_nt(err, "get reparse data", status);
}

static uint32_t tag_of(const uint8_t *data)
{
    return (uint32_t)data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
}

/* MS-FSCC 2.1.2.2 and 2.1.2.3: tags without the Microsoft bit carry a GUID behind the header. */
static bool has_honest_header(const uint8_t *data, size_t len)
{
    size_t header = JD_REPARSE_MIN;
    if (len < header || len > JD_REPARSE_MAX) {
        return false;
    }
    if ((tag_of(data) & JD_TAG_MICROSOFT_BIT) == 0) {
        header = 24;
    }
    return len >= header && header + ((size_t)data[4] | (size_t)data[5] << 8) == len;
}

/* What is empty, and which tag there is already, the volume judges itself, in the same moment in which it sets. */
enum jd_code os_fs_set_reparse(struct os_node *node, const uint8_t *data, size_t len, struct jd_err *err)
{
    struct win_look look;
    NTSTATUS status;
    enum jd_code code;
    OS_HOOK("fs_set_reparse", err);
    if (node->use != OS_USE_CHANGE) {
        return jd_fail_text(err, JD_E_ACCESS_DENIED, "set reparse data", NULL, "not opened for changes");
    }
    if (!has_honest_header(data, len)) {
        return jd_fail(err, JD_E_BAD_REPARSE_DATA, "set reparse data", NULL);
    }
    code = win_node_look(node, &look, "set reparse data", err);
    if (code == JD_OK && !win_is_directory(&look)) {
        code = jd_fail_text(err, JD_E_PLATFORM, "set reparse data", NULL, "not a directory");
    }
    if (code != JD_OK) {
        return code;
    }
    status = nt_control(node->handle, FSCTL_SET_REPARSE_POINT, data, len, NULL, 0, NULL);
    return status == STATUS_SUCCESS ? JD_OK : win_fail_nt(err, "set reparse data", status);
}
