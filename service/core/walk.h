/* SPDX-License-Identifier: MIT */
/*
 * The walk: from a volume's root to an object, one name at a time, each opened relative to the one before, never
 * through a reparse point. All handles are kept, so that what was judged is what is acted upon. This is the only way
 * from a path to an object.
 */
#pragma once

#include "common/buf.h"
#include "service/core/facts.h"
#include "service/os/os_fs.h"

/* The two roles a path has; they differ in the words of their errors only. */
enum walk_role { WALK_LINK = 1, WALK_TARGET };

struct walk {
    struct os_node *nodes[JD_PATH_PARTS_MAX + 1]; /* the root first */
    struct os_file_id ids[JD_PATH_PARTS_MAX + 1];
    size_t n;
    struct os_facts last;   /* facts of the last node */
    bool ancestors_guarded; /* nobody but administrators could replace any node walked so far */
    struct jd_buf path;     /* final path of the last node, from the names as stored: "C:\a"; of a root: "C:" */
};

/*
 * Opens the first n_parts names of path; every one must be a directory and no reparse point. On failure out holds what
 * was reached (walk_done closes it). Fails for a link with PARENT_NOT_FOUND, PARENT_NOT_DIRECTORY,
 * REPARSE_POINT_IN_PATH, for a target with TARGET_NOT_FOUND, TARGET_NOT_DIRECTORY, TARGET_IS_REPARSE_POINT; for both
 * with VOLUME_UNKNOWN, NAME_MISMATCH, CASE_CONFLICT and what os_fs gives.
 */
JD_MUST_CHECK enum jd_code walk_open(struct os_fs *fs, const struct jd_winpath *path, size_t n_parts,
                                     enum walk_role role, struct walk *out, struct jd_err *err);
void walk_done(struct walk *walk); /* zeroed is accepted */

/* Proves anew that every node still stands under its name in the node before it, and is still a plain directory.
 * CHANGED_MEANWHILE. */
JD_MUST_CHECK enum jd_code walk_recheck(struct walk *walk, struct jd_err *err);

struct os_node *walk_last(const struct walk *walk);

/* Volume, record and time of making agree: it is the same object, not a later one in a reused record. */
bool walk_id_equal(const struct os_file_id *a, const struct os_file_id *b);
