/* SPDX-License-Identifier: MIT */
/* junctionctl where a shell and sockets are: what only they can give it. */
#include "tests/support/suite.h"
#include "tests/unit/client_run.h"

#include <stdio.h>
#include <string.h>

static const struct row {
    const char *tail; /* arguments and redirections, as a shell takes them */
    int exit_code;
    const char *holds;
} rows[] = {
    {"ping --endpoint /nowhere/at/all 2>&1", 4,
     "junctionctl: the service is not installed: there is no folder for /nowhere"},
    {"inspect '' --endpoint /nowhere/at/all 2>&1", 2, "the path is empty [empty]"},
    {"inspect \"$(printf 'C:\\\\\\377')\" --endpoint /nowhere/at/all 2>&1", 2, "not valid UTF-8"},
    {"help >/dev/full 2>&1", 7, ""},
    {"help 2>&1 >/dev/full", 7, "could not be written"},
};

TEST(client_ctl, what_only_a_shell_can_say_is_answered)
{
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        char command[1024];
        struct client_said said;
        check_case("%s", rows[i].tail);
        snprintf(command, sizeof command, "unset JUNCTIOND_ENDPOINT; '%s' %s", JD_TEST_CTL, rows[i].tail);
        client_run_shell(command, &said);
        if (strstr(said.text, rows[i].holds) == NULL) {
            check_text(said.text, rows[i].holds);
        }
        check_int(said.exit_code, rows[i].exit_code);
    }
}

TEST(client_ctl, the_environment_names_the_endpoint)
{
    char command[1024];
    struct client_said said;
    snprintf(command, sizeof command, "JUNCTIOND_ENDPOINT=/no/such/place '%s' ping 2>&1", JD_TEST_CTL);
    client_run_shell(command, &said);
    check_true(strstr(said.text, "/no/such/place") != NULL);
    check_int(said.exit_code, 4);
}
