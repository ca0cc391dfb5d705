/* SPDX-License-Identifier: MIT */
#include "client/cli/cmd.h"

#include <string.h>

const struct cmd *const cmd_rows[] = {
    &cmd_create, &cmd_inspect, &cmd_remove, &cmd_ping, &cmd_status, &cmd_whoami,
};

enum { N_ROWS = sizeof cmd_rows / sizeof cmd_rows[0] };

const size_t cmd_n_rows = N_ROWS;

const struct cmd *cmd_find(const char *name)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        if (strcmp(cmd_rows[i]->name, name) == 0) {
            return cmd_rows[i];
        }
    }
    return NULL;
}

bool cmd_refuse(const char *verb, struct complaint *complaint)
{
    const char *names[N_ROWS + 1];
    for (size_t i = 0; i < N_ROWS; i++) {
        names[i] = cmd_rows[i]->name;
    }
    names[N_ROWS] = "help";
    complaint_fill(complaint, "there is no command ", verb, "");
    complaint_suggest(complaint, verb, names, N_ROWS + 1, "junctionctl help lists the commands");
    return false;
}
