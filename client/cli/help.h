/* SPDX-License-Identifier: MIT */
/* Help pages, on standard output. */
#pragma once

#include "client/cli/cmd.h"

void help_print_all(void);
void help_print(const struct cmd *cmd);
