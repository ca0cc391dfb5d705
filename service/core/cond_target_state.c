/* SPDX-License-Identifier: MIT */
#include "service/core/cond_word.h"

static const struct cond_word words[] = {{"exists", COND_TARGET_EXISTS}, {"any", COND_TARGET_ANY}};

static void set_default(struct cond_values *values)
{
    values->target_state = COND_TARGET_EXISTS;
}

static enum jd_code parse(const struct jd_json *value, struct cond_values *out, struct jd_err *err)
{
    int parsed;
    enum jd_code code = cond_word_parse(words, JD_COUNT(words), value, &parsed, err);
    if (code == JD_OK) {
        out->target_state = (enum cond_target_state)parsed;
    }
    return code;
}

/* Asked where a link is given a target; remove and the reads must work on links whose target is gone. */
static enum tri judge(const struct cond_values *values, const struct facts *facts)
{
    if (values->target_state == COND_TARGET_ANY || !verb_needs_target_pattern(facts->verb)) {
        return TRI_YES;
    }
    return facts->target_exists;
}

static void describe(const struct cond_values *values, struct jd_buf *out)
{
    cond_word_describe("target_state", words, JD_COUNT(words), (int)values->target_state, out);
}

const struct cond cond_target_state = {
    .key = "target_state",
    .for_allow_only = false,
    .set_default = set_default,
    .parse = parse,
    .judge = judge,
    .describe = describe,
};
