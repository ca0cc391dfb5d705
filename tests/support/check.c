/* SPDX-License-Identifier: MIT */
#include "tests/support/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(JD_TEST_CRITERION)
#include <criterion/criterion.h>
#else
#include "tests/support/suite_main.h"
#endif

static _Thread_local char current_case[512];

void check_case(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(current_case, sizeof current_case, format, args);
    va_end(args);
}

CHECK_NORETURN static void end_failed(const char *message)
{
#if defined(JD_TEST_CRITERION)
    cr_assert_fail("%s", message);
    abort(); /* cr_assert_fail does not return; the compiler cannot know */
#else
    suite_end_failed(message);
#endif
}

void check_fail(const char *file, int line, const char *format, ...)
{
    char text[1024];
    char whole[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    snprintf(whole, sizeof whole, "%s:%d: %s%s%s%s", file, line, text, current_case[0] ? " [case: " : "", current_case,
             current_case[0] ? "]" : "");
    end_failed(whole);
}

void check_skip(const char *reason)
{
    /* One form for both runners: scripts/test.sh counts these lines. */
    printf("SKIP: %s\n", reason);
    fflush(stdout);
#if defined(JD_TEST_CRITERION)
    cr_skip("%s", reason);
    abort();
#else
    suite_end_skipped();
#endif
}

void check_true_at(const char *file, int line, bool value, const char *what)
{
    if (!value) {
        check_fail(file, line, "expected %s", what);
    }
}

void check_int_at(const char *file, int line, int64_t actual, int64_t expected, const char *what)
{
    if (actual != expected) {
        check_fail(file, line, "%s is %lld, expected %lld", what, (long long)actual, (long long)expected);
    }
}

void check_text_at(const char *file, int line, const char *actual, const char *expected, const char *what)
{
    if (actual == NULL || expected == NULL ? actual != expected : strcmp(actual, expected) != 0) {
        check_fail(file, line, "%s is \"%s\", expected \"%s\"", what, actual ? actual : "(null)",
                   expected ? expected : "(null)");
    }
}

void check_bytes_at(const char *file, int line, const void *actual, size_t actual_len, const void *expected,
                    size_t expected_len, const char *what)
{
    const unsigned char *a = actual;
    const unsigned char *b = expected;
    size_t i = 0;
    while (i < actual_len && i < expected_len && a[i] == b[i]) {
        i++;
    }
    if (i < actual_len || i < expected_len) {
        check_fail(file, line, "%s: %zu bytes, expected %zu; first difference at byte %zu", what, actual_len,
                   expected_len, i);
    }
}

void check_code_at(const char *file, int line, enum jd_code actual, enum jd_code expected, const struct jd_err *err,
                   const char *what)
{
    char detail[400] = "";
    if (actual == expected) {
        return;
    }
    if (err != NULL && actual != JD_OK) {
        jd_err_render(err, detail, sizeof detail);
    }
    check_fail(file, line, "%s gave %s, expected %s %s", what, jd_code_name(actual), jd_code_name(expected), detail);
}
