/* SPDX-License-Identifier: MIT */
#include "protocol/json_out.h"

#include "protocol/json.h"
#include "protocol/limits.h"
#include "tests/support/suite.h"

#include <string.h>

static struct jd_buf buf;
static struct jd_json_out out;

static void begin(void)
{
    jd_buf_init(&buf, 4096);
    jd_out_init(&out, &buf);
}

static void check_written(const char *expected)
{
    check_false(buf.failed);
    check_text(buf.data, expected);
    jd_buf_done(&buf);
}

TEST(json_out, values_and_commas_stand_where_they_should)
{
    begin();
    jd_out_begin(&out, '{');
    jd_out_member(&out, "a", "x");
    jd_out_member(&out, "left_out", NULL);
    jd_out_member_integer(&out, "b", -9007199254740991);
    jd_out_member_bool(&out, "c", true);
    jd_out_key(&out, "d");
    jd_out_begin(&out, '[');
    jd_out_begin(&out, '[');
    jd_out_end(&out, ']');
    jd_out_begin(&out, '{');
    jd_out_end(&out, '}');
    jd_out_null(&out);
    jd_out_bool(&out, false);
    jd_out_raw(&out, "{\"r\":1}", 7);
    jd_out_integer(&out, 0);
    jd_out_end(&out, ']');
    jd_out_key(&out, "e");
    jd_out_raw(&out, "1", 1);
    jd_out_end(&out, '}');
    check_written("{\"a\":\"x\",\"b\":-9007199254740991,\"c\":true,\"d\":[[],{},null,false,{\"r\":1},0],\"e\":1}");
}

TEST(json_out, strings_say_what_they_hold_and_mislead_nobody)
{
    static const struct {
        const char *text;
        const char *json;
        const char *why;
    } cases[] = {
        {"", "\"\"", "empty"},
        {"C:\\a \"b\" /c", "\"C:\\\\a \\\"b\\\" /c\"", "quotes and backslashes"},
        {"a\nb\r\tc", "\"a\\u000ab\\u000d\\u0009c\"", "no newline gets in"},
        {"\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"", "controls"},
        {"\xC2\x85", "\"\\u0085\"", "a C1 control"},
        {"caf\xC3\xA9 \xE6\x97\xA5\xE6\x9C\xAC", "\"caf\xC3\xA9 \xE6\x97\xA5\xE6\x9C\xAC\"", "letters stay"},
        {"\xEF\xBC\xA1\xF0\x9F\x98\x80", "\"\xEF\xBC\xA1\xF0\x9F\x98\x80\"", "full width and emoji stay"},
        {"a\xE2\x80\xAE"
         "b",
         "\"a\\u202eb\"", "right-to-left override"},
        {"a\xE2\x80\x8B"
         "b",
         "\"a\\u200bb\"", "zero width space"},
        {"a\xE2\x80\xA8"
         "b",
         "\"a\\u2028b\"", "line separator"},
        {"a\xC2\xA0"
         "b",
         "\"a\\u00a0b\"", "no-break space"},
        {"\xF3\xA0\x80\xA1", "\"\\udb40\\udc21\"", "a tag character, beyond the BMP"},
        {"a\xFF"
         "b\xC3",
         "\"a\\ufffdb\\ufffd\"", "bytes that are no UTF-8"},
        {"\xEF\xBF\xBD", "\"\\ufffd\"", "the replacement character itself"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        check_case("%s", cases[i].why);
        begin();
        jd_out_string(&out, cases[i].text);
        check_written(cases[i].json);
    }
}

TEST(json_out, a_counted_string_may_hold_nul)
{
    begin();
    jd_out_string_n(&out, "a\0b", 3);
    check_written("\"a\\u0000b\"");
}

/* Whatever one byte is written, the scanner takes it, and what is read back is the same or U+FFFD. */
TEST(json_out, what_is_written_can_be_read)
{
    for (int byte = 1; byte < 256; byte++) {
        char text[3] = {'x', (char)byte, 0};
        struct jd_json *root;
        size_t depth;
        struct jd_err err;
        check_case("byte %d", byte);
        begin();
        jd_out_string(&out, text);
        check_ok(jd_json_parse(buf.data, buf.len, 8, &root, &depth, NULL, &err), &err);
        check_text(jd_json_string(root), byte < 0x80 ? text : "x\xEF\xBF\xBD");
        check_true(memchr(buf.data, '\n', buf.len) == NULL);
        jd_json_free(root);
        jd_buf_done(&buf);
    }
}

TEST(json_out, the_ceiling_is_asked_once_at_the_end)
{
    for (size_t ceiling = 0; ceiling <= 9; ceiling++) {
        check_case("ceiling %zu", ceiling);
        jd_buf_init(&buf, ceiling);
        jd_out_init(&out, &buf);
        jd_out_begin(&out, '{');
        jd_out_member(&out, "a", "\xE2\x80\xAE");
        jd_out_end(&out, '}');
        check_true(buf.failed);
        check_true(buf.len <= ceiling);
        jd_buf_done(&buf);
    }
}
