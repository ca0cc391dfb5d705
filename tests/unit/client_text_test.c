/* SPDX-License-Identifier: MIT */
#include "client/src/codes.h"
#include "client/src/error.h"
#include "client/src/slice.h"
#include "tests/support/suite.h"

#include <string.h>

static const struct slice_row {
    const char *object;
    const char *expected; /* NULL: there is none */
} slice_rows[] = {
    {"{\"result\":1}", "1"},
    {"{\"a\":1,\"result\":{\"b\":[1,2,{\"c\":\"}\"}]}}", "{\"b\":[1,2,{\"c\":\"}\"}]}"},
    {" { \"result\" : [ 1 , 2 ] , \"b\" : 2 } ", "[ 1 , 2 ]"},
    {"{\"a\":\"result\",\"result\":\"x\\\"y\\\\\"}", "\"x\\\"y\\\\\""},
    {"{\"a\":{\"result\":1},\"b\":[\"result\"],\"result\":true}", "true"},
    {"{\"a\":\"\\\\\",\"result\":null}", "null"},
    {"{\"result\":-1.5e3 }", "-1.5e3"},
    {"{\"a\":1}", NULL},
    {"{}", NULL},
    {"{\"results\":1,\"resul\":2}", NULL},
    {"{\"\\u0072esult\":1}", NULL},
};

TEST(client_text, a_member_is_handed_on_as_it_was_written)
{
    for (size_t i = 0; i < JD_COUNT(slice_rows); i++) {
        const struct slice_row *row = &slice_rows[i];
        struct slice found = {NULL, 0};
        check_case("%s", row->object);
        check_int(slice_member((struct slice){row->object, strlen(row->object)}, "result", &found),
                  row->expected != NULL);
        if (row->expected != NULL) {
            check_bytes(found.text, found.len, row->expected, strlen(row->expected));
        }
    }
}

/* The scanner refuses these before; still nothing may be read beyond the end. */
TEST(client_text, no_text_makes_a_slice_leave_its_text)
{
    static const char *const texts[] = {"",
                                        "{",
                                        "{\"",
                                        "{\"result",
                                        "{\"result\"",
                                        "{\"result\":",
                                        "{\"result\":\"\\",
                                        "{\"result\":[",
                                        "{\"result\":{\"a\":\"\\",
                                        "[1]",
                                        "{\"a\":1 \"result\":}",
                                        "}"};
    for (size_t i = 0; i < JD_COUNT(texts); i++) {
        char exact[32];
        size_t len = strlen(texts[i]);
        struct slice found = {exact, 0};
        check_case("%s", texts[i]);
        memcpy(exact, texts[i], len);
        slice_member((struct slice){exact, len}, "result", &found);
        check_true(found.text >= exact && found.text + found.len <= exact + len);
    }
}

/* The numbers are ABI: this list is never edited, only added to. */
static const struct code_row {
    int number;
    const char *word;
    int exit_code;
} code_rows[] = {
    {0, "ok", 0},
    {100, "parse_error", 2},
    {104, "message_too_large", 2},
    {113, "duplicate_key", 2},
    {114, "bad_path", 2},
    {200, "denied", 3},
    {201, "busy", 6},
    {204, "in_use", 6},
    {300, "not_found", 1},
    {303, "link_exists", 1},
    {317, "changed_meanwhile", 1},
    {400, "volume_unknown", 7},
    {410, "platform_error", 7},
    {500, "audit_unavailable", 7},
    {510, "internal_error", 7},
    {600, "usage", 2},
    {603, "not_installed", 4},
    {604, "not_running", 4},
    {606, "connect_denied", 4},
    {608, "wrong_server", 5},
    {610, "reply_timed_out", 6},
    {611, "outcome_unknown", 8},
};

TEST(client_text, public_numbers_words_and_exit_codes_never_change)
{
    for (size_t i = 0; i < JD_COUNT(code_rows); i++) {
        enum junction_code code = (enum junction_code)code_rows[i].number;
        check_case("%d", code_rows[i].number);
        check_text(junction_code_word(code), code_rows[i].word);
        check_int(junction_exit_code(code), code_rows[i].exit_code);
        check_true(strlen(junction_code_text(code)) > 3);
    }
}

