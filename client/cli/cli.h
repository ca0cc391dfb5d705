/* SPDX-License-Identifier: MIT */
/* The command line from its arguments to its exit code. */
#pragma once

/* Arguments are UTF-8. Returns what the process should exit with (junction_exit_code). */
int cli_run(int argc, char **argv);
