/* SPDX-License-Identifier: MIT */
/* Names as they are on disk. ntfs-3g finds a name only in its exact case, NTFS in any: the difference is made up here.
 */
#include "service/os/posix/os_fs_posix.h"

#include "common/fold.h"
#include "common/utf.h"
#include "service/os/os_hook.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { DOS_NAME_MAX = 64 /* 12 characters, UTF-8 */ };

/* Returns false to end the listing. */
typedef bool (*visit_fn)(void *context, const struct dirent *entry);

static bool is_dot(const char *name)
{
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

/* Every name but "." and "..", in the order of the volume. */
static int list(int directory, visit_fn visit, void *context)
{
    DIR *listing;
    int number;
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return errno;
    }
    listing = fdopendir(fd);
    if (listing == NULL) {
        number = errno;
        close(fd);
        return number;
    }
    for (;;) {
        const struct dirent *entry;
        errno = 0;
        entry = readdir(listing);
        if (entry == NULL || (!is_dot(entry->d_name) && !visit(context, entry))) {
            number = entry == NULL ? errno : 0;
            break;
        }
    }
    closedir(listing);
    return number;
}

struct folded {
    struct jd_name name;
    size_t n;
    struct jd_buf *first;
};

static bool visit_folded(void *context, const struct dirent *entry)
{
    struct folded *folded = context;
    size_t len = strlen(entry->d_name);
    /* A name that is no valid UTF-8 (a lone surrogate on disk) can be called by no path. */
    if (jd_utf8_valid_prefix(entry->d_name, len) != len ||
        !jd_fold_equal(entry->d_name, len, folded->name.text, folded->name.len)) {
        return true;
    }
    if (len == folded->name.len && memcmp(entry->d_name, folded->name.text, len) == 0) {
        return true;
    }
    if (folded->n++ == 0) {
        jd_buf_add(folded->first, entry->d_name, len);
    }
    return true;
}

int posix_find_folded(int directory, struct jd_name name, size_t *out_n, struct jd_buf *out)
{
    struct folded folded = {name, 0, out};
    int number = list(directory, visit_folded, &folded);
    if (number == 0 && out->failed) {
        number = out->no_memory ? ENOMEM : ENAMETOOLONG;
    }
    if (number == 0) {
        *out_n = folded.n;
    }
    return number;
}

static bool visit_any(void *context, const struct dirent *entry)
{
    bool *is_empty = context;
    (void)entry;
    *is_empty = false;
    return false;
}

int posix_is_empty(int directory, bool *out)
{
    bool is_empty = true;
    int number = list(directory, visit_any, &is_empty);
    if (number == 0) {
        *out = is_empty;
    }
    return number;
}

struct stored {
    const struct os_node *node;
    bool is_exact; /* the name it was opened by is one on disk */
    struct jd_buf *other;
};

static bool visit_stored(void *context, const struct dirent *entry)
{
    struct stored *stored = context;
    if (strcmp(entry->d_name, stored->node->name) == 0) {
        stored->is_exact = true;
        return false;
    }
    if (entry->d_ino == stored->node->inode && stored->other->len == 0) {
        jd_buf_add_text(stored->other, entry->d_name);
    }
    return true;
}

/* The name a listing tells for what was opened as node->name. */
static int find_stored(const struct os_node *node, struct jd_buf *out)
{
    struct stored stored = {node, false, out};
    int number = list(node->parent->fd, visit_stored, &stored);
    if (number != 0) {
        return number;
    }
    if (stored.is_exact) {
        jd_buf_cut(out, 0);
        jd_buf_add_text(out, node->name);
    }
    return out->failed ? ENOMEM : out->len == 0 ? ENOENT : 0;
}

/*
 * Found by its exact name, an object stands under that name, with two exceptions: the name is its short one (8.3), or
 * the mount finds names in any case. Only then the directory is read, which costs as much as it holds.
 */
static bool may_be_alias(const struct os_node *node)
{
    char short_name[DOS_NAME_MAX];
    ssize_t n = posix_xattr_get(node->fd, "system.ntfs_dos_name", short_name, sizeof short_name);
    if (node->volume->folds || (n < 0 && errno != ENODATA)) {
        return true;
    }
    return n > 0 && (size_t)n == strlen(node->name) && memcmp(short_name, node->name, (size_t)n) == 0;
}

static enum jd_code prove(struct os_node *node, const char *name, struct jd_err *err)
{
    struct posix_look look;
    int fd;
    int number = posix_open_at(node->parent->fd, name, &fd, &look);
    if (number == 0) {
        close(fd);
    }
    if (number == ENOENT || (number == 0 && !posix_is_same(node, &look))) {
        return jd_fail_sys(err, JD_E_CHANGED_MEANWHILE, "stored name", JD_DOMAIN_ERRNO, number);
    }
    return number == 0 ? JD_OK : posix_fail(err, "stored name", number);
}

static enum jd_code stored_name(struct os_node *node, struct jd_buf *found, struct jd_err *err)
{
    int number;
    enum jd_code code = posix_node_reopen(node, "stored name", err);
    if (code != JD_OK) {
        return code;
    }
    if (!may_be_alias(node)) {
        jd_buf_add_text(found, node->name);
        return jd_buf_check(found, err);
    }
    number = find_stored(node, found);
    if (number != 0) {
        return number == ENOENT ? jd_fail(err, JD_E_CHANGED_MEANWHILE, "stored name", NULL)
                                : posix_fail(err, "stored name", number);
    }
    return prove(node, found->data, err);
}

enum jd_code os_fs_stored_name(struct os_node *node, struct jd_buf *out, struct jd_err *err)
{
    struct jd_buf found;
    enum jd_code code;
    OS_HOOK("fs_stored_name", err);
    if (node->parent == NULL) {
        return jd_fail_text(err, JD_E_INTERNAL, "stored name", NULL, "a root has none");
    }
    jd_buf_init(&found, JD_NAME_BYTES_MAX * 2);
    code = stored_name(node, &found, err);
    if (code == JD_OK) {
        jd_buf_add(out, found.data, found.len);
        code = jd_buf_check(out, err);
    }
    jd_buf_done(&found);
    return code;
}
