/* SPDX-License-Identifier: MIT */
/* What the program says to who started it: one line each on stderr, after "junctiond: ", whatever the values in it
 * hold. */
#pragma once

#include "common/err.h"

/* Why, in one phrase: "line 4: rule ..." for an error in a text, else the plain sentence with the detail behind it.
 * Returns buf. */
enum { SAY_WHY_MAX = 640 };
const char *say_why(const struct jd_err *err, char buf[SAY_WHY_MAX]);

void say(const char *format, ...) JD_PRINTF(1, 2);

/* "junctiond: <part> <which>: <why>"; which may be NULL. */
void say_failed(const char *part, const char *which, const struct jd_err *err);
