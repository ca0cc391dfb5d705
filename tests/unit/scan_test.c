/* SPDX-License-Identifier: MIT */
#include "protocol/scan.h"

#include "common/buf.h"
#include "protocol/limits.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static enum jd_code judge(const char *text, struct jd_scan *out, struct jd_err *err)
{
    return jd_scan_text(text, strlen(text), JD_JSON_DEPTH_MAX, false, out, err); /* no notes: nothing to free */
}

static enum jd_code scan(const char *text, struct jd_scan *out, struct jd_err *err)
{
    return jd_scan_text(text, strlen(text), JD_JSON_DEPTH_MAX, true, out, err);
}

TEST(scan, well_formed_texts_pass)
{
    static const char *const texts[] = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-0.0e-0",
        "1E+10",
        "123456789012345678901234567890",
        "1e999",
        "\"\"",
        "\"a\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
        "\"\\uD83D\\uDE00\"",
        "\"\\uD83D\\uDE00\\uD83D\\uDE00\"",
        "\"\xF0\x9F\x98\x80\x7F\"",
        "[]",
        "[ ]",
        "[1]",
        "[1,[],{},\"\"]",
        "{}",
        "{\"\":null}",
        "{\"a\":1,\"b\":[{\"c\":2}]}",
        " \t\r\n{ \"a\" : 1 , \"b\" : [ 1 , 2 ] } \t\r\n",
        "[[[[[[[[0]]]]]]]]",
    };
    for (size_t i = 0; i < JD_COUNT(texts); i++) {
        struct jd_scan out;
        struct jd_err err;
        check_case("%s", texts[i]);
        check_ok(scan(texts[i], &out, &err), &err);
        check_int(out.duplicate_depth, 0);
        jd_scan_done(&out);
    }
}

