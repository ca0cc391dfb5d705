/* SPDX-License-Identifier: MIT */
#include "service/core/cond_word.h"

static const struct cond_word words[] = {{"service", OS_OWNER_SERVICE}, {"caller", OS_OWNER_CALLER}};

static void set_default(struct cond_values *values)
{
    values->link_owner = OS_OWNER_SERVICE;
}

static enum jd_code parse(const struct jd_json *value, struct cond_values *out, struct jd_err *err)
{
    int parsed;
    enum jd_code code = cond_word_parse(words, JD_COUNT(words), value, &parsed, err);
    if (code == JD_OK) {
        out->link_owner = (enum os_owner)parsed;
    }
    return code;
}

/* Hinders nothing: it says how the link is made (verdict.link_owner). */
static enum tri judge(const struct cond_values *values, const struct facts *facts)
{
    (void)values;
    (void)facts;
    return TRI_YES;
}

static void describe(const struct cond_values *values, struct jd_buf *out)
{
    cond_word_describe("link_owner", words, JD_COUNT(words), (int)values->link_owner, out);
}

const struct cond cond_link_owner = {
    .key = "link_owner",
    .for_allow_only = true,
    .set_default = set_default,
    .parse = parse,
    .judge = judge,
    .describe = describe,
};
