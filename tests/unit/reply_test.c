/* SPDX-License-Identifier: MIT */
#include "protocol/reply.h"

#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct jd_buf buf;

static const struct jd_id no_id;
static const struct jd_id one = {.kind = JD_ID_INTEGER, .integer = 1};

static void begin(void)
{
    jd_buf_init(&buf, JD_REPLY_MAX);
}

static void check_line(const char *expected)
{
    check_false(buf.failed);
    check_text(buf.data, expected);
    jd_buf_done(&buf);
}

TEST(reply, a_result_carries_the_id_as_it_was_written)
{
    static const struct {
        struct jd_id id;
        const char *text;
    } cases[] = {
        {{.kind = JD_ID_NULL}, "null"},
        {{.kind = JD_ID_INTEGER, .integer = -9007199254740991}, "-9007199254740991"},
        {{.kind = JD_ID_STRING, .text = "a\"\n\xE2\x80\xAE"}, "\"a\\\"\\u000a\\u202e\""},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        char expected[200];
        check_case("%s", cases[i].text);
        begin();
        jd_reply_result(&cases[i].id, "{\"a\":1}", 7, &buf);
        snprintf(expected, sizeof expected, "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"a\":1}}\n", cases[i].text);
        check_line(expected);
    }
}

TEST(reply, an_error_tells_word_sentence_reason_rule_and_request)
{
    struct jd_err err;
    begin();
    (void)jd_fail(&err, JD_E_DENIED, "judge", "deny_rule");
    jd_reply_error(&one, &err, "deploy-current", "20240101-7", &buf);
    check_line(
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32001,\"message\":\"the policy does not allow this\","
        "\"data\":{\"word\":\"denied\",\"reason\":\"deny_rule\",\"rule\":\"deploy-current\","
        "\"request\":\"20240101-7\"}}}\n");
}

TEST(reply, a_callers_own_mistake_is_repeated_to_him)
{
    struct jd_err err;
    begin();
    (void)jd_fail_text(&err, JD_E_UNKNOWN_PARAM, "decode params", NULL, "%s", "for\"ce\xE2\x80\xAE");
    jd_reply_error(&no_id, &err, NULL, NULL, &buf);
    check_line("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32602,"
               "\"message\":\"a parameter is not known: for\\\"ce\\u202e\",\"data\":{\"word\":\"unknown_param\"}}}\n");
}

TEST(reply, stage_system_number_and_text_stay_with_the_operator)
{
    for (int code = 1; code < JD_CODE_COUNT; code++) {
        struct jd_err err;
        bool said_wrong = jd_code_family((enum jd_code)code) == JD_FAMILY_SAID_WRONG;
        check_case("%s", jd_code_name((enum jd_code)code));
        begin();
        (void)jd_fail_text(&err, (enum jd_code)code, "SECRET-STAGE", NULL, "SECRET-TEXT");
        err.domain = JD_DOMAIN_ERRNO;
        err.number = 987654;
        jd_reply_error(&one, &err, NULL, NULL, &buf);
        check_true(strstr(buf.data, "SECRET-STAGE") == NULL);
        check_true(strstr(buf.data, "987654") == NULL);
        check_int(strstr(buf.data, "SECRET-TEXT") != NULL, said_wrong);
        jd_buf_done(&buf);
    }
}

TEST(reply, codes_that_never_cross_the_wire_become_internal)
{
    struct jd_err err;
    begin();
    (void)jd_fail(&err, JD_E_WRONG_SERVER, "connect", "hidden");
    jd_reply_error(&one, &err, NULL, NULL, &buf);
    check_line("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32009,\"message\":\"the service made a mistake\","
               "\"data\":{\"word\":\"internal_error\"}}}\n");
}

TEST(reply, a_notification_carries_the_requests_id)
{
    begin();
    jd_reply_notification(&one, jd_op_get(JD_OP_ID_inspect), "progress", "{\"n\":3}", 7, &buf);
    check_line("{\"jsonrpc\":\"2.0\",\"method\":\"junction.inspect.progress\",\"params\":{\"id\":1,"
               "\"progress\":{\"n\":3}}}\n");
}

TEST(reply, a_line_stays_below_its_limit)
{
    static const size_t frame = sizeof "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":}\n" - 1;
    size_t max = JD_REPLY_MAX - frame;
    char *text = malloc(max + 1);
    check_true(text != NULL);
    memset(text, '1', max + 1);
    begin();
    jd_reply_result(&one, text, max, &buf);
    check_false(buf.failed);
    check_int(buf.len, JD_REPLY_MAX);
    jd_buf_reset(&buf);
    jd_reply_result(&one, text, max + 1, &buf);
    check_true(buf.failed);
    jd_buf_done(&buf);
    free(text);
}

