/* SPDX-License-Identifier: MIT */
#include "protocol/json.h"

#include "common/buf.h"
#include "protocol/limits.h"
#include "tests/support/suite.h"

#include <pthread.h>
#include <string.h>

static struct jd_json *parse(const char *text)
{
    struct jd_json *root = NULL;
    size_t depth;
    struct jd_err err;
    check_ok(jd_json_parse(text, strlen(text), JD_JSON_DEPTH_MAX, &root, &depth, NULL, &err), &err);
    return root;
}

TEST(json, kinds_are_told_apart)
{
    static const struct {
        const char *text;
        enum jd_json_kind kind;
        const char *word;
    } cases[] = {
        {"null", JD_JSON_NULL, "null"},           {"true", JD_JSON_BOOL, "true or false"},
        {"false", JD_JSON_BOOL, "true or false"}, {"-1.5", JD_JSON_NUMBER, "a number"},
        {"\"\"", JD_JSON_STRING, "a string"},     {"[]", JD_JSON_ARRAY, "an array"},
        {"{}", JD_JSON_OBJECT, "an object"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_json *root = parse(cases[i].text);
        check_case("%s", cases[i].text);
        check_int(jd_json_kind(root), cases[i].kind);
        check_text(jd_json_kind_word(jd_json_kind(root)), cases[i].word);
        jd_json_free(root);
    }
    jd_json_free(NULL);
}

TEST(json, each_reader_takes_its_own_kind_only)
{
    static const char *const texts[] = {"null", "true", "7", "\"x\"", "[1]", "{\"a\":1}"};
    for (size_t i = 0; i < JD_COUNT(texts); i++) {
        struct jd_json *root = parse(texts[i]);
        bool boolean = false;
        int64_t integer = 0;
        check_case("%s", texts[i]);
        check_int(jd_json_bool(root, &boolean), texts[i][0] == 't');
        check_int(jd_json_integer(root, &integer), texts[i][0] == '7');
        check_int(jd_json_string(root) != NULL, texts[i][0] == '"');
        check_int(jd_json_first(root) != NULL, texts[i][0] == '[' || texts[i][0] == '{');
        check_int(jd_json_member(root, "a") != NULL, texts[i][0] == '{');
        jd_json_free(root);
    }
}

TEST(json, strings_are_unescaped)
{
    struct jd_json *root = parse("\"a\\\"\\\\\\/\\n\\u00e9\\uD83D\\uDE00\xE6\x97\xA5\"");
    check_text(jd_json_string(root), "a\"\\/\n\xC3\xA9\xF0\x9F\x98\x80\xE6\x97\xA5");
    jd_json_free(root);
}

TEST(json, integers_are_exact)
{
    static const struct {
        const char *text;
        int64_t value;
    } cases[] = {
        {"0", 0},
        {"-1", -1},
        {"2147483648", INT64_C(2147483648)},
        {"9007199254740991", JD_INTEGER_MAX},
        {"9007199254740990", JD_INTEGER_MAX - 1},
        {"-9007199254740991", -JD_INTEGER_MAX},
    };
    static const char *const others[] = {"9007199254740992", "-9007199254740993", "-0", "1.0", "1e2", "1e999"};
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_json *root = parse(cases[i].text);
        int64_t value = 99;
        check_case("%s", cases[i].text);
        check_true(jd_json_integer(root, &value));
        check_int(value, cases[i].value);
        jd_json_free(root);
    }
    for (size_t i = 0; i < JD_COUNT(others); i++) {
        struct jd_json *root = parse(others[i]);
        int64_t value = 99;
        check_case("%s", others[i]);
        check_false(jd_json_integer(root, &value));
        check_int(value, 99);
        check_int(jd_json_line(root), 1);
        jd_json_free(root);
    }
}

#define ZEROS "00000000000000000000000000000000000000000000000000000000000000000000000000000000"

/* cJSON without the fix of CVE-2023-26819 gives up on those of 64 bytes and more. */
TEST(json, numbers_of_any_length_are_read)
{
    for (size_t n = 60; n <= 400; n += n < 70 ? 1 : 30) {
        struct jd_buf text;
        struct jd_json *root;
        int64_t value;
        check_case("%zu digits", n);
        jd_buf_init(&text, 4096);
        jd_buf_add_text(&text, "{\"s\":\"\\\"" ZEROS "\",\"n\":[");
        for (size_t i = 0; i < n; i++) {
            jd_buf_add_char(&text, '1');
        }
        jd_buf_add_text(&text, ",7],\"e\":1e5}");
        root = parse(text.data);
        check_int(jd_json_kind(jd_json_first(jd_json_member(root, "n"))), JD_JSON_NUMBER);
        check_false(jd_json_integer(jd_json_first(jd_json_member(root, "n")), &value));
        check_true(jd_json_integer(jd_json_next(jd_json_first(jd_json_member(root, "n"))), &value));
        check_int(value, 7);
        check_text(jd_json_string(jd_json_member(root, "s")), "\"" ZEROS);
        jd_json_free(root);
        jd_buf_done(&text);
    }
}

