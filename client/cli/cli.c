/* SPDX-License-Identifier: MIT */
#include "client/cli/cli.h"

#include "client/cli/cmd.h"
#include "client/cli/help.h"
#include "client/cli/print.h"

#include <stdio.h>
#include <string.h>

static bool check_operands(const struct cmd *cmd, const struct args *args, struct complaint *complaint)
{
    if (args->n_operands == cmd->n_arguments) {
        return true;
    }
    complaint_fill(complaint, cmd->name, "", args->n_operands < cmd->n_arguments ? " needs " : " takes ");
    snprintf(complaint->next, sizeof complaint->next, "junctionctl help %s", cmd->name);
    strncat(complaint->what, cmd->n_arguments != 0 ? cmd->arguments : "no arguments",
            sizeof complaint->what - strlen(complaint->what) - 1);
    return false;
}

static int ask(const struct cmd *cmd, const struct args *args)
{
    struct junction_options options = JUNCTION_OPTIONS_INIT;
    struct junction_error error;
    junction_client *client = NULL;
    enum junction_code code;
    options.endpoint = args->endpoint;
    options.timeout_ms = args->timeout_ms;
    code = junction_open(&options, &client, &error);
    if (code == JUNCTION_OK) {
        code = cmd->run(args, client, &error);
    }
    junction_close(client);
    if (code != JUNCTION_OK) {
        print_error(&error, args->json);
    }
    return junction_exit_code(code);
}

static bool is_help(const char *verb)
{
    return verb != NULL && strcmp(verb, "help") == 0;
}

/* `help`, `help create`, `--help`, `create --help`. */
static bool show_help(const struct args *args, struct complaint *complaint)
{
    const char *name = is_help(args->verb) ? args->operands[0] : args->verb;
    const struct cmd *cmd = name != NULL ? cmd_find(name) : NULL;
    if (name != NULL && cmd == NULL && !is_help(name)) {
        return cmd_refuse(name, complaint);
    }
    if (cmd != NULL) {
        help_print(cmd);
    } else {
        help_print_all();
    }
    return true;
}

/* Takes the verb apart as far as nobody has to be asked. False: *complaint. *out_cmd stays NULL when all is said. */
static bool prepare(const struct args *args, const struct cmd **out_cmd, struct complaint *complaint)
{
    const struct cmd *cmd;
    if (args->version) {
        printf("junctionctl %s\n", junction_version());
        return true;
    }
    if (args->help || is_help(args->verb)) {
        return show_help(args, complaint);
    }
    if (args->verb == NULL) {
        complaint_fill(complaint, "a command is missing", "", "");
        snprintf(complaint->next, sizeof complaint->next, "junctionctl help lists the commands");
        return false;
    }
    cmd = cmd_find(args->verb);
    if (cmd == NULL) {
        return cmd_refuse(args->verb, complaint);
    }
    *out_cmd = cmd;
    return check_operands(cmd, args, complaint);
}

int cli_run(int argc, char **argv)
{
    struct args args;
    struct complaint complaint;
    const struct cmd *cmd = NULL;
    int exit_code = 0;
    if (!args_parse(argc, argv, &args, &complaint) || !prepare(&args, &cmd, &complaint)) {
        print_complaint(&complaint, args.json);
        exit_code = junction_exit_code(JUNCTION_E_USAGE);
    } else if (cmd != NULL) {
        exit_code = ask(cmd, &args);
    }
    if (!print_finish()) {
        fputs("junctionctl: the answer could not be written to standard output\n", stderr);
        return exit_code != 0 ? exit_code : junction_exit_code(JUNCTION_E_PLATFORM);
    }
    return exit_code;
}
