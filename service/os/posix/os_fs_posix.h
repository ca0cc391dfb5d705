/* SPDX-License-Identifier: MIT */
/*
 * What the files of the POSIX file system port share. A node is an O_PATH descriptor: its attributes are reached
 * through /proc/self/fd/N, which leads to the very object, link or not, and never follows.
 *
 * ntfs-3g changes an object's kind behind the kernel's back: while the kernel still believes in a directory, attributes
 * can be read and set through a descriptor, but the first fstat through it gives EIO and spoils it for good. So
 * whatever looks at a node may open it anew by its name, and then proves by record number and creation time that it is
 * the same object.
 *
 * Functions here return 0 or an errno where they have no err, and leave their out-parameters untouched on failure.
 */
#pragma once

#include "common/buf.h"
#include "service/os/os_fs.h"
#include "service/os/posix/posix.h"

#include <sys/types.h>

enum { POSIX_LETTERS = 26, POSIX_XATTR_MAX = 65536 /* a buffer that is too small gives EIO, not ERANGE */ };

/* File attributes, MS-FSCC 2.6. */
#define POSIX_ATTRIBUTE_DIRECTORY UINT32_C(0x10)
#define POSIX_ATTRIBUTE_REPARSE_POINT UINT32_C(0x400)

struct posix_volume {
    char letter;
    char *where; /* the mount directory, canonical; owned */
    int root;    /* -1: this letter is not served */
    uint64_t mount_id;
    uint64_t serial;
    ino_t inode; /* of the root directory */
    uint64_t created;
    bool folds; /* mounted with ignore_case: the mount itself finds a name in another case */
};

struct os_fs {
    struct posix_volume volumes[POSIX_LETTERS];
};

struct os_node {
    struct posix_volume *volume;
    struct os_node *parent; /* NULL: a root */
    char *name;             /* as on disk, where it was found by folding; owned; "" for a root */
    enum os_use use;
    bool is_unpublished; /* made here, not published yet */
    int fd;
    ino_t inode;
    uint64_t created;
};

/* One look at an object, the daemon asked anew. */
struct posix_look {
    ino_t inode;
    uint64_t created;
    uint32_t attributes;
    mode_t mode; /* of a reparse point the kernel only says "symbolic link, 0777" */
    uid_t owner;
};

/* os_fs_posix_node.c */
int posix_look(int fd, struct posix_look *out);
int posix_open_at(int parent, const char *name, int *out_fd, struct posix_look *out);
bool posix_is_same(const struct os_node *node, const struct posix_look *look);
struct os_node *posix_node_new(struct posix_volume *volume, struct os_node *parent, const char *name, size_t len,
                               enum os_use use);                                    /* fd -1; NULL: no memory */
void posix_node_adopt(struct os_node *node, int fd, const struct posix_look *look); /* takes fd over */

/* Looks at a node, opening it anew where its descriptor is spoilt. CHANGED_MEANWHILE: it no longer stands at its name.
 */
JD_MUST_CHECK enum jd_code posix_node_look(struct os_node *node, struct posix_look *out, const char *stage,
                                           struct jd_err *err);
/* The same for a node that must be a plain directory one may descend from, else PARENT_NOT_DIRECTORY. */
JD_MUST_CHECK enum jd_code posix_node_enter(struct os_node *node, const char *stage, struct jd_err *err);
/* Opens the node anew, also when its descriptor still seems sound. */
JD_MUST_CHECK enum jd_code posix_node_reopen(struct os_node *node, const char *stage, struct jd_err *err);
bool posix_is_plain_directory(const struct posix_look *look);
/* NULL, or why name cannot be one name (a separator, NUL, "." …): core never sends such a thing. */
const char *posix_name_refused(struct jd_name name);

/* os_fs_posix_xattr.c */
ssize_t posix_xattr_get(int fd, const char *name, void *out, size_t cap); /* -1 with errno */
int posix_xattr_set(int fd, const char *name, const void *value, size_t len, int flags);
int posix_xattr_drop(int fd, const char *name);

/* os_fs_posix_names.c */
/* How many names in the directory equal name folded but not exactly; the first of them appended to out. */
int posix_find_folded(int directory, struct jd_name name, size_t *out_n, struct jd_buf *out);
int posix_is_empty(int directory, bool *out);

/* os_fs_posix_reparse.c: *out is allocated, POSIX_XATTR_MAX bytes; ENODATA when it is no reparse point */
int posix_reparse_read(int fd, uint8_t **out, size_t *out_len);
uint32_t posix_reparse_tag(const uint8_t *data, size_t len); /* 0 when there is none in it */

/* os_fs_posix_acl.c */
enum { POSIX_ACL_MAX = 256 };
/* The descriptor of a published leaf: owner SYSTEM, protected; SYSTEM and Administrators everything, others read and
 * traverse. */
size_t posix_acl_published(uint8_t out[POSIX_ACL_MAX]);
/* Whether only SYSTEM and Administrators may do more with the object than learn that it exists. */
bool posix_acl_is_private(const uint8_t *descriptor, size_t len);

/* os_fs_posix_volume.c */
JD_MUST_CHECK enum jd_code posix_volume_open(const struct os_volume_spec *spec, struct posix_volume *out,
                                             struct jd_err *err);
struct posix_volume *posix_volume_of(struct os_fs *fs, char letter); /* NULL: not served */
