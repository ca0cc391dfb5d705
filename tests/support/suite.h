/* SPDX-License-Identifier: MIT */
/*
 * TEST(suite, name) { … }: on Criterion where it runs, else on the built-in runner of suite_main.c (TSan, MinGW under
 * Wine). A test's name is a claim about behaviour. Tests leave nothing behind and do not sleep.
 */
#pragma once

#include "tests/support/check.h"

#if defined(JD_TEST_CRITERION)

#include <criterion/criterion.h>

#define TEST(suite, name) Test(suite, name)

#else

typedef void (*suite_fn)(void);
void suite_add(const char *suite, const char *name, suite_fn fn);

/* A constructor registers the test; MSVC has none and would need a list. */
#define TEST(suite, name)                                                    \
    static void suite##_##name##_body(void);                                 \
    __attribute__((constructor)) static void suite##_##name##_register(void) \
    {                                                                        \
        suite_add(#suite, #name, suite##_##name##_body);                     \
    }                                                                        \
    static void suite##_##name##_body(void)

#endif
