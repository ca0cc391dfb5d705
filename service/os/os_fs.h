/* SPDX-License-Identifier: MIT */
/*
 * The file system, by opened objects. Every call acts on an object somebody opened before; no call resolves more than
 * one name, none follows a reparse point, none recurses. A path is walked by core (core/walk.c), one os_fs_child a
 * name, and the handles are kept until the request is done. Names are compared as the volume compares them (NTFS: by
 * its upcase table).
 *
 * Runs on worker threads, several at once; a struct os_node is used by one thread at a time.
 * Errors every call may give besides those named: ACCESS_DENIED, IN_USE, IO_ERROR, NO_MEMORY, PLATFORM.
 */
#pragma once

#include "common/reparse.h"
#include "service/os/os_peer.h"

struct os_fs;   /* the volumes this service serves, their roots opened at start */
struct os_node; /* one opened object */

/* A drive letter and where it is: POSIX: the directory an NTFS volume is mounted on; Windows: NULL, the letter's own
 * volume. */
struct os_volume_spec {
    char letter;
    const char *where;
};

/* Asked of the volume itself, each time anew. */
struct os_volume_facts {
    char letter;
    bool is_ntfs;
    bool takes_reparse_points;
    bool is_fixed;
    bool is_read_only;
    bool is_protected; /* the system checks permissions on it (POSIX: default_permissions; Windows: always) */
    uint64_t serial;
};

/* What never changes while an object lives: volume, record, and when it was made (record numbers are reused). */
struct os_file_id {
    uint64_t volume;
    uint8_t record[16];
    uint64_t created; /* NTFS time: 100 ns since 1601-01-01 UTC */
};

struct os_facts {
    struct os_file_id id;
    bool is_directory;
    bool is_reparse_point;
    uint32_t tag;            /* 0 when it is none */
    bool is_private;         /* still has the protection os_fs_make_directory gave: nobody but the service gets in */
    bool is_case_sensitive;  /* a directory that tells names apart by case, by its attribute */
    bool others_may_replace; /* somebody who is no administrator owns it or holds DELETE, WRITE_DAC or WRITE_OWNER on it
                              */
    bool others_may_delete_children; /* likewise FILE_DELETE_CHILD (POSIX: write without sticky, or owner) */
};

/* What the handle is for; a port asks the system for no more than that. */
enum os_use {
    OS_USE_LOOK = 1, /* facts and reparse data; takes no part in sharing */
    OS_USE_PASS,     /* an ancestor: facts, children; pinned against rename where the system can */
    OS_USE_CHANGE    /* a leaf: reparse data may be set, it may be removed */
};

enum os_owner { OS_OWNER_SERVICE = 1, OS_OWNER_CALLER };

/* Opens the roots; on Windows those of every fixed NTFS volume when n is 0. Fails with VOLUME_UNKNOWN (nothing mounted
 * there), VOLUME_NOT_NTFS, VOLUME_UNPROTECTED; err->text names the letter. */
JD_MUST_CHECK enum jd_code os_fs_open(const struct os_volume_spec *specs, size_t n, struct os_fs **out,
                                      struct jd_err *err);
void os_fs_close(struct os_fs *fs); /* NULL is accepted; every node was closed before */

size_t os_fs_letters(const struct os_fs *fs, char out[26]);   /* letters served, ascending; returns how many */
const char *os_fs_where(const struct os_fs *fs, char letter); /* the mount directory (POSIX), "" otherwise; borrowed */
JD_MUST_CHECK enum jd_code os_fs_volume(struct os_fs *fs, char letter, struct os_volume_facts *out,
                                        struct jd_err *err); /* VOLUME_UNKNOWN */

/* The Windows path of a file of this machine (binary, policy, state) when it lies on a served volume, else NOT_FOUND.
 */
JD_MUST_CHECK enum jd_code os_fs_from_host(struct os_fs *fs, const char *host_path, struct jd_winpath *out,
                                           struct jd_err *err);

JD_MUST_CHECK enum jd_code os_fs_root(struct os_fs *fs, char letter, struct os_node **out, struct jd_err *err);

/*
 * Opens what is called name in parent, whatever it is, without following it. Fails with NOT_FOUND, PARENT_NOT_DIRECTORY
 * (parent is a file or a reparse point), CASE_CONFLICT (two names differ in case only and neither is exactly name),
 * DELETE_PENDING. parent must outlive the child.
 */
JD_MUST_CHECK enum jd_code os_fs_child(struct os_node *parent, struct jd_name name, enum os_use use,
                                       struct os_node **out, struct jd_err *err);
void os_fs_node_close(struct os_node *node); /* NULL is accepted */

JD_MUST_CHECK enum jd_code os_fs_facts(struct os_node *node, struct os_facts *out, struct jd_err *err);

/*
 * The name under which the object stands in its parent, as stored (case, long form), appended to out, found out anew
 * and proven to lead to this very object. Fails with CHANGED_MEANWHILE when it no longer stands there. Not for roots.
 */
JD_MUST_CHECK enum jd_code os_fs_stored_name(struct os_node *node, struct jd_buf *out, struct jd_err *err);

/* out holds JD_REPARSE_MAX bytes. Fails with NOT_A_JUNCTION when the object is no reparse point at all. */
JD_MUST_CHECK enum jd_code os_fs_get_reparse(struct os_node *node, uint8_t *out, size_t *out_len, struct jd_err *err);

/*
 * Makes a new, empty directory that never follows what stands at name, private to the service until os_fs_publish.
 * Where the system can, it vanishes with its handle until then. Fails with FILE_EXISTS (anything stands there: open it
 * to see what), READ_ONLY, NO_SPACE, PATH_TOO_LONG.
 */
JD_MUST_CHECK enum jd_code os_fs_make_directory(struct os_node *parent, struct jd_name name, struct os_node **out,
                                                struct jd_err *err);

/*
 * Sets the reparse data of a directory that is empty, or replaces data of the same tag. Fails with NOT_EMPTY,
 * REPARSE_POINT_EXISTS (another tag), VOLUME_UNSUPPORTED, READ_ONLY, NO_SPACE; nothing changed then.
 */
JD_MUST_CHECK enum jd_code os_fs_set_reparse(struct os_node *node, const uint8_t *data, size_t len, struct jd_err *err);

/* Gives a leaf made by os_fs_make_directory its final protection and owner. After this it stays. caller: who asked, for
 * OS_OWNER_CALLER. */
JD_MUST_CHECK enum jd_code os_fs_publish(struct os_node *node, enum os_owner owner, const struct os_caller *caller,
                                         struct jd_err *err);

/*
 * Removes the object itself: a junction or an empty directory opened with OS_USE_CHANGE or just made. Never follows,
 * never enumerates to delete. Fails with NOT_EMPTY, CHANGED_MEANWHILE (another object stands at its name), READ_ONLY.
 * The node stays to be closed.
 */
JD_MUST_CHECK enum jd_code os_fs_remove(struct os_node *parent, struct os_node *node, struct jd_err *err);
