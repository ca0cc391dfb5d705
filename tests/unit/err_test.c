/* SPDX-License-Identifier: MIT */
#include "common/err.h"

#include "common/utf.h"
#include "tests/support/suite.h"

#include <errno.h>
#include <string.h>

/* JSON-RPC 2.0, section 5.1, and DESIGN.md section 3. */
static bool is_number_of_ours(int number)
{
    return number == -32700 || (number <= -32600 && number >= -32602) || (number <= -32001 && number >= -32009);
}

TEST(err, every_row_of_the_list_is_whole)
{
    for (int i = 1; i < JD_CODE_COUNT; i++) {
        enum jd_code code = (enum jd_code)i;
        const char *word = jd_code_word(code);
        const char *text = jd_code_text(code);
        check_case("%s", jd_code_name(code));
        check_true(word[0] != '\0' && strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(word));
        check_true(text[0] != '\0' && text[strlen(text) - 1] != '.');
        check_true(strpbrk(text, "\n\t\"%") == NULL);
        check_true(jd_code_exit(code) >= 1 && jd_code_exit(code) <= 8);
        check_true(jd_code_family(code) != JD_FAMILY_NONE);
        check_int(jd_code_number(code) == 0, jd_code_family(code) == JD_FAMILY_LOCAL);
        check_true(jd_code_number(code) == 0 || is_number_of_ours(jd_code_number(code)));
    }
}

TEST(err, a_word_and_a_number_name_one_error)
{
    for (int a = 0; a < JD_CODE_COUNT; a++) {
        for (int b = a + 1; b < JD_CODE_COUNT; b++) {
            check_case("%s and %s", jd_code_name((enum jd_code)a), jd_code_name((enum jd_code)b));
            check_false(strcmp(jd_code_word((enum jd_code)a), jd_code_word((enum jd_code)b)) == 0 &&
                        jd_code_number((enum jd_code)a) == jd_code_number((enum jd_code)b));
            check_true(strcmp(jd_code_name((enum jd_code)a), jd_code_name((enum jd_code)b)) != 0);
        }
    }
}

TEST(err, every_word_of_the_wire_leads_back_to_its_code)
{
    for (int i = 1; i < JD_CODE_COUNT; i++) {
        enum jd_code code = (enum jd_code)i;
        check_case("%s", jd_code_name(code));
        check_int(jd_code_from_word(jd_code_word(code), jd_code_number(code)), code);
    }
    check_int(jd_code_from_word("duplicate_key", -32600), JD_E_DUPLICATE_MEMBER);
    check_int(jd_code_from_word("duplicate_key", -32602), JD_E_DUPLICATE_PARAM);
    check_int(jd_code_from_word("denied", -32002), JD_E_INTERNAL);
    check_int(jd_code_from_word("no_such_word", -32001), JD_E_INTERNAL);
    check_int(jd_code_from_word("ok", 0), JD_E_INTERNAL);
}

TEST(err, a_number_that_is_no_code_is_internal)
{
    check_text(jd_code_word((enum jd_code)JD_CODE_COUNT), jd_code_word(JD_E_INTERNAL));
    check_text(jd_code_word((enum jd_code)100000), jd_code_word(JD_E_INTERNAL));
    check_text(jd_code_name(JD_OK), "OK");
    check_text(jd_code_word(JD_OK), "ok");
    check_int(jd_code_exit(JD_OK), 0);
    check_text(jd_domain_word(JD_DOMAIN_ERRNO), "errno");
    check_text(jd_domain_word(JD_DOMAIN_NTSTATUS), "ntstatus");
    check_text(jd_domain_word(JD_DOMAIN_LINE), "line");
    check_text(jd_domain_word((enum jd_domain)(JD_DOMAIN_LINE + 1)), "none");
}

TEST(err, each_way_of_failing_fills_the_whole_detail)
{
    struct jd_err err;
    memset(&err, 0xA5, sizeof err);
    check_int(jd_fail(&err, JD_E_BAD_PATH, "parse", "empty"), JD_E_BAD_PATH);
    check_int(err.code, JD_E_BAD_PATH);
    check_int(err.domain, JD_DOMAIN_NONE);
    check_int(err.number, 0);
    check_text(err.stage, "parse");
    check_text(err.reason, "empty");
    check_text(err.text, "");
    check_int(jd_fail_sys(&err, JD_E_NO_SPACE, "make leaf", JD_DOMAIN_ERRNO, ENOSPC), JD_E_NO_SPACE);
    check_int(err.number, ENOSPC);
    check_int(err.domain, JD_DOMAIN_ERRNO);
    check_true(err.reason == NULL);
    check_int(jd_fail_text(&err, JD_E_POLICY_INVALID, "load", NULL, "line %d", 7), JD_E_POLICY_INVALID);
    check_text(err.text, "line 7");
    check_int(err.domain, JD_DOMAIN_NONE);
}

TEST(err, a_text_may_quote_the_detail_it_replaces)
{
    struct jd_err err;
    jd_fail_text(&err, JD_E_INTERNAL, "a", NULL, "inner");
    jd_fail_text(&err, JD_E_INTERNAL, "b", NULL, "outer: %s", err.text);
    check_text(err.text, "outer: inner");
}

TEST(err, a_long_text_is_cut_between_characters)
{
    for (size_t lead = 0; lead < 4; lead++) {
        char text[4 * JD_ERR_TEXT_MAX] = "";
        struct jd_err err;
        memset(text, 'x', lead);
        for (size_t i = 0; i < JD_ERR_TEXT_MAX / 2; i++) {
            memcpy(text + lead + 4 * i, "\xF0\x9F\x98\x80", 4);
        }
        jd_fail_text(&err, JD_E_INTERNAL, "s", NULL, "%s", text);
        check_case("%zu bytes before", lead);
        check_int(jd_utf8_valid_prefix(err.text, strlen(err.text)), strlen(err.text));
        check_true(strlen(err.text) > JD_ERR_TEXT_MAX - 5 && strlen(err.text) < JD_ERR_TEXT_MAX);
    }
}

TEST(err, a_text_is_one_line_whatever_it_quotes)
{
    struct jd_err err;
    jd_fail_text(&err, JD_E_POLICY_INVALID, "load", NULL, "key \"%s\"", "a\r\nb\x1B[2J\x7F\tc");
    check_text(err.text, "key \"a  b [2J  c\"");
}

TEST(err, a_rendered_detail_is_one_readable_line)
{
    char buf[256];
    char small[24];
    char one[1];
    struct jd_err err;
    jd_fail_sys(&err, JD_E_NO_SPACE, "make leaf", JD_DOMAIN_ERRNO, 28);
    check_text(jd_err_render(&err, buf, sizeof buf), "make leaf: no_space (errno 28)");
    jd_fail(&err, JD_E_BAD_PATH, NULL, "dot_segment");
    check_text(jd_err_render(&err, buf, sizeof buf), "bad_path/dot_segment");
    jd_fail_text(&err, JD_E_POLICY_INVALID, "policy", "bad_pattern", "line %d", 3);
    check_text(jd_err_render(&err, buf, sizeof buf), "policy: policy_invalid/bad_pattern: line 3");
    jd_fail_text(&err, JD_E_INTERNAL, "s", NULL, "%s", "\xE3\x81\x82\xE3\x81\x82\xE3\x81\x82");
    check_text(jd_err_render(&err, small, sizeof small), "s: internal_error: \xE3\x81\x82");
    check_text(jd_err_render(&err, one, sizeof one), "");
}
