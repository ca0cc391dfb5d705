/* SPDX-License-Identifier: MIT */
#include "protocol/scan_number.h"

#include "protocol/limits.h"

#include <stdint.h>

enum { PLAIN_DIGITS_MAX = 16 };

static size_t take_digits(const char *text, size_t len, size_t *pos)
{
    size_t from = *pos;
    while (*pos < len && text[*pos] >= '0' && text[*pos] <= '9') {
        (*pos)++;
    }
    return *pos - from;
}

static bool take_either(const char *text, size_t len, size_t *pos, char one, char other)
{
    if (*pos == len || (text[*pos] != one && text[*pos] != other)) {
        return false;
    }
    (*pos)++;
    return true;
}

static bool is_within_limit(const char *digits, size_t n)
{
    int64_t value = 0;
    for (size_t i = 0; i < n && i < PLAIN_DIGITS_MAX; i++) {
        value = value * 10 + (digits[i] - '0');
    }
    return n <= PLAIN_DIGITS_MAX && value <= JD_INTEGER_MAX;
}

bool jd_scan_number(const char *text, size_t len, size_t *pos, bool *out_plain)
{
    bool negative = take_either(text, len, pos, '-', '-');
    const char *digits = text + *pos;
    size_t n = take_digits(text, len, pos);
    if (n == 0 || (n > 1 && digits[0] == '0')) {
        return false;
    }
    *out_plain = is_within_limit(digits, n) && !(negative && digits[0] == '0');
    if (take_either(text, len, pos, '.', '.')) {
        *out_plain = false;
        if (take_digits(text, len, pos) == 0) {
            return false;
        }
    }
    if (take_either(text, len, pos, 'e', 'E')) {
        *out_plain = false;
        (void)take_either(text, len, pos, '+', '-');
        return take_digits(text, len, pos) > 0;
    }
    return true;
}
