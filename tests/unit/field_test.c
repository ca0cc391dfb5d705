/* SPDX-License-Identifier: MIT */
#include "protocol/field.h"

#include "protocol/limits.h"
#include "tests/support/suite.h"

#include <string.h>

struct sample {
    char *name;
    char *note;
    struct jd_winpath link;
    struct jd_winpath other;
    bool must;
    bool may;
    int64_t count;
    int64_t extra;
};

static const struct jd_field rows[] = {
    JD_FIELD(struct sample, name, JD_FIELD_STRING, true),   JD_FIELD(struct sample, note, JD_FIELD_STRING, false),
    JD_FIELD(struct sample, link, JD_FIELD_PATH, true),     JD_FIELD(struct sample, other, JD_FIELD_PATH, false),
    JD_FIELD(struct sample, must, JD_FIELD_BOOL, true),     JD_FIELD(struct sample, may, JD_FIELD_BOOL, false),
    JD_FIELD(struct sample, count, JD_FIELD_INTEGER, true), JD_FIELD(struct sample, extra, JD_FIELD_INTEGER, false),
};

static const struct jd_fields fields = {rows, JD_COUNT(rows), sizeof(struct sample)};

typedef enum jd_code (*decode_fn)(const struct jd_fields *fields, const struct jd_json *params, void *out,
                                  struct jd_err *err);

static enum jd_code decode(decode_fn fn, const char *text, struct sample *out, struct jd_err *err)
{
    struct jd_json *root;
    size_t depth;
    enum jd_code code;
    check_ok(jd_json_parse(text, strlen(text), JD_JSON_DEPTH_MAX, &root, &depth, NULL, err), err);
    memset(out, 0, sizeof *out);
    code = fn(&fields, root, out, err);
    jd_json_free(root); /* nothing decoded may point into it */
    return code;
}

static bool is_zeroed(const struct sample *sample)
{
    static const struct sample zero;
    return memcmp(sample, &zero, sizeof zero) == 0;
}

#define FULL                                                                                                     \
    "\"name\":\"n\",\"note\":\"o\",\"link\":\"c:\\\\a\",\"other\":\"D:\\\\b\\\\c\",\"must\":false,\"may\":true," \
    "\"count\":0,\"extra\":-5"
#define SHORT "\"name\":\"\",\"link\":\"C:\\\\a\",\"must\":true,\"count\":7"

TEST(field, every_kind_is_decoded_and_freed)
{
    struct sample sample;
    struct jd_err err;
    check_ok(decode(jd_fields_decode, "{" FULL "}", &sample, &err), &err);
    check_text(sample.name, "n");
    check_text(sample.note, "o");
    check_text(sample.link.text, "C:\\a");
    check_int(sample.other.n_parts, 2);
    check_false(sample.must);
    check_true(sample.may);
    check_int(sample.count, 0);
    check_int(sample.extra, -5);
    jd_fields_free(&fields, &sample);
    check_true(is_zeroed(&sample));
    jd_fields_free(&fields, &sample);
}

TEST(field, optional_members_may_be_absent)
{
    struct sample sample;
    struct jd_err err;
    check_ok(decode(jd_fields_decode, "{" SHORT "}", &sample, &err), &err);
    check_true(sample.note == NULL);
    check_true(sample.other.text == NULL);
    check_false(sample.may);
    check_int(sample.extra, 0);
    jd_fields_free(&fields, &sample);
}

