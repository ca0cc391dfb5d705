/* SPDX-License-Identifier: MIT */
#include "tests/unit/policy_fixture.h"

#include "protocol/limits.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *need(void *memory)
{
    if (memory == NULL) {
        check_fail(__FILE__, __LINE__, "out of memory");
    }
    return memory;
}

char *fixture_json(const char *text)
{
    char *json = need(malloc(2 * strlen(text) + 1));
    size_t len = 0;
    for (; *text != '\0'; text++) {
        if (*text == '\\') {
            json[len++] = '\\';
        }
        json[len++] = *text == '\'' ? '"' : *text;
    }
    json[len] = '\0';
    return json;
}

enum jd_code fixture_try(const char *text, struct policy **out, struct jd_err *err)
{
    char *json = fixture_json(text);
    enum jd_code code = policy_load(json, strlen(json), out, err);
    free(json);
    return code;
}

struct policy *fixture_policy(const char *text)
{
    struct policy *policy = NULL;
    struct jd_err err = {0};
    check_ok(fixture_try(text, &policy, &err), &err);
    return policy;
}

enum jd_code fixture_try_file(const char *name, struct policy **out, struct jd_err *err)
{
    char path[512];
    char *text = need(malloc(JD_POLICY_MAX));
    FILE *file;
    size_t len;
    enum jd_code code;
    snprintf(path, sizeof path, "%s/policies/%s", JD_TEST_DATA, name);
    file = fopen(path, "rb");
    if (file == NULL) {
        check_fail(__FILE__, __LINE__, "%s does not open", path);
    }
    len = fread(text, 1, JD_POLICY_MAX, file);
    fclose(file);
    code = policy_load(text, len, out, err);
    free(text);
    return code;
}

struct policy *fixture_file(const char *name)
{
    struct policy *policy = NULL;
    struct jd_err err = {0};
    check_ok(fixture_try_file(name, &policy, &err), &err);
    return policy;
}

struct jd_winpath fixture_path(const char *text)
{
    struct jd_winpath path = {0};
    struct jd_err err = {0};
    check_ok(jd_winpath_parse(text, strlen(text), &path, &err), &err);
    return path;
}

struct jd_sid fixture_sid(const char *text)
{
    struct jd_sid sid = {0};
    check_true(jd_sid_parse(text, strlen(text), &sid));
    return sid;
}

const struct os_caller *fixture_alice(void)
{
    static struct jd_sid groups[4];
    static struct jd_sid deny_groups[1];
    static struct os_caller alice;
    groups[0] = jd_sid_everyone();
    groups[1] = jd_sid_authenticated_users();
    groups[2] = fixture_sid("S-1-5-32-545");
    groups[3] = fixture_sid(DEPLOYERS);
    deny_groups[0] = fixture_sid(STAFF);
    alice = (struct os_caller){.user = fixture_sid(ALICE),
                               .groups = groups,
                               .n_groups = JD_COUNT(groups),
                               .deny_groups = deny_groups,
                               .n_deny_groups = JD_COUNT(deny_groups),
                               .name = "alice"};
    return &alice;
}

const struct policy_builtin *fixture_builtin(void)
{
    /* Literal paths: nothing here is freed. */
    static char bin[] = "C:\\Program Files\\junctiond\\bin";
    static char state[] = "C:\\Program Files\\junctiond\\state";
    static const struct jd_winpath own[] = {
        {.text = bin, .len = sizeof bin - 1, .n_parts = 3, .start = {3, 17, 27}},
        {.text = state, .len = sizeof state - 1, .n_parts = 3, .start = {3, 17, 27}},
    };
    static const struct policy_builtin builtin = {own, JD_COUNT(own)};
    return &builtin;
}

/* Paths of one question, parsed. */
struct parsed {
    struct jd_winpath link;
    struct jd_winpath targets[FACTS_TARGETS_MAX];
    size_t n_targets;
};

static struct parsed parse(const struct ask *ask)
{
    struct parsed parsed = {.link = fixture_path(ask->link)};
    if (ask->target != NULL) {
        parsed.targets[parsed.n_targets++] = fixture_path(ask->target);
    }
    if (ask->target_2 != NULL) {
        parsed.targets[parsed.n_targets++] = fixture_path(ask->target_2);
    }
    return parsed;
}

static void parsed_done(struct parsed *parsed)
{
    jd_winpath_done(&parsed->link);
    for (size_t i = 0; i < parsed->n_targets; i++) {
        jd_winpath_done(&parsed->targets[i]);
    }
}

struct verdict fixture_judge(const struct policy *policy, struct ask ask)
{
    struct parsed parsed = parse(&ask);
    struct verdict verdict = {0};
    struct facts facts = {.verb = ask.verb,
                          .caller = ask.caller != NULL ? ask.caller : fixture_alice(),
                          .link = &parsed.link,
                          .targets = {&parsed.targets[0], &parsed.targets[1]},
                          .n_targets = parsed.n_targets,
                          .target_is_untold = ask.untold,
                          .target_exists = ask.facts_given ? ask.exists : TRI_YES,
                          .target_is_guarded = ask.facts_given ? ask.guarded : TRI_YES};
    policy_judge(policy, fixture_builtin(), &facts, &verdict);
    parsed_done(&parsed);
    return verdict;
}

struct verdict fixture_screen(const struct policy *policy, struct ask ask)
{
    struct parsed parsed = parse(&ask);
    struct verdict verdict = {0};
    bool possible = policy_screen(policy, fixture_builtin(), ask.caller != NULL ? ask.caller : fixture_alice(),
                                  ask.verb, &parsed.link, parsed.n_targets != 0 ? &parsed.targets[0] : NULL, &verdict);
    check_false(verdict.allowed); /* a screen never allows */
    verdict.allowed = possible;
    parsed_done(&parsed);
    return verdict;
}
