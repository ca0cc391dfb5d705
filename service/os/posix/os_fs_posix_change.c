/* SPDX-License-Identifier: MIT */
/* Making, publishing and removing a leaf. */
#include "service/os/posix/os_fs_posix.h"

#include "service/os/os_hook.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { REMOVE_TRIES = 4, TICKS_A_SECOND = 10000000 };

#define SECONDS_FROM_1601_TO_1970 UINT64_C(11644473600)

#if defined(OS_HOOKS)
static void (*after_make)(void);

void posix_fs_set_after_make(void (*attack)(void))
{
    after_make = attack;
}

static void let_attack(void)
{
    if (after_make != NULL) {
        after_make();
    }
}
#else
static void let_attack(void)
{
}
#endif

/* Now, as NTFS counts. */
static uint64_t ntfs_time(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec + SECONDS_FROM_1601_TO_1970) * TICKS_A_SECOND + (uint64_t)now.tv_nsec / 100;
}

/* What stands at name, in any case, is in the way. */
static enum jd_code judge_free(struct os_node *parent, struct jd_name name, struct jd_err *err)
{
    struct jd_buf ignored;
    size_t n = 0;
    int number;
    jd_buf_init(&ignored, JD_NAME_BYTES_MAX * 2);
    number = posix_find_folded(parent->fd, name, &n, &ignored);
    jd_buf_done(&ignored);
    if (number != 0) {
        return posix_fail(err, "make leaf", number);
    }
    return n == 0 ? JD_OK : jd_fail(err, JD_E_FILE_EXISTS, "make leaf", "other_case");
}

/*
 * mkdirat tells no handle, so what is opened afterwards must prove itself: whoever may rename in the parent could have
 * put something else there. Nothing but a directory made since, root's, closed to others and empty is taken for ours.
 */
static bool is_ours(int fd, const struct posix_look *look, uint64_t since)
{
    bool is_empty = false;
    return posix_is_plain_directory(look) && look->owner == geteuid() && (look->mode & 05777) == 0700 &&
           look->created >= since && posix_is_empty(fd, &is_empty) == 0 && is_empty;
}

static enum jd_code make(struct os_node *parent, struct os_node *node, struct jd_err *err)
{
    struct posix_look look;
    uint64_t since = ntfs_time();
    int number;
    int fd;
    if (mkdirat(parent->fd, node->name, 0700) != 0) {
        return errno == ENOENT ? jd_fail_sys(err, JD_E_CHANGED_MEANWHILE, "make leaf", JD_DOMAIN_ERRNO, errno)
                               : posix_fail(err, "make leaf", errno);
    }
    let_attack();
    number = posix_open_at(parent->fd, node->name, &fd, &look);
    if (number == ENOENT) {
        return jd_fail(err, JD_E_CHANGED_MEANWHILE, "open new leaf", NULL);
    }
    if (number != 0) {
        /* No descriptor to prove it by (too many are open, say): an empty directory is all this can take away. */
        (void)!unlinkat(parent->fd, node->name, AT_REMOVEDIR);
        return posix_fail(err, "open new leaf", number);
    }
    if (!is_ours(fd, &look, since)) {
        close(fd);
        return jd_fail_text(err, JD_E_CHANGED_MEANWHILE, "open new leaf", NULL, "something else took its place");
    }
    posix_node_adopt(node, fd, &look);
    node->is_unpublished = true;
    return JD_OK;
}

enum jd_code os_fs_make_directory(struct os_node *parent, struct jd_name name, struct os_node **out, struct jd_err *err)
{
    const char *refused = posix_name_refused(name);
    struct os_node *node;
    enum jd_code code;
    OS_HOOK("fs_make_directory", err);
    if (refused != NULL) {
        return jd_fail(err, JD_E_BAD_PATH, "make leaf", refused);
    }
    code = posix_node_enter(parent, "make leaf", err);
    if (code == JD_OK) {
        code = judge_free(parent, name, err);
    }
    if (code != JD_OK) {
        return code;
    }
    node = posix_node_new(parent->volume, parent, name.text, name.len, OS_USE_CHANGE);
    if (node == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "make leaf", NULL);
    }
    code = make(parent, node, err);
    if (code != JD_OK) {
        os_fs_node_close(node);
        return code;
    }
    *out = node;
    return JD_OK;
}

/* S-1-22-1-<uid>; (uid_t)-1 would tell chown to change nothing. */
static bool uid_of(const struct os_caller *caller, uid_t *out)
{
    const struct jd_sid *sid = &caller->user;
    if (sid->authority != 22 || sid->n_subs != 2 || sid->subs[0] != 1 || sid->subs[1] == UINT32_MAX) {
        return false;
    }
    *out = sid->subs[1];
    return true;
}