TEST(field, what_is_wrong_is_named)
{
    static const struct {
        const char *text;
        enum jd_code code;
        const char *reason;
        const char *detail;
    } cases[] = {
        {"{}", JD_E_INVALID_PARAMS, NULL, "name is missing"},
        {"{\"name\":\"n\"}", JD_E_INVALID_PARAMS, NULL, "link is missing"},
        {"{" SHORT ",\"Name\":\"n\"}", JD_E_UNKNOWN_PARAM, NULL, "Name"},
        {"{\"force\":true}", JD_E_UNKNOWN_PARAM, NULL, "force"},
        {"{\"name\":1}", JD_E_INVALID_PARAMS, NULL, "name must be a string, not a number"},
        {"{\"name\":null}", JD_E_INVALID_PARAMS, NULL, "name must be a string, not null"},
        {"{\"name\":\"n\",\"note\":null}", JD_E_INVALID_PARAMS, NULL, "note must be a string, not null"},
        {"{\"name\":\"n\",\"link\":[]}", JD_E_INVALID_PARAMS, NULL, "link must be a string, not an array"},
        {"{\"name\":\"n\",\"link\":\"\"}", JD_E_INVALID_PARAMS, "empty", "link is empty"},
        {"{\"name\":\"n\",\"link\":\"a\\\\b\"}", JD_E_BAD_PATH, "not_absolute", "link"},
        {"{\"name\":\"n\",\"link\":\"C:\\\\a\\\\..\"}", JD_E_BAD_PATH, "dot_segment", "link"},
        {"{" SHORT ",\"other\":\"C:\\\\a/b\"}", JD_E_BAD_PATH, "forward_slash", "other"},
        {"{" SHORT ",\"may\":0}", JD_E_INVALID_PARAMS, NULL, "may must be true or false, not a number"},
        {"{" SHORT ",\"extra\":\"1\"}", JD_E_INVALID_PARAMS, NULL, "extra must be an integer, not a string"},
        {"{" SHORT ",\"extra\":1.5}", JD_E_INVALID_PARAMS, NULL, "extra must be an integer within 2^53-1"},
        {"{" SHORT ",\"extra\":9007199254740992}", JD_E_INVALID_PARAMS, NULL, "extra must be an integer within 2^53-1"},
        {"[]", JD_E_INVALID_PARAMS, NULL, "an object with names is needed, not an array"},
        {"null", JD_E_INVALID_PARAMS, NULL, "an object with names is needed, not null"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct sample sample;
        struct jd_err err;
        check_case("%s", cases[i].text);
        check_code(decode(jd_fields_decode, cases[i].text, &sample, &err), cases[i].code, &err);
        check_text(err.reason, cases[i].reason);
        check_text(err.text, cases[i].detail);
        check_true(is_zeroed(&sample));
    }
}

TEST(field, no_params_are_enough_where_none_is_required)
{
    static const struct jd_fields optional = {rows + 1, 1, sizeof(struct sample)};
    static const struct jd_fields none = {NULL, 0, 0};
    struct sample sample = {0};
    struct jd_err err;
    check_ok(jd_fields_decode(&optional, NULL, &sample, &err), &err);
    check_ok(jd_fields_decode(&none, NULL, NULL, &err), &err);
    jd_fields_free(&none, NULL);
    check_code(jd_fields_decode(&fields, NULL, &sample, &err), JD_E_INVALID_PARAMS, &err);
}

TEST(field, a_lenient_reader_skips_what_it_does_not_know)
{
    struct sample sample;
    struct jd_err err;
    check_ok(decode(jd_fields_decode_lenient, "{\"new\":[{}]," SHORT "}", &sample, &err), &err);
    check_int(sample.count, 7);
    jd_fields_free(&fields, &sample);
    check_code(decode(jd_fields_decode_lenient, "{\"new\":1}", &sample, &err), JD_E_INVALID_PARAMS, &err);
    check_code(decode(jd_fields_decode_lenient, "{" SHORT ",\"may\":null}", &sample, &err), JD_E_INVALID_PARAMS, &err);
}

static void check_encodes(const char *text, const char *expected)
{
    struct sample sample;
    struct jd_err err;
    struct jd_buf buf;
    struct jd_json_out out;
    check_ok(decode(jd_fields_decode, text, &sample, &err), &err);
    jd_buf_init(&buf, 4096);
    jd_out_init(&out, &buf);
    jd_out_begin(&out, '{');
    jd_fields_encode(&fields, &sample, &out);
    jd_out_end(&out, '}');
    check_false(buf.failed);
    check_text(buf.data, expected);
    jd_buf_done(&buf);
    jd_fields_free(&fields, &sample);
}

TEST(field, encoding_says_what_was_decoded)
{
    check_encodes("{" FULL "}", "{\"name\":\"n\",\"note\":\"o\",\"link\":\"C:\\\\a\",\"other\":\"D:\\\\b\\\\c\","
                                "\"must\":false,\"may\":true,\"count\":0,\"extra\":-5}");
}

TEST(field, encoding_leaves_out_what_is_absent)
{
    check_encodes("{" SHORT ",\"may\":false,\"extra\":0}",
                  "{\"name\":\"\",\"link\":\"C:\\\\a\",\"must\":true,\"count\":7}");
}
