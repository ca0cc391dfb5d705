/* SPDX-License-Identifier: MIT */
/* ping and whoami: two views of one answer, service.info. */
#include "client/cli/cmd.h"
#include "client/cli/print.h"

#include <stdio.h>

static const char *or_unknown(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : "(unknown)";
}

static void print_service(const struct junction_info_result *info)
{
    char text[256];
    snprintf(text, sizeof text, "%s %s, protocol %lld", or_unknown(info->name), or_unknown(info->version),
             (long long)info->protocol);
    print_row("service", text);
    for (size_t i = 0; i < info->n_volumes; i++) {
        const struct junction_volume *volume = &info->volumes[i];
        print_pair(i == 0 ? "volumes" : "", volume->letter, ": ", volume->mount);
    }
}

static void print_caller(const struct junction_info_result *info)
{
    print_row("sid", or_unknown(info->caller_sid));
    print_row("name", or_unknown(info->caller_name));
    print_row("admin", info->caller_is_administrator ? "yes" : "no");
    for (size_t i = 0; i < info->n_caller_groups; i++) {
        print_row(i == 0 ? "groups" : "", info->caller_groups[i]);
    }
    print_row("refused", info->caller_refused);
}

static enum junction_code run_ping(const struct args *args, const junction_client *client, struct junction_error *error)
{
    struct junction_info_result *info = NULL;
    enum junction_code code = junction_info(client, &info, error);
    if (code != JUNCTION_OK) {
        return code;
    }
    if (args->json) {
        print_json(info->json);
    } else {
        print_service(info);
    }
    junction_info_result_free(info);
    return JUNCTION_OK;
}

static enum junction_code run_whoami(const struct args *args, const junction_client *client,
                                     struct junction_error *error)
{
    struct junction_info_result *info = NULL;
    enum junction_code code = junction_info(client, &info, error);
    if (code != JUNCTION_OK) {
        return code;
    }
    if (args->json) {
        print_json(info->caller_json);
    } else {
        print_caller(info);
    }
    junction_info_result_free(info);
    return JUNCTION_OK;
}

const struct cmd cmd_ping = {
    .name = "ping",
    .arguments = "",
    .summary = "ask whether the service answers, and what it serves",
    .help = "Exits with 4 when it cannot be reached, and says why.\n",
    .example = "junctionctl ping --timeout 2",
    .run = run_ping,
};

const struct cmd cmd_whoami = {
    .name = "whoami",
    .arguments = "",
    .summary = "show who the service takes you for",
    .help = "The SIDs are what policy rules are matched against.\n",
    .example = "junctionctl whoami --json",
    .run = run_whoami,
};
