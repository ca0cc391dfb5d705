/* SPDX-License-Identifier: MIT */
/*
 * Windows paths as text: `X:\a\b`, absolute and canonical. The grammar rejects; it never normalises.
 * It opens nothing and knows no operating system.
 *
 * Accepted: an ASCII drive letter, a colon, a backslash, then 1..64 names of 1..255 UTF-16 units joined by
 * single backslashes, together at most 4,089 units: the longest target whose mount-point reparse data
 * still holds both names (MS-FSCC 2.1.2.5, MAXIMUM_REPARSE_DATA_BUFFER_SIZE 16 KiB).
 * Reserved names follow "Naming Files, Paths, and Namespaces" (Microsoft Learn), plus COM0/LPT0,
 * CLOCK$, CONIN$ and CONOUT$; a reserved name with an extension is reserved too.
 * Pure; any thread.
 */
#pragma once

#include "common/err.h"

#include <stdbool.h>

enum {
    JD_PATH_UNITS_MAX = 4089,
    JD_PATH_BYTES_MAX = JD_PATH_UNITS_MAX * 3,
    JD_PATH_PARTS_MAX = 64,
    JD_NAME_UNITS_MAX = 255,
    JD_NAME_BYTES_MAX = JD_NAME_UNITS_MAX * 3
};

/* A canonical path. Zeroed means none. The drive letter is upper case; names are as the caller wrote them. */
struct jd_winpath {
    char *text; /* owned, UTF-8, NUL-terminated: "C:\a\b" */
    size_t len;
    size_t n_parts;
    uint16_t start[JD_PATH_PARTS_MAX]; /* byte offset of each name in text */
};

/* A borrowed name inside a path. */
struct jd_name {
    const char *text; /* not NUL-terminated */
    size_t len;
};

/*
 * Judges text as a path. Fails with BAD_PATH and err->reason one of the words in docs/errors.md (empty,
 * not_absolute, drive_relative, forward_slash, verbatim_prefix, device_prefix, unc_path, empty_component,
 * dot_segment, colon_in_component, illegal_char, control_char, trailing_dot, trailing_space,
 * reserved_device, component_too_long, path_too_long, too_many_components, no_leaf), INVALID_UTF8 or NO_MEMORY.
 */
JD_MUST_CHECK enum jd_code jd_winpath_parse(const char *text, size_t len, struct jd_winpath *out,
                                            struct jd_err *err);
JD_MUST_CHECK enum jd_code jd_winpath_copy(const struct jd_winpath *from, struct jd_winpath *out,
                                           struct jd_err *err);
void jd_winpath_done(struct jd_winpath *path); /* zeroed is accepted */

char jd_winpath_letter(const struct jd_winpath *path);
struct jd_name jd_winpath_part(const struct jd_winpath *path, size_t index);
struct jd_name jd_winpath_leaf(const struct jd_winpath *path);

/* NULL when name may stand in a path, else the reason word. */
const char *jd_name_refused(const char *name, size_t len);
bool jd_name_equal(struct jd_name a, struct jd_name b); /* as NTFS compares */

/* Component by component, folded as NTFS folds. Never a string prefix. */
bool jd_winpath_equal(const struct jd_winpath *a, const struct jd_winpath *b);
bool jd_winpath_is_under(const struct jd_winpath *inner, const struct jd_winpath *outer); /* strictly below */
