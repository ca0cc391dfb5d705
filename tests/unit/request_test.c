/* SPDX-License-Identifier: MIT */
#include "protocol/request.h"

#include "protocol/msg_create.h"
#include "protocol/msg_inspect.h"
#include "tests/support/suite.h"

#include <string.h>

#define HEAD "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
#define LINK "\"params\":{\"link\":\"C:\\\\a\"}"

static enum jd_code decode(const char *line, struct jd_request *out, bool *out_must_close, struct jd_err *err)
{
    return jd_request_decode(line, strlen(line), out, out_must_close, err);
}

TEST(request, a_request_is_decoded_whole)
{
    struct jd_request request;
    struct jd_err err;
    bool must_close = true;
    const struct jd_create_params *params;
    check_ok(decode(HEAD "\"junction.create\",\"params\":{\"target\":\"D:\\\\t\",\"link\":\"c:\\\\a\\\\b\"}}", &request,
                    &must_close, &err),
             &err);
    params = request.params;
    check_false(must_close);
    check_false(request.is_notification);
    check_int(request.id.kind, JD_ID_INTEGER);
    check_int(request.id.integer, 1);
    check_int(request.op->id, JD_OP_ID_create);
    check_text(params->link.text, "C:\\a\\b");
    check_text(params->target.text, "D:\\t");
    jd_request_done(&request);
    check_true(request.params == NULL);
    jd_request_done(&request);
}

TEST(request, what_is_wrong_is_told_in_this_order)
{
    static const struct {
        const char *line;
        enum jd_code code;
        bool keeps_id;
        bool is_notification;
        const char *why;
    } cases[] = {
        {"", JD_E_PARSE_ERROR, false, false, "empty text"},
        {"[", JD_E_PARSE_ERROR, false, false, "grammar before batch"},
        {"[1,]", JD_E_PARSE_ERROR, false, false, "grammar before batch, at the end"},
        {"{\"a\":1,\"a\":2", JD_E_PARSE_ERROR, false, false, "grammar before duplicates"},
        {"[]", JD_E_INVALID_REQUEST, false, false, "an empty batch is no batch"},
        {"[[]]", JD_E_BATCH_NOT_SUPPORTED, false, false, "a batch of nonsense"},
        {"[{\"id\":1,\"id\":1}]", JD_E_BATCH_NOT_SUPPORTED, false, false, "a batch before its duplicates"},
        {"null", JD_E_INVALID_REQUEST, false, false, "no object"},
        {"{}", JD_E_INVALID_REQUEST, false, false, "nothing said; answered all the same"},
        {"{\"id\":[],\"id\":1}", JD_E_DUPLICATE_MEMBER, false, false, "duplicates before the id"},
        {"{\"x\":1,\"x\":1}", JD_E_DUPLICATE_MEMBER, false, false, "duplicates before unknown members"},
        {"{\"id\":{},\"x\":1}", JD_E_INVALID_ID, false, false, "the id before unknown members"},
        {"{\"id\":{\"a\":1,\"a\":1}}", JD_E_INVALID_ID, false, false, "the id before duplicates in it"},
        {"{\"id\":true,\"result\":1}", JD_E_INVALID_ID, false, false, "the id before anything"},
        {"{\"id\":1,\"error\":{}}", JD_E_INVALID_REQUEST, false, false, "an answer to an answer has no id"},
        {"{\"id\":1,\"result\":{},\"x\":1}", JD_E_INVALID_REQUEST, false, false, "whatever else it holds"},
        {"{\"id\":1,\"x\":1}", JD_E_UNKNOWN_MEMBER, true, false, "unknown before what is missing"},
        {"{\"x\":1}", JD_E_UNKNOWN_MEMBER, false, false, "not known to be a notification"},
        {"{\"id\":1,\"method\":1}", JD_E_INVALID_REQUEST, true, false, "no version"},
        {"{\"id\":1,\"jsonrpc\":2.0,\"method\":\"service.info\"}", JD_E_INVALID_REQUEST, true, false, "a number"},
        {"{\"id\":1,\"jsonrpc\":\"2\",\"method\":\"service.info\"}", JD_E_INVALID_REQUEST, true, false, "not 2.0"},
        {"{\"jsonrpc\":\"1.0\",\"method\":\"service.info\"}", JD_E_INVALID_REQUEST, false, false, "no sound envelope"},
        {HEAD "null,\"params\":3}", JD_E_INVALID_REQUEST, true, false, "the method before params"},
        {HEAD "\"x\",\"params\":3}", JD_E_METHOD_NOT_FOUND, true, false, "the method's name before params"},
        {HEAD "\"x\",\"params\":{\"a\":1,\"a\":1}}", JD_E_METHOD_NOT_FOUND, true, false, "and before duplicates"},
        {HEAD "\"service.info\",\"params\":{\"a\":1,\"a\":1}}", JD_E_DUPLICATE_PARAM, true, false,
         "duplicates before unknown params"},
        {HEAD "\"service.info\",\"params\":[{\"a\":1,\"a\":1}]}", JD_E_DUPLICATE_PARAM, true, false,
         "duplicates before the kind of params"},
        {HEAD "\"service.info\",\"params\":[]}", JD_E_INVALID_PARAMS, true, false, "no positions, not even none"},
        {HEAD "\"service.info\",\"params\":\"\"}", JD_E_INVALID_PARAMS, true, false, "no string"},
        {HEAD "\"service.info\",\"params\":null}", JD_E_INVALID_PARAMS, true, false, "null is not absent"},
        {HEAD "\"junction.inspect\"}", JD_E_INVALID_PARAMS, true, false, "params are needed here"},
        {HEAD "\"junction.inspect\",\"params\":{\"x\":1,\"link\":\"\"}}", JD_E_UNKNOWN_PARAM, true, false,
         "unknown before the value"},
        {HEAD "\"junction.inspect\",\"params\":{\"link\":\"C:/a\"}}", JD_E_BAD_PATH, true, false, "a path"},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"x\"}", JD_E_METHOD_NOT_FOUND, false, true, "notification, unknown"},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"junction.remove\",\"params\":1}", JD_E_INVALID_PARAMS, false, true,
         "notification with bad params"},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"junction.remove\",\"params\":{\"a\":1,\"a\":1}}", JD_E_DUPLICATE_PARAM,
         false, true, "notification with duplicates"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_request request;
        struct jd_err err;
        bool must_close;
        check_case("%s: %s", cases[i].why, cases[i].line);
        check_code(decode(cases[i].line, &request, &must_close, &err), cases[i].code, &err);
        check_int(request.id.kind, cases[i].keeps_id ? JD_ID_INTEGER : JD_ID_NULL);
        check_int(request.is_notification, cases[i].is_notification);
        check_int(must_close, cases[i].code == JD_E_PARSE_ERROR);
        check_true(request.op == NULL);
        check_true(request.params == NULL);
    }
}

