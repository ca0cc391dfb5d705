/* SPDX-License-Identifier: MIT */
#include "common/buf.h"
#include "tests/support/suite.h"
#include "tests/unit/policy_fixture.h"

#include <string.h>

/* Rules out of which the tests build policies. */
#define POLICY(rules) "{'version':1,'rules':[" rules "]}"
#define ALLOW_ALL(id)                                                                                 \
    "{'id':'" id "','effect':'allow','operations':['create','retarget','repair','remove','inspect']," \
    "'principals':['Everyone'],'link':'C:\\l\\**','target':'C:\\t\\**'}"
#define DENY_LINKS(id)                                                           \
    "{'id':'" id "','effect':'deny','operations':['create','remove','inspect']," \
    "'principals':['Everyone'],'link':'C:\\l\\no\\**'}"
#define DENY_TARGETS(id)                                                                    \
    "{'id':'" id "','effect':'deny','operations':['create','retarget','remove','inspect']," \
    "'principals':['Everyone'],'link':'C:\\l\\**','target':'C:\\t\\no\\**'}"

static void check_verdict(struct verdict verdict, bool allowed, const char *reason, const char *rule)
{
    check_text(verdict.reason, reason);
    check_text(verdict.rule, rule);
    check_int(verdict.allowed, allowed);
}

TEST(policy_judge, denies_by_default)
{
    static const struct {
        struct ask ask;
        const char *why;
    } rows[] = {
        {{VERB_create, .link = "C:\\x\\a", .target = "C:\\t\\a"}, "another link"},
        {{VERB_create, .link = "C:\\l", .target = "C:\\t\\a"}, "the tree's root is not in the tree"},
        {{VERB_create, .link = "C:\\l\\a", .target = "C:\\x\\a"}, "another target"},
        {{VERB_create, .link = "C:\\l\\a", .target = "C:\\t"}, "the tree's root is not in the tree"},
        {{VERB_scan, .link = "C:\\l\\a"}, "another operation"},
        {{VERB_create, .link = "C:\\l\\a"}, "a target nobody knows matches no allow that names one"},
        {{VERB_create, .link = "C:\\l\\a", .target = "C:\\t\\a", .untold = true}, "nor one that is no path"},
    };
    struct policy *policy = fixture_policy(POLICY(ALLOW_ALL("all")));
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        check_case("%s", rows[i].why);
        check_verdict(fixture_judge(policy, rows[i].ask), false, "no_rule", NULL);
    }
    policy_drop(policy);
    policy = fixture_policy(POLICY(""));
    check_case("no rules");
    check_verdict(fixture_judge(policy, (struct ask){VERB_inspect, .link = "C:\\l\\a"}), false, "no_rule", NULL);
    policy_drop(policy);
}

TEST(policy_judge, an_unresolved_account_makes_an_allow_inert_and_a_deny_hit_everybody)
{
    struct ask ask = {VERB_create, .link = "C:\\l\\a", .target = "C:\\t\\a"};
    struct policy *policy = fixture_policy(POLICY("{'id':'a','effect':'allow','operations':['create'],"
                                                  "'principals':['Everyone','CONTOSO\\Deployers'],"
                                                  "'link':'C:\\l\\**','target':'C:\\t\\**'}"));
    check_verdict(fixture_judge(policy, ask), false, "no_rule", NULL);
    check_int(policy_unresolved_count(policy), 1);
    policy_drop(policy);
    policy = fixture_policy(POLICY(ALLOW_ALL("all") ",{'id':'d','effect':'deny','operations':['create'],"
                                                    "'principals':['CONTOSO\\Nobody']}"));
    check_verdict(fixture_judge(policy, ask), false, "deny_rule", "d");
    policy_drop(policy);
}

