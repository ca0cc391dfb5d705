/* SPDX-License-Identifier: MIT */
#include "client/src/resolve.h"
#include "tests/support/suite.h"

static const struct row {
    const char *text;
    const char *expected;
    const char *why;
} rows[] = {
    {"C:\\a\\b", "C:\\a\\b", "canonical stays as it is"},
    {"c:\\a", "c:\\a", "the letter's case is the service's to fold"},
    {"C:/a/b", "C:\\a\\b", "forward slashes"},
    {"C:\\a/b\\c", "C:\\a\\b\\c", "mixed slashes"},
    {"C:\\a\\", "C:\\a", "a trailing separator"},
    {"C:\\a\\\\\\", "C:\\a", "several"},
    {"C:\\a//b", "C:\\a\\b", "repeated separators are one, as in Win32"},
    {"C:\\", "C:\\", "a root keeps its backslash"},
    {"C:/", "C:\\", "a root said with a slash"},
    {"C:\\.", "C:\\", "a dot at the root"},
    {"C:\\a\\.\\b\\.", "C:\\a\\b", "dots go"},
    {"C:\\a\\..\\b", "C:\\b", "two dots take a name"},
    {"C:\\a\\b\\..\\..\\c\\d", "C:\\c\\d", "twice"},
    {"C:\\..\\..\\a", "C:\\a", "the root is the end, as in Win32"},
    {"C:\\a\\..", "C:\\", "back at the root"},
    {"C:\\a\\...\\b", "C:\\a\\...\\b", "three dots are a name; the service refuses it"},
    {"C:\\a.\\b ", "C:\\a.\\b ", "trailing dots and spaces are the service's to refuse"},
    {"C:\\..a\\.b", "C:\\..a\\.b", "names that start with dots"},
    {"C:\\caf\xC3\xA9/x", "C:\\caf\xC3\xA9\\x", "UTF-8 passes"},
    {"\\\\?\\C:\\a", "C:\\a", "the verbatim prefix goes"},
    {"\\\\?\\C:\\a\\", "C:\\a", "and a trailing separator"},
    {"\\\\?\\C:\\", "C:\\", "a verbatim root"},
    {"\\\\?\\C:\\a\\..\\b", "C:\\a\\..\\b", "verbatim means literally: the service refuses dots"},
    {"\\\\?\\C:\\a/b", "C:\\a/b", "likewise a slash in a name"},
    {"\\\\?\\UNC\\s\\h", "\\\\?\\UNC\\s\\h", "left for the service to refuse"},
    {"\\\\?\\Volume{1}\\a", "\\\\?\\Volume{1}\\a", "likewise"},
    {"\\\\?\\C:a", "\\\\?\\C:a", "likewise: no separator after the drive"},
    {"\\\\?\\C:/a", "\\\\?\\C:/a", "likewise"},
    {"\\\\s\\h\\a", "\\\\s\\h\\a", "a UNC path stays"},
    {"//s/h", "//s/h", "also with slashes"},
    {"\\\\.\\C:\\a", "\\\\.\\C:\\a", "a device path stays"},
    {"\\??\\C:\\a", "\\??\\C:\\a", "an NT path stays"},
    {"C:", "C:", "drive-relative stays"},
    {"C:a\\b", "C:a\\b", "drive-relative stays"},
    {"a", "D:\\x\\y\\a", "relative"},
    {"a/b\\", "D:\\x\\y\\a\\b", "relative with slashes"},
    {".", "D:\\x\\y", "the current directory itself"},
    {"..", "D:\\x", "its parent"},
    {"..\\..\\..\\a", "D:\\a", "beyond the root"},
    {"..\\b", "D:\\x\\b", "a sister"},
    {"\\a", "D:\\a", "rooted: on the current drive"},
    {"/a/../b", "D:\\b", "rooted with slashes"},
    {"\\", "D:\\", "the current drive's root"},
    {"1:\\a", "D:\\x\\y\\1:\\a", "no drive: a name, which the service refuses"},
    {" C:\\a", "D:\\x\\y\\ C:\\a", "likewise"},
};

TEST(client_resolve, what_people_write_becomes_the_path_to_send)
{
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        struct jd_buf out;
        struct jd_err err = {0};
        check_case("%s: %s", rows[i].text, rows[i].why);
        jd_buf_init(&out, 1000);
        check_ok(resolve_path(rows[i].text, "D:\\x\\y", &out, &err), &err);
        check_text(out.data, rows[i].expected);
        jd_buf_done(&out);
    }
}

TEST(client_resolve, a_path_is_resolved_behind_what_the_buffer_holds)
{
    struct jd_buf out;
    struct jd_err err;
    jd_buf_init(&out, 1000);
    jd_buf_add_text(&out, "Q:\\kept|");
    check_ok(resolve_path("C:\\a\\..\\..\\..", NULL, &out, &err), &err);
    check_text(out.data, "Q:\\kept|C:\\");
    jd_buf_done(&out);
}

TEST(client_resolve, relative_and_rooted_paths_need_the_current_directory)
{
    static const char *const yes[] = {"a", ".", "..\\a", "\\a", "/", "1:\\a", "\\?\\C:\\a"};
    static const char *const no[] = {"",      "C:\\a",        "C:a",         "\\\\s\\h",
                                     "//s/h", "\\\\?\\C:\\a", "\\??\\C:\\a", "\\\\.\\a"};
    for (size_t i = 0; i < JD_COUNT(yes); i++) {
        check_case("%s", yes[i]);
        check_true(resolve_needs_current(yes[i]));
    }
    for (size_t i = 0; i < JD_COUNT(no); i++) {
        check_case("%s", no[i]);
        check_false(resolve_needs_current(no[i]));
    }
}

TEST(client_resolve, what_cannot_be_sent_is_refused_here)
{
    struct jd_buf out;
    struct jd_err err;
    jd_buf_init(&out, 20);
    check_code(resolve_path("", NULL, &out, &err), JD_E_BAD_PATH, &err);
    check_text(err.reason, "empty");
    check_code(resolve_path("C:\\a\xFF", NULL, &out, &err), JD_E_INVALID_UTF8, &err);
    check_code(resolve_path("C:\\a\xED\xA0\x80", NULL, &out, &err), JD_E_INVALID_UTF8, &err);
    check_code(resolve_path("C:\\aaaaaaaaaaaaaaaaaaaaaaaaaa", NULL, &out, &err), JD_E_MESSAGE_TOO_LARGE, &err);
    jd_buf_done(&out);
}
