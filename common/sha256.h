/* SPDX-License-Identifier: MIT */
/* SHA-256 (FIPS 180-4) of a whole text: names a policy in audit records. Pure; any thread. */
#pragma once

#include <stddef.h>

enum { JD_SHA256_TEXT = 65 }; /* 64 lower-case hex digits and a NUL */

void jd_sha256_text(const void *bytes, size_t len, char out[JD_SHA256_TEXT]);
