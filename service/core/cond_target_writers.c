/* SPDX-License-Identifier: MIT */
#include "service/core/cond_word.h"

static const struct cond_word words[] = {{"admins", COND_WRITERS_ADMINS}, {"anyone", COND_WRITERS_ANYONE}};

static void set_default(struct cond_values *values)
{
    values->target_writers = COND_WRITERS_ADMINS;
}

static enum jd_code parse(const struct jd_json *value, struct cond_values *out, struct jd_err *err)
{
    int parsed;
    enum jd_code code = cond_word_parse(words, JD_COUNT(words), value, &parsed, err);
    if (code == JD_OK) {
        out->target_writers = (enum cond_target_writers)parsed;
    }
    return code;
}

/* Asked where a link is given a target: who could swap it is no matter to remove and the reads. */
static enum tri judge(const struct cond_values *values, const struct facts *facts)
{
    if (values->target_writers == COND_WRITERS_ANYONE || !verb_needs_target_pattern(facts->verb)) {
        return TRI_YES;
    }
    return facts->target_is_guarded;
}

static void describe(const struct cond_values *values, struct jd_buf *out)
{
    cond_word_describe("target_writers", words, JD_COUNT(words), (int)values->target_writers, out);
}

const struct cond cond_target_writers = {
    .key = "target_writers",
    .for_allow_only = false,
    .set_default = set_default,
    .parse = parse,
    .judge = judge,
    .describe = describe,
};
