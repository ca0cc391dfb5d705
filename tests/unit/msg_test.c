/* SPDX-License-Identifier: MIT */
/* What each operation's messages hold: a change here is a change of the wire (docs/protocol.md). */
#include "protocol/msg_create.h"
#include "protocol/msg_inspect.h"
#include "protocol/msg_remove.h"
#include "tests/support/suite.h"

#include <string.h>

union any_message {
    struct jd_create_params create_params;
    struct jd_create_result create_result;
    struct jd_inspect_params inspect_params;
    struct jd_inspect_result inspect_result;
    struct jd_remove_params remove_params;
    struct jd_remove_result remove_result;
};

static const struct {
    const struct jd_fields *fields;
    const char *text;
    const char *why;
} whole[] = {
    {&jd_create_params_fields, "{\"link\":\"C:\\\\a\",\"target\":\"C:\\\\b\"}", "create"},
    {&jd_create_result_fields, "{\"link\":\"C:\\\\a\",\"target\":\"C:\\\\b\",\"changed\":true}", "created"},
    {&jd_create_result_fields, "{\"link\":\"C:\\\\a\",\"target\":\"C:\\\\b\",\"changed\":false}",
     "stood there already"},
    {&jd_inspect_params_fields, "{\"link\":\"C:\\\\a\"}", "inspect"},
    {&jd_inspect_result_fields, "{\"link\":\"C:\\\\a\",\"kind\":\"nothing\"}", "nothing stands there"},
    {&jd_inspect_result_fields,
     "{\"link\":\"C:\\\\a\",\"kind\":\"junction\",\"tag\":2684354563,\"tag_name\":\"t\",\"substitute_name\":\"s\","
     "\"print_name\":\"p\",\"target\":\"C:\\\\b\",\"target_state\":\"ok\",\"target_utf16\":\"4300\"}",
     "a junction"},
    {&jd_remove_params_fields, "{\"link\":\"C:\\\\a\"}", "remove"},
    {&jd_remove_result_fields, "{\"link\":\"C:\\\\a\",\"target\":\"C:\\\\b\",\"changed\":true}", "removed"},
    {&jd_remove_result_fields, "{\"link\":\"C:\\\\a\",\"target\":\"C:\\\\b\",\"changed\":false}", "was gone already"},
};

static enum jd_code decode(const struct jd_fields *fields, const char *text, union any_message *out, struct jd_err *err)
{
    struct jd_json *root;
    size_t depth;
    enum jd_code code;
    check_ok(jd_json_parse(text, strlen(text), 8, &root, &depth, NULL, err), err);
    memset(out, 0, sizeof *out);
    code = jd_fields_decode(fields, root, out, err);
    jd_json_free(root);
    return code;
}

TEST(msg, what_is_said_is_understood_and_said_again)
{
    for (size_t i = 0; i < JD_COUNT(whole); i++) {
        union any_message message;
        struct jd_err err;
        struct jd_buf buf;
        struct jd_json_out out;
        check_case("%s", whole[i].why);
        check_ok(decode(whole[i].fields, whole[i].text, &message, &err), &err);
        jd_buf_init(&buf, 4096);
        jd_out_init(&out, &buf);
        jd_out_begin(&out, '{');
        jd_fields_encode(whole[i].fields, &message, &out);
        jd_out_end(&out, '}');
        check_text(buf.data, whole[i].text);
        jd_buf_done(&buf);
        jd_fields_free(whole[i].fields, &message);
    }
}

TEST(msg, paths_are_never_optional_in_params)
{
    static const struct {
        const struct jd_fields *fields;
        const char *text;
        const char *missing;
    } cases[] = {
        {&jd_create_params_fields, "{}", "link is missing"},
        {&jd_create_params_fields, "{\"target\":\"C:\\\\b\"}", "link is missing"},
        {&jd_create_params_fields, "{\"link\":\"C:\\\\a\"}", "target is missing"},
        {&jd_inspect_params_fields, "{}", "link is missing"},
        {&jd_remove_params_fields, "{}", "link is missing"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        union any_message message;
        struct jd_err err;
        check_case("%s", cases[i].text);
        check_code(decode(cases[i].fields, cases[i].text, &message, &err), JD_E_INVALID_PARAMS, &err);
        check_text(err.text, cases[i].missing);
    }
}
