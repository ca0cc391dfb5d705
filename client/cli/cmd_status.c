/* SPDX-License-Identifier: MIT */
#include "client/cli/cmd.h"
#include "client/cli/print.h"

#include <stdio.h>
#include <string.h>

static void print_uptime(const struct junction_status_result *status)
{
    char text[96];
    long long s = (long long)status->uptime_s;
    if (s >= 0) {
        snprintf(text, sizeof text, "%lldd %02lld:%02lld:%02lld", s / 86400, s / 3600 % 24, s / 60 % 60, s % 60);
        print_row("uptime", text);
    }
}

static void print_policy(const struct junction_status_result *status)
{
    char text[320];
    if (status->policy_hash == NULL) {
        print_row("policy", "none that is valid");
        return;
    }
    snprintf(text, sizeof text, "%lld rules, hash %.12s, loaded %s", (long long)status->policy_rules,
             status->policy_hash, status->policy_loaded != NULL ? status->policy_loaded : "(unknown)");
    print_row("policy", text);
}

static void print_refusal(const struct junction_status_result *status)
{
    if (status->policy_refused != NULL) {
        print_pair("refused", status->policy_refused, ": ", status->policy_refused_detail);
    }
}

static void print_load(const struct junction_status_result *status)
{
    char text[160];
    snprintf(text, sizeof text, "%lld connections, %lld operations", (long long)status->connections,
             (long long)status->running);
    print_row("running", text);
}

static void print_operation(const struct junction_operation_count *count)
{
    static const char group[] = "junction.";
    const char *name = count->method;
    char text[160];
    if (strncmp(name, group, sizeof group - 1) == 0) {
        name += sizeof group - 1;
    }
    snprintf(text, sizeof text, "%lld done, %lld denied, %lld failed", (long long)count->done, (long long)count->denied,
             (long long)count->failed);
    print_row(name, text);
}

static void print_result(const struct junction_status_result *status)
{
    print_row("state", status->state);
    print_row("version", status->version);
    print_uptime(status);
    print_policy(status);
    print_refusal(status);
    print_row("audit", status->audit_state);
    print_load(status);
    for (size_t i = 0; i < status->n_operations; i++) {
        print_operation(&status->operations[i]);
    }
}

static enum junction_code run(const struct args *args, const junction_client *client, struct junction_error *error)
{
    struct junction_status_result *status = NULL;
    enum junction_code code = junction_status(client, &status, error);
    if (code != JUNCTION_OK) {
        return code;
    }
    if (args->json) {
        print_json(status->json);
    } else {
        print_result(status);
    }
    junction_status_result_free(status);
    return JUNCTION_OK;
}

const struct cmd cmd_status = {
    .name = "status",
    .arguments = "",
    .summary = "show how the service is doing",
    .help = "state   running, stopping, policy_unavailable, audit_unavailable\n",
    .example = "junctionctl status",
    .run = run,
};