TEST(policy_judge, an_allow_names_its_rule_and_owner)
{
    struct policy *policy = fixture_policy(POLICY(ALLOW_ALL("all")));
    struct verdict verdict = fixture_judge(policy, (struct ask){VERB_create, .link = "C:\\l\\a", .target = "C:\\t\\a"});
    check_verdict(verdict, true, "rule", "all");
    check_int(verdict.link_owner, OS_OWNER_SERVICE);
    policy_drop(policy);
}

TEST(policy_judge, the_first_matching_allow_decides)
{
    struct policy *policy = fixture_policy(
        POLICY("{'id':'other','effect':'allow','operations':['remove'],'principals':['Everyone'],'link':'C:\\x\\**'},"
               "{'id':'first','effect':'allow','operations':['create'],'principals':['Everyone'],'link':'C:\\l\\**',"
               "'target':'C:\\t\\**','link_owner':'caller'}," ALLOW_ALL("second")));
    struct verdict verdict = fixture_judge(policy, (struct ask){VERB_create, .link = "C:\\l\\a", .target = "C:\\t\\a"});
    check_verdict(verdict, true, "rule", "first");
    check_int(verdict.link_owner, OS_OWNER_CALLER);
    policy_drop(policy);
}

TEST(policy_judge, deny_beats_allow_regardless_of_order)
{
    static const char *const policies[] = {
        POLICY(ALLOW_ALL("all") "," DENY_LINKS("no")),
        POLICY(DENY_LINKS("no") "," ALLOW_ALL("all")),
        POLICY(ALLOW_ALL("all") "," DENY_LINKS("no") "," ALLOW_ALL("again")),
    };
    for (size_t i = 0; i < JD_COUNT(policies); i++) {
        struct policy *policy = fixture_policy(policies[i]);
        check_case("order %zu", i);
        check_verdict(fixture_judge(policy, (struct ask){VERB_create, .link = "C:\\l\\no\\a", .target = "C:\\t\\a"}),
                      false, "deny_rule", "no");
        check_verdict(fixture_judge(policy, (struct ask){VERB_inspect, .link = "C:\\l\\no\\a"}), false, "deny_rule",
                      "no");
        check_verdict(fixture_judge(policy, (struct ask){VERB_create, .link = "C:\\l\\yes\\a", .target = "C:\\t\\a"}),
                      true, "rule", "all");
        policy_drop(policy);
    }
}

TEST(policy_judge, a_deny_with_target_looks_where_the_operation_does)
{
    static const struct {
        struct ask ask;
        bool denied;
        const char *why;
    } rows[] = {
        {{VERB_create, .link = "C:\\l\\a", .target = "C:\\t\\no\\a"}, true, "a denied target"},
        {{VERB_create, .link = "C:\\l\\a", .target = "C:\\t\\a"}, false, "another one"},
        {{VERB_remove, .link = "C:\\l\\a", .target = "C:\\t\\no\\a"}, true, "remove looks at the stored target"},
        {{VERB_remove, .link = "C:\\l\\a", .target = "C:\\t\\a", .untold = true},
         true,
         "a target that is no path may be anything"},
        {{VERB_remove, .link = "C:\\l\\a"}, true, "and so may one nobody knows"},
        {{VERB_inspect, .link = "C:\\l\\a"}, true, "inspect does not look: the link decides"},
        {{VERB_retarget, .link = "C:\\l\\a", .target = "C:\\t\\no\\a", .target_2 = "C:\\t\\a"},
         true,
         "away from a denied target"},
        {{VERB_retarget, .link = "C:\\l\\a", .target = "C:\\t\\a", .target_2 = "C:\\t\\no\\a"},
         true,
         "on to a denied target"},
        {{VERB_retarget, .link = "C:\\l\\a", .target = "C:\\t\\a", .target_2 = "C:\\t\\b"}, false, "neither"},
    };
    struct policy *policy = fixture_policy(POLICY(ALLOW_ALL("all") "," DENY_TARGETS("no")));
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        check_case("%s", rows[i].why);
        check_verdict(fixture_judge(policy, rows[i].ask), !rows[i].denied, rows[i].denied ? "deny_rule" : "rule",
                      rows[i].denied ? "no" : "all");
    }
    policy_drop(policy);
}

