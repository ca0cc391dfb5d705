/* SPDX-License-Identifier: MIT */
/* Making, publishing and removing a leaf. */
#include "service/os/win/os_fs_win.h"

#include "service/os/os_hook.h"

#include <stdlib.h>
#include <string.h>

/*
 * What is made to vanish with its handle (FILE_DELETE_ON_CLOSE) can be told to stay by FileDispositionInformationEx
 * only, and by nothing else: where that is not known, a finished junction would vanish with its handle. So each leaf is
 * told to stay and to vanish again before it is used for anything.
 */
static NTSTATUS set_vanishing(HANDLE handle, bool vanishes)
{
    ULONG flags = NT_DISPOSE_ON_CLOSE | (vanishes ? NT_DISPOSE_DELETE : 0u);
    return nt_set(handle, NT_FILE_DISPOSITION_EX, &flags, sizeof flags);
}

static bool can_stay(HANDLE handle)
{
    return set_vanishing(handle, false) == STATUS_SUCCESS && set_vanishing(handle, true) == STATUS_SUCCESS;
}

static NTSTATUS create(const struct os_node *parent, const struct win_name *name, ULONG options, HANDLE *out)
{
    uint8_t descriptor[WIN_ACL_MAX];
    (void)win_acl_private(&parent->fs->own, descriptor);
    return nt_open(&(struct nt_how){.root = parent->handle,
                                    .name = name->text,
                                    .units = name->units,
                                    .access = DELETE | WRITE_DAC | WRITE_OWNER | READ_CONTROL | FILE_READ_ATTRIBUTES |
                                              FILE_WRITE_ATTRIBUTES,
                                    .share = 0,
                                    .disposition = FILE_CREATE,
                                    .options = FILE_DIRECTORY_FILE | options,
                                    .descriptor = descriptor},
                   out);
}

/* One that cannot be told to stay goes by being closed, and another is made; the volume is remembered for it. */
static NTSTATUS make(const struct os_node *parent, const struct win_name *name, HANDLE *out, bool *out_vanishes)
{
    volatile LONG *keeps_on_close = &parent->volume->keeps_on_close;
    HANDLE handle = NULL;
    NTSTATUS status;
    if (InterlockedCompareExchange(keeps_on_close, 0, 0) == 0) {
        status = create(parent, name, FILE_DELETE_ON_CLOSE, &handle);
        if (status != STATUS_SUCCESS || can_stay(handle)) {
            *out = handle;
            *out_vanishes = true;
            return status;
        }
        nt_close(handle);
        InterlockedExchange(keeps_on_close, 1);
    }
    *out_vanishes = false;
    return create(parent, name, 0, out);
}

/* A name that is not found when it is made is the parent's. */
static enum jd_code fail_make(struct jd_err *err, NTSTATUS status)
{
    enum jd_code code = win_code_nt(status);
    return jd_fail_sys(err, code == JD_E_NOT_FOUND ? JD_E_CHANGED_MEANWHILE : code, "make leaf", JD_DOMAIN_NTSTATUS,
                       (uint32_t)status);
}

enum jd_code os_fs_make_directory(struct os_node *parent, struct jd_name name, struct os_node **out, struct jd_err *err)
{
    struct win_name wide;
    struct os_node *node;
    HANDLE handle = NULL;
    NTSTATUS status;
    enum jd_code code;
    OS_HOOK("fs_make_directory", err);
    code = win_name_from(name, &wide, "make leaf", err);
    if (code == JD_OK) {
        code = win_node_enter(parent, "make leaf", err);
    }
    if (code != JD_OK) {
        return code;
    }
    node = win_node_new(parent, OS_USE_CHANGE);
    if (node == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "make leaf", NULL);
    }
    status = make(parent, &wide, &handle, &node->vanishes);
    code = status == STATUS_SUCCESS ? win_node_adopt(node, handle, err) : fail_make(err, status);
    if (code != JD_OK) {
        os_fs_node_close(node);
        return code;
    }
    node->is_unpublished = true;
    *out = node;
    return JD_OK;
}

/*
 * To give an object to somebody else takes SeRestorePrivilege, which SYSTEM and administrators hold but do not have
 * enabled. It opens nothing by itself: that takes FILE_OPEN_FOR_BACKUP_INTENT, which nobody here asks for. So it is
 * enabled when a rule first wants it, and stays so.
 */
static void enable_giving_away(void)
{
    TOKEN_PRIVILEGES wanted = {.PrivilegeCount = 1, .Privileges = {{.Attributes = SE_PRIVILEGE_ENABLED}}};
    HANDLE token;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &token)) {
        return; /* setting the owner then fails, and says so */
    }
    if (LookupPrivilegeValueW(NULL, SE_RESTORE_NAME, &wanted.Privileges[0].Luid)) {
        (void)AdjustTokenPrivileges(token, FALSE, &wanted, 0, NULL, NULL);
    }
    CloseHandle(token);
}