TEST(request, the_first_unknown_member_is_named)
{
    struct jd_request request;
    struct jd_err err;
    bool must_close;
    check_code(decode("{\"x\":1,\"id\":1,\"y\":1}", &request, &must_close, &err), JD_E_UNKNOWN_MEMBER, &err);
    check_text(err.text, "x");
}

TEST(request, without_an_id_it_is_a_notification)
{
    struct jd_request request;
    struct jd_err err;
    bool must_close;
    check_ok(decode("{\"jsonrpc\":\"2.0\",\"method\":\"junction.remove\"," LINK "}", &request, &must_close, &err),
             &err);
    check_true(request.is_notification);
    check_int(request.id.kind, JD_ID_NULL);
    check_int(request.op->kind, JD_OP_CHANGE);
    jd_request_done(&request);
}

TEST(request, params_may_be_absent_where_none_is_needed)
{
    static const char *const lines[] = {HEAD "\"service.info\"}", HEAD "\"service.status\",\"params\":{}}"};
    for (size_t i = 0; i < JD_COUNT(lines); i++) {
        struct jd_request request;
        struct jd_err err;
        bool must_close;
        check_case("%s", lines[i]);
        check_ok(decode(lines[i], &request, &must_close, &err), &err);
        check_true(request.params == NULL);
        jd_request_done(&request);
    }
}

/* An info request whose id is before + n times unit + after. */
static enum jd_code decode_id(const char *before, const char *unit, size_t n, const char *after, struct jd_id *out)
{
    struct jd_buf line;
    struct jd_request request;
    struct jd_err err;
    bool must_close;
    enum jd_code code;
    jd_buf_init(&line, JD_LINE_MAX);
    jd_buf_add_format(&line, "{\"jsonrpc\":\"2.0\",\"method\":\"service.info\",\"id\":%s", before);
    for (size_t i = 0; i < n; i++) {
        jd_buf_add_text(&line, unit);
    }
    jd_buf_add_format(&line, "%s}", after);
    check_false(line.failed);
    code = jd_request_decode(line.data, line.len, &request, &must_close, &err);
    jd_buf_done(&line);
    check_false(must_close);
    check_false(request.is_notification);
    *out = request.id;
    jd_request_done(&request);
    return code;
}

TEST(request, a_string_id_has_up_to_64_characters)
{
    static const char *const units[] = {"a", "\xC3\xA9", "\xE6\x97\xA5", "\xF0\x9F\x98\x80", "\\uD83D\\uDE00", "\\n"};
    struct jd_id id;
    check_int(decode_id("\"", "a", 0, "\"", &id), JD_E_INVALID_ID);
    for (size_t i = 0; i < JD_COUNT(units); i++) {
        check_case("%s", units[i]);
        check_int(decode_id("\"", units[i], 1, "\"", &id), JD_OK);
        check_int(decode_id("\"", units[i], JD_ID_CHARS_MAX, "\"", &id), JD_OK);
        check_int(id.kind, JD_ID_STRING);
        check_int(decode_id("\"", units[i], JD_ID_CHARS_MAX + 1, "\"", &id), JD_E_INVALID_ID);
        check_int(id.kind, JD_ID_NULL);
    }
}

