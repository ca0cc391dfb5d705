/* SPDX-License-Identifier: MIT */
#include "protocol/limits.h"
#include "tests/support/suite.h"
#include "tests/unit/policy_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A rule on line 3 whose parts can be replaced one by one. */
#define HEAD "{'version':1,\n'rules':[\n"
#define TAIL "]}"
#define ID "'id':'r',"
#define ALLOW "'effect':'allow',"
#define DENY "'effect':'deny',"
#define OPS "'operations':['create'],"
#define WHO "'principals':['Everyone'],"
#define LINK "'link':'C:\\l\\**',"
#define TARGET "'target':'C:\\t\\**'"

static void check_refused(const char *text, int64_t line, const char *reason)
{
    struct policy *policy = NULL;
    struct jd_err err = {0};
    check_code(fixture_try(text, &policy, &err), JD_E_POLICY_INVALID, &err);
    check_true(policy == NULL);
    check_int(err.domain, JD_DOMAIN_LINE);
    if (strstr(err.text, reason) == NULL) {
        check_fail(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", err.text, reason);
    }
    check_int(err.number, line);
}

TEST(policy_load, refuses_a_wrong_rule_with_line_and_reason)
{
    static const struct {
        const char *rule; /* begins on line 3 */
        int64_t line;
        const char *reason, *why;
    } rows[] = {
        {"7", 3, "rule 1: must be an object", "no object"},
        {"{}", 3, "rule 1: id is missing", "nothing in it"},
        {"{" ALLOW "\n" OPS WHO LINK TARGET "}", 3, "rule 1: id is missing", "the line is the rule's"},
        {"{\n'id':7," ALLOW OPS WHO LINK TARGET "}", 4, "rule 1: id must be a string", "wrong kind"},
        {"{'id':'a b'," ALLOW OPS WHO LINK TARGET "}", 3, "rule 1: id must be [A-Za-z0-9._-]", "a space in an id"},
        {"{'id':''," ALLOW OPS WHO LINK TARGET "}", 3, "rule 1: id must be", "an empty id"},
        {"{" ID ALLOW OPS WHO LINK TARGET "},\n{" ID ALLOW OPS WHO LINK TARGET "}", 4,
         "rule 2: id \"r\" stands in an earlier rule too", "one id twice"},
        {"{" ID OPS WHO LINK TARGET "}", 3, "rule \"r\": effect is missing", "no effect"},
        {"{" ID "'effect':'Allow'," OPS WHO LINK TARGET "}", 3, "effect must be \"allow\" or \"deny\"", "exact words"},
        {"{" ID ALLOW WHO LINK TARGET "}", 3, "rule \"r\": operations is missing", "no operations"},
        {"{" ID ALLOW "\n'operations':[]," WHO LINK TARGET "}", 4, "operations must name 1 to", "an empty list"},
        {"{" ID ALLOW "'operations':'create'," WHO LINK TARGET "}", 3, "operations must be an array", "no list"},
        {"{" ID ALLOW "'operations':['create',\n'*']," WHO LINK TARGET "}", 4, "there is no \"*\"", "no wildcard"},
        {"{" ID ALLOW "'operations':['Create']," WHO LINK TARGET "}", 3, "there is no \"Create\"", "exact words"},
        {"{" ID ALLOW "'operations':[1]," WHO LINK TARGET "}", 3, "must hold strings only", "a number"},
        {"{" ID ALLOW OPS LINK TARGET "}", 3, "principals is missing", "no principals"},
        {"{" ID ALLOW OPS "'principals':[]," LINK TARGET "}", 3, "principals must name 1 to", "an empty list"},
        {"{" ID ALLOW OPS "'principals':['BA',\nnull]," LINK TARGET "}", 4, "must hold strings only", "a null"},
        {"{" ID ALLOW OPS "'principals':['BA',\n'A\\b\\c']," LINK TARGET "}", 4,
         "principals: neither a SID nor an account name", "two backslashes"},
        {"{" ID ALLOW OPS "'principals':['bob:x']," LINK TARGET "}", 3, "account name: \"bob:x\"", "no account name"},
        {"{" ID ALLOW OPS "'principals':['\\bob']," LINK TARGET "}", 3, "nor an account name", "an empty domain"},
        {"{" ID ALLOW OPS "'principals':['']," LINK TARGET "}", 3, "nor an account name", "nobody"},
        {"{" ID ALLOW OPS "'principals':['S-1-5-x']," LINK TARGET "}", 3, "not a SID: \"S-1-5-x\"", "a broken SID"},
        {"{" ID ALLOW OPS "'principals':['@nobody']," LINK TARGET "}", 3, "group \"@nobody\" is not defined",
         "a group that is not there"},
        {"{" ID ALLOW OPS WHO TARGET "}", 3, "rule \"r\": an allow rule needs link", "an allow for any link"},
        {"{" ID ALLOW OPS WHO "\n'link':'C:\\a\\',\n" TARGET "}", 4, "rule \"r\": link: empty_component", "a bad link"},
        {"{" ID ALLOW OPS WHO LINK "\n'target':'C:/t'}", 4, "rule \"r\": target: forward_slash", "a bad target"},
        {"{" ID ALLOW OPS WHO "'link':7," TARGET "}", 3, "link must be a string", "no text"},
        {"{" ID ALLOW OPS WHO "'link':'C:\\l','target':'C:\\t\\{a}'}", 3, "\"{a}\" does not occur in link",
         "an unbound capture"},
        {"{" ID DENY OPS WHO "'target':'C:\\t\\{a}'}", 3, "\"{a}\" does not occur in link", "and no link at all"},
        {"{" ID ALLOW OPS WHO "'link':'C:\\l'}", 3, "an allow rule for create needs target", "any target"},
        {"{" ID ALLOW "'operations':['inspect','retarget']," WHO "'link':'C:\\l'}", 3,
         "an allow rule for retarget needs target", "any target"},
        {"{" ID ALLOW "'operations':['repair']," WHO "'link':'C:\\l'}", 3, "an allow rule for repair needs target",
         "any target"},
        {"{" ID ALLOW OPS WHO LINK TARGET ",\n'volumes':'any'}", 4, "rule \"r\": unknown key \"volumes\"",
         "a condition that comes later"},
        {"{" ID ALLOW OPS WHO LINK TARGET ",\n'callers':['normal']}", 4, "unknown key \"callers\"", "likewise"},
        {"{" ID ALLOW OPS WHO LINK TARGET ",\n'caller_access':{}}", 4, "unknown key \"caller_access\"", "likewise"},
        {"{" ID ALLOW OPS WHO LINK TARGET ",\n'make_parents':false}", 4, "unknown key \"make_parents\"", "likewise"},
        {"{" ID ALLOW OPS WHO LINK TARGET ",\n'Comment':''}", 4, "unknown key \"Comment\"", "keys are exact"},
        {"{" ID ALLOW OPS WHO LINK TARGET ",\n'comment':[]}", 4, "comment must be a string", "no text"},
        {"{" ID ALLOW OPS WHO LINK TARGET ",\n'target_state':'gone'}", 4,
         "rule \"r\": target_state: must be \"exists\" or \"any\"", "no such state"},
        {"{" ID ALLOW OPS WHO LINK TARGET ",\n'target_state':true}", 4, "must be \"exists\" or \"any\"", "no text"},
        {"{" ID ALLOW OPS WHO LINK TARGET ",'target_writers':'Anyone'}", 3, "must be \"admins\" or \"anyone\"",
         "exact words"},
        {"{" ID ALLOW OPS WHO LINK TARGET ",'link_owner':'admin'}", 3, "must be \"service\" or \"caller\"",
         "no such owner"},
        {"{" ID DENY OPS WHO LINK TARGET ",\n'link_owner':'caller'}", 4, "link_owner has no meaning in a deny rule",
         "a deny makes no link"},
        {"{" ID DENY OPS WHO LINK TARGET ",\n" ID "'comment':''}", 4, "a key stands twice", "which one is meant?"},
        {"{" ID DENY OPS WHO LINK TARGET ",\n'comment':'a\xE2\x80\xAE','x\xE2\x80\xAEy':1}", 4,
         "unknown key \"x<U+202E>y\"", "what misleads is shown as code"},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        char text[2048];
        snprintf(text, sizeof text, HEAD "%s" TAIL, rows[i].rule);
        check_case("%s: %s", rows[i].rule, rows[i].why);
        check_refused(text, rows[i].line, rows[i].reason);
    }
}

TEST(policy_load, refuses_a_wrong_file_with_line_and_reason)
{
    static const struct {
        const char *text;
        int64_t line;
        const char *reason, *why;
    } rows[] = {
        {"", 1, "not valid JSON", "nothing"},
        {"{'version':1,\n", 2, "not valid JSON", "half a file"},
        {"{'version':1}\n{}", 2, "not valid JSON", "two files"},
        {"{'version':1,\n'comment':'\x80'}", 2, "not valid JSON", "no UTF-8"},
        {"{'version':1,\n'rules':[[[[[[[[[]]]]]]]]]}", 2, "nested deeper than 8", "too deep"},
        {"[]", 1, "a policy must be an object", "no object"},
        {"\n{'rules':[]}", 2, "version is missing", "no version"},
        {"{'version':'1'}", 1, "version must be a number", "wrong kind"},
        {"{'version':1.0}", 1, "version must be 1", "no plain integer"},
        {"{'version':0}", 1, "version must be 1", "there was none before"},
        {"{'version':-1}", 1, "version must be 1", "nor before that"},
        {"{'version':1,\n'version':1}", 2, "a key stands twice", "even if alike"},
        {"{'version':1,\n'rule':[]}", 2, "unknown key \"rule\"", "a slip of the pen must not mean no rules"},
        {"{'version':1,'comment':\n7}", 2, "comment must be a string", "no text"},
        {"{'version':1,\n'rules':{}}", 2, "rules must be an array", "wrong kind"},
        {"{'version':1,\n'groups':[]}", 2, "groups must be an object", "wrong kind"},
        {"{'version':1,'groups':{\n'g':'BA'}}", 2, "group \"g\": must be an array", "no list"},
        {"{'version':1,'groups':{\n'g h':['BA']}}", 2, "group \"g h\": a name is", "a name nobody could tell apart"},
        {"{'version':1,'groups':{'g':['BA',\n'@h'],'h':[]}}", 2, "group \"g\": principals: groups do not nest",
         "nesting"},
        {"{'version':1,'groups':{'g':['BA',\n'b*b']}}", 2, "group \"g\": principals: neither", "no account name"},
        {"{'version':1,'groups':{'g':[\n1]}}", 2, "group \"g\": a principal must be a string", "a number"},
        {"{'version':1,'groups':{'comment':\n['BA']}}", 2, "comment must be a string", "comment is no group's name"},
        {"{'version':1,\n'limits':[]}", 2, "limits must be an object", "wrong kind"},
        {"{'version':1,'limits':{\n'connection':9}}", 2, "limits: unknown key \"connection\"", "unknown"},
        {"{'version':1,'limits':{\n'connections':'9'}}", 2, "limits: connections must be a number", "wrong kind"},
        {"{'version':1,'limits':{\n'connections':9.5}}", 2, "connections must be an integer", "half a connection"},
        {"{'version':1,'limits':{\n'connections':7}}", 2, "from 8 to 4096", "below"},
        {"{'version':1,'limits':{\n'connections':4097}}", 2, "from 8 to 4096", "above"},
        {"{'version':1,'limits':{\n'connections_per_sid':0}}", 2, "from 1 to 4096", "below"},
        {"{'version':1,'limits':{\n'connections_reserved':-1}}", 2, "from 0 to 64", "below"},
        {"{'version':1,'limits':{\n'connections_reserved':65}}", 2, "from 0 to 64", "above"},
        {"{'version':1,'limits':{\n'operations_per_sid':0}}", 2, "from 1 to 16", "below"},
        {"{'version':1,'limits':{\n'operations_per_sid':17}}", 2, "from 1 to 16", "above"},
        {"{'version':1,\n'limits':{'connections':8,'connections_reserved':8}}", 2, "leaves none of the 8",
         "nobody could connect"},
        {"{'version':1,\n'audit':'all'}", 2, "audit must be an object", "wrong kind"},
        {"{'version':1,'audit':{\n'read':'all'}}", 2, "audit: unknown key \"read\"", "unknown"},
        {"{'version':1,'audit':{\n'reads':'some'}}", 2, "reads must be \"none\"", "no such word"},
        {"{'version':1,'audit':{\n'flush':1}}", 2, "flush must be", "wrong kind"},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        check_case("%s: %s", rows[i].text, rows[i].why);
        check_refused(rows[i].text, rows[i].line, rows[i].reason);
    }
}

TEST(policy_load, a_newer_version_is_told_apart_whatever_else_it_holds)
{
    struct policy *policy = NULL;
    struct jd_err err = {0};
    check_code(fixture_try("{'rules':{},'more':1,\n'version':2}", &policy, &err), JD_E_POLICY_NEWER, &err);
    check_int(err.number, 2);
    check_text(err.text, "version is 2, this service understands 1");
    check_true(policy == NULL);
}

TEST(policy_load, what_is_not_written_has_its_default)
{
    struct policy *policy = fixture_policy("{'version':1}");
    check_int(policy_rule_count(policy), 0);
    check_int(policy_get_limits(policy)->connections, 256);
    check_int(policy_get_limits(policy)->connections_per_sid, 32);
    check_int(policy_get_limits(policy)->connections_reserved, 4);
    check_int(policy_get_limits(policy)->operations_per_sid, 2);
    check_int(policy_get_audit(policy)->reads, POLICY_READS_SUMMARY);
    check_false(policy_get_audit(policy)->flush);
    policy_drop(policy);
}

TEST(policy_load, limits_and_audit_are_taken_as_written)
{
    struct policy *policy = fixture_policy(
        "{'version':1,'comment':'c','limits':{'comment':'c','connections':8,'connections_per_sid':3,"
        "'connections_reserved':7,'operations_per_sid':16},'audit':{'comment':'c','reads':'all','flush':true}}");
    check_int(policy_get_limits(policy)->connections, 8);
    check_int(policy_get_limits(policy)->connections_per_sid, 3);
    check_int(policy_get_limits(policy)->connections_reserved, 7);
    check_int(policy_get_limits(policy)->operations_per_sid, 16);
    check_int(policy_get_audit(policy)->reads, POLICY_READS_ALL);
    check_true(policy_get_audit(policy)->flush);
    policy_drop(policy);
}

TEST(policy_load, all_seven_operations_are_accepted)
{
    policy_drop(fixture_policy(HEAD "{" ID ALLOW "'operations':['create','inspect','remove','retarget','repair',"
                                    "'resolve','scan']," WHO LINK TARGET "}" TAIL));
}

TEST(policy_load, a_deny_needs_neither_link_nor_target)
{
    policy_drop(fixture_policy(HEAD "{" ID DENY OPS "'principals':['BG']}" TAIL));
}

TEST(policy_load, remove_and_reads_need_no_target)
{
    policy_drop(fixture_policy(HEAD "{" ID ALLOW "'operations':['remove','inspect','resolve','scan']," WHO
                                    "'link':'C:\\l\\**'}" TAIL));
}

TEST(policy_load, groups_may_stand_behind_the_rules_that_name_them)
{
    struct policy *policy = fixture_policy(HEAD "{" ID ALLOW OPS "'principals':['@g']," LINK TARGET
                                                "}],\n'groups':{'comment':'c','g':['Everyone']}}");
    struct verdict verdict = fixture_judge(policy, (struct ask){VERB_create, .link = "C:\\l\\a", .target = "C:\\t\\a"});
    check_true(verdict.allowed);
    policy_drop(policy);
}

TEST(policy_load, the_hash_is_that_of_the_text)
{
    struct policy *policy = NULL;
    struct jd_err err = {0};
    const char *text = "{\"version\":1}";
    check_ok(policy_load(text, strlen(text), &policy, &err), &err);
    /* printf '{"version":1}' | sha256sum */
    check_text(policy_hash(policy), "2430f1a2ad2982d0067885488a4c89e21ad1d7c83b115ba8f1b20acc88dfaea8");
    policy_drop(policy);
}

TEST(policy_load, a_policy_lives_until_its_last_count_is_dropped)
{
    struct policy *policy = fixture_policy("{'version':1}");
    check_true(policy_take(policy) == policy);
    policy_drop(policy);
    check_int(policy_rule_count(policy), 0); /* ASan would object */
    policy_drop(policy);
    policy_drop(NULL);
}

TEST(policy_load, a_policy_may_be_a_mebibyte_and_no_more)
{
    const char head[] = "{\"version\":1,\"comment\":\"";
    char *text = malloc(JD_POLICY_MAX + 1);
    struct policy *policy = NULL;
    struct jd_err err = {0};
    check_true(text != NULL);
    memset(text, 'c', JD_POLICY_MAX + 1);
    memcpy(text, head, sizeof head - 1);
    memcpy(text + JD_POLICY_MAX - 2, "\"}", 2);
    check_ok(policy_load(text, JD_POLICY_MAX, &policy, &err), &err);
    policy_drop(policy);
    policy = NULL;
    memcpy(text + JD_POLICY_MAX - 2, "c\"}", 3);
    check_code(policy_load(text, JD_POLICY_MAX + 1, &policy, &err), JD_E_POLICY_INVALID, &err);
    check_true(policy == NULL);
    free(text);
}

/* '{"version":1,"rules":[' rule ',' rule … ']}' with n rules. */
static char *many_rules(size_t n)
{
    size_t cap = 64 + n * 96;
    char *text = malloc(cap);
    size_t len = (size_t)snprintf(text, cap, "{\"version\":1,\"rules\":[");
    for (size_t i = 0; i < n; i++) {
        len +=
            (size_t)snprintf(text + len, cap - len,
                             "%s{\"id\":\"%zu\",\"effect\":\"deny\",\"operations\":[\"scan\"],\"principals\":[\"BA\"]}",
                             i == 0 ? "" : ",", i);
    }
    snprintf(text + len, cap - len, "]}");
    return text;
}

TEST(policy_load, takes_4096_rules_and_no_more)
{
    char *most = many_rules(4096);
    char *too_many = many_rules(4097);
    struct policy *policy = NULL;
    struct jd_err err = {0};
    check_ok(policy_load(most, strlen(most), &policy, &err), &err);
    check_int(policy_rule_count(policy), 4096);
    policy_drop(policy);
    check_code(policy_load(too_many, strlen(too_many), &policy, &err), JD_E_POLICY_INVALID, &err);
    check_true(strstr(err.text, "at most 4096") != NULL);
    free(most);
    free(too_many);
}

/* A policy of one group per key and, in the last, one principal per "BA". */
static char *many_groups(size_t n_groups, size_t n_principals)
{
    size_t cap = 64 + n_groups * 32 + n_principals * 8;
    char *text = malloc(cap);
    size_t len = (size_t)snprintf(text, cap, "{\"version\":1,\"groups\":{");
    for (size_t i = 1; i < n_groups; i++) {
        len += (size_t)snprintf(text + len, cap - len, "\"g%zu\":[],", i);
    }
    len += (size_t)snprintf(text + len, cap - len, "\"last\":[");
    for (size_t i = 0; i < n_principals; i++) {
        len += (size_t)snprintf(text + len, cap - len, "%s\"BA\"", i == 0 ? "" : ",");
    }
    snprintf(text + len, cap - len, "]}}");
    return text;
}

TEST(policy_load, takes_1024_groups_of_1024_principals_and_no_more)
{
    static const struct {
        size_t n_groups, n_principals;
        const char *reason; /* NULL: it loads */
    } rows[] = {{1024, 1024, NULL}, {1025, 1, "at most 1024 are taken"}, {1, 1025, "must be an array of at most 1024"}};
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        char *text = many_groups(rows[i].n_groups, rows[i].n_principals);
        struct policy *policy = NULL;
        struct jd_err err = {0};
        check_case("%zu of %zu", rows[i].n_groups, rows[i].n_principals);
        check_code(policy_load(text, strlen(text), &policy, &err), rows[i].reason == NULL ? JD_OK : JD_E_POLICY_INVALID,
                   &err);
        check_true(rows[i].reason == NULL || strstr(err.text, rows[i].reason) != NULL);
        policy_drop(policy);
        free(text);
    }
}

