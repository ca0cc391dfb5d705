/* SPDX-License-Identifier: MIT */
/* Numbers of the system as codes, and paths of this machine. */
#include "service/os/win/win.h"
#include "service/os/win/win_nt.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TEST(win_err, a_status_stands_for_one_code)
{
    static const struct {
        NTSTATUS status;
        enum jd_code expected;
    } cases[] = {
        {STATUS_ACCESS_DENIED, JD_E_ACCESS_DENIED},
        {STATUS_OBJECT_NAME_NOT_FOUND, JD_E_NOT_FOUND},
        {STATUS_OBJECT_NAME_COLLISION, JD_E_FILE_EXISTS},
        {STATUS_OPLOCK_BREAK_IN_PROGRESS, JD_E_IN_USE},
        {STATUS_SHARING_VIOLATION, JD_E_IN_USE},
        {STATUS_DELETE_PENDING, JD_E_DELETE_PENDING},
        {STATUS_DIRECTORY_NOT_EMPTY, JD_E_NOT_EMPTY},
        {STATUS_IO_REPARSE_TAG_MISMATCH, JD_E_REPARSE_POINT_EXISTS},
        {STATUS_NOT_A_REPARSE_POINT, JD_E_NOT_A_JUNCTION},
        {STATUS_REPARSE_POINT_ENCOUNTERED, JD_E_CHANGED_MEANWHILE},
        {STATUS_NOT_SUPPORTED, JD_E_VOLUME_UNSUPPORTED},
        {STATUS_INVALID_DEVICE_REQUEST, JD_E_VOLUME_UNSUPPORTED},
        {STATUS_VOLUME_NOT_UPGRADED, JD_E_VOLUME_UNSUPPORTED},
        {STATUS_MEDIA_WRITE_PROTECTED, JD_E_READ_ONLY},
        {STATUS_DISK_FULL, JD_E_NO_SPACE},
        {STATUS_VOLUME_DISMOUNTED, JD_E_IO_ERROR},
        {STATUS_GUARD_PAGE_VIOLATION, JD_E_PLATFORM},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_err err;
        check_case("%08lx", (unsigned long)cases[i].status);
        check_code(win_fail_nt(&err, "test", cases[i].status), cases[i].expected, &err);
        check_int(err.domain, JD_DOMAIN_NTSTATUS);
        check_int(err.number, (uint32_t)cases[i].status);
    }
}

TEST(win_err, a_last_error_stands_for_one_code)
{
    static const struct {
        DWORD number;
        enum jd_code expected;
    } cases[] = {
        {ERROR_ACCESS_DENIED, JD_E_ACCESS_DENIED}, {ERROR_PATH_NOT_FOUND, JD_E_NOT_FOUND},
        {ERROR_DISK_FULL, JD_E_NO_SPACE},          {ERROR_SHARING_VIOLATION, JD_E_IN_USE},
        {ERROR_NOT_ENOUGH_MEMORY, JD_E_NO_MEMORY}, {ERROR_RESOURCE_NAME_NOT_FOUND, JD_E_PLATFORM},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_err err;
        check_code(win_fail(&err, "test", cases[i].number), cases[i].expected, &err);
        check_int(err.number, cases[i].number);
    }
}

static void check_path(const char *path, const char *expected)
{
    struct jd_err err;
    struct jd_buf text;
    wchar_t *full = win_host_path(path, &err);
    check_case("%s", path);
    check_true(full != NULL);
    jd_buf_init(&text, 4096);
    check_true(win_add_utf8(&text, full, wcslen(full)));
    check_text(text.data, expected);
    jd_buf_done(&text);
    free(full);
}

TEST(win_text, a_path_of_this_machine_is_made_whole)
{
    check_path("C:\\a\\b", "\\\\?\\C:\\a\\b");
    check_path("c:/a//b/../c", "\\\\?\\c:\\a\\c");
    check_path("\\\\?\\C:\\a", "\\\\?\\C:\\a");
    check_path("C:\\\xC3\xA4\xF0\x9F\x8D\x8E", "\\\\?\\C:\\\xC3\xA4\xF0\x9F\x8D\x8E");
}

TEST(win_text, what_is_no_path_of_this_machine_is_refused)
{
    static const char *const paths[] = {"\\\\server\\share\\a",
                                        "\\\\.\\pipe\\x",
                                        "//server/share",
                                        "\\\\?\\UNC\\server\\share",
                                        "C:\\\xFF",
                                        "C:\\\xED\xA0\x80",
                                        "NUL"};
    for (size_t i = 0; i < JD_COUNT(paths); i++) {
        struct jd_err err;
        wchar_t *full = win_host_path(paths[i], &err);
        check_case("%s", paths[i]);
        check_true(full == NULL);
        check_true(err.code == JD_E_BAD_PATH || err.code == JD_E_INVALID_UTF8);
        free(full);
    }
}

TEST(win_text, text_is_strict_both_ways)
{
    static const wchar_t half[] = {L'a', 0xD800, L'b'};
    struct jd_err err;
    struct jd_buf text;
    size_t units = 7;
    wchar_t *wide = win_wide("a\0b", 3, &units, &err);
    check_true(wide == NULL && units == 7 && err.code == JD_E_BAD_PATH);
    wide = win_wide("", 0, &units, &err);
    check_true(wide != NULL && units == 0 && wide[0] == L'\0');
    free(wide);
    jd_buf_init(&text, 64);
    check_false(win_add_utf8(&text, half, JD_COUNT(half)));
    check_text(text.data, "a\xEF\xBF\xBD"
                          "b");
    jd_buf_done(&text);
}