static int give_to(int fd, uid_t uid)
{
    return fchownat(fd, "", uid, (gid_t)-1, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
}

/*
 * The descriptor goes first and the owner last: until then the leaf is the service's. chmod is no way here: the kernel
 * refuses it for what it takes for a symbolic link.
 */
static enum jd_code publish(struct os_node *node, uid_t owner, struct jd_err *err)
{
    uint8_t descriptor[POSIX_ACL_MAX];
    struct posix_look look;
    size_t len = posix_acl_published(descriptor);
    int number;
    enum jd_code code = posix_node_look(node, &look, "publish", err);
    if (code != JD_OK) {
        return code;
    }
    number = posix_xattr_set(node->fd, "system.ntfs_acl", descriptor, len, 0);
    if (number == 0 && owner != 0) {
        number = give_to(node->fd, owner);
    }
    if (number != 0) {
        return posix_fail(err, "publish", number);
    }
    code = posix_node_look(node, &look, "publish", err); /* the kernel's copy of mode and owner is renewed too */
    if (code == JD_OK && look.owner != owner) {
        code = jd_fail_text(err, JD_E_ACCESS_DENIED, "publish", NULL, "the volume keeps another owner");
    }
    return code;
}

enum jd_code os_fs_publish(struct os_node *node, enum os_owner owner, const struct os_caller *caller,
                           struct jd_err *err)
{
    uid_t uid = 0;
    enum jd_code code;
    OS_HOOK("fs_publish", err);
    if (!node->is_unpublished || (owner == OS_OWNER_CALLER && caller == NULL)) {
        return jd_fail_text(err, JD_E_INTERNAL, "publish", NULL, "not made here, or no caller");
    }
    if (owner == OS_OWNER_CALLER && !uid_of(caller, &uid)) {
        return jd_fail_text(err, JD_E_PLATFORM, "publish", NULL, "the caller is no user of this machine");
    }
    code = publish(node, uid, err);
    if (code == JD_OK) {
        node->is_unpublished = false;
    }
    return code;
}

/*
 * Removal by handle does not exist here: the name is removed right after it was seen to lead to this very object.
 * Whoever may rename in the parent can win that moment; what he loses then is a link, a file or an empty directory at
 * that name, never what is behind a link, since neither call follows (docs/attack-surface.md).
 */
static int remove_name(const struct os_node *parent, const struct os_node *node, const struct posix_look *look)
{
    int flags = S_ISDIR(look->mode) ? AT_REMOVEDIR : 0;
    return unlinkat(parent->fd, node->name, flags) == 0 ? 0 : errno;
}

static enum jd_code remove_once(struct os_node *parent, struct os_node *node, struct jd_err *err)
{
    struct posix_look look;
    int number;
    enum jd_code code = posix_node_reopen(node, "remove", err);
    if (code == JD_OK) {
        code = posix_node_look(node, &look, "remove", err);
    }
    if (code != JD_OK) {
        return code;
    }
    if ((look.attributes & POSIX_ATTRIBUTE_DIRECTORY) == 0) {
        return jd_fail(err, JD_E_NOT_A_JUNCTION, "remove", NULL);
    }
    number = remove_name(parent, node, &look);
    if (number == ENOENT) {
        return jd_fail_sys(err, JD_E_CHANGED_MEANWHILE, "remove", JD_DOMAIN_ERRNO, number);
    }
    return number == 0 ? JD_OK : posix_fail(err, "remove", number);
}

/* The kind changed between look and removal, or the kernel learnt of it only now. */
static bool is_kind_error(const struct jd_err *err)
{
    return err->domain == JD_DOMAIN_ERRNO && (err->number == ENOTDIR || err->number == EISDIR || err->number == EIO);
}

enum jd_code os_fs_remove(struct os_node *parent, struct os_node *node, struct jd_err *err)
{
    enum jd_code code = JD_E_INTERNAL;
    OS_HOOK("fs_remove", err);
    if (node->use != OS_USE_CHANGE) {
        return jd_fail_text(err, JD_E_ACCESS_DENIED, "remove", NULL, "not opened for changes");
    }
    if (node->parent != parent && (node->parent == NULL || node->parent->volume != parent->volume ||
                                   node->parent->inode != parent->inode || node->parent->created != parent->created)) {
        return jd_fail_text(err, JD_E_INTERNAL, "remove", NULL, "not opened in this parent");
    }
    for (int i = 0; i < REMOVE_TRIES; i++) {
        code = remove_once(parent, node, err);
        if (code == JD_OK || !is_kind_error(err)) {
            break;
        }
    }
    return code;
}
