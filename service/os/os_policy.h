/* SPDX-License-Identifier: MIT */
/* Believed policy bytes: read from the very handle whose owner and protection were judged. Loop thread. */
#pragma once

#include "common/buf.h"

/*
 * Appends the policy file's bytes to out (ceiling JD_POLICY_MAX). Fails with POLICY_MISSING, POLICY_UNTRUSTED (not a
 * plain file with one name, or somebody who is no administrator could write it or swap it: owner, mode bits or DACL of
 * the file and of its folder; err->text says which) or POLICY_INVALID (too large).
 */
JD_MUST_CHECK enum jd_code os_policy_read(const char *path, struct jd_buf *out, struct jd_err *err);
