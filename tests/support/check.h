/* SPDX-License-Identifier: MIT */
/*
 * Checks that speak in names: what was expected, what came, and why the case exists. A failed check prints and ends its
 * test; check_case names the row of a table first. A skip prints its reason and is counted.
 */
#pragma once

#include "common/err.h"

#include <stdbool.h>
#include <stdint.h>

#if defined(__GNUC__)
#define CHECK_NORETURN __attribute__((noreturn))
#else
#define CHECK_NORETURN
#endif

/* Names the row being checked, printed when a check after it fails. Formats are as printf's. */
void check_case(const char *format, ...) JD_PRINTF(1, 2);

/* Ends the test as failed. */
CHECK_NORETURN void check_fail(const char *file, int line, const char *format, ...) JD_PRINTF(3, 4);

/* Ends the test as skipped, with its reason on one line. */
CHECK_NORETURN void check_skip(const char *reason);

void check_true_at(const char *file, int line, bool value, const char *what);
void check_int_at(const char *file, int line, int64_t actual, int64_t expected, const char *what);
void check_text_at(const char *file, int line, const char *actual, const char *expected, const char *what);
void check_bytes_at(const char *file, int line, const void *actual, size_t actual_len, const void *expected,
                    size_t expected_len, const char *what);
void check_code_at(const char *file, int line, enum jd_code actual, enum jd_code expected, const struct jd_err *err,
                   const char *what);

#define check_true(value) check_true_at(__FILE__, __LINE__, (value), #value)
#define check_false(value) check_true_at(__FILE__, __LINE__, !(value), "!(" #value ")")
#define check_int(actual, expected) check_int_at(__FILE__, __LINE__, (int64_t)(actual), (int64_t)(expected), #actual)
#define check_text(actual, expected) check_text_at(__FILE__, __LINE__, (actual), (expected), #actual)
#define check_bytes(actual, actual_len, expected, expected_len) \
    check_bytes_at(__FILE__, __LINE__, (actual), (actual_len), (expected), (expected_len), #actual)
/* err: the struct jd_err the call filled; printed when the code is not the expected one. */
#define check_code(call, expected, err) check_code_at(__FILE__, __LINE__, (call), (expected), (err), #call)
#define check_ok(call, err) check_code_at(__FILE__, __LINE__, (call), JD_OK, (err), #call)
