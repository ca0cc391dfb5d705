/* SPDX-License-Identifier: MIT */
/* How check.c ends a test of the built-in runner. */
#pragma once

#include "tests/support/check.h"

CHECK_NORETURN void suite_end_failed(const char *message);
CHECK_NORETURN void suite_end_skipped(void);
