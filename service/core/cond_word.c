/* SPDX-License-Identifier: MIT */
#include "service/core/cond_word.h"

#include "common/buf.h"

#include <stdio.h>
#include <string.h>

enum { LIST_MAX = 80 };

/* "exists", "any" */
static const char *list_words(const struct cond_word *words, size_t n, char out[LIST_MAX])
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < n && len < LIST_MAX; i++) {
        len += (size_t)snprintf(out + len, LIST_MAX - len, "%s\"%s\"", i == 0 ? "" : " or ", words[i].word);
    }
    return out;
}

enum jd_code cond_word_parse(const struct cond_word *words, size_t n, const struct jd_json *value, int *out,
                             struct jd_err *err)
{
    char list[LIST_MAX];
    const char *word = jd_json_string(value);
    for (size_t i = 0; i < n && word != NULL; i++) {
        if (strcmp(words[i].word, word) == 0) {
            *out = words[i].value;
            return JD_OK;
        }
    }
    return jd_fail_text(err, JD_E_POLICY_INVALID, "policy", NULL, "must be %s", list_words(words, n, list));
}

void cond_word_describe(const char *key, const struct cond_word *words, size_t n, int value, struct jd_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        if (words[i].value == value) {
            jd_buf_add_format(out, "%s: %s", key, words[i].word);
        }
    }
}
