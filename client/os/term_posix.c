/* SPDX-License-Identifier: MIT */
#include "client/os/term.h"

char **term_start(int *argc, char **argv)
{
    (void)argc;
    return argv;
}
