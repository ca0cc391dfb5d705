/* SPDX-License-Identifier: MIT */
/* junctionctl as a process of its own; once per operating system. */
#pragma once

enum client_stream { CLIENT_OUTPUT, CLIENT_ERRORS, CLIENT_BOTH };

struct client_said {
    int exit_code;
    char text[8192];
};

/* Runs junctionctl and keeps what it says on a stream, or on both as it comes. arguments: parted by blanks, except in
 * single quotes. No endpoint is in its environment. Fails the test when it cannot be started. */
void client_run(const char *arguments, enum client_stream stream, struct client_said *said);

/* Runs a whole command of the shell (POSIX). */
void client_run_shell(const char *command, struct client_said *said);