static enum jd_code decode(const char *line, struct jd_reply *out, struct jd_err *err)
{
    return jd_reply_decode(line, strlen(line), out, err);
}

TEST(reply, every_code_of_the_wire_comes_back_as_itself)
{
    for (int code = 1; code < JD_CODE_COUNT; code++) {
        struct jd_err err;
        struct jd_reply reply;
        if (jd_code_number((enum jd_code)code) == 0) {
            continue;
        }
        check_case("%s", jd_code_name((enum jd_code)code));
        begin();
        (void)jd_fail(&err, (enum jd_code)code, "stage", "why");
        jd_reply_error(&one, &err, "r", "q", &buf);
        check_ok(decode(buf.data, &reply, &err), &err);
        check_int(reply.code, code);
        check_int(reply.id.integer, 1);
        check_text(reply.word, jd_code_word((enum jd_code)code));
        check_text(reply.message, jd_code_text((enum jd_code)code));
        check_text(reply.reason, "why");
        check_text(reply.rule, "r");
        check_text(reply.request, "q");
        check_true(reply.result == NULL);
        jd_reply_done(&reply);
        jd_reply_done(&reply);
        jd_buf_done(&buf);
    }
}

TEST(reply, a_result_is_read)
{
    struct jd_reply reply;
    struct jd_err err;
    check_ok(decode("{\"new\":1,\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{\"changed\":true}}", &reply, &err), &err);
    check_int(reply.code, JD_OK);
    check_int(reply.id.kind, JD_ID_STRING);
    check_text(reply.id.text, "x");
    check_int(jd_json_kind(reply.result), JD_JSON_OBJECT);
    check_true(reply.message == NULL && reply.word == NULL && reply.reason == NULL);
    jd_reply_done(&reply);
}

#define ERROR(body) "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":" body "}"

TEST(reply, an_error_of_a_newer_service_is_internal_but_keeps_its_words)
{
    static const struct {
        const char *line;
        const char *word;
    } cases[] = {
        {ERROR("{\"code\":-32001,\"message\":\"m\",\"data\":{\"word\":\"new_word\",\"x\":{}}}"), "new_word"},
        {ERROR("{\"code\":-32001,\"message\":\"m\",\"data\":{\"word\":\"not_found\"}}"), "not_found"},
        {ERROR("{\"code\":0,\"message\":\"m\",\"data\":{\"word\":\"wrong_server\"}}"), "wrong_server"},
        {ERROR("{\"code\":9007199254740991,\"message\":\"m\",\"data\":{\"word\":\"denied\"}}"), "denied"},
        {ERROR("{\"code\":4294935295,\"message\":\"m\",\"data\":{\"word\":\"denied\"}}"), "denied"}, /* 2^32 - 32001 */
        {ERROR("{\"code\":-32001,\"message\":\"m\",\"data\":{\"word\":7}}"), NULL},
        {ERROR("{\"code\":-32001,\"message\":\"m\",\"data\":[]}"), NULL},
        {ERROR("{\"code\":-32001,\"message\":\"m\"}"), NULL},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_reply reply;
        struct jd_err err;
        check_case("%s", cases[i].line);
        check_ok(decode(cases[i].line, &reply, &err), &err);
        check_int(reply.code, JD_E_INTERNAL);
        check_text(reply.word, cases[i].word);
        check_text(reply.message, "m");
        check_int(reply.id.kind, JD_ID_NULL);
        jd_reply_done(&reply);
    }
}

TEST(reply, what_is_no_answer_is_refused)
{
    static const char *const lines[] = {
        "",
        "{",
        "[]",
        "{}",
        "\"2.0\"",
        "{\"jsonrpc\":\"2.0\",\"id\":1}",
        "{\"jsonrpc\":\"2.0\",\"result\":1}",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"result\":1}",
        "{\"id\":1,\"result\":1}",
        "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"result\":1}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1,\"error\":{\"code\":1,\"message\":\"\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"a\":1,\"a\":2}}",
        ERROR("1"),
        ERROR("{\"code\":-1}"),
        ERROR("{\"message\":\"m\"}"),
        ERROR("{\"code\":\"-1\",\"message\":\"m\"}"),
        ERROR("{\"code\":-1.5,\"message\":\"m\"}"),
        ERROR("{\"code\":-1,\"message\":null}"),
        "{\"jsonrpc\":\"2.0\",\"method\":\"junction.scan.progress\",\"params\":{}}",
    };
    for (size_t i = 0; i < JD_COUNT(lines); i++) {
        struct jd_reply reply = {.code = JD_E_USAGE};
        struct jd_err err;
        check_case("%s", lines[i]);
        check_code(decode(lines[i], &reply, &err), JD_E_BAD_REPLY, &err);
        check_int(reply.code, JD_E_USAGE);
    }
}
