/* SPDX-License-Identifier: MIT */
#include "client/cli/cmd.h"
#include "client/cli/print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A junction's tag says nothing new; any other one is worth its number. */
static void print_tag(const struct junction_inspect_result *result)
{
    char tag[128];
    if (result->tag == 0 || strcmp(result->kind, "junction") == 0) {
        return;
    }
    snprintf(tag, sizeof tag, "0x%08" PRIX32 " %s", result->tag, result->tag_name != NULL ? result->tag_name : "");
    print_row("tag", tag);
}

static void print_result(const struct junction_inspect_result *result)
{
    print_row("link", result->link);
    print_row("kind", result->kind);
    print_tag(result);
    print_row("target", result->target);
    print_row("state", result->target_state);
    print_row("utf16", result->target_utf16);
}

static enum junction_code run(const struct args *args, const junction_client *client, struct junction_error *error)
{
    struct junction_inspect_result *result = NULL;
    enum junction_code code = junction_inspect(client, args->operands[0], &result, error);
    if (code != JUNCTION_OK) {
        return code;
    }
    if (args->json) {
        print_json(result->json);
    } else {
        print_result(result);
    }
    junction_inspect_result_free(result);
    return JUNCTION_OK;
}

const struct cmd cmd_inspect = {
    .name = "inspect",
    .arguments = "LINK",
    .n_arguments = 1,
    .summary = "tell what stands at LINK, and where it leads",
    .help = "kind    nothing, file, directory, junction, volume_mount_point, symbolic_link, other, malformed\n"
            "state   of the target: ok, missing, not_a_directory, loop, denied, missing_volume, unknown\n",
    .example = "junctionctl inspect 'C:\\deploy\\app\\current'",
    .run = run,
};
