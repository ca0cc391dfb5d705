/* SPDX-License-Identifier: MIT */
#include "service/os/posix/os_fs_posix.h"

#include "service/os/os_hook.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Each try is spent on somebody changing the object in this very moment. */
enum { OPEN_TRIES = 8 };

static int read_number(int fd, const char *name, void *out, size_t len)
{
    ssize_t n = posix_xattr_get(fd, name, out, len);
    if (n < 0) {
        return errno;
    }
    return (size_t)n == len ? 0 : EIO;
}

int posix_look(int fd, struct posix_look *out)
{
    struct statx st;
    struct posix_look look;
    int number;
    /* FORCE_SYNC: the kernel's copy may be a second old, and may take a fresh junction for a directory. */
    if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &st) != 0) {
        return errno;
    }
    number = read_number(fd, "system.ntfs_attrib", &look.attributes, sizeof look.attributes);
    if (number == 0) {
        number = read_number(fd, "system.ntfs_crtime", &look.created, sizeof look.created);
    }
    if (number != 0) {
        return number;
    }
    look.inode = (ino_t)st.stx_ino;
    look.mode = st.stx_mode;
    look.owner = st.stx_uid;
    *out = look;
    return 0;
}

/*
 * One name, nothing followed: with O_PATH and O_NOFOLLOW a link as the name itself is opened as it is (openat2(2)),
 * every other way out of the directory is refused by the kernel: links, "..", another mount, magic links.
 */
static int open_name(int parent, const char *name)
{
    const struct open_how how = {
        .flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
    };
    return (int)syscall(SYS_openat2, parent, name, &how, sizeof how);
}

/* Whether a second try can end differently: a stale inode (dropped by now), a rename in the same moment, an object gone
 * since. */
static bool may_pass(int number)
{
    return number == EIO || number == EAGAIN || number == ENOENT || number == ESTALE;
}

int posix_open_at(int parent, const char *name, int *out_fd, struct posix_look *out)
{
    int number = EIO;
    for (int i = 0; i < OPEN_TRIES; i++) {
        struct stat ignored;
        int fd = open_name(parent, name);
        if (fd >= 0) {
            number = posix_look(fd, out);
            if (number == 0) {
                *out_fd = fd;
                return 0;
            }
            close(fd);
        } else {
            number = errno;
        }
        if (!may_pass(number) || (fd < 0 && number == ENOENT)) {
            return number;
        }
        (void)!fstatat(parent, name, &ignored,
                       AT_SYMLINK_NOFOLLOW); /* the kernel notices and forgets its stale inode */
    }
    return number;
}

bool posix_is_same(const struct os_node *node, const struct posix_look *look)
{
    return node->inode == look->inode && node->created == look->created;
}

bool posix_is_plain_directory(const struct posix_look *look)
{
    return (look->attributes & (POSIX_ATTRIBUTE_DIRECTORY | POSIX_ATTRIBUTE_REPARSE_POINT)) ==
           POSIX_ATTRIBUTE_DIRECTORY;
}

struct os_node *posix_node_new(struct posix_volume *volume, struct os_node *parent, const char *name, size_t len,
                               enum os_use use)
{
    struct os_node *node = calloc(1, sizeof *node);
    char *copy = jd_strndup(name, len);
    if (node == NULL || copy == NULL) {
        free(node);
        free(copy);
        return NULL;
    }
    *node = (struct os_node){.volume = volume, .parent = parent, .name = copy, .use = use, .fd = -1};
    return node;
}

void posix_node_adopt(struct os_node *node, int fd, const struct posix_look *look)
{
    node->fd = fd;
    node->inode = look->inode;
    node->created = look->created;
}

void os_fs_node_close(struct os_node *node)
{
    if (node == NULL) {
        return;
    }
    if (node->fd >= 0) {
        close(node->fd);
    }
    free(node->name);
    free(node);
}

/* Gone from its name, by whatever sign: the descriptor alone is no longer enough to act on. */
static enum jd_code fail_changed(struct jd_err *err, const char *stage, int number)
{
    bool is_gone = number == ENOENT || number == ENOTDIR || number == ELOOP;
    return jd_fail_sys(err, is_gone ? JD_E_CHANGED_MEANWHILE : posix_code(number), stage, JD_DOMAIN_ERRNO, number);
}

