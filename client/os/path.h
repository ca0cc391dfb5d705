/* SPDX-License-Identifier: MIT */
/* The current directory as a Windows path: the only thing the library asks the system about a path. Any thread. */
#pragma once

#include "common/buf.h"

/* A volume as service.info tells it; borrowed. mount may be NULL. */
struct path_volume {
    const char *letter;
    const char *mount;
};

/* True where the system has no drive letters of its own and path_current needs the service's volumes (POSIX). */
bool path_needs_volumes(void);

/*
 * Appends the current directory, "X:\" or "X:\a\b". Fails with BAD_PATH (it lies on none of the volumes, or has a name
 * that cannot be told as a Windows path; err->reason is relative_outside_volumes or relative_untold), PLATFORM or
 * NO_MEMORY.
 */
JD_MUST_CHECK enum jd_code path_current(const struct path_volume *volumes, size_t n_volumes, struct jd_buf *out,
                                        struct jd_err *err);

/*
 * The same for a directory that is named: cwd is absolute and as the system tells it. Only where path_needs_volumes;
 * apart from the look at where a mount really is, pure, so that a table can test it.
 */
JD_MUST_CHECK enum jd_code path_map(const char *cwd, const struct path_volume *volumes, size_t n_volumes,
                                    struct jd_buf *out, struct jd_err *err);
