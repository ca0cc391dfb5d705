/* SPDX-License-Identifier: MIT */
/* A condition whose value is one word out of a few, each standing for a number of an enum. Pure. */
#pragma once

#include "service/core/cond.h"

struct cond_word {
    const char *word;
    int value;
};

/* Fails with POLICY_INVALID, err->text the words there are. */
JD_MUST_CHECK enum jd_code cond_word_parse(const struct cond_word *words, size_t n, const struct jd_json *value,
                                           int *out, struct jd_err *err);
/* Appends "key: word". */
void cond_word_describe(const char *key, const struct cond_word *words, size_t n, int value, struct jd_buf *out);
