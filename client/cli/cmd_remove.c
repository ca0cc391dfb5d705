/* SPDX-License-Identifier: MIT */
#include "client/cli/cmd.h"
#include "client/cli/print.h"

static enum junction_code run(const struct args *args, const junction_client *client, struct junction_error *error)
{
    struct junction_remove_result *result = NULL;
    enum junction_code code = junction_remove(client, args->operands[0], &result, error);
    if (code != JUNCTION_OK) {
        return code;
    }
    if (args->json) {
        print_json(result->json);
    } else {
        print_row(result->changed ? "removed" : "unchanged", result->link);
        print_row("target", result->target);
    }
    junction_remove_result_free(result);
    return JUNCTION_OK;
}

const struct cmd cmd_remove = {
    .name = "remove",
    .arguments = "LINK",
    .n_arguments = 1,
    .summary = "remove the junction at LINK, never what it leads to",
    .help = "Refuses whatever is not a junction. The target and everything in it stay as they are.\n",
    .example = "junctionctl remove 'C:\\deploy\\app\\current'",
    .run = run,
};
