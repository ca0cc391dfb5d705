/* SPDX-License-Identifier: MIT */
/* Facts of a node, and its reparse data. */
#include "service/os/posix/os_fs_posix.h"

#include "service/os/os_hook.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static const char reparse_data[] = "system.ntfs_reparse_data";

/* Any attribute of at most POSIX_XATTR_MAX bytes, in memory of its own. */
static int read_whole(int fd, const char *name, uint8_t **out, size_t *out_len)
{
    uint8_t *bytes = malloc(POSIX_XATTR_MAX);
    ssize_t n;
    if (bytes == NULL) {
        return ENOMEM;
    }
    n = posix_xattr_get(fd, name, bytes, POSIX_XATTR_MAX);
    if (n < 0) {
        int number = errno;
        free(bytes);
        return number;
    }
    *out = bytes;
    *out_len = (size_t)n;
    return 0;
}

int posix_reparse_read(int fd, uint8_t **out, size_t *out_len)
{
    return read_whole(fd, reparse_data, out, out_len);
}

uint32_t posix_reparse_tag(const uint8_t *data, size_t len)
{
    return len < 4 ? 0 : (uint32_t)data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
}

static int read_tag(int fd, uint32_t *out)
{
    uint8_t *data = NULL;
    size_t len = 0;
    int number = posix_reparse_read(fd, &data, &len);
    if (number == 0) {
        *out = posix_reparse_tag(data, len);
        free(data);
    }
    return number;
}

/* The kernel knows no mode of what it takes for a link: the descriptor on disk tells. */
static int read_private(int fd, bool *out)
{
    uint8_t *descriptor = NULL;
    size_t len = 0;
    int number = read_whole(fd, "system.ntfs_acl", &descriptor, &len);
    if (number == 0) {
        *out = posix_acl_is_private(descriptor, len);
        free(descriptor);
    }
    return number;
}

/* What needs more than one look; a reparse point may vanish between the two: ENODATA, and the facts are asked again. */
static int fill_kind(int fd, const struct posix_look *look, struct os_facts *facts)
{
    bool is_reparse_point = (look->attributes & POSIX_ATTRIBUTE_REPARSE_POINT) != 0;
    int number;
    facts->is_directory = (look->attributes & POSIX_ATTRIBUTE_DIRECTORY) != 0;
    facts->is_reparse_point = is_reparse_point;
    if (!is_reparse_point) {
        facts->is_private = facts->is_directory && look->owner == geteuid() && (look->mode & 05777) == 0700;
        return 0;
    }
    number = read_tag(fd, &facts->tag);
    return number == 0 && look->owner == geteuid() ? read_private(fd, &facts->is_private) : number;
}

static void fill_rest(const struct os_node *node, const struct posix_look *look, struct os_facts *facts)
{
    bool others_write = (look->mode & (S_IWGRP | S_IWOTH)) != 0 && (look->mode & S_ISVTX) == 0;
    facts->id.volume = node->volume->serial;
    for (size_t i = 0; i < sizeof look->inode; i++) {
        facts->id.record[i] = (uint8_t)((uint64_t)look->inode >> (8 * i));
    }
    facts->id.created = look->created;
    /* ntfs-3g lets nobody but owner and root set attributes or the mode, whatever the mode says. */
    facts->others_may_replace = look->owner != 0;
    facts->others_may_delete_children =
        look->owner != 0 || (facts->is_directory && !facts->is_reparse_point && others_write);
}

enum jd_code os_fs_facts(struct os_node *node, struct os_facts *out, struct jd_err *err)
{
    struct posix_look look;
    struct os_facts facts = {0};
    enum jd_code code;
    int number = ENODATA;
    OS_HOOK("fs_facts", err);
    for (int i = 0; i < 2 && number == ENODATA; i++) {
        facts = (struct os_facts){0};
        code = posix_node_look(node, &look, "facts", err);
        if (code != JD_OK) {
            return code;
        }
        number = fill_kind(node->fd, &look, &facts);
    }
    if (number != 0) {
        return posix_fail(err, "facts", number);
    }
    fill_rest(node, &look, &facts);
    *out = facts;
    return JD_OK;
}

static enum jd_code read_data(struct os_node *node, uint8_t **out, size_t *out_len, struct jd_err *err)
{
    int number = posix_reparse_read(node->fd, out, out_len);
    if (number == EIO || number == ENOENT) { /* the descriptor is spoilt, or the object is gone: the reopening tells */
        enum jd_code code = posix_node_reopen(node, "get reparse data", err);
        if (code != JD_OK) {
            return code;
        }
        number = posix_reparse_read(node->fd, out, out_len);
    }
    if (number == ENODATA) {
        return jd_fail(err, JD_E_NOT_A_JUNCTION, "get reparse data", NULL);
    }
    return number == 0 ? JD_OK : posix_fail(err, "get reparse data", number);
}

