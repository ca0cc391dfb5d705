/* SPDX-License-Identifier: MIT */
#include "common/winpath.h"

#include "common/buf.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

/* NULL when text is accepted, else its reason. */
static const char *judge(const char *text, size_t len)
{
    struct jd_winpath path = {0};
    struct jd_err err = {0};
    enum jd_code code = jd_winpath_parse(text, len, &path, &err);
    if (code == JD_OK) {
        jd_winpath_done(&path);
        return NULL;
    }
    check_code(code, JD_E_BAD_PATH, &err);
    check_true(path.text == NULL);
    return err.reason;
}

static struct jd_winpath parsed(const char *text)
{
    struct jd_winpath path;
    struct jd_err err;
    check_ok(jd_winpath_parse(text, strlen(text), &path, &err), &err);
    return path;
}

static const struct {
    const char *text;
    const char *reason; /* NULL: accepted */
} paths[] = {
    {"C:\\a", NULL},
    {"z:\\a", NULL},
    {"C:\\a b\\c.d", NULL},
    {"", "empty"},
    {"/", "forward_slash"},
    {"C:\\a/", "forward_slash"},
    {"\\\\?\\C:\\a", "verbatim_prefix"},
    {"\\\\.\\pipe\\x", "device_prefix"},
    {"\\\\?", "unc_path"},
    {"\\\\", "unc_path"},
    {"\\??\\C:\\a", "not_absolute"},
    {"\\", "not_absolute"},
    {"C", "not_absolute"},
    {"1:\\a", "not_absolute"},
    {"@:\\a", "not_absolute"},
    {"[:\\a", "not_absolute"},
    {"`:\\a", "not_absolute"},
    {"{:\\a", "not_absolute"},
    {"\xC3\xA9:\\a", "not_absolute"},
    {" C:\\a", "not_absolute"},
    {"CC:\\a", "not_absolute"},
    {"C:", "drive_relative"},
    {"C:a", "drive_relative"},
    {"C:\xEF\xBC\xBC"
     "a",
     "drive_relative"},
    {"C:\\", "no_leaf"},
    {"C:\\\\", "empty_component"},
    {"C:\\a\\", "empty_component"},
    {"C:\\a\\\\b", "empty_component"},
    {"C:\\.", "dot_segment"},
    {"C:\\..\\a", "dot_segment"},
    {"C:\\...", "trailing_dot"},
    {"C:\\a.", "trailing_dot"},
    {"C:\\. ", "trailing_space"},
    {"C:\\ ", "trailing_space"},
    {"C:\\ a", NULL},
    {"C:\\.a", NULL},
    {"C:\\..a", NULL},
    {"C:\\a:b", "colon_in_component"},
    {"C:\\C:", "colon_in_component"},
    {"C:\\a\x1F", "control_char"},
    {"C:\\a\x7F", "control_char"},
    {"C:\\a\n:", "control_char"},
    {"C:\\a\xC2\x85", NULL}, /* NEL: legal on NTFS, escaped when shown */
    {"C:\\a\"", "illegal_char"},
    {"C:\\a*", "illegal_char"},
    {"C:\\a<", "illegal_char"},
    {"C:\\a>", "illegal_char"},
    {"C:\\a?", "illegal_char"},
    {"C:\\a|", "illegal_char"},
    {"C:\\a;=,+[]{}!@#$%^&()'`~-_", NULL},
};

TEST(winpath, grammar_gives_each_refusal_its_word)
{
    for (size_t i = 0; i < JD_COUNT(paths); i++) {
        check_case("%s", paths[i].text);
        check_text(judge(paths[i].text, strlen(paths[i].text)), paths[i].reason);
    }
}

TEST(winpath, a_nul_is_a_control_character_wherever_it_stands)
{
    check_text(judge("C:\\a\0b", 6), "control_char");
    check_text(judge("C:\\a\0", 5), "control_char");
    check_text(judge("C:\0a", 4), "drive_relative");
    check_text(judge("\0", 1), "not_absolute");
}

TEST(winpath, invalid_utf8_is_no_path)
{
    static const char *const texts[] = {"C:\\\xFF", "\xC0\xAF", "C:\\a\xED\xA0\x80", "C:\\a\xC3", "\\\\?\\\x80"};
    for (size_t i = 0; i < JD_COUNT(texts); i++) {
        struct jd_winpath path = {0};
        struct jd_err err;
        check_case("%zu", i);
        check_code(jd_winpath_parse(texts[i], strlen(texts[i]), &path, &err), JD_E_INVALID_UTF8, &err);
        check_true(path.text == NULL);
    }
}

