/* SPDX-License-Identifier: MIT */
#include "service/os/win/os_fs_win.h"

#include "common/utf.h"
#include "service/os/os_hook.h"

#include <stdlib.h>
#include <string.h>

/* Rights and sharing by use. READ_CONTROL tells what others may do; attributes and READ_CONTROL take no part in
 * sharing. Whoever passes or changes an object shares everything but deletion, which renaming is too: it stays. */
static const struct {
    ACCESS_MASK access;
    ULONG share;
} uses[] = {
    [OS_USE_LOOK] = {FILE_READ_ATTRIBUTES | READ_CONTROL, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE},
    [OS_USE_PASS] = {FILE_TRAVERSE | FILE_READ_ATTRIBUTES | READ_CONTROL, FILE_SHARE_READ | FILE_SHARE_WRITE},
    [OS_USE_CHANGE] = {DELETE | FILE_WRITE_ATTRIBUTES | FILE_READ_ATTRIBUTES | READ_CONTROL,
                       FILE_SHARE_READ | FILE_SHARE_WRITE},
};

/* A volume without 128-bit ids has 64-bit ones, and a serial number of 32 bits. */
static NTSTATUS look_short(HANDLE handle, struct win_look *look)
{
    struct {
        LARGE_INTEGER created;
        ULONG serial;
        ULONG rest[68];
    } volume;
    NTSTATUS status = nt_query(handle, NT_FILE_INTERNAL, look->id, 8);
    if (status == STATUS_SUCCESS) {
        status = nt_query_volume(handle, NT_FS_VOLUME, &volume, sizeof volume);
    }
    if (status == STATUS_SUCCESS) {
        look->volume = volume.serial;
    }
    return status;
}

NTSTATUS win_look(HANDLE handle, struct win_look *out)
{
    struct win_look look = {.tag = 0};
    struct nt_attribute_tag kind;
    struct nt_file_id id;
    NTSTATUS status = nt_query(handle, NT_FILE_ATTRIBUTE_TAG, &kind, sizeof kind);
    if (status != STATUS_SUCCESS) {
        return status;
    }
    status = nt_query(handle, NT_FILE_ID, &id, sizeof id);
    if (status == STATUS_SUCCESS) {
        look.volume = id.volume;
        memcpy(look.id, id.id, sizeof look.id);
    } else if (nt_is_unknown(status)) {
        status = look_short(handle, &look);
    }
    if (status == STATUS_SUCCESS) {
        look.attributes = kind.attributes;
        look.tag = (kind.attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 ? kind.tag : 0;
        *out = look;
    }
    return status;
}

bool win_is_same(const struct win_look *a, const struct win_look *b)
{
    return memcmp(a->id, b->id, sizeof a->id) == 0;
}

bool win_is_directory(const struct win_look *look)
{
    return (look->attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

bool win_is_reparse_point(const struct win_look *look)
{
    return (look->attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
}

struct os_node *win_node_new(struct os_node *parent, enum os_use use)
{
    struct os_node *node = calloc(1, sizeof *node);
    if (node == NULL) {
        return NULL;
    }
    node->parent = parent;
    node->use = use;
    if (parent != NULL) {
        node->fs = parent->fs;
        node->volume = parent->volume;
    }
    return node;
}

enum jd_code win_node_adopt(struct os_node *node, HANDLE handle, struct jd_err *err)
{
    NTSTATUS status = win_look(handle, &node->first);
    node->handle = handle;
    return status == STATUS_SUCCESS ? JD_OK : win_fail_nt(err, "look", status);
}

void os_fs_node_close(struct os_node *node)
{
    if (node == NULL) {
        return;
    }
    nt_close(node->handle);
    free(node);
}

enum jd_code win_node_look(const struct os_node *node, struct win_look *out, const char *stage, struct jd_err *err)
{
    struct win_look look;
    NTSTATUS status;
    if (node->handle == NULL) {
        return jd_fail_text(err, JD_E_CHANGED_MEANWHILE, stage, NULL, "it was removed");
    }
    status = win_look(node->handle, &look);
    if (status != STATUS_SUCCESS) {
        return win_fail_nt(err, stage, status);
    }
    *out = look;
    return JD_OK;
}

enum jd_code win_node_enter(const struct os_node *node, const char *stage, struct jd_err *err)
{
    struct win_look look;
    enum jd_code code;
    if (node->use == OS_USE_LOOK) {
        return jd_fail_text(err, JD_E_ACCESS_DENIED, stage, NULL, "the parent was opened to look only");
    }
    code = win_node_look(node, &look, stage, err);
    if (code == JD_OK && (!win_is_directory(&look) || win_is_reparse_point(&look))) {
        code = jd_fail(err, JD_E_PARENT_NOT_DIRECTORY, stage, NULL);
    }
    return code;
}

/* What could mean more than one name to the system: another separator, a stream, the folder itself or the one above. */
static const char *why_refused(struct jd_name name)
{
    if (name.len == 0) {
        return "empty_component";
    }
    for (size_t i = 0; i < name.len; i++) {
        if (strchr("\\/:", name.text[i]) != NULL) { /* NUL is found as well */
            return "illegal_char";
        }
    }
    if (name.text[0] == '.' && (name.len == 1 || (name.len == 2 && name.text[1] == '.'))) {
        return "dot_segment";
    }
    return NULL;
}

enum jd_code win_name_from(struct jd_name name, struct win_name *out, const char *stage, struct jd_err *err)
{
    const char *refused = why_refused(name);
    if (refused != NULL) {
        return jd_fail(err, JD_E_BAD_PATH, stage, refused);
    }
    return jd_utf8_to_utf16(name.text, name.len, out->text, JD_NAME_UNITS_MAX, &out->units, err);
}

static enum jd_code open_child(struct os_node *parent, const struct win_name *name, struct os_node *node,
                               struct jd_err *err)
{
    HANDLE handle = NULL;
    NTSTATUS status = nt_open(&(struct nt_how){.root = parent->handle,
                                               .name = name->text,
                                               .units = name->units,
                                               .access = uses[node->use].access,
                                               .share = uses[node->use].share,
                                               .disposition = FILE_OPEN},
                              &handle);
    return status == STATUS_SUCCESS ? win_node_adopt(node, handle, err) : win_fail_nt(err, "open child", status);
}

enum jd_code os_fs_child(struct os_node *parent, struct jd_name name, enum os_use use, struct os_node **out,
                         struct jd_err *err)
{
    struct win_name wide;
    struct os_node *node;
    enum jd_code code;
    OS_HOOK("fs_child", err);
    code = win_name_from(name, &wide, "open child", err);
    if (code == JD_OK) {
        code = win_node_enter(parent, "open child", err);
    }
    if (code != JD_OK) {
        return code;
    }
    node = win_node_new(parent, use);
    if (node == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "open child", NULL);
    }
    code = open_child(parent, &wide, node, err);
    if (code != JD_OK) {
        os_fs_node_close(node);
        return code;
    }
    *out = node;
    return JD_OK;
}