enum jd_code os_fs_get_reparse(struct os_node *node, uint8_t *out, size_t *out_len, struct jd_err *err)
{
    uint8_t *data = NULL;
    size_t len = 0;
    enum jd_code code;
    OS_HOOK("fs_get_reparse", err);
    code = read_data(node, &data, &len, err);
    if (code != JD_OK) {
        return code;
    }
    if (len > JD_REPARSE_MAX) {
        free(data);
        return jd_fail_text(err, JD_E_BAD_REPARSE_DATA, "get reparse data", NULL, "%zu bytes", len);
    }
    memcpy(out, data, len);
    *out_len = len;
    free(data);
    return JD_OK;
}

/* MS-FSCC 2.1.2.2 and 2.1.2.3: tags without the Microsoft bit carry a GUID behind the header. */
static bool has_honest_header(const uint8_t *data, size_t len)
{
    size_t header = JD_REPARSE_MIN;
    if (len < header || len > JD_REPARSE_MAX) {
        return false;
    }
    if ((posix_reparse_tag(data, len) & JD_TAG_MICROSOFT_BIT) == 0) {
        header = 24;
    }
    return len >= header && header + ((size_t)data[4] | (size_t)data[5] << 8) == len;
}

/* ntfs-3g would set it over another tag, and on a directory that holds something, whose contents then vanish from view.
 */
static enum jd_code judge_set(const struct os_node *node, const struct posix_look *look, uint32_t tag,
                              struct jd_err *err)
{
    bool is_empty = true;
    uint32_t there = tag;
    int number = 0;
    if ((look->attributes & POSIX_ATTRIBUTE_DIRECTORY) == 0) {
        return jd_fail_text(err, JD_E_PLATFORM, "set reparse data", NULL, "not a directory");
    }
    if ((look->attributes & POSIX_ATTRIBUTE_REPARSE_POINT) != 0) {
        number = read_tag(node->fd, &there);
    } else {
        number = posix_is_empty(node->fd, &is_empty);
    }
    if (number != 0) {
        return posix_fail(err, "set reparse data", number);
    }
    if (!is_empty) {
        return jd_fail(err, JD_E_NOT_EMPTY, "set reparse data", NULL);
    }
    return there == tag ? JD_OK : jd_fail(err, JD_E_REPARSE_POINT_EXISTS, "set reparse data", NULL);
}

static enum jd_code fail_set(struct jd_err *err, int number)
{
    enum jd_code code = posix_code(number);
    if (number == EEXIST) {
        code = JD_E_REPARSE_POINT_EXISTS; /* somebody was faster: nothing is overwritten */
    } else if (number == ENODATA || number == ENOENT) {
        code = JD_E_CHANGED_MEANWHILE;
    } else if (number == EINVAL) {
        code = JD_E_BAD_REPARSE_DATA; /* ntfs-3g looks into the tags it knows */
    }
    return jd_fail_sys(err, code, "set reparse data", JD_DOMAIN_ERRNO, number);
}

/* Where there was none before, a failure may leave the attribute behind without its value: an empty directory it was.
 */
static void take_back(const struct os_node *node)
{
    posix_xattr_drop(node->fd, reparse_data);
}

enum jd_code os_fs_set_reparse(struct os_node *node, const uint8_t *data, size_t len, struct jd_err *err)
{
    struct posix_look look;
    struct jd_err ignored;
    enum jd_code code;
    bool is_new;
    int number;
    OS_HOOK("fs_set_reparse", err);
    if (node->use != OS_USE_CHANGE) {
        return jd_fail_text(err, JD_E_ACCESS_DENIED, "set reparse data", NULL, "not opened for changes");
    }
    if (!has_honest_header(data, len)) {
        return jd_fail(err, JD_E_BAD_REPARSE_DATA, "set reparse data", NULL);
    }
    code = posix_node_look(node, &look, "set reparse data", err);
    if (code == JD_OK) {
        code = judge_set(node, &look, posix_reparse_tag(data, len), err);
    }
    if (code != JD_OK) {
        return code;
    }
    is_new = (look.attributes & POSIX_ATTRIBUTE_REPARSE_POINT) == 0;
    number = posix_xattr_set(node->fd, reparse_data, data, len, is_new ? XATTR_CREATE : XATTR_REPLACE);
    if (number != 0) {
        if (is_new && number != EEXIST) {
            take_back(node);
        }
        return fail_set(err, number);
    }
    /* The kernel still believes in a directory: noticed now, while the name is known to be ours. Where that fails the
     * next look tells; the data is set all the same. */
    (void)!posix_node_look(node, &look, "set reparse data", &ignored);
    return JD_OK;
}
