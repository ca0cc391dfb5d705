/* SPDX-License-Identifier: MIT */
#include "client/cli/args.h"

#include "client/include/junction.h"

#include <stdio.h>
#include <string.h>

struct option {
    const char *name;
    const char *value; /* how help names its value; NULL when it takes none */
    const char *help;
    bool (*take)(struct args *args, const char *value, struct complaint *complaint);
};

static bool take_json(struct args *args, const char *value, struct complaint *complaint)
{
    (void)value;
    (void)complaint;
    args->json = true;
    return true;
}

static bool take_endpoint(struct args *args, const char *value, struct complaint *complaint)
{
    if (value[0] == '\0') {
        return complaint_fill(complaint, "--endpoint is empty", "", "");
    }
    args->endpoint = value;
    return true;
}

static bool take_timeout(struct args *args, const char *value, struct complaint *complaint)
{
    if (!args_timeout(value, &args->timeout_ms)) {
        complaint_fill(complaint, "--timeout cannot be \"", value, "\"");
        snprintf(complaint->next, sizeof complaint->next,
                 "say it in seconds (30) or milliseconds (500ms), up to a day");
        return false;
    }
    return true;
}

static bool take_help(struct args *args, const char *value, struct complaint *complaint)
{
    (void)value;
    (void)complaint;
    args->help = true;
    return true;
}

static bool take_version(struct args *args, const char *value, struct complaint *complaint)
{
    (void)value;
    (void)complaint;
    args->version = true;
    return true;
}

static const struct option options[] = {
    {"--json", NULL, "answer with one JSON object on one line, errors too", take_json},
    {"--endpoint", "PATH", "where the service listens (else: environment JUNCTIOND_ENDPOINT, else the default)",
     take_endpoint},
    {"--timeout", "TIME", "how long to wait in all: 30 (seconds), 500ms (default 30)", take_timeout},
    {"--help", NULL, "explain the command", take_help},
    {"--version", NULL, "print the version", take_version},
};

enum { N_OPTIONS = sizeof options / sizeof options[0] };

bool args_timeout(const char *text, uint32_t *out_ms)
{
    uint64_t value = 0;
    const char *p = text;
    for (; *p >= '0' && *p <= '9'; p++) {
        value = value * 10 + (uint64_t)(*p - '0');
        if (value > JUNCTION_TIMEOUT_MAX_MS) {
            return false;
        }
    }
    if (p == text || (strcmp(p, "") != 0 && strcmp(p, "s") != 0 && strcmp(p, "ms") != 0)) {
        return false;
    }
    if (p[0] != 'm') {
        value *= 1000;
    }
    if (value == 0 || value > JUNCTION_TIMEOUT_MAX_MS) {
        return false;
    }
    *out_ms = (uint32_t)value;
    return true;
}

/* name_len: what stands before a "=". -h is what everybody tries first. */
static const struct option *find_option(const char *text, size_t name_len)
{
    if (strcmp(text, "-h") == 0) {
        text = "--help";
        name_len = strlen(text);
    }
    for (size_t i = 0; i < N_OPTIONS; i++) {
        if (strlen(options[i].name) == name_len && memcmp(options[i].name, text, name_len) == 0) {
            return &options[i];
        }
    }
    return NULL;
}

static bool refuse_option(const char *text, struct complaint *complaint)
{
    const char *names[N_OPTIONS];
    for (size_t i = 0; i < N_OPTIONS; i++) {
        names[i] = options[i].name;
    }
    complaint_fill(complaint, "there is no option ", text, "");
    complaint_suggest(complaint, text, names, N_OPTIONS, "junctionctl help lists the options; -- ends them");
    return false;
}

/* argv[*at] is an option; takes its value too. */
static bool take_option(int argc, char **argv, int *at, struct args *args, struct complaint *complaint)
{
    const char *text = argv[*at];
    size_t name_len = strcspn(text, "=");
    const char *value = text[name_len] == '=' ? text + name_len + 1 : NULL;
    const struct option *option = find_option(text, name_len);
    if (option == NULL) {
        return refuse_option(text, complaint);
    }
    if (option->value == NULL && value != NULL) {
        return complaint_fill(complaint, option->name, "", " takes no value");
    }
    if (option->value != NULL && value == NULL) {
        if (*at + 1 >= argc) {
            return complaint_fill(complaint, option->name, "", " needs a value");
        }
        value = argv[++*at];
    }
    return option->take(args, value, complaint);
}

static void take_operand(const char *text, struct args *args)
{
    if (args->verb == NULL) {
        args->verb = text;
        return;
    }
    if (args->n_operands < ARGS_OPERANDS_MAX) {
        args->operands[args->n_operands] = text;
    }
    args->n_operands++;
}

/* Looked for on its own, because an error in front of it must already be told as JSON. */
static bool wants_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            return true;
        }
    }
    return false;
}

bool args_parse(int argc, char **argv, struct args *out, struct complaint *complaint)
{
    bool ended = false;
    *out = (struct args){.json = wants_json(argc, argv)};
    for (int i = 1; i < argc; i++) {
        if (ended || argv[i][0] != '-' || argv[i][1] == '\0') {
            take_operand(argv[i], out);
        } else if (strcmp(argv[i], "--") == 0) {
            ended = true;
        } else if (!take_option(argc, argv, &i, out, complaint)) {
            return false;
        }
    }
    return true;
}

void args_print_options(void)
{
    for (size_t i = 0; i < N_OPTIONS; i++) {
        char name[40];
        snprintf(name, sizeof name, "%s%s%s", options[i].name, options[i].value != NULL ? " " : "",
                 options[i].value != NULL ? options[i].value : "");
        printf("  %-18s%s\n", name, options[i].help);
    }
}
