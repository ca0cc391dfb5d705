/* SPDX-License-Identifier: MIT */
#include "service/core/policy_pattern.h"

#include "tests/support/suite.h"
#include "tests/unit/policy_fixture.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static struct policy_binding bind_alice(void)
{
    return (struct policy_binding){.sid = ALICE, .user = "alice"};
}

static struct policy_pattern compile(const char *text, const struct policy_pattern *link)
{
    struct policy_pattern pattern = {0};
    struct jd_err err = {0};
    check_ok(policy_pattern_compile(text, link, &pattern, &err), &err);
    return pattern;
}

static bool matches(const char *pattern_text, const char *path_text)
{
    struct policy_pattern pattern = compile(pattern_text, NULL);
    struct jd_winpath path = fixture_path(path_text);
    struct policy_binding binding = bind_alice();
    bool matched = policy_pattern_match(&pattern, &path, &binding);
    policy_pattern_done(&pattern);
    jd_winpath_done(&path);
    return matched;
}

TEST(policy_pattern, matches_whole_components_as_ntfs_compares_them)
{
    static const struct {
        const char *pattern, *path;
        bool matches;
        const char *why;
    } rows[] = {
        {"C:\\a\\b", "C:\\a\\b", true, "a literal is itself"},
        {"C:\\a\\b", "C:\\A\\B", true, "case does not matter"},
        {"c:\\a", "C:\\a", true, "nor that of the drive letter"},
        {"C:\\\xC3\xA9t\xC3\xA9", "C:\\\xC3\x89T\xC3\x89", true, "folding is Unicode's, as $UpCase has it"},
        {"C:\\stra\xC3\x9F"
         "e",
         "C:\\STRASSE", false, "one unit folds to one unit: no expansion"},
        {"C:\\links", "C:\\l\xC4\xB1nks", false, "a dotless i is no i"},
        {"C:\\links", "C:\\Lin\xE2\x84\xAAs", false, "the Kelvin sign is no k"},
        {"C:\\a\\b", "C:\\a", false, "shorter"},
        {"C:\\a\\b", "C:\\a\\b\\c", false, "longer: containment needs a wildcard"},
        {"C:\\a", "C:\\ab", false, "never a string prefix"},
        {"C:\\a", "D:\\a", false, "another drive"},
        {"*:\\a", "D:\\a", true, "any drive"},
        {"?:\\a", "Z:\\a", true, "a drive has one letter, so ? is any drive too"},
        {"C:\\*", "C:\\a", true, "* is a component"},
        {"C:\\*", "C:\\a\\b", false, "* is one component"},
        {"C:\\a*", "C:\\a", true, "* may be empty"},
        {"C:\\a*c", "C:\\ABBC", true, "a glob folds too"},
        {"C:\\a*c", "C:\\abb", false, "the end is anchored"},
        {"C:\\*b*", "C:\\abc", true, "stars on both sides"},
        {"C:\\*ab", "C:\\aab", true, "a star gives back what it took too early"},
        {"C:\\*a*b", "C:\\xaxbxb", true, "the last star is the one to stretch"},
        {"C:\\v?", "C:\\v1", true, "? is one character"},
        {"C:\\v?", "C:\\v", false, "and not none"},
        {"C:\\v?", "C:\\v12", false, "and not two"},
        {"C:\\v?", "C:\\v\xF0\x9F\x98\x80", true, "a character outside the BMP is one too"},
        {"C:\\*.*", "C:\\a", false, "*.* has no DOS meaning: a dot is a dot"},
        {"C:\\a\\**", "C:\\a\\b", true, "** at the end: one"},
        {"C:\\a\\**", "C:\\a\\b\\c\\d", true, "** at the end: more"},
        {"C:\\a\\**", "C:\\a", false, "** at the end: not zero"},
        {"C:\\a\\**", "C:\\ab\\c", false, "never a string prefix, here either"},
        {"C:\\**", "C:\\a", true, "the whole volume"},
        {"C:\\a\\**\\z", "C:\\a\\z", true, "** inside: zero"},
        {"C:\\a\\**\\z", "C:\\a\\b\\c\\z", true, "** inside: more"},
        {"C:\\a\\**\\z", "C:\\a\\z\\b", false, "the end is anchored"},
        {"C:\\**\\z", "C:\\z", true, "** at the front: zero"},
        {"C:\\a\\**\\a", "C:\\a", false, "head and tail do not share a component"},
        {"C:\\**\\m\\**\\z", "C:\\a\\m\\b\\z", true, "two of them"},
        {"C:\\**\\m\\**\\z", "C:\\m\\z", true, "both zero"},
        {"C:\\**\\m\\**\\z", "C:\\z\\m", false, "in order"},
        {"C:\\**\\m\\**\\m", "C:\\m", false, "one m cannot be two"},
        {"C:\\**\\m\\n\\**", "C:\\m\\x\\m\\n\\y", true, "a run is found at its second try"},
        {"C:\\**\\m\\n\\**", "C:\\m\\x\\m\\n", false, "and the ** at the end still needs one"},
        {"C:\\**\\**", "C:\\a", true, "side by side: zero and one"},
        {"C:\\a\\**\\**\\z", "C:\\a\\z", true, "side by side inside: zero and zero"},
        {"C:\\{{a}}", "C:\\{a}", true, "literal braces"},
        {"C:\\{{*}}", "C:\\{abc}", true, "literal braces in a glob"},
        {"C:\\{sid}", "C:\\" ALICE, true, "the caller's SID"},
        {"C:\\{sid}", "C:\\s-1-5-21-1-2-3-1001", true, "folded"},
        {"C:\\{sid}", "C:\\" STRANGER, false, "another's"},
        {"C:\\{user}\\x", "C:\\Alice\\x", true, "the caller's name"},
        {"C:\\{user}\\x", "C:\\bob\\x", false, "another's"},
        {"C:\\{a}\\{a}", "C:\\x\\X", true, "one name means one text, folded"},
        {"C:\\{a}\\{a}", "C:\\x\\y", false, "and not two"},
        {"C:\\{a}\\{b}", "C:\\x\\y", true, "two names may differ"},
        {"C:\\{a}\\**\\{a}", "C:\\x\\1\\2\\x", true, "around a **"},
        {"C:\\{a}\\**\\{a}", "C:\\x\\1\\2\\y", false, "around a **, differing"},
        {"C:\\{a}\\**", "C:\\x\\y", true, "and before one"},
        {"C:\\{a}\\**", "C:\\x", false, "which needs its own component"},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        check_case("%s on %s: %s", rows[i].pattern, rows[i].path, rows[i].why);
        check_int(matches(rows[i].pattern, rows[i].path), rows[i].matches);
    }
}

