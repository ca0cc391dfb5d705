/* SPDX-License-Identifier: MIT */
/*
 * What a person wrote, as the path to send: the client resolves, the service verifies. Text only; what is no drive path
 * (UNC, device, NT and drive-relative forms) is left as it is, for the service to refuse in its own words. Pure; any
 * thread.
 *
 *   X:\a\.\b\..\c, X:/a//c/   →  X:\a\c      `..` stops at the root, as in Win32
 *   \\?\X:\a\                 →  X:\a        nothing in it is folded: a verbatim path means its names literally
 *   a\b                       →  the current directory, then a\b
 *   \a                        →  the current drive, then \a
 */
#pragma once

#include "common/buf.h"

#include <stdbool.h>

bool resolve_needs_current(const char *text);

/*
 * Appends the path. current is "X:\" or "X:\a\b"; it is looked at only where resolve_needs_current says so. Fails with
 * BAD_PATH (reason `empty`), INVALID_UTF8, MESSAGE_TOO_LARGE (more than out takes) or NO_MEMORY.
 */
JD_MUST_CHECK enum jd_code resolve_path(const char *text, const char *current, struct jd_buf *out, struct jd_err *err);
