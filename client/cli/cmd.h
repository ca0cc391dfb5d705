/* SPDX-License-Identifier: MIT */
/* The commands: one row each, in a file of its own; cmd_table.c lists them in the order help shows them. */
#pragma once

#include "client/cli/args.h"
#include "client/include/junction.h"

struct cmd {
    const char *name;
    const char *arguments; /* "LINK TARGET" */
    size_t n_arguments;
    const char *summary; /* one line, for the list */
    const char *help;    /* a few lines, for its own page */
    const char *example;
    /* Asks and prints the answer to standard output; args->operands holds n_arguments. An error is printed by the
     * caller. */
    enum junction_code (*run)(const struct args *args, const junction_client *client, struct junction_error *error);
};

extern const struct cmd cmd_create;
extern const struct cmd cmd_inspect;
extern const struct cmd cmd_remove;
extern const struct cmd cmd_ping;
extern const struct cmd cmd_whoami;
extern const struct cmd cmd_status;

extern const struct cmd *const cmd_rows[];
extern const size_t cmd_n_rows;

const struct cmd *cmd_find(const char *name); /* NULL when there is none */

/* args->verb is no command: says so, and which one was meant. Always false. */
bool cmd_refuse(const char *verb, struct complaint *complaint);
