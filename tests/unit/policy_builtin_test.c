/* SPDX-License-Identifier: MIT */
#include "tests/support/suite.h"
#include "tests/unit/policy_fixture.h"

/* Everything is allowed: what is denied still, is built in. */
static struct policy *open_door(void)
{
    return fixture_policy(
        "{'version':1,'rules':[{'id':'open','effect':'allow','operations':['create','retarget','repair',"
        "'remove','inspect','resolve','scan'],'principals':['Everyone'],'link':'*:\\**',"
        "'target':'*:\\**','target_state':'any','target_writers':'anyone'}]}");
}

#define OURS "C:\\Program Files\\junctiond"

TEST(policy_builtin, holds_where_every_rule_allows)
{
    static const struct {
        struct ask ask;
        const char *reason, *why;
    } rows[] = {
        {{VERB_create, .link = "C:\\a\\l", .target = "C:\\a\\t"}, "rule", "the door is open"},
        {{VERB_create, .link = "C:\\Windows", .target = "C:\\a\\t"}, "built_in", "the Windows directory"},
        {{VERB_create, .link = "C:\\WINDOWS\\Temp\\l", .target = "C:\\a\\t"}, "built_in", "under it, in capitals"},
        {{VERB_create, .link = "E:\\Windows\\l", .target = "C:\\a\\t"}, "built_in", "of any volume"},
        {{VERB_create, .link = "C:\\Windows2\\l", .target = "C:\\a\\t"}, "rule", "not by prefix"},
        {{VERB_create, .link = "C:\\a\\Windows", .target = "C:\\a\\t"}, "rule", "below the root only"},
        {{VERB_create, .link = "C:\\a\\l", .target = "C:\\Windows\\System32"}, "built_in", "as a target too"},
        {{VERB_create, .link = "C:\\a\\l", .target = "D:\\system volume information"}, "built_in", "restore points"},
        {{VERB_create, .link = "D:\\System Volume Information\\l", .target = "C:\\a\\t"}, "built_in", "restore points"},
        {{VERB_create, .link = "D:\\$extend\\l", .target = "C:\\a\\t"}, "built_in", "NTFS metadata"},
        {{VERB_retarget, .link = "C:\\Windows\\l", .target = "C:\\a\\t"}, "built_in", "every change"},
        {{VERB_retarget, .link = "C:\\a\\l", .target = "C:\\a\\t", .target_2 = "C:\\Windows\\x"},
         "built_in",
         "every target"},
        {{VERB_repair, .link = "C:\\Windows\\l", .target = "C:\\a\\t"}, "built_in", "every change"},
        {{VERB_remove, .link = "C:\\Windows\\l", .target = "C:\\a\\t"}, "built_in", "every change"},
        {{VERB_remove, .link = "C:\\a\\l", .target = "C:\\Windows\\x"}, "built_in", "a stored target"},
        {{VERB_inspect, .link = "C:\\Windows\\l"}, "rule", "reads change nothing"},
        {{VERB_resolve, .link = "C:\\Windows\\l"}, "rule", "reads change nothing"},
        {{VERB_scan, .link = "C:\\Windows\\l"}, "rule", "reads change nothing"},
        {{VERB_create, OURS "\\bin", .target = "C:\\a\\t"}, "built_in", "our own folder"},
        {{VERB_create, OURS "\\STATE\\l", .target = "C:\\a\\t"}, "built_in", "under our second one"},
        {{VERB_create, OURS "\\bin2", .target = "C:\\a\\t"}, "rule", "not by prefix"},
        {{VERB_create, OURS, .target = "C:\\a\\t"}, "built_in", "a link above ours would lead us elsewhere"},
        {{VERB_remove, .link = "C:\\Program Files", .target = "C:\\a\\t"}, "built_in", "likewise, further up"},
        {{VERB_create, .link = "C:\\a\\l", .target = OURS "\\bin"}, "built_in", "a way to our own folder"},
        {{VERB_create, .link = "C:\\a\\l", .target = OURS "\\bin\\x"}, "built_in", "and under it"},
        {{VERB_create, .link = "C:\\a\\l", .target = "C:\\Program Files"},
         "rule",
         "a target above ours is the rules' to judge"},
        {{VERB_create, .link = "C:\\a\\l", .target = "C:\\A\\L"}, "target_contains_link", "itself"},
        {{VERB_create, .link = "C:\\a\\l", .target = "C:\\a"}, "target_contains_link", "a loop"},
        {{VERB_create, .link = "C:\\a\\b\\l", .target = "C:\\a"}, "target_contains_link", "a wider loop"},
        {{VERB_create, .link = "C:\\a\\l", .target = "C:\\a\\l\\t"},
         "target_contains_link",
         "a target behind its own link"},
        {{VERB_create, .link = "C:\\a\\l", .target = "D:\\a"}, "rule", "another volume"},
        {{VERB_create, .link = "C:\\a\\l", .target = "C:\\a\\l2"}, "rule", "not by prefix"},
        {{VERB_remove, .link = "C:\\a\\l", .target = "C:\\a"}, "rule", "a loop made by others can be removed"},
    };
    struct policy *policy = open_door();
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        struct verdict verdict = fixture_judge(policy, rows[i].ask);
        bool allowed = rows[i].reason[0] == 'r';
        check_case("%s %s: %s", verb_word(rows[i].ask.verb), rows[i].ask.link, rows[i].why);
        check_text(verdict.reason, rows[i].reason);
        check_text(verdict.rule, allowed ? "open" : NULL);
        check_int(verdict.allowed, allowed);
        if (rows[i].ask.target_2 == NULL) { /* a screen sees one target */
            check_int(fixture_screen(policy, rows[i].ask).allowed, allowed);
        }
    }
    policy_drop(policy);
}