TEST(policy_pattern, captures_mean_the_same_in_link_and_target)
{
    static const struct {
        const char *link, *target, *link_path, *target_path;
        bool matches;
        const char *why;
    } rows[] = {
        {"D:\\{app}\\cur", "D:\\{app}\\rel\\*", "D:\\web\\cur", "D:\\web\\rel\\1", true, "the same app"},
        {"D:\\{app}\\cur", "D:\\{app}\\rel\\*", "D:\\web\\cur", "D:\\WEB\\rel\\1", true, "the same app, folded"},
        {"D:\\{app}\\cur", "D:\\{app}\\rel\\*", "D:\\web\\cur", "D:\\db\\rel\\1", false, "another app"},
        {"D:\\{a}\\{b}", "D:\\{b}\\{a}", "D:\\1\\2", "D:\\2\\1", true, "names count, not places"},
        {"D:\\{a}\\{b}", "D:\\{b}\\{a}", "D:\\1\\2", "D:\\1\\2", false, "names count, not places"},
        {"D:\\{a}\\{a}\\{b}", "D:\\{b}", "D:\\1\\1\\2", "D:\\2", true, "a repeated name takes no other's place"},
        {"D:\\{a}\\x", "E:\\**\\{a}", "D:\\1\\x", "E:\\p\\q\\1", true, "behind a ** of the target"},
        {"D:\\{a}\\x", "E:\\**\\{a}", "D:\\1\\x", "E:\\1\\q", false, "which is anchored at its end"},
        {"D:\\{a}\\x", "E:\\t\\**", "D:\\1\\x", "E:\\t\\2", true, "a target need not use what the link captures"},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        struct policy_pattern link = compile(rows[i].link, NULL);
        struct policy_pattern target = compile(rows[i].target, &link);
        struct jd_winpath link_path = fixture_path(rows[i].link_path);
        struct jd_winpath target_path = fixture_path(rows[i].target_path);
        struct policy_binding binding = bind_alice();
        check_case("%s, %s: %s", rows[i].link, rows[i].target, rows[i].why);
        check_true(policy_pattern_match(&link, &link_path, &binding));
        check_int(policy_pattern_match(&target, &target_path, &binding), rows[i].matches);
        policy_pattern_done(&link);
        policy_pattern_done(&target);
        jd_winpath_done(&link_path);
        jd_winpath_done(&target_path);
    }
}

TEST(policy_pattern, an_unknown_name_matches_user_only_where_that_denies)
{
    struct policy_pattern pattern = compile("C:\\{user}", NULL);
    struct jd_winpath path = fixture_path("C:\\alice");
    struct policy_binding nameless = {.sid = ALICE, .user = ""};
    check_false(policy_pattern_match(&pattern, &path, &nameless));
    nameless.unknown_user_matches = true;
    check_true(policy_pattern_match(&pattern, &path, &nameless));
    policy_pattern_done(&pattern);
    jd_winpath_done(&path);
}

