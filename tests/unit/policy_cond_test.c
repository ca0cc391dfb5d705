/* SPDX-License-Identifier: MIT */
#include "service/core/cond.h"

#include "common/buf.h"
#include "tests/support/suite.h"
#include "tests/unit/policy_fixture.h"

#include <stdio.h>
#include <string.h>

/* One rule with conditions, and behind a deny an allow without any. */
static struct policy *with_conditions(const char *effect, const char *conditions)
{
    char text[1024];
    snprintf(
        text, sizeof text,
        "{'version':1,'rules':[{'id':'r','effect':'%s','operations':['create','retarget','repair','remove','inspect'],"
        "'principals':['Everyone'],'link':'C:\\l\\**','target':'C:\\t\\**'%s}%s]}",
        effect, conditions,
        strcmp(effect, "allow") == 0
            ? ""
            : ",{'id':'all','effect':'allow','operations':['create','retarget','repair','remove','inspect'],"
              "'principals':['Everyone'],'link':'C:\\l\\**','target':'C:\\t\\**',"
              "'target_state':'any','target_writers':'anyone'}");
    return fixture_policy(text);
}

TEST(policy_cond, cannot_tell_matches_no_allow_and_every_deny)
{
    static const struct {
        const char *effect, *conditions;
        enum tri exists, guarded;
        bool allowed;
        const char *why;
    } rows[] = {
        {"allow", "", TRI_YES, TRI_YES, true, "by default: exists, guarded"},
        {"allow", "", TRI_NO, TRI_YES, false, "by default it must exist"},
        {"allow", "", TRI_UNKNOWN, TRI_YES, false, "and be known to"},
        {"allow", "", TRI_YES, TRI_NO, false, "by default it must be guarded"},
        {"allow", "", TRI_YES, TRI_UNKNOWN, false, "and be known to"},
        {"allow", ",'target_state':'exists'", TRI_NO, TRI_YES, false, "the default, written"},
        {"allow", ",'target_state':'any'", TRI_NO, TRI_YES, true, "need not exist"},
        {"allow", ",'target_state':'any'", TRI_UNKNOWN, TRI_YES, true, "nor be known to"},
        {"allow", ",'target_state':'any'", TRI_YES, TRI_NO, false, "one condition does not lift another"},
        {"allow", ",'target_writers':'admins'", TRI_YES, TRI_NO, false, "the default, written"},
        {"allow", ",'target_writers':'anyone'", TRI_YES, TRI_NO, true, "need not be guarded"},
        {"allow", ",'target_writers':'anyone'", TRI_YES, TRI_UNKNOWN, true, "nor be known to"},
        {"allow", ",'link_owner':'caller'", TRI_YES, TRI_YES, true, "hinders nothing"},
        {"deny", "", TRI_NO, TRI_NO, false, "a deny has only the conditions written"},
        {"deny", ",'target_state':'exists'", TRI_YES, TRI_NO, false, "denies what exists"},
        {"deny", ",'target_state':'exists'", TRI_NO, TRI_NO, true, "and nothing else"},
        {"deny", ",'target_state':'exists'", TRI_UNKNOWN, TRI_NO, false, "but what may exist"},
        {"deny", ",'target_state':'any'", TRI_NO, TRI_NO, false, "denies whatever it is"},
        {"deny", ",'target_writers':'admins'", TRI_YES, TRI_YES, false, "denies what is guarded"},
        {"deny", ",'target_writers':'admins'", TRI_YES, TRI_NO, true, "and nothing else"},
        {"deny", ",'target_writers':'admins'", TRI_YES, TRI_UNKNOWN, false, "but what may be"},
        {"deny", ",'target_state':'exists','target_writers':'admins'", TRI_NO, TRI_YES, true, "all of them must match"},
    };
    static const enum verb verbs[] = {VERB_create, VERB_repair, VERB_retarget};
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        struct policy *policy = with_conditions(rows[i].effect, rows[i].conditions);
        for (size_t k = 0; k < JD_COUNT(verbs); k++) {
            struct ask ask = {verbs[k], .link = "C:\\l\\a", .target = "C:\\t\\a", .facts_given = true};
            ask.exists = rows[i].exists;
            ask.guarded = rows[i].guarded;
            check_case("%s %s%s: %s", verb_word(verbs[k]), rows[i].effect, rows[i].conditions, rows[i].why);
            check_int(fixture_judge(policy, ask).allowed, rows[i].allowed);
        }
        policy_drop(policy);
    }
}

TEST(policy_cond, a_dangling_link_can_be_removed_and_inspected)
{
    struct policy *policy = with_conditions("allow", "");
    struct ask ask = {VERB_remove, .link = "C:\\l\\a", .target = "C:\\t\\a", .facts_given = true, .exists = TRI_NO};
    check_true(fixture_judge(policy, ask).allowed);
    ask.exists = TRI_UNKNOWN;
    check_true(fixture_judge(policy, ask).allowed);
    ask = (struct ask){VERB_inspect, .link = "C:\\l\\a", .facts_given = true};
    check_true(fixture_judge(policy, ask).allowed);
    policy_drop(policy);
}

TEST(policy_cond, every_condition_says_its_key_and_value)
{
    static const struct {
        struct cond_values values;
        const char *text;
    } rows[] = {
        {{COND_TARGET_EXISTS, COND_WRITERS_ADMINS, OS_OWNER_SERVICE},
         "target_state: exists, target_writers: admins, link_owner: service, "},
        {{COND_TARGET_ANY, COND_WRITERS_ANYONE, OS_OWNER_CALLER},
         "target_state: any, target_writers: anyone, link_owner: caller, "},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        struct jd_buf text;
        jd_buf_init(&text, 1024);
        for (size_t k = 0; k < cond_count; k++) {
            cond_table[k]->describe(&rows[i].values, &text);
            jd_buf_add_text(&text, ", ");
        }
        check_text(text.data, rows[i].text);
        jd_buf_done(&text);
    }
}

TEST(policy_cond, every_default_is_a_value_that_is_said)
{
    struct cond_values values = {0};
    for (size_t k = 0; k < cond_count; k++) {
        struct jd_buf text;
        jd_buf_init(&text, 1024);
        cond_table[k]->describe(&values, &text);
        check_int(text.len, 0); /* a zero is no value */
        cond_table[k]->set_default(&values);
        cond_table[k]->describe(&values, &text);
        check_true(text.len > strlen(cond_table[k]->key));
        check_int(strncmp(text.data, cond_table[k]->key, strlen(cond_table[k]->key)), 0);
        jd_buf_done(&text);
    }
}

TEST(policy_cond, verbs_have_words_and_back)
{
    for (int verb = VERB_NONE + 1; verb < VERB_COUNT; verb++) {
        check_int(verb_from_word(verb_word((enum verb)verb)), verb);
    }
    check_int(verb_from_word("none"), VERB_NONE);
    check_int(verb_from_word(""), VERB_NONE);
    check_int(verb_from_word("Create"), VERB_NONE);
    check_text(verb_word((enum verb)99), "none");
    check_true(verb_looks_at_target(VERB_remove) && !verb_needs_target_pattern(VERB_remove));
    check_true(verb_needs_target_pattern(VERB_create) && !verb_looks_at_target(VERB_inspect));
}
