/* SPDX-License-Identifier: MIT */
#include "client/cli/suggest.h"

#include <string.h>

enum { WORD_MAX = 32 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance: three rows of the usual table, since a swap looks two back. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= b_len; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a_len; i++) {
        size_t *now = rows[i % 3];
        const size_t *before = rows[(i - 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t best = before[j - 1] + (a[i - 1] != b[j - 1]);
            best = smaller(best, smaller(before[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                best = smaller(best, rows[(i - 2) % 3][j - 2] + 1);
            }
            now[j] = best;
        }
    }
    return rows[a_len % 3][b_len];
}

const char *suggest_word(const char *wrong, const char *const *words, size_t n_words)
{
    const char *nearest = NULL;
    size_t len = strlen(wrong);
    size_t least = len / 3 + 1; /* one slip in three letters, and one for short words */
    if (len > WORD_MAX) {
        return NULL;
    }
    for (size_t i = 0; i < n_words; i++) {
        size_t word_len = strlen(words[i]);
        size_t d = word_len <= WORD_MAX ? distance(wrong, len, words[i], word_len) : len;
        if (d <= least && d < word_len && (nearest == NULL || d < least)) {
            least = d;
            nearest = words[i];
        }
    }
    return nearest;
}
