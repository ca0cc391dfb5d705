/* SPDX-License-Identifier: MIT */
/* The word somebody meant. Pure. */
#pragma once

#include <stddef.h>

/* The nearest of words by letters added, dropped, changed or swapped; NULL when none is near enough to be a slip. */
const char *suggest_word(const char *wrong, const char *const *words, size_t n_words);
