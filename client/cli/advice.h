/* SPDX-License-Identifier: MIT */
/* What to tell a person about an error besides its sentence: why exactly, and what to do next. Tables; pure. */
#pragma once

#include "client/include/junction.h"

enum { ADVICE_MAX = 1400 };

/* Both write "" where there is nothing to say. Their text is not yet safe to show: it quotes rules and paths. */
void advice_why(const struct junction_error *error, char out[ADVICE_MAX]);
void advice_next(const struct junction_error *error, char out[ADVICE_MAX]);
