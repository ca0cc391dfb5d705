/* SPDX-License-Identifier: MIT */
#include "tests/unit/client_run.h"

#include "tests/support/check.h"

#include <stdio.h>
#include <sys/wait.h>

void client_run_shell(const char *command, struct client_said *said)
{
    FILE *pipe = popen(command, "r");
    size_t n;
    int status;
    check_true(pipe != NULL);
    n = fread(said->text, 1, sizeof said->text - 1, pipe);
    said->text[n] = '\0';
    status = pclose(pipe);
    check_true(WIFEXITED(status));
    said->exit_code = WEXITSTATUS(status);
}

void client_run(const char *arguments, enum client_stream stream, struct client_said *said)
{
    static const char *const redirections[] = {
        [CLIENT_OUTPUT] = "2>/dev/null", [CLIENT_ERRORS] = "2>&1 >/dev/null", [CLIENT_BOTH] = "2>&1"};
    char command[1024];
    snprintf(command, sizeof command, "unset JUNCTIOND_ENDPOINT; '%s' %s %s", JD_TEST_CTL, arguments,
             redirections[stream]);
    client_run_shell(command, said);
}
