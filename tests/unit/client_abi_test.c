/* SPDX-License-Identifier: MIT */
/* What strangers build against: the header alone, and names that are all ours. Asks the compiler and nm of this
 * machine. */
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static int run(const char *command)
{
    int status = system(command); /* its words are ours */
    check_true(status != -1 && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void need_tool(const char *tool)
{
    char command[256];
    snprintf(command, sizeof command, "command -v '%s' >/dev/null 2>&1", tool);
    if (run(command) != 0) {
        char reason[300];
        snprintf(reason, sizeof reason, "there is no %s", tool);
        check_skip(reason);
    }
}

#define HEADER_FLAGS "-Wall -Wextra -pedantic -Werror -Wundef -fsyntax-only"

static int compile_header(const char *compiler, const char *language)
{
    char command[1024];
    snprintf(command, sizeof command,
             "printf '#include \"junction.h\"\\n#include \"junction.h\"\\nint main(void) { struct junction_options o = "
             "JUNCTION_OPTIONS_INIT; return (int)o.timeout_ms; }\\n' | '%s' %s -x %s -I '%s/client/include' -",
             compiler, HEADER_FLAGS, language, JD_TEST_SOURCE);
    return run(command);
}

TEST(client_abi, the_header_stands_alone_in_c11)
{
    need_tool(JD_TEST_CC);
    check_int(compile_header(JD_TEST_CC, "c -std=c11"), 0);
}

TEST(client_abi, the_header_stands_alone_in_cxx17)
{
    need_tool("c++");
    check_int(compile_header("c++", "c++ -std=c++17"), 0);
}

/* The functions that the header declares, and what goes out of a library: the same names, and nothing else. */
static int compare_names(const char *nm, const char *library)
{
    char command[1024];
    snprintf(command, sizeof command,
             "declared=$(grep -oE '\\bjunction_[a-z_]+\\(' '%s/client/include/junction.h' | tr -d '(' | sort -u) && "
             "defined=$(%s --defined-only '%s' 2>/dev/null | awk 'NF == 3 && $2 != \"A\" {sub(/@.*/, \"\", $3); print "
             "$3}' | sort) && "
             "test -n \"$defined\" && test \"$declared\" = \"$defined\"",
             JD_TEST_SOURCE, nm, library);
    return run(command);
}

TEST(client_abi, the_shared_library_exports_what_the_header_declares_and_nothing_else)
{
    need_tool("nm");
    check_int(compare_names("nm -D", JD_TEST_SHARED), 0);
}

TEST(client_abi, the_archive_exports_what_the_header_declares_and_nothing_else)
{
    need_tool("nm");
    check_int(compare_names("nm -g", JD_TEST_ARCHIVE), 0);
}