TEST(policy_judge, an_allow_must_match_every_target)
{
    static const struct {
        const char *stored, *wanted;
        bool allowed;
    } rows[] = {{"C:\\t\\a", "C:\\t\\b", true}, {"C:\\x\\a", "C:\\t\\b", false}, {"C:\\t\\a", "C:\\x\\b", false}};
    struct policy *policy = fixture_policy(POLICY(ALLOW_ALL("all")));
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        struct ask ask = {VERB_retarget, .link = "C:\\l\\a", .target = rows[i].stored, .target_2 = rows[i].wanted};
        check_case("%s to %s", rows[i].stored, rows[i].wanted);
        check_int(fixture_judge(policy, ask).allowed, rows[i].allowed);
    }
    policy_drop(policy);
}

TEST(policy_judge, each_target_agrees_with_what_the_link_captured)
{
    struct policy *policy =
        fixture_policy(POLICY("{'id':'r','effect':'allow','operations':['create','retarget'],'principals':['Everyone'],"
                              "'link':'D:\\d\\{app}\\current','target':'D:\\d\\{app}\\releases\\*'}"));
    check_true(fixture_judge(policy, (struct ask){VERB_create, .link = "D:\\d\\web\\current",
                                                  .target = "D:\\d\\WEB\\releases\\7"})
                   .allowed);
    check_false(fixture_judge(policy, (struct ask){VERB_create, .link = "D:\\d\\web\\current",
                                                   .target = "D:\\d\\db\\releases\\7"})
                    .allowed);
    check_false(
        fixture_judge(policy, (struct ask){VERB_retarget, .link = "D:\\d\\web\\current",
                                           .target = "D:\\d\\web\\releases\\7", .target_2 = "D:\\d\\db\\releases\\8"})
            .allowed);
    policy_drop(policy);
}

TEST(policy_judge, an_allow_without_target_is_not_hindered_by_one)
{
    struct policy *policy = fixture_policy(
        POLICY("{'id':'r','effect':'allow','operations':['remove'],'principals':['Everyone'],'link':'C:\\l\\**'}"));
    check_true(fixture_judge(policy, (struct ask){VERB_remove, .link = "C:\\l\\a", .untold = true}).allowed);
    check_true(fixture_judge(policy, (struct ask){VERB_remove, .link = "C:\\l\\a"}).allowed);
    check_true(fixture_judge(policy, (struct ask){VERB_remove, .link = "C:\\l\\a", .target = "E:\\anywhere"}).allowed);
    policy_drop(policy);
}

TEST(policy_judge, a_refused_caller_gets_nothing_not_even_reads)
{
    struct policy *policy = fixture_policy(POLICY(ALLOW_ALL("all")));
    struct os_caller boxed = *fixture_alice();
    boxed.refused = "app_container";
    check_verdict(
        fixture_judge(policy, (struct ask){VERB_create, .link = "C:\\l\\a", .target = "C:\\t\\a", .caller = &boxed}),
        false, "caller_refused", NULL);
    check_verdict(fixture_judge(policy, (struct ask){VERB_inspect, .link = "C:\\l\\a", .caller = &boxed}), false,
                  "caller_refused", NULL);
    check_verdict(fixture_screen(policy, (struct ask){VERB_inspect, .link = "C:\\l\\a", .caller = &boxed}), false,
                  "caller_refused", NULL);
    policy_drop(policy);
}

