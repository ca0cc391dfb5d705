/* SPDX-License-Identifier: MIT */
/* What the files of the POSIX port share. Nothing outside service/os/posix and tests/contract includes this. */
#pragma once

#include "common/err.h"

/* The code an errno stands for: the only place that decides it. ENOENT is NOT_FOUND, EROFS is READ_ONLY … */
enum jd_code posix_code(int number);

/* Fills err with posix_code(number) and the errno, and returns the code. */
enum jd_code posix_fail(struct jd_err *err, const char *stage, int number);

#if defined(OS_HOOKS)
/* Where the system's log listens instead of /dev/log; path is borrowed. Before os_audit_open. */
void posix_audit_set_log_path(const char *path);

/* What happens between the making of a leaf and its opening, which are two calls here; NULL: nothing. */
void posix_fs_set_after_make(void (*attack)(void));
#endif
