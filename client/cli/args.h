/* SPDX-License-Identifier: MIT */
/* The command line, taken apart. Options stand before or after the verb, `--` ends them. Knows no verbs. */
#pragma once

#include "client/cli/complaint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARGS_OPERANDS_MAX = 4 };

/* Texts are borrowed from argv. */
struct args {
    const char *verb;                        /* NULL when there is none */
    const char *operands[ARGS_OPERANDS_MAX]; /* what follows the verb */
    size_t n_operands;                       /* may be more than operands holds */
    const char *endpoint;                    /* NULL: not named */
    uint32_t timeout_ms;                     /* 0: not named */
    bool json;
    bool help;
    bool version;
};

/* False with *complaint filled; json is right even then, so that the complaint can be told in the form that was asked
 * for. */
bool args_parse(int argc, char **argv, struct args *out, struct complaint *complaint);

/* "30" and "30s" are seconds, "500ms" milliseconds; 1 ms to JUNCTION_TIMEOUT_MAX_MS. */
bool args_timeout(const char *text, uint32_t *out_ms);

/* The options for a help page: "--json", what it does. */
void args_print_options(void);
