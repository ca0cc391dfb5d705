/* SPDX-License-Identifier: MIT */
#include "tests/support/corpus.h"
#include "tests/support/suite.h"
#include "tests/unit/policy_fixture.h"

#include <stdio.h>
#include <string.h>

#define ALLOW                                                                                            \
    "{'id':'all','effect':'allow','operations':['create','remove','inspect'],'principals':['Everyone']," \
    "'link':'C:\\l\\{a}\\*','target':'C:\\t\\{a}\\**'}"

static struct policy *beside_allow(const char *rule)
{
    char text[1024];
    snprintf(text, sizeof text, "{'version':1,'rules':[" ALLOW "%s%s]}", rule[0] != '\0' ? "," : "", rule);
    return fixture_policy(text);
}

TEST(policy_screen, lets_through_what_some_rule_could_allow)
{
    static const struct {
        struct ask ask;
        bool possible;
        const char *why;
    } rows[] = {
        {{VERB_create, .link = "C:\\l\\x\\a", .target = "C:\\t\\x\\1"}, true, "both match"},
        {{VERB_create, .link = "C:\\l\\x\\a"}, true, "the target is not known yet"},
        {{VERB_create, .link = "C:\\l\\x\\a", .target = "C:\\t\\y\\1"}, false, "captures disagree"},
        {{VERB_create, .link = "C:\\l\\x\\a", .target = "C:\\u\\x\\1"}, false, "another target"},
        {{VERB_create, .link = "C:\\m\\x\\a", .target = "C:\\t\\x\\1"}, false, "another link"},
        {{VERB_create, .link = "C:\\m\\x\\a"}, false, "another link, target not known"},
        {{VERB_remove, .link = "C:\\l\\x\\a"}, true, "the stored target is found later"},
        {{VERB_inspect, .link = "C:\\l\\x\\a"}, true, "does not look at targets"},
        {{VERB_inspect, .link = "C:\\l\\x\\a", .target = "C:\\u\\x"}, true, "whatever they are"},
        {{VERB_scan, .link = "C:\\l\\x\\a"}, false, "another operation"},
    };
    struct policy *policy = beside_allow("");
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        struct verdict verdict = fixture_screen(policy, rows[i].ask);
        check_case("%s", rows[i].why);
        check_int(verdict.allowed, rows[i].possible);
        check_text(verdict.reason, rows[i].possible ? NULL : "no_rule");
        check_text(verdict.rule, NULL);
    }
    policy_drop(policy);
}

#define DENY "{'id':'no','effect':'deny','operations':['create','remove','inspect'],'principals':['Everyone']"

TEST(policy_screen, a_deny_fires_when_text_alone_decides_it)
{
    static const struct {
        const char *rule;
        struct ask ask;
        bool denied;
        const char *why;
    } rows[] = {
        {DENY "}", {VERB_inspect, .link = "C:\\l\\x\\a"}, true, "any link"},
        {DENY ",'link':'C:\\l\\x\\**'}", {VERB_create, .link = "C:\\l\\x\\a"}, true, "this link"},
        {DENY ",'link':'C:\\l\\y\\**'}", {VERB_create, .link = "C:\\l\\x\\a"}, false, "another link"},
        {DENY ",'target':'C:\\t\\x\\**'}",
         {VERB_create, .link = "C:\\l\\x\\a"},
         false,
         "names a target nobody knows yet"},
        {DENY ",'target':'C:\\t\\x\\**'}",
         {VERB_create, .link = "C:\\l\\x\\a", .target = "C:\\t\\x\\1"},
         true,
         "this target"},
        {DENY ",'target':'C:\\t\\y\\**'}",
         {VERB_create, .link = "C:\\l\\x\\a", .target = "C:\\t\\x\\1"},
         false,
         "another"},
        {DENY ",'target':'C:\\t\\x\\**'}",
         {VERB_inspect, .link = "C:\\l\\x\\a"},
         true,
         "inspect does not look: the link decides"},
        {DENY ",'target_state':'exists'}",
         {VERB_create, .link = "C:\\l\\x\\a", .target = "C:\\t\\x\\1"},
         false,
         "waits for facts"},
        {DENY ",'target_writers':'admins'}", {VERB_create, .link = "C:\\l\\x\\a"}, false, "waits for facts"},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        struct policy *policy = beside_allow(rows[i].rule);
        struct verdict verdict = fixture_screen(policy, rows[i].ask);
        check_case("%s: %s", rows[i].rule, rows[i].why);
        check_int(verdict.allowed, !rows[i].denied);
        check_text(verdict.reason, rows[i].denied ? "deny_rule" : NULL);
        check_text(verdict.rule, rows[i].denied ? "no" : NULL);
        policy_drop(policy);
    }
}