TEST(winpath, device_names_are_reserved_in_every_disguise)
{
    static const struct {
        const char *name;
        const char *reason; /* NULL: an ordinary name */
    } cases[] = {
        {"CON", "reserved_device"},
        {"prn", "reserved_device"},
        {"Aux", "reserved_device"},
        {"nUl", "reserved_device"},
        {"NUL.txt", "reserved_device"},
        {"nul.tar.gz", "reserved_device"},
        {"con .txt", "reserved_device"},
        {"CON  .x.y", "reserved_device"},
        {"CLOCK$", "reserved_device"},
        {"conin$", "reserved_device"},
        {"CONOUT$.log", "reserved_device"},
        {"COM0", "reserved_device"},
        {"com9", "reserved_device"},
        {"LPT1.a", "reserved_device"},
        {"COM\xC2\xB9", "reserved_device"},
        {"com\xC2\xB2.x", "reserved_device"},
        {"LPT\xC2\xB3", "reserved_device"},
        {"NUL.", "trailing_dot"},
        {"NUL ", "trailing_space"},
        {"NUL:", "colon_in_component"},
        {"COM", NULL},
        {"COM10", NULL},
        {"COM1a", NULL},
        {"COMx", NULL},
        {"COM\xE2\x81\xB4", NULL}, /* superscript four is no digit to Windows */
        {"COM\xC2\xB4", NULL},
        {"COM\xEF\xBC\x91", NULL}, /* full-width one */
        {"\xEF\xBC\xA3ON", NULL},
        {"CLOCK", NULL},
        {"CONIN", NULL},
        {"CONSOLE", NULL},
        {"NULL", NULL},
        {" NUL", NULL},
        {".nul", NULL},
        {"x.nul", NULL},
        {"con\xC2\xA0", NULL},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        check_case("%s", cases[i].name);
        check_text(jd_name_refused(cases[i].name, strlen(cases[i].name)), cases[i].reason);
    }
    check_text(jd_name_refused("NULx", 3), "reserved_device"); /* the length counts, not a terminator */
    check_text(jd_name_refused("a", 0), "empty_component");
    check_text(jd_name_refused("a\\b", 3), "illegal_char");
    check_text(jd_name_refused("a/b", 3), "illegal_char");
}

/* Appends one character n times. */
static void add_times(struct jd_buf *buf, const char *character, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        jd_buf_add_text(buf, character);
    }
}