enum jd_code posix_node_reopen(struct os_node *node, const char *stage, struct jd_err *err)
{
    struct posix_look look;
    int fd;
    int number;
    if (node->parent == NULL) {
        return posix_fail(err, stage, EIO); /* a root is never changed in kind; its volume is in trouble */
    }
    number = posix_open_at(node->parent->fd, node->name, &fd, &look);
    if (number != 0) {
        return fail_changed(err, stage, number);
    }
    if (!posix_is_same(node, &look)) {
        close(fd);
        return jd_fail_text(err, JD_E_CHANGED_MEANWHILE, stage, NULL, "another object stands at the name");
    }
    close(node->fd);
    node->fd = fd;
    return JD_OK;
}

enum jd_code posix_node_look(struct os_node *node, struct posix_look *out, const char *stage, struct jd_err *err)
{
    int number = posix_look(node->fd, out);
    if (may_pass(number)) {
        enum jd_code code = posix_node_reopen(node, stage, err);
        if (code != JD_OK) {
            return code;
        }
        number = posix_look(node->fd, out);
    }
    if (number != 0) {
        return fail_changed(err, stage, number);
    }
    return posix_is_same(node, out) ? JD_OK : jd_fail(err, JD_E_CHANGED_MEANWHILE, stage, NULL);
}

enum jd_code posix_node_enter(struct os_node *node, const char *stage, struct jd_err *err)
{
    struct posix_look look;
    enum jd_code code;
    if (node->use == OS_USE_LOOK) {
        return jd_fail_text(err, JD_E_ACCESS_DENIED, stage, NULL, "the parent was opened to look only");
    }
    code = posix_node_look(node, &look, stage, err);
    if (code == JD_OK && !posix_is_plain_directory(&look)) {
        code = jd_fail(err, JD_E_PARENT_NOT_DIRECTORY, stage, NULL);
    }
    return code;
}

const char *posix_name_refused(struct jd_name name)
{
    if (name.len == 0) {
        return "empty_component";
    }
    if (memchr(name.text, '/', name.len) != NULL || memchr(name.text, '\0', name.len) != NULL) {
        return "illegal_char";
    }
    if (name.text[0] == '.' && (name.len == 1 || (name.len == 2 && name.text[1] == '.'))) {
        return "dot_segment";
    }
    return NULL;
}

/* The name itself, else the only one that differs in case alone: node->name becomes that. */
static int open_folded(const struct os_node *parent, struct os_node *node, struct posix_look *look, size_t *out_n)
{
    struct jd_buf found;
    struct jd_name name = {node->name, strlen(node->name)};
    int number;
    int fd;
    jd_buf_init(&found, JD_NAME_BYTES_MAX * 2);
    number = posix_find_folded(parent->fd, name, out_n, &found);
    if (number == 0 && *out_n == 0) {
        number = ENOENT;
    } else if (number == 0 && *out_n == 1) {
        number = posix_open_at(parent->fd, found.data, &fd, look);
    }
    if (number != 0 || *out_n > 1) {
        jd_buf_done(&found);
        return number;
    }
    free(node->name);
    node->name = found.data;
    posix_node_adopt(node, fd, look);
    return 0;
}

static enum jd_code open_child(struct os_node *parent, struct os_node *node, struct jd_err *err)
{
    struct posix_look look;
    size_t n = 1;
    int fd;
    int number = posix_open_at(parent->fd, node->name, &fd, &look);
    if (number == 0) {
        posix_node_adopt(node, fd, &look);
        return JD_OK;
    }
    if (number == ENOENT) {
        number = open_folded(parent, node, &look, &n);
    }
    if (number == 0 && n > 1) {
        return jd_fail_text(err, JD_E_CASE_CONFLICT, "open child", NULL, "%zu names differ in case only", n);
    }
    return number == 0 ? JD_OK : posix_fail(err, "open child", number);
}

enum jd_code os_fs_child(struct os_node *parent, struct jd_name name, enum os_use use, struct os_node **out,
                         struct jd_err *err)
{
    const char *refused = posix_name_refused(name);
    struct os_node *node;
    enum jd_code code;
    OS_HOOK("fs_child", err);
    if (refused != NULL) {
        return jd_fail(err, JD_E_BAD_PATH, "open child", refused);
    }
    code = posix_node_enter(parent, "open child", err);
    if (code != JD_OK) {
        return code;
    }
    node = posix_node_new(parent->volume, parent, name.text, name.len, use);
    if (node == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "open child", NULL);
    }
    code = open_child(parent, node, err);
    if (code != JD_OK) {
        os_fs_node_close(node);
        return code;
    }
    *out = node;
    return JD_OK;
}
