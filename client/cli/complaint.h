/* SPDX-License-Identifier: MIT */
/* What is wrong with a command line: what happened, and what to do next. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { COMPLAINT_MAX = 400 };

struct complaint {
    char what[COMPLAINT_MAX];
    char next[COMPLAINT_MAX]; /* "" when there is no advice */
};

/* What happened: text, made safe to show, between two plain parts. Takes earlier advice away. Always false, to be
 * returned. */
bool complaint_fill(struct complaint *complaint, const char *before, const char *text, const char *after);

/* What to do next: "did you mean …?" for the word that is near enough to wrong, else otherwise. */
void complaint_suggest(struct complaint *complaint, const char *wrong, const char *const *words, size_t n_words,
                       const char *otherwise);
