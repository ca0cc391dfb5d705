/* SPDX-License-Identifier: MIT */
#include "service/app/nearest.h"

#include <string.h>

enum { WORD_MAX = 32 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance: one letter changed, left out, put in, or two neighbours swapped. */
static size_t distance(const char *a, const char *b)
{
    size_t d[WORD_MAX + 1][WORD_MAX + 1];
    size_t a_len = strlen(a);
    size_t b_len = strlen(b);
    for (size_t i = 0; i <= a_len; i++) {
        for (size_t j = 0; j <= b_len; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = least(d[i - 1][j - 1] + (a[i - 1] != b[j - 1]), least(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
    }
    return d[a_len][b_len];
}

const char *nearest_word(const char *typed, const char *const *words, size_t n)
{
    const char *found = NULL;
    size_t best = strlen(typed) / 3 + 1;
    if (strlen(typed) > WORD_MAX) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        size_t here = strlen(words[i]) > WORD_MAX ? best : distance(typed, words[i]);
        if (here < best) {
            best = here;
            found = words[i];
        }
    }
    return found;
}