TEST(json, containers_are_walked_in_order)
{
    struct jd_json *root = parse("{\"b\":[1,2,3],\"a\":{},\"c\":[]}");
    const struct jd_json *b = jd_json_first(root);
    const struct jd_json *a = jd_json_next(b);
    int64_t sum = 0;
    check_int(jd_json_size(root), 3);
    check_text(jd_json_key(b), "b");
    check_text(jd_json_key(a), "a");
    check_true(jd_json_next(jd_json_next(a)) == NULL);
    check_int(jd_json_size(a), 0);
    check_true(jd_json_first(a) == NULL);
    check_int(jd_json_size(b), 3);
    for (const struct jd_json *item = jd_json_first(b); item != NULL; item = jd_json_next(item)) {
        int64_t value;
        check_true(jd_json_key(item) == NULL);
        check_true(jd_json_integer(item, &value));
        sum = sum * 10 + value;
    }
    check_int(sum, 123);
    jd_json_free(root);
}

TEST(json, members_are_found_by_exact_case)
{
    struct jd_json *root = parse("{\"Link\":1,\"link\":2}");
    int64_t value;
    check_true(jd_json_integer(jd_json_member(root, "link"), &value));
    check_int(value, 2);
    check_true(jd_json_member(root, "LINK") == NULL);
    check_true(jd_json_member(root, "lin") == NULL);
    jd_json_free(root);
}

TEST(json, every_value_knows_its_line)
{
    struct jd_json *root =
        parse("\n{\n\"a\":true,\"b\":\n[\nnull,\n\"x\",{\"y\":\n1.5}],\n\"c\":[[[\n2]]],\n\"d\":\"\"}");
    const struct jd_json *b = jd_json_member(root, "b");
    const struct jd_json *c = jd_json_member(root, "c");
    bool value = false;
    check_int(jd_json_line(root), 2);
    check_int(jd_json_line(jd_json_member(root, "a")), 3);
    check_true(jd_json_bool(jd_json_member(root, "a"), &value) && value);
    check_int(jd_json_line(b), 4);
    check_int(jd_json_line(jd_json_first(b)), 5);
    check_int(jd_json_line(jd_json_next(jd_json_first(b))), 6);
    check_int(jd_json_line(jd_json_member(jd_json_next(jd_json_next(jd_json_first(b))), "y")), 7);
    check_int(jd_json_line(c), 8);
    check_int(jd_json_line(jd_json_first(jd_json_first(jd_json_first(c)))), 9);
    check_int(jd_json_line(jd_json_member(root, "d")), 10);
    jd_json_free(root);
}

TEST(json, duplicates_are_reported_with_their_line)
{
    static const char text[] = "{\"a\":{\n\"b\":1,\n\"b\":2}}";
    struct jd_json *root;
    size_t depth;
    uint32_t line;
    struct jd_err err;
    check_ok(jd_json_parse(text, sizeof text - 1, 8, &root, &depth, &line, &err), &err);
    check_int(depth, 2);
    check_int(line, 3);
    jd_json_free(root);
}

TEST(json, a_failure_leaves_the_result_untouched)
{
    struct jd_json *root = NULL;
    size_t depth = 77;
    struct jd_err err;
    check_code(jd_json_parse("[1", 2, 8, &root, &depth, NULL, &err), JD_E_PARSE_ERROR, &err);
    check_true(root == NULL);
    check_int(depth, 77);
}

TEST(json, a_policy_of_full_size_is_read)
{
    struct jd_buf text;
    struct jd_json *root;
    size_t depth;
    struct jd_err err;
    jd_buf_init(&text, JD_POLICY_MAX);
    jd_buf_add_text(&text, "{\"rules\":[");
    while (text.len + 40 < JD_POLICY_MAX) {
        jd_buf_add_text(&text, "{\"id\":\"a\",\n\"n\":[1,2]},");
    }
    jd_buf_add_text(&text, "0]}");
    while (text.len < JD_POLICY_MAX) {
        jd_buf_add_char(&text, '\n');
    }
    check_ok(jd_json_parse(text.data, text.len, JD_POLICY_DEPTH_MAX, &root, &depth, NULL, &err), &err);
    check_true(jd_json_size(jd_json_member(root, "rules")) > 40000);
    jd_json_free(root);
    jd_buf_done(&text);
}

enum { THREADS = 4, ROUNDS = 300 };

static void *parse_many(void *argument)
{
    size_t *n_right = argument;
    for (int i = 0; i < ROUNDS; i++) {
        static const char text[] = "{\"a\":[1,2,{\"b\":\"\\u0041\"}],\"c\":true}";
        struct jd_json *root;
        size_t depth;
        struct jd_err err;
        if (jd_json_parse(text, sizeof text - 1, 8, &root, &depth, NULL, &err) == JD_OK) {
            *n_right += jd_json_size(jd_json_member(root, "a")) == 3;
            jd_json_free(root);
        }
    }
    return NULL;
}

TEST(json, threads_parse_at_the_same_time)
{
    pthread_t threads[THREADS];
    size_t n_right[THREADS] = {0};
    for (size_t i = 0; i < THREADS; i++) {
        check_int(pthread_create(&threads[i], NULL, parse_many, &n_right[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        check_int(pthread_join(threads[i], NULL), 0);
        check_int(n_right[i], ROUNDS);
    }
}
