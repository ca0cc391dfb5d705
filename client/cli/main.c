/* SPDX-License-Identifier: MIT */
#include "client/cli/cli.h"
#include "client/os/term.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    char **arguments = term_start(&argc, argv);
    if (arguments == NULL) {
        fputs("junctionctl: out of memory\n", stderr);
        return 7;
    }
    return cli_run(argc, arguments);
}
