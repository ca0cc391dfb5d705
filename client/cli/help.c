/* SPDX-License-Identifier: MIT */
#include "client/cli/help.h"

#include <stdio.h>

static const char exit_codes[] = "Exit codes:\n"
                                 "  0  done                               5  the server is not the service\n"
                                 "  1  the world differs (see the error)  6  busy or timed out, nothing changed\n"
                                 "  2  said wrong                         7  platform or service fault\n"
                                 "  3  denied by the policy               8  outcome unknown: run inspect\n"
                                 "  4  the service is not reachable\n";

void help_print_all(void)
{
    printf("junctionctl: NTFS junctions through the junctiond service\n\n"
           "Usage: junctionctl COMMAND [ARGUMENT]... [OPTION]...\n\nCommands:\n");
    for (size_t i = 0; i < cmd_n_rows; i++) {
        char usage[64];
        snprintf(usage, sizeof usage, "%s %s", cmd_rows[i]->name, cmd_rows[i]->arguments);
        printf("  %-20s%s\n", usage, cmd_rows[i]->summary);
    }
    printf("  %-20s%s\n\nOptions:\n", "help [COMMAND]", "explain a command");
    args_print_options();
    printf("\nPaths are Windows paths; relative ones, forward slashes and . and .. are made absolute here.\n\n%s",
           exit_codes);
}

void help_print(const struct cmd *cmd)
{
    printf("Usage: junctionctl %s%s%s [OPTION]...\n\n%s\n\n%s\nExample:\n  %s\n\nOptions:\n", cmd->name,
           cmd->n_arguments != 0 ? " " : "", cmd->arguments, cmd->summary, cmd->help, cmd->example);
    args_print_options();
}
