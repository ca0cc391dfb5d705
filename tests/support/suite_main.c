/* SPDX-License-Identifier: MIT */
/*
 * The built-in runner: every registered test, one after another, in this process. Arguments are substrings of
 * "suite/name"; without any, all run. Ends with "N passed, N failed, N skipped".
 */
#include "tests/support/suite_main.h"
#include "tests/support/suite.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

enum { TESTS_MAX = 2048 };

struct entry {
    const char *suite;
    const char *name;
    suite_fn fn;
};

static struct entry entries[TESTS_MAX];
static size_t n_entries;
static size_t n_lost;
static jmp_buf end_of_test;

enum { ENDED_FAILED = 1, ENDED_SKIPPED };

void suite_add(const char *suite, const char *name, suite_fn fn)
{
    if (n_entries == TESTS_MAX) {
        n_lost++;
        return;
    }
    entries[n_entries++] = (struct entry){suite, name, fn};
}

void suite_end_failed(const char *message)
{
    printf("FAIL: %s\n", message);
    fflush(stdout);
    longjmp(end_of_test, ENDED_FAILED);
}

void suite_end_skipped(void)
{
    longjmp(end_of_test, ENDED_SKIPPED);
}

static bool is_wanted(const struct entry *entry, int argc, char **argv)
{
    char full[256];
    snprintf(full, sizeof full, "%s/%s", entry->suite, entry->name);
    for (int i = 1; i < argc; i++) {
        if (strstr(full, argv[i]) != NULL) {
            return true;
        }
    }
    return argc < 2;
}

static int run_one(const struct entry *entry)
{
    int ended = setjmp(end_of_test);
    if (ended == 0) {
        check_case("%s", "");
        entry->fn();
    }
    if (ended != 0) {
        printf("  in %s/%s\n", entry->suite, entry->name);
    }
    return ended;
}

int main(int argc, char **argv)
{
    size_t count[3] = {0, n_lost, 0}; /* passed, failed, skipped: indexed by how the test ended */
    for (size_t i = 0; i < n_entries; i++) {
        if (is_wanted(&entries[i], argc, argv)) {
            count[run_one(&entries[i])]++;
        }
    }
    printf("%zu passed, %zu failed, %zu skipped\n", count[0], count[1], count[2]);
    return count[1] == 0 ? 0 : 1;
}