TEST(request, an_integer_id_lies_within_two_to_the_53)
{
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {"0", true},
        {"-1", true},
        {"9007199254740991", true},
        {"-9007199254740991", true},
        {"9007199254740992", false},
        {"-9007199254740992", false},
        {"-0", false},
        {"1.0", false},
        {"1e3", false},
        {"null", false},
        {"true", false},
        {"[]", false},
        {"{}", false},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_id id;
        check_case("%s", cases[i].text);
        check_int(decode_id(cases[i].text, "", 0, "", &id), cases[i].good ? JD_OK : JD_E_INVALID_ID);
        check_int(id.kind, cases[i].good ? JD_ID_INTEGER : JD_ID_NULL);
    }
}

TEST(request, the_longest_line_is_decoded_and_a_longer_one_is_not)
{
    for (size_t len = JD_LINE_MAX - 1; len <= JD_LINE_MAX + 1; len++) {
        struct jd_buf line;
        struct jd_request request;
        struct jd_err err;
        bool must_close;
        check_case("%zu bytes", len);
        jd_buf_init(&line, JD_LINE_MAX * 2);
        jd_buf_add_text(&line, HEAD "\"service.info\"}");
        while (line.len < len) {
            jd_buf_add_char(&line, ' ');
        }
        check_code(jd_request_decode(line.data, len, &request, &must_close, &err),
                   len <= JD_LINE_MAX ? JD_OK : JD_E_MESSAGE_TOO_LARGE, &err);
        check_int(must_close, len > JD_LINE_MAX);
        jd_request_done(&request);
        jd_buf_done(&line);
    }
}

TEST(request, eight_levels_are_judged_and_nine_are_refused)
{
    struct jd_request request;
    struct jd_err err;
    bool must_close;
    check_code(decode(HEAD "\"junction.inspect\",\"params\":{\"link\":[[[[[[]]]]]]}}", &request, &must_close, &err),
               JD_E_INVALID_PARAMS, &err);
    check_false(must_close);
    check_code(decode(HEAD "\"junction.inspect\",\"params\":{\"link\":[[[[[[[]]]]]]]}}", &request, &must_close, &err),
               JD_E_DEPTH_EXCEEDED, &err);
    check_true(must_close);
}

TEST(request, a_long_name_from_outside_is_cut_in_the_error)
{
    struct jd_buf line;
    struct jd_request request;
    struct jd_err err;
    bool must_close;
    jd_buf_init(&line, JD_LINE_MAX);
    jd_buf_add_text(&line, HEAD "\"");
    for (size_t i = 0; i < 15000; i++) {
        jd_buf_add_text(&line, "\xF0\x9F\x98\x80");
    }
    jd_buf_add_text(&line, "\"}");
    check_code(jd_request_decode(line.data, line.len, &request, &must_close, &err), JD_E_METHOD_NOT_FOUND, &err);
    check_true(strlen(err.text) < JD_ERR_TEXT_MAX);
    check_int(strlen(err.text) % 4, 0);
    jd_buf_done(&line);
}

TEST(request, what_a_client_encodes_the_service_decodes)
{
    struct jd_request first;
    struct jd_request second;
    struct jd_err err;
    struct jd_buf line;
    bool must_close;
    const struct jd_inspect_params *params;
    check_ok(decode(HEAD "\"junction.inspect\",\"params\":{\"link\":\"C:\\\\\xE6\x97\xA5\\\\b c\"}}", &first,
                    &must_close, &err),
             &err);
    jd_buf_init(&line, JD_LINE_MAX + 1);
    jd_request_encode(JD_INTEGER_MAX, first.op, first.params, &line);
    check_text(line.data, "{\"jsonrpc\":\"2.0\",\"id\":9007199254740991,\"method\":\"junction.inspect\","
                          "\"params\":{\"link\":\"C:\\\\\xE6\x97\xA5\\\\b c\"}}\n");
    check_ok(jd_request_decode(line.data, line.len - 1, &second, &must_close, &err), &err);
    params = second.params;
    check_text(params->link.text, "C:\\\xE6\x97\xA5\\b c");
    jd_buf_reset(&line);
    jd_request_encode(2, jd_op_get(JD_OP_ID_info), NULL, &line);
    check_text(line.data, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"service.info\"}\n");
    jd_buf_done(&line);
    jd_request_done(&first);
    jd_request_done(&second);
}