TEST(policy_load, good_files_load)
{
    static const char *const names[] = {"design-example.json", "reference.json", "empty.json", "full.json"};
    for (size_t i = 0; i < JD_COUNT(names); i++) {
        check_case("%s", names[i]);
        policy_drop(fixture_file(names[i]));
    }
}

TEST(policy_load, bad_files_are_refused_with_line_and_reason)
{
    static const struct {
        const char *name;
        enum jd_code code;
        int64_t line;
        const char *reason;
    } rows[] = {
        {"bad/account-name.json", JD_E_POLICY_INVALID, 2, "group \"deployers\": principals: neither a SID nor an"},
        {"bad/condition-of-a-later-version.json", JD_E_POLICY_INVALID, 12, "rule \"later\": unknown key \"volumes\""},
        {"bad/duplicate-key.json", JD_E_POLICY_INVALID, 7, "a key stands twice"},
        {"bad/newer.json", JD_E_POLICY_NEWER, 2, "version is 2"},
        {"bad/no-target.json", JD_E_POLICY_INVALID, 4, "rule \"anywhere\": an allow rule for create needs target"},
        {"bad/trailing-comma.json", JD_E_POLICY_INVALID, 4, "not valid JSON"},
        {"bad/unbound-capture.json", JD_E_POLICY_INVALID, 10, "placeholder \"{release}\" does not occur in link"},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        struct policy *policy = NULL;
        struct jd_err err = {0};
        check_case("%s", rows[i].name);
        check_code(fixture_try_file(rows[i].name, &policy, &err), rows[i].code, &err);
        if (strstr(err.text, rows[i].reason) == NULL) {
            check_fail(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", err.text, rows[i].reason);
        }
        check_int(err.domain, JD_DOMAIN_LINE);
        check_int(err.number, rows[i].line);
        check_true(policy == NULL);
    }
}
