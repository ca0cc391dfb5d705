/* SPDX-License-Identifier: MIT */
#include "common/buf.h"

#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

TEST(buf, what_is_appended_comes_out_terminated)
{
    struct jd_buf buf;
    struct jd_err err;
    jd_buf_init(&buf, 1000);
    check_true(buf.data == NULL);
    jd_buf_add_text(&buf, "ab");
    jd_buf_add_char(&buf, 'c');
    jd_buf_add(&buf, "d\0e", 3);
    jd_buf_add_format(&buf, "%d-%s", 42, "x");
    check_bytes(buf.data, buf.len + 1, "abcd\0e42-x", 11);
    check_ok(jd_buf_check(&buf, &err), &err);
    jd_buf_done(&buf);
    check_true(buf.data == NULL && buf.len == 0);
    jd_buf_done(&buf);
}

TEST(buf, nothing_appended_is_nothing_stored)
{
    struct jd_buf buf;
    jd_buf_init(&buf, 0);
    jd_buf_add(&buf, NULL, 0);
    jd_buf_add_text(&buf, "");
    jd_buf_add_format(&buf, "%s", "");
    check_false(buf.failed);
    check_int(buf.len, 0);
    jd_buf_add_char(&buf, 'x');
    check_true(buf.failed);
    jd_buf_done(&buf);
}

/* By each way of appending: the last byte under the ceiling is taken, the first above it turns the buffer failed. */
TEST(buf, the_ceiling_holds_for_every_way_of_appending)
{
    for (int way = 0; way < 4; way++) {
        struct jd_buf buf;
        struct jd_err err;
        check_case("way %d", way);
        jd_buf_init(&buf, 5);
        for (int i = 0; i < 6; i++) {
            check_int(buf.failed, false);
            switch (way) {
            case 0:
                jd_buf_add(&buf, "x", 1);
                break;
            case 1:
                jd_buf_add_text(&buf, "x");
                break;
            case 2:
                jd_buf_add_char(&buf, 'x');
                break;
            default:
                jd_buf_add_format(&buf, "%c", 'x');
            }
        }
        check_true(buf.failed);
        check_false(buf.no_memory);
        check_text(buf.data, "xxxxx");
        check_code(jd_buf_check(&buf, &err), JD_E_MESSAGE_TOO_LARGE, &err);
        jd_buf_done(&buf);
    }
}

TEST(buf, an_append_that_does_not_fit_leaves_no_part)
{
    struct jd_buf buf;
    jd_buf_init(&buf, 5);
    jd_buf_add_text(&buf, "abc");
    jd_buf_add_text(&buf, "def");
    check_text(buf.data, "abc");
    jd_buf_add_char(&buf, 'd'); /* would fit, but a hole stands before it */
    check_text(buf.data, "abc");
    check_true(buf.failed);
    jd_buf_done(&buf);
}

TEST(buf, a_size_beyond_memory_fails_as_no_memory)
{
    struct jd_buf buf;
    struct jd_err err;
    jd_buf_init(&buf, SIZE_MAX);
    jd_buf_add_text(&buf, "abc");
    jd_buf_add(&buf, "", SIZE_MAX / 2); /* refused before a byte is read */
    check_code(jd_buf_check(&buf, &err), JD_E_NO_MEMORY, &err);
    check_text(buf.data, "abc");
    jd_buf_reset(&buf);
    jd_buf_add(&buf, "", SIZE_MAX);
    check_code(jd_buf_check(&buf, &err), JD_E_NO_MEMORY, &err);
    jd_buf_done(&buf);
}

TEST(buf, reset_keeps_the_memory_and_forgives)
{
    struct jd_buf buf;
    struct jd_err err;
    jd_buf_init(&buf, 3);
    jd_buf_reset(&buf);
    jd_buf_add_text(&buf, "abc");
    jd_buf_add_char(&buf, 'd');
    check_true(buf.failed);
    jd_buf_reset(&buf);
    check_ok(jd_buf_check(&buf, &err), &err);
    check_text(buf.data, "");
    jd_buf_add_text(&buf, "xyz");
    check_text(buf.data, "xyz");
    jd_buf_done(&buf);
}

TEST(buf, cut_shortens_in_place)
{
    struct jd_buf buf;
    jd_buf_init(&buf, 100);
    jd_buf_cut(&buf, 0);
    jd_buf_add_text(&buf, "abcdef");
    jd_buf_cut(&buf, 4);
    jd_buf_cut(&buf, 4);
    check_text(buf.data, "abcd");
    jd_buf_add_text(&buf, "xy");
    check_text(buf.data, "abcdxy");
    jd_buf_done(&buf);
}

TEST(buf, it_grows_over_every_step_without_losing_a_byte)
{
    enum { LEN = 70000 };
    struct jd_buf buf;
    jd_buf_init(&buf, LEN);
    for (size_t i = 0; i < LEN; i++) {
        jd_buf_add_char(&buf, (char)('a' + i % 26));
    }
    check_false(buf.failed);
    for (size_t i = 0; i < LEN; i++) {
        check_int(buf.data[i], 'a' + i % 26);
    }
    check_int(buf.data[LEN], 0);
    jd_buf_done(&buf);
}

TEST(buf, copies_are_terminated_and_bounded)
{
    char *whole = jd_strdup("abc");
    char *part = jd_strndup("abc", 2);
    char *with_nul = jd_strndup("a\0b", 3);
    char *none = jd_strndup("abc", 0);
    check_text(whole, "abc");
    check_text(part, "ab");
    check_bytes(with_nul, 4, "a\0b", 4);
    check_text(none, "");
    free(whole);
    free(part);
    free(with_nul);
    free(none);
}
