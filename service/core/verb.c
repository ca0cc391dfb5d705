/* SPDX-License-Identifier: MIT */
#include "service/core/facts.h"

#include <string.h>

struct row {
    const char *word;
    bool looks_at_target;
    bool needs_target_pattern;
};

static const struct row rows[VERB_COUNT] = {
    [VERB_NONE] = {"none", false, false},
#define VERB(name, looks, needs) [VERB_##name] = {#name, looks, needs},
#include "service/core/verb_list.h"
#undef VERB
};

static const struct row *row_of(enum verb verb)
{
    return &rows[(unsigned)verb < VERB_COUNT ? verb : VERB_NONE];
}

const char *verb_word(enum verb verb)
{
    return row_of(verb)->word;
}

enum verb verb_from_word(const char *word)
{
    for (int verb = VERB_NONE + 1; verb < VERB_COUNT; verb++) {
        if (strcmp(rows[verb].word, word) == 0) {
            return (enum verb)verb;
        }
    }
    return VERB_NONE;
}

bool verb_looks_at_target(enum verb verb)
{
    return row_of(verb)->looks_at_target;
}

bool verb_needs_target_pattern(enum verb verb)
{
    return row_of(verb)->needs_target_pattern;
}
