/* SPDX-License-Identifier: MIT */
#include "common/buf.h"
#include "tests/support/suite.h"
#include "tests/unit/policy_fixture.h"

#include <stdio.h>
#include <string.h>

static size_t count_lines(const struct jd_buf *text)
{
    size_t n = 0;
    for (size_t i = 0; i < text->len; i++) {
        n += text->data[i] == '\n';
    }
    return n;
}

/* Lints rules; n lines are expected, and part somewhere in them (NULL: no matter). */
static void check_lint(const char *rules, size_t n, const char *part)
{
    char text[2048];
    struct policy *policy;
    struct jd_buf out;
    snprintf(text, sizeof text, "{'version':1,'groups':{'g':['" DEPLOYERS "'],'all':['Users']},'rules':[%s]}", rules);
    policy = fixture_policy(text);
    jd_buf_init(&out, 4096);
    check_int(policy_lint(policy, &out), n);
    check_int(count_lines(&out), n);
    if (part != NULL && (out.data == NULL || strstr(out.data, part) == NULL)) {
        check_fail(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", out.data != NULL ? out.data : "", part);
    }
    jd_buf_done(&out);
    policy_drop(policy);
}

#define RULE(id, effect, ops, who) "{'id':'" id "','effect':'" effect "','operations':[" ops "],'principals':[" who "]"
#define GOOD RULE("r", "allow", "'create'", "'@g'") ",'link':'C:\\l\\**','target':'C:\\t\\**'"

TEST(policy_lint, says_what_is_unwise_and_nothing_else)
{
    static const struct {
        const char *rules;
        size_t n;
        const char *part, *why;
    } rows[] = {
        {GOOD "}", 0, NULL, "nothing to say"},
        {"", 1, "there are no rules: nothing is allowed", "an empty list"},
        {RULE("r", "allow", "'create'", "'@g'") ",'link':'C:\\**','target':'D:\\t\\**'}", 1,
         "rule \"r\": link C:\\** is as wide as a whole volume", "a whole volume"},
        {RULE("r", "allow", "'create'", "'@g'") ",'link':'C:\\l\\**','target':'D:\\**'}", 1,
         "rule \"r\": target D:\\** is as wide", "a whole volume"},
        {RULE("r", "deny", "'create'", "'@g'") ",'link':'C:\\**','target':'C:\\**'}", 0, NULL, "a deny may be wide"},
        {GOOD ",'target_writers':'anyone'}", 1, "rule \"r\": grants target_writers: anyone", "a grant"},
        {RULE("r", "deny", "'create'", "'@g'") ",'target_writers':'anyone'}", 0, NULL, "a deny grants nothing"},
        {RULE("r", "allow", "'inspect'", "'@g'") ",'link':'C:\\l\\{user}\\**'}", 1, "two domains can share it",
         "{user}"},
        {RULE("r", "deny", "'inspect'", "'@g'") ",'link':'C:\\l\\{user}\\**'}", 1, "two domains", "in a deny too"},
        {RULE("r", "allow", "'inspect'", "'@g'") ",'link':'C:\\l\\{sid}\\**'}", 0, NULL, "{sid} is safe"},
        {RULE("r", "allow", "'create'", "'CONTOSO\\bob'") ",'link':'C:\\l\\**','target':'C:\\t\\**'}", 1,
         "rule \"r\": account \"CONTOSO\\bob\" is not resolved (this version knows SIDs only): the rule allows nobody",
         "an inert allow"},
        {RULE("r", "deny", "'create'", "'bob'") "}", 1, "the rule denies everybody", "a deny that hits all"},
        {RULE("r", "allow", "'remove'", "'Everyone'") ",'link':'C:\\l\\**'}", 1, "lets Everyone change links",
         "a crowd"},
        {RULE("r", "allow", "'remove'", "'AU'") ",'link':'C:\\l\\**'}", 1, "lets Authenticated Users", "a crowd"},
        {RULE("r", "allow", "'remove'", "'@all'") ",'link':'C:\\l\\**'}", 1, "lets Users change", "a crowd in a group"},
        {RULE("r", "allow", "'inspect'", "'Everyone'") ",'link':'C:\\l\\**'}", 0, NULL, "a crowd that reads"},
        {RULE("r", "deny", "'remove'", "'Everyone'") ",'link':'C:\\l\\**'}", 0, NULL, "a crowd that is denied"},
        {RULE("r", "allow", "'create'", "'@g'") ",'link':'C:\\t\\l\\**','target':'C:\\t\\**'}", 1,
         "link C:\\t\\l\\** and target C:\\t\\** overlap", "one in the other"},
        {RULE("r", "allow", "'remove'", "'@g'") ",'link':'C:\\t\\l\\**','target':'C:\\t\\**'}", 0, NULL,
         "a rule that gives no link its target"},
        {GOOD "}," RULE("d", "deny", "'create','remove'", "'@g'") ",'link':'C:\\l\\**','target':'C:\\t\\**'}", 1,
         "rule \"r\": never allows anything: rule \"d\" denies it all", "the same, denied"},
        {RULE("d", "deny", "'create'", "'Everyone'") "}," GOOD "}", 1, "rule \"d\" denies it all", "all, denied"},
        {GOOD "}," RULE("d", "deny", "'create'", "'" DEPLOYERS "'") "}", 1, "denies it all", "the same people"},
        {GOOD "}," RULE("d", "deny", "'create'", "'BA'") "}", 0, NULL, "other people"},
        {GOOD "}," RULE("d", "deny", "'remove'", "'@g'") "}", 0, NULL, "another operation"},
        {GOOD "}," RULE("d", "deny", "'create'", "'@g'") ",'link':'C:\\l\\x\\**'}", 0, NULL, "a part"},
        {GOOD "}," RULE("d", "deny", "'create'", "'@g'") ",'target_state':'exists'}", 0, NULL, "under a condition"},
        {RULE("r", "allow", "'remove'", "'@g'") ",'link':'C:\\l\\**'}," RULE("d", "deny", "'remove'",
                                                                             "'@g'") ",'target':'C:\\t\\**'}",
         0, NULL, "a deny that names a target leaves the others"},
        {RULE("r", "allow", "'create'", "'AU'") ",'link':'C:\\**','target':'C:\\{{\xE2\x80\xAE\\**',"
                                                "'target_writers':'anyone'}",
         4, "target C:\\{{<U+202E>\\**", "several at once; what misleads is shown as code"},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        check_case("%s: %s", rows[i].rules, rows[i].why);
        check_lint(rows[i].rules, rows[i].n, rows[i].part);
    }
}

TEST(policy_lint, lists_the_grant_and_the_unresolved_account_of_the_design_example)
{
    struct policy *policy = fixture_file("design-example.json");
    struct jd_buf out;
    jd_buf_init(&out, 4096);
    check_int(policy_lint(policy, &out), 2);
    check_true(strstr(out.data, "rule \"deploy-current\": grants target_writers: anyone") != NULL);
    check_true(strstr(out.data, "account \"CONTOSO\\Deployers\" is not resolved") != NULL);
    jd_buf_done(&out);
    policy_drop(policy);
}