TEST(client_text, every_internal_code_has_a_public_one_of_its_own)
{
    for (int i = 0; i < JD_CODE_COUNT; i++) {
        enum jd_code code = (enum jd_code)i;
        check_case("%s", jd_code_name(code));
        check_int(codes_internal(codes_public(code)), code);
        check_text(junction_code_word(codes_public(code)), jd_code_word(code));
    }
    check_int(codes_public(JD_CODE_COUNT), JUNCTION_E_INTERNAL);
    check_text(junction_code_word((enum junction_code)99999), "internal_error");
}

TEST(client_text, an_error_as_json_leaves_out_what_does_not_apply_and_escapes_the_rest)
{
    struct junction_error error = {.code = JUNCTION_E_DENIED, .word = "denied", .message = "no \"way\"\n\xE2\x80\xAE"};
    char *json = junction_error_json(&error);
    check_text(json, "{\"error\":{\"word\":\"denied\",\"message\":\"no \\\"way\\\"\\u000a\\u202e\",\"exit\":3}}");
    junction_free(json);
    strcpy(error.rule, "r1");
    strcpy(error.request, "7");
    strcpy(error.reason, "deny_rule");
    strcpy(error.detail, "d");
    strcpy(error.message, "m");
    json = junction_error_json(&error);
    check_text(json, "{\"error\":{\"word\":\"denied\",\"reason\":\"deny_rule\",\"rule\":\"r1\",\"request\":\"7\","
                     "\"message\":\"m\",\"detail\":\"d\",\"exit\":3}}");
    junction_free(json);
}

TEST(client_text, the_longest_error_fits_its_json)
{
    struct junction_error error = {.code = JUNCTION_E_DENIED};
    char *json;
    memset(error.word, '\x01', sizeof error.word - 1);
    memset(error.message, '\x01', sizeof error.message - 1);
    memset(error.detail, '\x01', sizeof error.detail - 1);
    json = junction_error_json(&error);
    check_true(json != NULL);
    check_int(strlen(json), strlen("{\"error\":{\"word\":\"\",\"message\":\"\",\"detail\":\"\",\"exit\":3}}") +
                                6 * (sizeof error.word + sizeof error.message + sizeof error.detail - 3));
    junction_free(json);
}

TEST(client_text, what_a_service_says_is_cut_to_its_place_between_characters)
{
    static char long_text[2000];
    struct jd_reply reply = {.code = JD_E_DENIED, .word = "denied", .rule = long_text, .message = long_text};
    struct junction_error error;
    for (size_t i = 0; i + 2 < sizeof long_text; i += 2) {
        memcpy(long_text + i, "\xC3\xA9", 2);
    }
    error_from_reply(&reply, &error);
    check_int(strlen(error.rule), JUNCTION_RULE_SIZE - 2);
    check_int(strlen(error.message), JUNCTION_TEXT_SIZE - 2);
    check_text(error.reason, "");
}

TEST(client_text, text_is_escaped_for_eyes)
{
    static const char *const rows[][2] = {
        {"", ""},
        {"C:\\a b", "C:\\a b"},
        {"\x1B[31m", "<U+001B>[31m"},
        {"a\xE2\x80\xAE"
         "b",
         "a<U+202E>b"},
        {"a\nb", "a<U+000A>b"},
        {"a\xFF", "a<FF>"},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        char *safe = junction_escape(rows[i][0]);
        check_text(safe, rows[i][1]);
        junction_free(safe);
    }
}

TEST(client_text, the_header_names_the_version_that_is_built)
{
    check_text(junction_version(), JD_VERSION);
}

TEST(client_text, options_that_cannot_be_meant_are_refused)
{
    struct junction_options options = JUNCTION_OPTIONS_INIT;
    struct junction_error error;
    junction_client *client = NULL;
    options.endpoint = "";
    check_int(junction_open(&options, &client, &error), JUNCTION_E_USAGE);
    check_text(error.reason, "endpoint_empty");
    options.endpoint = NULL;
    options.timeout_ms = JUNCTION_TIMEOUT_MAX_MS + 1;
    check_int(junction_open(&options, &client, &error), JUNCTION_E_USAGE);
    check_text(error.reason, "timeout_range");
    check_int(junction_open(&options, &client, NULL), JUNCTION_E_USAGE);
    check_true(client == NULL);
    options.timeout_ms = JUNCTION_TIMEOUT_MAX_MS;
    check_int(junction_open(&options, &client, &error), JUNCTION_OK);
    junction_close(client);
    check_int(junction_open(NULL, &client, NULL), JUNCTION_OK);
    junction_close(client);
    junction_close(NULL);
    junction_free(NULL);
}