static void check_refused(const char *text, const struct policy_pattern *link, const char *reason)
{
    struct policy_pattern pattern = {0};
    struct jd_err err = {0};
    check_code(policy_pattern_compile(text, link, &pattern, &err), JD_E_POLICY_INVALID, &err);
    check_false(policy_pattern_is_set(&pattern)); /* out-parameters stay untouched */
    if (strstr(err.text, reason) == NULL) {
        check_fail(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", err.text, reason);
    }
}

TEST(policy_pattern, what_can_never_match_is_refused_with_its_reason)
{
    static const struct {
        const char *pattern, *reason, *why;
    } rows[] = {
        {"", "absolute", "empty"},
        {"C", "absolute", "half a drive"},
        {"C:", "drive_relative", "a drive is no path"},
        {"C:\\", "empty_component", "the root itself is no link and no target"},
        {"C:a", "drive_relative", "relative to the drive's current folder"},
        {"a\\b", "absolute", "relative"},
        {"\\a", "absolute", "relative to the current drive"},
        {"**\\a", "absolute", "** is no drive"},
        {"{d}:\\a", "absolute", "a drive is not captured"},
        {"1:\\a", "absolute", "a digit is no drive"},
        {"\\\\server\\share\\a", "UNC", "UNC"},
        {"\\\\?\\C:\\a", "UNC", "verbatim"},
        {"C:/a", "forward_slash", "forward slash"},
        {"C:\\a/b", "forward_slash", "forward slash inside"},
        {"C:\\a\\\\b", "empty_component", "doubled backslash"},
        {"C:\\a\\", "empty_component", "trailing backslash"},
        {"C:\\a\\..\\b", "dot_segment", "climbs"},
        {"C:\\.", "dot_segment", "stands still"},
        {"C:\\a.", "trailing_dot", "Win32 strips it"},
        {"C:\\*.", "trailing_dot", "a glob that only such names match"},
        {"C:\\a ", "trailing_space", "Win32 strips it"},
        {"C:\\con", "reserved_device", "a device"},
        {"C:\\nul.*", "reserved_device", "a glob that only devices match"},
        {"C:\\a:b", "colon_in_component", "a stream"},
        {"C:\\a|*", "illegal_char", "a glob with what no name holds"},
        {"C:\\a<b", "illegal_char", "a DOS wildcard"},
        {"C:\\a\tb", "control_char", "a control"},
        {"C:\\a**", "** must be a whole component", "** inside a component"},
        {"C:\\***", "** must be a whole component", "three"},
        {"C:\\{a", "whole component", "an open brace"},
        {"C:\\a}", "whole component", "a closing brace"},
        {"C:\\x{a}", "whole component", "a capture is not part of a component"},
        {"C:\\{a}x", "whole component", "nor this way round"},
        {"C:\\{a}{b}", "whole component", "nor two of them"},
        {"C:\\{{a}", "whole component", "half an escape"},
        {"C:\\{}", "name must be", "no name"},
        {"C:\\{A}", "name must be", "capitals are not in the grammar"},
        {"C:\\{1}", "name must be", "a digit first"},
        {"C:\\{a-b}", "name must be", "a dash"},
        {"C:\\{abcdefghijklmnopqrstuvwxyz0123456}", "name must be", "33 characters"},
        {"C:\\{profile}", "{profile} is not known", "comes with a later issue"},
        {"C:\\{a}\\**\\b\\**", "at most one **", "what {a} captures must not depend on a search"},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        check_case("%s: %s", rows[i].pattern, rows[i].why);
        check_refused(rows[i].pattern, NULL, rows[i].reason);
    }
}

TEST(policy_pattern, a_target_uses_only_what_its_link_captures)
{
    struct policy_pattern link = compile("C:\\{a}", NULL);
    struct policy_pattern none = {0};
    check_refused("C:\\{b}", &link, "does not occur in link");
    check_refused("C:\\{a}", &none, "does not occur in link");
    check_refused("C:\\{a}\\**\\x\\**", &link, "at most one **");
    policy_pattern_done(&link);
}

/* "C:" and n times "\" and part. */
static const char *repeat(const char *part, size_t n, char *out, size_t cap)
{
    size_t len = (size_t)snprintf(out, cap, "C:");
    for (size_t i = 0; i < n; i++) {
        len += (size_t)snprintf(out + len, cap - len, "\\%s", part);
    }
    return out;
}

TEST(policy_pattern, sits_on_the_limits_of_paths)
{
    char text[JD_PATH_BYTES_MAX + 16];
    char name[JD_NAME_UNITS_MAX + 2];
    struct policy_pattern pattern = compile(repeat("a", 64, text, sizeof text), NULL);
    policy_pattern_done(&pattern);
    check_refused(repeat("a", 65, text, sizeof text), NULL, "too_many_components");
    pattern = compile(repeat("**", 64, text, sizeof text), NULL);
    check_int(pattern.n_parts, 65); /* the last one is two parts */
    policy_pattern_done(&pattern);

    memset(name, 'n', sizeof name);
    name[255] = '\0';
    pattern = compile(repeat(name, 1, text, sizeof text), NULL);
    policy_pattern_done(&pattern);
    name[255] = 'n';
    name[256] = '\0';
    check_refused(repeat(name, 1, text, sizeof text), NULL, "component_too_long");
    name[252] = '\0';
    check_refused(repeat(name, 17, text, sizeof text), NULL, "path_too_long");
}

TEST(policy_pattern, hostile_paths_cost_no_more_than_their_length)
{
    /* Each makes a matcher that tries every place for every star take longer than anybody waits. */
    static const struct {
        const char *part;
        size_t n_parts;
        const char *last, *name;
        size_t n_names;
        const char *why;
    } rows[] = {
        {"**\\a", 31, "b", "a", 64, "many ** and a path that fails at its end only"},
        {"**", 63, "b", "a", 64, "nothing but **"},
        {"*a*a*a*a*a*a*a*a*a*b", 1, NULL, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1,
         "many stars"},
        {"**\\*a*a*a*a*a*a*a*a*b", 31, "z", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 64,
         "many stars in many **"},
        {"**\\*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 31, "z",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 64, "long near misses"},
    };
    char pattern_text[JD_PATH_BYTES_MAX + 16];
    char path_text[JD_PATH_BYTES_MAX + 16];
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        clock_t begun = clock();
        repeat(rows[i].part, rows[i].n_parts, pattern_text, sizeof pattern_text);
        if (rows[i].last != NULL) {
            size_t len = strlen(pattern_text);
            snprintf(pattern_text + len, sizeof pattern_text - len, "\\%s", rows[i].last);
        }
        repeat(rows[i].name, rows[i].n_names, path_text, sizeof path_text);
        check_case("%s", rows[i].why);
        check_false(matches(pattern_text, path_text));
        check_true((clock() - begun) / CLOCKS_PER_SEC < 5); /* milliseconds, even with sanitizers */
    }
}

TEST(policy_pattern, lint_sees_whole_volumes)
{
    static const struct {
        const char *pattern;
        bool wide;
    } rows[] = {
        {"C:\\**", true},     {"*:\\**", true}, {"C:\\*\\**", true},  {"C:\\{a}\\**", true},    {"C:\\**\\*", true},
        {"C:\\a\\**", false}, {"C:\\*", false}, {"C:\\**\\a", false}, {"C:\\{sid}\\**", false}, {"C:\\x*\\**", false},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        struct policy_pattern pattern = compile(rows[i].pattern, NULL);
        check_case("%s", rows[i].pattern);
        check_int(policy_pattern_is_volume_wide(&pattern), rows[i].wide);
        policy_pattern_done(&pattern);
    }
}

TEST(policy_pattern, lint_sees_trees_that_overlap)
{
    static const struct {
        const char *a, *b;
        bool overlap;
        const char *why;
    } rows[] = {
        {"D:\\d\\{app}\\current", "D:\\d\\{app}\\releases\\*", false, "the example of the design"},
        {"C:\\jt\\links\\**", "C:\\jt\\targets\\**", false, "two trees"},
        {"C:\\jt\\links\\**", "D:\\jt\\links\\**", false, "two volumes"},
        {"C:\\jt\\links\\**", "*:\\jt\\links\\**", true, "any volume is this one too"},
        {"C:\\jt\\**", "C:\\jt\\targets\\**", true, "one in the other"},
        {"C:\\a\\*", "C:\\a\\b\\c", true, "the link could be C:\\a\\b"},
        {"C:\\a\\x*", "C:\\a\\b\\c", false, "no x-name is b"},
        {"C:\\a\\B\\c", "C:\\a\\b*\\d", false, "differs behind a glob that meets"},
        {"C:\\a", "C:\\a\\b", true, "a target under the link"},
        {"C:\\{sid}\\x", "C:\\*\\x", true, "a placeholder may be anything"},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        struct policy_pattern a = compile(rows[i].a, NULL);
        struct policy_pattern b = compile(rows[i].b, &a);
        check_case("%s and %s: %s", rows[i].a, rows[i].b, rows[i].why);
        check_int(policy_pattern_may_overlap(&a, &b), rows[i].overlap);
        check_int(policy_pattern_may_overlap(&b, &a), rows[i].overlap);
        policy_pattern_done(&a);
        policy_pattern_done(&b);
    }
}