TEST(winpath, a_name_holds_255_units_not_bytes)
{
    static const struct {
        const char *character;
        size_t n;
        const char *reason;
    } cases[] = {
        {"x", 255, NULL},
        {"x", 256, "component_too_long"},
        {"\xE3\x81\x82", 255, NULL}, /* 765 bytes */
        {"\xE3\x81\x82", 256, "component_too_long"},
        {"\xF0\x9F\x98\x80", 127, NULL}, /* two units each */
        {"\xF0\x9F\x98\x80", 128, "component_too_long"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_buf buf;
        check_case("%zu", i);
        jd_buf_init(&buf, 4096);
        jd_buf_add_text(&buf, "C:\\");
        add_times(&buf, cases[i].character, cases[i].n);
        check_text(judge(buf.data, buf.len), cases[i].reason);
        jd_buf_done(&buf);
    }
}

TEST(winpath, a_path_holds_64_names)
{
    struct jd_buf buf;
    struct jd_winpath path;
    jd_buf_init(&buf, 4096);
    jd_buf_add_text(&buf, "C:");
    add_times(&buf, "\\a", JD_PATH_PARTS_MAX);
    path = parsed(buf.data);
    check_int(path.n_parts, JD_PATH_PARTS_MAX);
    check_int(path.start[JD_PATH_PARTS_MAX - 1], buf.len - 1);
    jd_winpath_done(&path);
    jd_buf_add_text(&buf, "\\a");
    check_text(judge(buf.data, buf.len), "too_many_components");
    jd_buf_done(&buf);
}

/* A path of exactly n units: names of 200 units and a last one that fills up. */
static void fill_path(struct jd_buf *buf, const char *character, size_t n)
{
    size_t units = 2;
    jd_buf_reset(buf);
    jd_buf_add_text(buf, "C:");
    while (units < n) {
        size_t name = n - units - 1 > 201 ? 200 : n - units - 1;
        jd_buf_add_char(buf, '\\');
        add_times(buf, character, name);
        units += name + 1;
    }
}

TEST(winpath, a_path_holds_4089_units)
{
    static const char *const characters[] = {"x", "\xE3\x81\x82"};
    struct jd_buf buf;
    jd_buf_init(&buf, 100000);
    for (size_t i = 0; i < JD_COUNT(characters); i++) {
        check_case("%zu", i);
        fill_path(&buf, characters[i], JD_PATH_UNITS_MAX);
        check_text(judge(buf.data, buf.len), NULL);
        fill_path(&buf, characters[i], JD_PATH_UNITS_MAX + 1);
        check_text(judge(buf.data, buf.len), "path_too_long");
    }
    jd_buf_reset(&buf);
    jd_buf_add_text(&buf, "C:\\");
    add_times(&buf, "y", 65536); /* where 16 bits would wrap */
    check_text(judge(buf.data, buf.len), "path_too_long");
    jd_buf_done(&buf);
}

TEST(winpath, names_come_out_as_they_went_in)
{
    struct jd_winpath path = parsed("c:\\Users\\\xE6\x97\xA5\xE6\x9C\xAC\\a b");
    static const char *const names[] = {"Users", "\xE6\x97\xA5\xE6\x9C\xAC", "a b"};
    check_text(path.text, "C:\\Users\\\xE6\x97\xA5\xE6\x9C\xAC\\a b");
    check_int(path.len, strlen(path.text));
    check_int(jd_winpath_letter(&path), 'C');
    check_int(path.n_parts, JD_COUNT(names));
    for (size_t i = 0; i < JD_COUNT(names); i++) {
        struct jd_name name = jd_winpath_part(&path, i);
        check_bytes(name.text, name.len, names[i], strlen(names[i]));
    }
    check_bytes(jd_winpath_leaf(&path).text, jd_winpath_leaf(&path).len, "a b", 3);
    jd_winpath_done(&path);
    check_true(path.text == NULL && path.n_parts == 0);
    jd_winpath_done(&path);
}

TEST(winpath, a_copy_stands_alone)
{
    struct jd_winpath path = parsed("C:\\a\\b");
    struct jd_winpath copy = {0};
    struct jd_winpath none = {0};
    struct jd_err err;
    check_ok(jd_winpath_copy(&path, &copy, &err), &err);
    check_true(copy.text != path.text);
    jd_winpath_done(&path);
    check_text(copy.text, "C:\\a\\b");
    check_bytes(jd_winpath_leaf(&copy).text, jd_winpath_leaf(&copy).len, "b", 1);
    jd_winpath_done(&copy);
    check_ok(jd_winpath_copy(&none, &copy, &err), &err);
    check_true(copy.text == NULL);
}

TEST(winpath, containment_goes_by_names_and_never_by_prefix)
{
    static const struct {
        const char *inner, *outer;
        bool is_equal, is_under;
    } cases[] = {
        {"C:\\a", "C:\\a", true, false},
        {"c:\\A", "C:\\a", true, false},
        {"D:\\a", "C:\\a", false, false},
        {"C:\\a\\b", "C:\\a", false, true},
        {"C:\\A\\b\\c", "c:\\a", false, true},
        {"C:\\a", "C:\\a\\b", false, false},
        {"C:\\ab", "C:\\a", false, false},
        {"C:\\ab\\c", "C:\\a", false, false},
        {"D:\\a\\b", "C:\\a", false, false},
        {"C:\\a b\\c", "C:\\a", false, false},
        {"C:\\lin\xE2\x84\xAA\\a", "C:\\link", false, false}, /* Kelvin */
        {"C:\\link\xC5\xBF\\a", "C:\\links", false, false},   /* long s */
        {"C:\\\xC3\x89\\a", "C:\\\xC3\xA9", false, true},
        {"C:\\e\xCC\x81\\a", "C:\\\xC3\xA9", false, false}, /* NFD against NFC */
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_winpath inner = parsed(cases[i].inner);
        struct jd_winpath outer = parsed(cases[i].outer);
        check_case("%s in %s", cases[i].inner, cases[i].outer);
        check_int(jd_winpath_equal(&inner, &outer), cases[i].is_equal);
        check_int(jd_winpath_equal(&outer, &inner), cases[i].is_equal);
        check_int(jd_winpath_is_under(&inner, &outer), cases[i].is_under);
        jd_winpath_done(&inner);
        jd_winpath_done(&outer);
    }
}
