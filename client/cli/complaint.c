/* SPDX-License-Identifier: MIT */
#include "client/cli/complaint.h"

#include "client/cli/suggest.h"
#include "client/include/junction.h"

#include <stdio.h>

bool complaint_fill(struct complaint *complaint, const char *before, const char *text, const char *after)
{
    char *safe = junction_escape(text);
    snprintf(complaint->what, sizeof complaint->what, "%s%s%s", before, safe != NULL ? safe : "", after);
    complaint->next[0] = '\0';
    junction_free(safe);
    return false;
}

void complaint_suggest(struct complaint *complaint, const char *wrong, const char *const *words, size_t n_words,
                       const char *otherwise)
{
    const char *word = suggest_word(wrong, words, n_words);
    if (word != NULL) {
        snprintf(complaint->next, sizeof complaint->next, "did you mean %s?", word);
    } else {
        snprintf(complaint->next, sizeof complaint->next, "%s", otherwise);
    }
}
