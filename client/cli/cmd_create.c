/* SPDX-License-Identifier: MIT */
#include "client/cli/cmd.h"
#include "client/cli/print.h"

static enum junction_code run(const struct args *args, const junction_client *client, struct junction_error *error)
{
    struct junction_create_result *result = NULL;
    enum junction_code code = junction_create(client, args->operands[0], args->operands[1], &result, error);
    if (code != JUNCTION_OK) {
        return code;
    }
    if (args->json) {
        print_json(result->json);
    } else {
        print_row(result->changed ? "created" : "unchanged", result->link);
        print_row("target", result->target);
    }
    junction_create_result_free(result);
    return JUNCTION_OK;
}

const struct cmd cmd_create = {
    .name = "create",
    .arguments = "LINK TARGET",
    .n_arguments = 2,
    .summary = "make a junction at LINK that leads to the directory TARGET",
    .help = "LINK must not exist yet, its folder must. TARGET must be an existing directory and\n"
            "must not be, or pass through, a reparse point.\n",
    .example = "junctionctl create 'C:\\deploy\\app\\current' 'C:\\deploy\\app\\releases\\42'",
    .run = run,
};