TEST(policy_judge, principals_are_users_groups_and_for_denials_deny_only_groups)
{
    static const struct {
        const char *effect, *principals;
        bool matches;
        const char *why;
    } rows[] = {
        {"allow", "'" ALICE "'", true, "the user"},
        {"allow", "'" STRANGER "'", false, "another user"},
        {"allow", "'" STRANGER "','" DEPLOYERS "'", true, "one of several"},
        {"allow", "'S-1-5-32-545'", true, "a group by SID"},
        {"allow", "'BU'", true, "a group by alias"},
        {"allow", "'bu'", true, "an alias in small letters"},
        {"allow", "'BUILTIN\\Users'", true, "a group by name"},
        {"allow", "'Administrators'", false, "a group alice is not in"},
        {"allow", "'@team'", true, "a group of the file"},
        {"allow", "'@others'", false, "another group of the file"},
        {"allow", "'@none'", false, "an empty one"},
        {"allow", "'" STAFF "'", false, "a deny-only group grants nothing"},
        {"deny", "'" STAFF "'", true, "but it denies"},
        {"deny", "'" ALICE "'", true, "the user"},
        {"deny", "'" DEPLOYERS "'", true, "an enabled group"},
        {"deny", "'" STRANGER "'", false, "another user"},
        {"deny", "'@none'", false, "an empty group denies nobody"},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        bool is_deny = strcmp(rows[i].effect, "deny") == 0;
        struct jd_buf text;
        struct policy *policy;
        jd_buf_init(&text, 4096);
        jd_buf_add_format(&text,
                          "{'version':1,'groups':{'team':['" DEPLOYERS "'],'others':['" STRANGER
                          "'],'none':[]},'rules':["
                          "{'id':'r','effect':'%s','operations':['create'],'principals':[%s],'link':'C:\\l\\**',"
                          "'target':'C:\\t\\**'}%s]}",
                          rows[i].effect, rows[i].principals, is_deny ? "," ALLOW_ALL("all") : "");
        policy = fixture_policy(text.data);
        jd_buf_done(&text);
        check_case("%s %s: %s", rows[i].effect, rows[i].principals, rows[i].why);
        check_int(fixture_judge(policy, (struct ask){VERB_create, .link = "C:\\l\\a", .target = "C:\\t\\a"}).allowed,
                  rows[i].matches != is_deny);
        policy_drop(policy);
    }
}

TEST(policy_judge, placeholders_stand_for_the_caller)
{
    struct policy *policy = fixture_policy(POLICY(
        "{'id':'sid','effect':'allow','operations':['inspect'],'principals':['Everyone'],'link':'C:\\s\\{sid}\\*'},"
        "{'id':'user','effect':'allow','operations':['inspect'],'principals':['Everyone'],'link':'C:\\u\\{user}\\*'},"
        "{'id':'all','effect':'allow','operations':['inspect'],'principals':['Everyone'],'link':'C:\\d\\**'},"
        "{'id':'no','effect':'deny','operations':['inspect'],'principals':['Everyone'],'link':'C:\\d\\{user}\\*'}"));
    struct os_caller nameless = *fixture_alice();
    nameless.name[0] = '\0';
    check_verdict(fixture_judge(policy, (struct ask){VERB_inspect, .link = "C:\\s\\" ALICE "\\a"}), true, "rule",
                  "sid");
    check_verdict(fixture_judge(policy, (struct ask){VERB_inspect, .link = "C:\\s\\" STRANGER "\\a"}), false, "no_rule",
                  NULL);
    check_verdict(fixture_judge(policy, (struct ask){VERB_inspect, .link = "C:\\u\\Alice\\a"}), true, "rule", "user");
    check_verdict(fixture_judge(policy, (struct ask){VERB_inspect, .link = "C:\\u\\alice\\a", .caller = &nameless}),
                  false, "no_rule", NULL);
    check_verdict(fixture_judge(policy, (struct ask){VERB_inspect, .link = "C:\\d\\alice\\a"}), false, "deny_rule",
                  "no");
    check_verdict(fixture_judge(policy, (struct ask){VERB_inspect, .link = "C:\\d\\bob\\a"}), true, "rule", "all");
    check_case("who has no name does not escape a denial by name");
    check_verdict(fixture_judge(policy, (struct ask){VERB_inspect, .link = "C:\\d\\bob\\a", .caller = &nameless}),
                  false, "deny_rule", "no");
    policy_drop(policy);
}
