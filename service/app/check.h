/* SPDX-License-Identifier: MIT */
/* `junctiond check FILE`: is it a valid policy, would it be believed, and what in it is unwise. */
#pragma once

/* Prints the findings; returns the exit code: 0 for a valid policy, 1 for any other. The file may be anybody's: it may
 * be a draft. */
int check_policy(const char *file);