/* A system may take an owner without a word and keep another: what is published must be whose it is said to be. */
static enum jd_code check_owner(const struct os_node *node, const struct jd_sid *caller, struct jd_err *err)
{
    struct jd_sid owner = {.n_subs = 0};
    uint8_t *descriptor = NULL;
    size_t len = 0;
    bool is_right = false;
    NTSTATUS status = nt_get_security(node->handle, &descriptor, &len);
    if (status != STATUS_SUCCESS) {
        return win_fail_nt(err, "publish", status);
    }
    if (caller != NULL) {
        is_right = win_acl_owner(descriptor, len, &owner) && jd_sid_equal(&owner, caller);
    } else {
        is_right = !win_acl_others_hold(descriptor, len, WIN_RIGHTS_REPLACE, &node->fs->own);
    }
    free(descriptor);
    return is_right ? JD_OK
                    : jd_fail_text(err, JD_E_ACCESS_DENIED, "publish", NULL, "the volume keeps another protection");
}

static enum jd_code publish(struct os_node *node, const struct jd_sid *caller, struct jd_err *err)
{
    uint8_t descriptor[WIN_ACL_MAX];
    NTSTATUS status;
    enum jd_code code;
    (void)win_acl_published(&node->fs->own, caller, descriptor);
    if (caller != NULL) {
        enable_giving_away();
    }
    status = nt_set_security(node->handle,
                             OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION |
                                 PROTECTED_DACL_SECURITY_INFORMATION,
                             descriptor);
    code = status == STATUS_SUCCESS ? check_owner(node, caller, err) : win_fail_nt(err, "publish", status);
    if (code == JD_OK && node->vanishes) {
        status = set_vanishing(node->handle, false);
        code = status == STATUS_SUCCESS ? JD_OK : win_fail_nt(err, "publish", status);
    }
    return code;
}

enum jd_code os_fs_publish(struct os_node *node, enum os_owner owner, const struct os_caller *caller,
                           struct jd_err *err)
{
    struct win_look ignored;
    enum jd_code code;
    OS_HOOK("fs_publish", err);
    if (!node->is_unpublished || (owner == OS_OWNER_CALLER && caller == NULL)) {
        return jd_fail_text(err, JD_E_INTERNAL, "publish", NULL, "not made here, or no caller");
    }
    code = win_node_look(node, &ignored, "publish", err);
    if (code == JD_OK) {
        code = publish(node, owner == OS_OWNER_CALLER ? &caller->user : NULL, err);
    }
    if (code == JD_OK) {
        node->is_unpublished = false;
        node->vanishes = false;
    }
    return code;
}

static bool is_being_deleted(HANDLE handle)
{
    struct nt_standard standard;
    return nt_query(handle, NT_FILE_STANDARD, &standard, sizeof standard) == STATUS_SUCCESS && standard.delete_pending;
}

/* Looks once more: a removal that the system took and did not carry out is none. */
static enum jd_code confirm(const struct os_node *node, const struct win_name *name, struct jd_err *err)
{
    struct win_look look;
    HANDLE handle = NULL;
    bool stands = false;
    NTSTATUS status = nt_open(&(struct nt_how){.root = node->parent->handle,
                                               .name = name->text,
                                               .units = name->units,
                                               .access = FILE_READ_ATTRIBUTES,
                                               .share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                               .disposition = FILE_OPEN},
                              &handle);
    if (status == STATUS_SUCCESS) {
        stands =
            win_look(handle, &look) == STATUS_SUCCESS && win_is_same(&look, &node->first) && !is_being_deleted(handle);
        nt_close(handle);
    }
    return stands ? jd_fail_text(err, JD_E_PLATFORM, "remove", NULL, "it still stands") : JD_OK;
}

/* The handle decides what goes; the name is looked at first because a request is about a place as well. */
static enum jd_code remove_it(struct os_node *node, struct jd_err *err)
{
    struct win_name name;
    struct win_look look;
    NTSTATUS status;
    enum jd_code code = win_node_name(node, &name, "remove", err);
    if (code == JD_OK) {
        code = win_node_look(node, &look, "remove", err);
    }
    if (code == JD_OK && !win_is_directory(&look)) {
        code = jd_fail(err, JD_E_NOT_A_JUNCTION, "remove", NULL);
    }
    if (code != JD_OK) {
        return code;
    }
    status = nt_delete(node->handle);
    if (status != STATUS_SUCCESS) {
        return win_fail_nt(err, "remove", status);
    }
    nt_close(node->handle);
    node->handle = NULL;
    return confirm(node, &name, err);
}

enum jd_code os_fs_remove(struct os_node *parent, struct os_node *node, struct jd_err *err)
{
    OS_HOOK("fs_remove", err);
    if (node->use != OS_USE_CHANGE) {
        return jd_fail_text(err, JD_E_ACCESS_DENIED, "remove", NULL, "not opened for changes");
    }
    if (node->parent != parent && (node->parent == NULL || node->volume != parent->volume ||
                                   !win_is_same(&node->parent->first, &parent->first))) {
        return jd_fail_text(err, JD_E_INTERNAL, "remove", NULL, "not opened in this parent");
    }
    return remove_it(node, err);
}
