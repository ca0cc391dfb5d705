/* SPDX-License-Identifier: MIT */
/* The word somebody probably meant. Pure. */
#pragma once

#include <stddef.h>

/* The one of words closest to typed: at most a third of its letters are wrong, missing, too many or swapped. NULL when
 * none is. */
const char *nearest_word(const char *typed, const char *const *words, size_t n);