TEST(scan, malformed_texts_are_refused)
{
    static const struct {
        const char *text;
        enum jd_code code;
        const char *why;
    } cases[] = {
        {"", JD_E_PARSE_ERROR, "nothing"},
        {" \n", JD_E_PARSE_ERROR, "white space only"},
        {"\xEF\xBB\xBF{}", JD_E_PARSE_ERROR, "byte order mark"},
        {"nul", JD_E_PARSE_ERROR, "half a literal"},
        {"nulll", JD_E_PARSE_ERROR, "more than a literal"},
        {"True", JD_E_PARSE_ERROR, "literals are lower case"},
        {"NaN", JD_E_PARSE_ERROR, "no such number"},
        {"-", JD_E_PARSE_ERROR, "sign alone"},
        {"+1", JD_E_PARSE_ERROR, "plus sign"},
        {"01", JD_E_PARSE_ERROR, "leading zero"},
        {"-01", JD_E_PARSE_ERROR, "leading zero after a sign"},
        {"1.", JD_E_PARSE_ERROR, "fraction without digits"},
        {".5", JD_E_PARSE_ERROR, "no integer part"},
        {"1e", JD_E_PARSE_ERROR, "exponent without digits"},
        {"1e+", JD_E_PARSE_ERROR, "exponent with a sign only"},
        {"0x1", JD_E_PARSE_ERROR, "hexadecimal"},
        {"1 2", JD_E_PARSE_ERROR, "two values"},
        {"{}{}", JD_E_PARSE_ERROR, "two objects"},
        {"[1,]", JD_E_PARSE_ERROR, "trailing comma"},
        {"[,1]", JD_E_PARSE_ERROR, "leading comma"},
        {"[1 2]", JD_E_PARSE_ERROR, "missing comma"},
        {"[1", JD_E_PARSE_ERROR, "unclosed array"},
        {"[", JD_E_PARSE_ERROR, "unclosed empty array"},
        {"]", JD_E_PARSE_ERROR, "closing bracket alone"},
        {"[}", JD_E_PARSE_ERROR, "wrong bracket"},
        {"[1}", JD_E_PARSE_ERROR, "wrong bracket after an element"},
        {"{\"a\":1]", JD_E_PARSE_ERROR, "wrong bracket after a member"},
        {"{", JD_E_PARSE_ERROR, "unclosed object"},
        {"{\"a\"", JD_E_PARSE_ERROR, "key without colon"},
        {"{\"a\" 1}", JD_E_PARSE_ERROR, "colon missing"},
        {"{\"a\":}", JD_E_PARSE_ERROR, "value missing"},
        {"{\"a\":1,}", JD_E_PARSE_ERROR, "trailing comma in an object"},
        {"{a:1}", JD_E_PARSE_ERROR, "bare key"},
        {"{1:1}", JD_E_PARSE_ERROR, "key that is no string"},
        {"{'a':1}", JD_E_PARSE_ERROR, "single quotes"},
        {"[1]//x", JD_E_PARSE_ERROR, "comment"},
        {"\"a", JD_E_PARSE_ERROR, "unclosed string"},
        {"\"a\\\"", JD_E_PARSE_ERROR, "closing quote escaped"},
        {"\"\\", JD_E_PARSE_ERROR, "backslash at the end"},
        {"\"a\nb\"", JD_E_PARSE_ERROR, "raw newline in a string"},
        {"\"a\tb\"", JD_E_PARSE_ERROR, "raw tab in a string"},
        {"\"a\x01\"", JD_E_PARSE_ERROR, "raw control in a string"},
        {"\"\\x41\"", JD_E_PARSE_ERROR, "escape that JSON lacks"},
        {"\"\\U0041\"", JD_E_PARSE_ERROR, "capital U"},
        {"\"\\u12\"", JD_E_PARSE_ERROR, "two digits"},
        {"\"\\u12G4\"", JD_E_PARSE_ERROR, "no hexadecimal digit"},
        {"\"\\u", JD_E_PARSE_ERROR, "cut after u"},
        {"\"\\uD83D\\uDE0\"", JD_E_PARSE_ERROR, "second half too short"},
        {"[1]\x0b", JD_E_PARSE_ERROR, "vertical tab is no JSON white space"},
        {"\xC2\xA0[1]", JD_E_PARSE_ERROR, "no-break space is no JSON white space"},
        {"\"\\u0000\"", JD_E_BAD_STRING, "NUL by escape"},
        {"\"\\uDC00\"", JD_E_BAD_STRING, "lone second half"},
        {"\"\\uD800\"", JD_E_BAD_STRING, "lone first half"},
        {"\"\\uD800x\"", JD_E_BAD_STRING, "first half, then text"},
        {"\"\\uD800\\n\"", JD_E_BAD_STRING, "first half, then another escape"},
        {"\"\\uD800\\uD800\"", JD_E_BAD_STRING, "two first halves"},
        {"\"\\uD800\\u0041\"", JD_E_BAD_STRING, "first half, then a letter"},
        {"\"\\uDC00\\uD800\"", JD_E_BAD_STRING, "halves reversed"},
        {"{\"\\u0000\":1}", JD_E_BAD_STRING, "NUL in a key"},
        {"\"\xE0\x80\xAF\"", JD_E_INVALID_UTF8, "overlong"},
        {"\"\xED\xA0\x80\"", JD_E_INVALID_UTF8, "surrogate as UTF-8"},
        {"\"\xF4\x90\x80\x80\"", JD_E_INVALID_UTF8, "above U+10FFFF"},
        {"\"\xC3\"", JD_E_INVALID_UTF8, "cut sequence"},
        {"{} \xFF", JD_E_INVALID_UTF8, "outside a string too"},
        {"[[[[[[[[[0]]]]]]]]]", JD_E_DEPTH_EXCEEDED, "nine arrays"},
        {"[[[[[[[[{}]]]]]]]]", JD_E_DEPTH_EXCEEDED, "eight arrays and an object"},
        {"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}", JD_E_DEPTH_EXCEEDED, "nine objects"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_scan out;
        struct jd_err err;
        check_case("%s", cases[i].why);
        check_code(scan(cases[i].text, &out, &err), cases[i].code, &err);
        check_int(err.domain, JD_DOMAIN_LINE);
        check_int(err.number, strcmp(cases[i].why, "white space only") == 0 ? 2 : 1);
    }
}

TEST(scan, a_nul_byte_is_refused_wherever_it_stands)
{
    static const char texts[][6] = {"\0{}", "{}\0", "{\0}", "\"a\0\""};
    static const size_t lens[] = {3, 3, 3, 4};
    for (size_t i = 0; i < JD_COUNT(texts); i++) {
        struct jd_scan out;
        struct jd_err err;
        check_case("text %zu", i);
        check_code(jd_scan_text(texts[i], lens[i], 8, false, &out, &err), JD_E_PARSE_ERROR, &err);
    }
}

TEST(scan, no_prefix_of_a_message_passes)
{
    static const char text[] = "{\"a\":[1.5e3,\"\\uD83D\\uDE00\",{\"b\":null}],\"\\u0063\":true}";
    for (size_t len = 0; len < sizeof text - 1; len++) {
        struct jd_scan out;
        struct jd_err err;
        char *exact = jd_strndup(text, len); /* so that ASan sees a read behind the end */
        check_case("%zu bytes", len);
        check_true(exact != NULL);
        check_true(jd_scan_text(exact, len, 8, true, &out, &err) != JD_OK);
        free(exact);
    }
}

TEST(scan, every_control_is_refused_in_a_string)
{
    for (int byte = 1; byte < 0x80; byte++) {
        char text[4] = {'"', (char)byte, '"', 0};
        struct jd_scan out;
        struct jd_err err;
        bool is_good = byte >= 0x20 && byte != '"' && byte != '\\';
        check_case("byte %d", byte);
        check_code(judge(text, &out, &err), is_good ? JD_OK : JD_E_PARSE_ERROR, &err);
    }
}

TEST(scan, hexadecimal_digits_are_these_and_no_others)
{
    for (int byte = 1; byte < 0x80; byte++) {
        char text[16];
        struct jd_scan out;
        struct jd_err err;
        bool is_digit = strchr("0123456789abcdefABCDEF", byte) != NULL;
        check_case("byte %d", byte);
        snprintf(text, sizeof text, "\"\\u10%c0\"", byte);
        check_code(judge(text, &out, &err), is_digit ? JD_OK : JD_E_PARSE_ERROR, &err);
    }
}

TEST(scan, surrogates_end_where_they_end)
{
    static const struct {
        const char *text;
        enum jd_code code;
    } cases[] = {
        {"\"\\uD7FF\"", JD_OK},
        {"\"\\uD800\"", JD_E_BAD_STRING},
        {"\"\\uDBFF\"", JD_E_BAD_STRING},
        {"\"\\uDC00\"", JD_E_BAD_STRING},
        {"\"\\uDFFF\"", JD_E_BAD_STRING},
        {"\"\\uE000\"", JD_OK},
        {"\"\\uFFFF\"", JD_OK},
        {"\"\\uD800\\uDC00\"", JD_OK},
        {"\"\\uDBFF\\uDFFF\"", JD_OK},
        {"\"\\uDBFF\\uE000\"", JD_E_BAD_STRING},
        {"\"\\uDBFF\\uDBFF\"", JD_E_BAD_STRING},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_scan out;
        struct jd_err err;
        check_case("%s", cases[i].text);
        check_code(judge(cases[i].text, &out, &err), cases[i].code, &err);
    }
}

TEST(scan, errors_name_their_line_and_column)
{
    struct jd_scan out;
    struct jd_err err;
    check_code(scan("{\n  \"a\": 1,\n  \"b\" 2\n}", &out, &err), JD_E_PARSE_ERROR, &err);
    check_int(err.number, 3);
    check_text(err.text, "column 7: a colon is missing");
    check_code(scan("{\n \"a\":\n\"\xFF\"}", &out, &err), JD_E_INVALID_UTF8, &err);
    check_int(err.number, 3);
    check_text(err.text, "column 2: a byte that is not UTF-8");
}

TEST(scan, thirty_thousand_brackets_end_at_the_ninth)
{
    enum { N = 30000 };
    struct jd_scan out;
    struct jd_err err;
    char *text = malloc(N);
    check_true(text != NULL);
    memset(text, '[', N);
    check_code(jd_scan_text(text, N, JD_JSON_DEPTH_MAX, false, &out, &err), JD_E_DEPTH_EXCEEDED, &err);
    check_text(err.text, "column 9: one level too many");
    check_code(jd_scan_text(text, N, SIZE_MAX, false, &out, &err), JD_E_DEPTH_EXCEEDED, &err);
    check_text(err.text, "column 65: one level too many");
    free(text);
}

TEST(scan, depth_zero_takes_no_container)
{
    struct jd_scan out;
    struct jd_err err;
    check_ok(jd_scan_text("1", 1, 0, false, &out, &err), &err);
    jd_scan_done(&out);
    check_code(jd_scan_text("[]", 2, 0, false, &out, &err), JD_E_DEPTH_EXCEEDED, &err);
}

TEST(scan, a_failure_leaves_the_result_untouched)
{
    struct jd_scan out = {.top = 'x', .n_notes = 7};
    struct jd_err err;
    check_code(scan("[1,2,", &out, &err), JD_E_PARSE_ERROR, &err);
    check_int(out.top, 'x');
    check_int(out.n_notes, 7);
}

TEST(scan, the_top_value_is_described)
{
    static const struct {
        const char *text;
        char top;
        bool is_empty;
    } cases[] = {
        {" {} ", '{', true},     {" [\n]", '[', true}, {"[[]]", '[', false}, {"{\"a\":{}}", '{', false},
        {"[[],[]]", '[', false}, {"\"\"", '"', false}, {"-1", '-', false},   {"7", '7', false},
        {"true", 't', false},    {"null", 'n', false},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_scan out;
        struct jd_err err;
        check_case("%s", cases[i].text);
        check_ok(scan(cases[i].text, &out, &err), &err);
        check_int(out.top, cases[i].top);
        check_int(out.is_empty, cases[i].is_empty);
        jd_scan_done(&out);
    }
}

TEST(scan, repeated_keys_are_found)
{
    static const struct {
        const char *text;
        size_t depth;
        uint32_t line;
        const char *why;
    } cases[] = {
        {"{\"a\":1,\"a\":2}", 1, 1, "plainly"},
        {"{\"a\":1,\"b\":2,\n\"a\":3,\n\"a\":4}", 1, 2, "the first repetition counts"},
        {"{\"a\":1,\"\\u0061\":2}", 1, 1, "after unescaping"},
        {"{\"\\u0061\":1,\"\\u0061\":2}", 1, 1, "both escaped"},
        {"{\"\\/\":1,\"/\":2}", 1, 1, "short escape"},
        {"{\"\\n\":1,\"\\u000a\":2}", 1, 1, "two escapes for one control"},
        {"{\"\xF0\x9F\x98\x80\":1,\"\\uD83D\\uDE00\":2}", 1, 1, "pair of escapes and UTF-8"},
        {"{\"\":1,\"\":2}", 1, 1, "empty keys"},
        {"{\"\\u0061\":1,\"\\u0062\":2}", 0, 0, "two keys, both escaped"},
        {"[{\"a\":1,\"a\":2}]", 2, 1, "inside an array"},
        {"{\"a\":{\"b\":1,\n\"b\":2}}", 2, 2, "further in"},
        {"{\"a\":{\"b\":{\"c\":1,\"c\":2}},\n\"a\":2}", 1, 2, "the smallest depth wins"},
        {"{\"a\":[{\"c\":1,\"c\":2}],\n\"b\":{\"d\":1,\n\"d\":1}}", 2, 3, "whatever comes first"},
        {"{\"a\":{\"x\":1,\"x\":1},\n\"b\":{\"x\":1,\"x\":1}}", 2, 1, "the first of two at one depth"},
        {"{\"a\":{\"a\":1},\"b\":{\"a\":1}}", 0, 0, "other objects are other names"},
        {"[{\"a\":1},{\"a\":1}]", 0, 0, "siblings"},
        {"{\"a\":1,\"A\":2,\"aa\":3,\"\":4}", 0, 0, "case and length tell apart"},
        {"{\"ab\":1,\"a\\u0062c\":2,\"b\":{\"ab\":1}}", 0, 0, "prefixes are no repetition"},
        {"{\"a\":\"a\",\"b\":\"a\"}", 0, 0, "values are no keys"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_scan out;
        struct jd_err err;
        check_case("%s", cases[i].why);
        check_ok(scan(cases[i].text, &out, &err), &err);
        check_int(out.duplicate_depth, cases[i].depth);
        check_int(out.duplicate_line, cases[i].line);
        jd_scan_done(&out);
    }
}

/* Two ways to write one key are one key; each against the \u form of the same character. */
TEST(scan, every_short_escape_means_its_character)
{
    static const struct {
        char letter;
        int code;
    } escapes[] = {{'"', 0x22}, {'\\', 0x5c}, {'/', 0x2f}, {'b', 8}, {'f', 0xc}, {'n', 0xa}, {'r', 0xd}, {'t', 9}};
    for (size_t i = 0; i < JD_COUNT(escapes); i++) {
        char text[48];
        struct jd_scan out;
        struct jd_err err;
        check_case("letter %c", escapes[i].letter);
        snprintf(text, sizeof text, "{\"\\%c\":1,\"\\u%04x\":2}", escapes[i].letter, (unsigned)escapes[i].code);
        check_ok(judge(text, &out, &err), &err);
        check_int(out.duplicate_depth, 1);
    }
}

/* The line of the first of five keys, one per line, that repeats an earlier one; found naively. */
static uint32_t first_repeated_line(const char keys[5])
{
    for (uint32_t i = 1; i < 5; i++) {
        if (memchr(keys, keys[i], i) != NULL) {
            return i + 1;
        }
    }
    return 0;
}

TEST(scan, repeated_keys_are_found_in_every_order)
{
    enum { LETTERS = 7, OBJECTS = LETTERS * LETTERS * LETTERS * LETTERS * LETTERS };
    for (int object = 0; object < OBJECTS; object++) {
        char text[] = "{\"?\":1,\n\"?\":1,\n\"?\":1,\n\"?\":1,\n\"?\":1}";
        char keys[5];
        struct jd_scan out;
        struct jd_err err;
        for (int i = 0, rest = object; i < 5; i++, rest /= LETTERS) {
            keys[i] = (char)('a' + rest % LETTERS);
            *strchr(text, '?') = keys[i];
        }
        check_case("keys %.5s", keys);
        check_ok(jd_scan_text(text, sizeof text - 1, 8, false, &out, &err), &err);
        check_int(out.duplicate_line, first_repeated_line(keys));
    }
}

typedef void (*key_fn)(size_t i, char out[32]);

static void equal_key(size_t i, char out[32])
{
    (void)i;
    strcpy(out, "k");
}

/* "Aa" and "BB" are equal to every hash of the form h * 31 + c, and so is each mix of them. */
static void colliding_key(size_t i, char out[32])
{
    size_t pos = 0;
    for (int bit = 0; bit < 14; bit++) {
        memcpy(out + pos, (i >> bit & 1) != 0 ? "Aa" : "BB", 2);
        pos += 2;
    }
    out[pos] = '\0';
}

static void rising_key(size_t i, char out[32])
{
    for (size_t digit = 0; digit < 8; digit++) {
        out[digit] = (char)('0' + (i >> (28 - 4 * digit) & 15));
    }
    out[8] = '\0';
    for (size_t digit = 0; digit < 8; digit++) {
        out[digit] = (char)(out[digit] > '9' ? out[digit] - '9' + '`' : out[digit]);
    }
}

static void falling_key(size_t i, char out[32])
{
    rising_key(0x0fffffff - i, out);
}

/* {"…":0,…,"z":0} with n keys before the last. */
static void make_object(struct jd_buf *buf, key_fn key, size_t n)
{
    char text[32];
    jd_buf_init(buf, (size_t)1 << 26);
    jd_buf_add_char(buf, '{');
    for (size_t i = 0; i < n; i++) {
        key(i, text);
        jd_buf_add_char(buf, '"');
        jd_buf_add_text(buf, text);
        jd_buf_add_text(buf, "\":0,");
    }
    jd_buf_add_text(buf, "\"z\":0}");
    check_false(buf->failed);
}

static void check_many_keys(key_fn key, size_t n, size_t depth)
{
    struct jd_buf buf;
    struct jd_scan out;
    struct jd_err err;
    make_object(&buf, key, n);
    check_ok(jd_scan_text(buf.data, buf.len, 8, true, &out, &err), &err);
    check_int(out.duplicate_depth, depth);
    check_int(out.n_notes, n + 2);
    jd_scan_done(&out);
    jd_buf_done(&buf);
}

TEST(scan, many_keys_are_told_apart)
{
    check_many_keys(equal_key, 3000, 1);
    check_many_keys(colliding_key, 10000, 0);
    check_many_keys(colliding_key, (1 << 14) + 1, 1);
    check_many_keys(rising_key, 10000, 0);
    check_many_keys(falling_key, 10000, 0);
}

/* 100,000 keys take n^2 comparisons half a minute, and n log n a few hundredths of a second: the bound tells one from
 * the other. */
TEST(scan, no_choice_of_keys_takes_quadratic_time)
{
    enum { N = 100000, SECONDS_MAX = 10 };
    static const key_fn keys[] = {equal_key, rising_key, falling_key, colliding_key};
    static const size_t depths[] = {1, 0, 0, 1};
    for (size_t i = 0; i < JD_COUNT(keys); i++) {
        clock_t begin = clock();
        check_case("keys %zu", i);
        check_many_keys(keys[i], N, depths[i]);
        check_true(clock() - begin < SECONDS_MAX * CLOCKS_PER_SEC);
    }
}

TEST(scan, notes_follow_the_document)
{
    static const char text[] = "{\n\"a\": [1,\n2.0, \"3\"],\n\"b\":\n{\"c\": -0},\n\"d\": 4}\n";
    static const struct jd_scan_note expected[] = {
        {1, false}, {2, false}, {2, true}, {3, false}, {3, false}, {5, false}, {5, false}, {6, true},
    };
    struct jd_scan out;
    struct jd_err err;
    check_ok(scan(text, &out, &err), &err);
    check_int(out.n_notes, JD_COUNT(expected));
    for (size_t i = 0; i < JD_COUNT(expected); i++) {
        check_case("note %zu", i);
        check_int(out.notes[i].line, expected[i].line);
        check_int(out.notes[i].plain_integer, expected[i].plain_integer);
    }
    jd_scan_done(&out);
}

TEST(scan, notes_are_made_only_when_asked_for)
{
    struct jd_scan out;
    struct jd_err err;
    check_ok(jd_scan_text("[1,2]", 5, 8, false, &out, &err), &err);
    check_true(out.notes == NULL);
    check_int(out.n_notes, 0);
    jd_scan_done(&out);
}

TEST(scan, the_longest_number_is_remembered)
{
    struct jd_scan out;
    struct jd_err err;
    check_ok(scan("[1,-2.5e10,\"12345678901\",22]", &out, &err), &err);
    check_int(out.longest_number, strlen("-2.5e10"));
    jd_scan_done(&out);
}

TEST(scan, plain_integers_end_at_two_to_the_53)
{
    static const struct {
        const char *text;
        bool plain;
    } cases[] = {
        {"0", true},
        {"-1", true},
        {"9007199254740991", true},
        {"-9007199254740991", true},
        {"9007199254740992", false},
        {"-9007199254740992", false},
        {"9999999999999999", false},
        {"10000000000000000", false},
        {"18446744073709551617", false},
        {"-0", false},
        {"1.0", false},
        {"1e0", false},
        {"1E2", false},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_scan out;
        struct jd_err err;
        check_case("%s", cases[i].text);
        check_ok(scan(cases[i].text, &out, &err), &err);
        check_int(out.notes[0].plain_integer, cases[i].plain);
        check_int(out.longest_number, strlen(cases[i].text));
        jd_scan_done(&out);
    }
}
