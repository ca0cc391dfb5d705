/* SPDX-License-Identifier: MIT */
/* What a command line needs from the system besides the library. Main thread. */
#pragma once

/*
 * Readies standard output for UTF-8 and gives the arguments as UTF-8: argv itself where they are that already (POSIX),
 * else a copy that lives until the process ends. NULL when out of memory. *argc is corrected where the system counts
 * differently.
 */
char **term_start(int *argc, char **argv);
