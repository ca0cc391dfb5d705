/* SPDX-License-Identifier: MIT */
/*
 * What the files of the Windows file system port share. A node is a handle opened relative to its parent's, one name at
 * a time (win_nt.h, nt_open); everything is asked of and done to that handle, never a path.
 *
 * An object is known by the 128-bit id of its volume. NTFS puts a sequence number into it that grows whenever a record
 * is reused (MS-FSCC 2.1.10), so the time of making is not needed, and is not taken: anybody with write access to
 * attributes may change it, and systems without one of their own tell the time of the last change. The volume of a
 * node is its parent's: no reparse point is passed on the way down.
 */
#pragma once

#include "service/os/os_fs.h"
#include "service/os/win/win_acl.h"
#include "service/os/win/win_nt.h"

enum { WIN_LETTERS = 26, WIN_DEVICE_MAX = 128, WIN_NAME_BYTES_MAX = 4 + 2 * 32768 };

struct win_volume {
    char letter;
    HANDLE root; /* NULL: this letter is not served */
    uint64_t serial;
    volatile LONG keeps_on_close; /* 1: what is made to vanish with its handle cannot be made to stay, see change.c */
};

struct os_fs {
    struct win_volume volumes[WIN_LETTERS];
    struct win_own own;
    bool refuses_reparse; /* the system heeds OBJ_DONT_REPARSE; else nt_open rests on one name at a time and the tag */
};

/* One look at an object. */
struct win_look {
    ULONG attributes;
    ULONG tag;
    ULONGLONG volume;
    UCHAR id[16];
};

struct os_node {
    struct os_fs *fs;
    struct win_volume *volume;
    struct os_node *parent; /* NULL: a root */
    enum os_use use;
    bool is_unpublished; /* made here, not published yet */
    bool vanishes;       /* goes with its handle until told to stay */
    HANDLE handle;       /* NULL: removed */
    struct win_look first;
};

/* A name as the volume stores it. */
struct win_name {
    size_t units;
    wchar_t text[JD_NAME_UNITS_MAX + 1];
};

/* os_fs_win_node.c */
NTSTATUS win_look(HANDLE handle, struct win_look *out);
bool win_is_same(const struct win_look *a, const struct win_look *b); /* both on one volume */
bool win_is_directory(const struct win_look *look);
bool win_is_reparse_point(const struct win_look *look);
struct os_node *win_node_new(struct os_node *parent, enum os_use use); /* without a handle; NULL: no memory */
/* Takes handle over and looks at it. */
JD_MUST_CHECK enum jd_code win_node_adopt(struct os_node *node, HANDLE handle, struct jd_err *err);
/* Looks at a node. CHANGED_MEANWHILE: it was removed. */
JD_MUST_CHECK enum jd_code win_node_look(const struct os_node *node, struct win_look *out, const char *stage,
                                         struct jd_err *err);
/* The same for a node that must be a plain directory one may descend from, else PARENT_NOT_DIRECTORY. */
JD_MUST_CHECK enum jd_code win_node_enter(const struct os_node *node, const char *stage, struct jd_err *err);
/* What os_fs_child and os_fs_make_directory take as one name. BAD_PATH, PATH_TOO_LONG, INVALID_UTF8 */
JD_MUST_CHECK enum jd_code win_name_from(struct jd_name name, struct win_name *out, const char *stage,
                                         struct jd_err *err);

/* os_fs_win_names.c */
/* The name under which the node stands in its parent, proven by opening it anew. CHANGED_MEANWHILE */
JD_MUST_CHECK enum jd_code win_node_name(const struct os_node *node, struct win_name *out, const char *stage,
                                         struct jd_err *err);
/* The path of an object on its volume, "\a\b", long names: text is WIN_NAME_BYTES_MAX bytes. */
NTSTATUS win_path_on_volume(HANDLE handle, wchar_t *text, size_t *out_units);

/* os_fs_win_volume.c */
/*
 * The root of the volume a drive letter stands for, share all. VOLUME_UNKNOWN; err->domain is JD_DOMAIN_NONE when the
 * letter is no volume of its own: a network drive, or another letter's folder (subst).
 */
JD_MUST_CHECK enum jd_code win_open_root(char letter, ACCESS_MASK access, HANDLE *out, struct jd_err *err);
JD_MUST_CHECK enum jd_code win_volume_open(const struct os_volume_spec *spec, struct win_volume *out,
                                           struct jd_err *err);
struct win_volume *win_volume_of(struct os_fs *fs, char letter); /* NULL: not served */

#if defined(OS_HOOKS)
/* Tests serve a scratch volume under the letter they were written for. drive 0: the letter's own again. */
void win_volume_set_drive(char letter, char drive);
#endif