TEST(policy_screen, never_denies_what_judging_would_allow)
{
    static const char *const rules[] = {"", DENY ",'link':'C:\\l\\y\\**'}", DENY ",'target':'C:\\t\\x\\no\\**'}",
                                        DENY ",'target_state':'exists'}",
                                        DENY ",'target_writers':'admins','target':'C:\\t\\x\\**'}"};
    static const char *const targets[] = {"C:\\t\\x\\1", "C:\\t\\x\\no\\1", "C:\\t\\y\\1"};
    static const char *const links[] = {"C:\\l\\x\\a", "C:\\l\\y\\a", "C:\\m\\x\\a"};
    size_t n_allowed = 0;
    for (size_t i = 0; i < JD_COUNT(rules) * JD_COUNT(targets) * JD_COUNT(links) * 4; i++) {
        struct policy *policy = beside_allow(rules[i % JD_COUNT(rules)]);
        size_t k = i / JD_COUNT(rules);
        struct ask ask = {VERB_create, .link = links[k % JD_COUNT(links)],
                          .target = targets[k / JD_COUNT(links) % JD_COUNT(targets)]};
        size_t bits = k / JD_COUNT(links) / JD_COUNT(targets);
        ask.facts_given = true;
        ask.exists = (bits & 1) != 0 ? TRI_YES : TRI_NO;
        ask.guarded = (bits & 2) != 0 ? TRI_YES : TRI_NO;
        check_case("rule %zu, %s, %s, %zu", i % JD_COUNT(rules), ask.link, ask.target, bits);
        if (fixture_judge(policy, ask).allowed) {
            n_allowed++;
            check_true(fixture_screen(policy, ask).allowed);
            ask.target = NULL;
            check_true(fixture_screen(policy, ask).allowed);
        }
        policy_drop(policy);
    }
    check_true(n_allowed > 0);
}

/* One line of the corpus through the screen, as a link or as a target. */
static struct verdict screen_line(const struct policy *policy, const char *text, bool as_target)
{
    struct ask ask = {VERB_create, text, .target = "C:\\jt\\targets\\a"};
    if (as_target) {
        ask.link = "C:\\jt\\links\\a";
        ask.target = text;
    }
    return fixture_screen(policy, ask);
}

TEST(policy_screen, gives_every_corpus_line_its_verdict)
{
    struct policy *policy = fixture_file("reference.json");
    struct corpus corpus = corpus_load();
    size_t n_denied = 0;
    size_t n_links = 0;
    size_t n_targets = 0;
    for (size_t i = 0; i < corpus.n; i++) {
        const struct corpus_line *line = &corpus.lines[i];
        bool is_target = strcmp(line->word, "target") == 0;
        check_case("paths.txt:%zu %s", line->number, line->word);
        if (line->verdict == CORPUS_DENY_POLICY) {
            check_false(screen_line(policy, line->text, false).allowed);
            check_true(screen_line(policy, line->text, false).reason != NULL);
            n_denied++;
        } else if (line->verdict == CORPUS_ACCEPT) {
            check_true(screen_line(policy, line->text, is_target).allowed);
            n_links += !is_target;
            n_targets += is_target;
        }
    }
    check_case("counts");
    check_int(n_denied, 25);
    check_int(n_links, 58);
    check_int(n_targets, 6);
    corpus_free(&corpus);
    policy_drop(policy);
}
