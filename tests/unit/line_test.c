/* SPDX-License-Identifier: MIT */
#include "protocol/line.h"

#include "tests/support/suite.h"

#include <string.h>

static struct jd_line_reader reader; /* 64 KiB: not for the stack */

static void feed(const char *bytes, size_t len)
{
    size_t room;
    char *at = jd_line_room(&reader, &room);
    check_true(room >= len);
    memcpy(at, bytes, len);
    jd_line_added(&reader, len);
}

static void feed_repeated(char c, size_t n)
{
    size_t room;
    char *at = jd_line_room(&reader, &room);
    check_true(room >= n);
    memset(at, c, n);
    jd_line_added(&reader, n);
}

static void check_line(const char *expected)
{
    const char *line;
    size_t len;
    struct jd_err err;
    check_ok(jd_line_next(&reader, &line, &len, &err), &err);
    check_true(line != NULL);
    check_bytes(line, len, expected, strlen(expected));
}

static void check_none(void)
{
    const char *line = "";
    size_t len;
    struct jd_err err;
    check_ok(jd_line_next(&reader, &line, &len, &err), &err);
    check_true(line == NULL);
}

static void check_fails(enum jd_code code)
{
    const char *line;
    size_t len;
    struct jd_err err;
    check_code(jd_line_next(&reader, &line, &len, &err), code, &err);
}

TEST(line, lines_leave_in_order_however_they_arrive)
{
    static const char text[] = "one\ntwo\n\nfour\r\n";
    for (size_t portion = 1; portion < sizeof text; portion++) {
        size_t pos = 0;
        size_t n_lines = 0;
        static const char *const expected[] = {"one", "two", "", "four\r"};
        check_case("portions of %zu", portion);
        jd_line_init(&reader);
        while (pos < sizeof text - 1) {
            size_t n = sizeof text - 1 - pos < portion ? sizeof text - 1 - pos : portion;
            const char *line;
            size_t len;
            struct jd_err err;
            feed(text + pos, n);
            pos += n;
            for (;;) {
                check_ok(jd_line_next(&reader, &line, &len, &err), &err);
                if (line == NULL) {
                    break;
                }
                check_true(n_lines < JD_COUNT(expected));
                check_bytes(line, len, expected[n_lines], strlen(expected[n_lines]));
                n_lines++;
            }
        }
        check_int(n_lines, JD_COUNT(expected));
        check_false(jd_line_is_pending(&reader));
    }
}

TEST(line, an_incomplete_line_is_pending)
{
    jd_line_init(&reader);
    check_false(jd_line_is_pending(&reader));
    check_none();
    feed("ab", 2);
    check_none();
    check_true(jd_line_is_pending(&reader));
    feed("c\nd", 3);
    check_line("abc");
    check_true(jd_line_is_pending(&reader));
    feed("\n", 1);
    check_line("d");
    check_false(jd_line_is_pending(&reader));
}

/* Else a line sent byte by byte would cost the square of its length. */
TEST(line, what_was_searched_is_not_searched_again)
{
    jd_line_init(&reader);
    feed_repeated('a', 1000);
    check_none();
    check_int(reader.scanned, 1000);
    feed("b\nc", 3);
    check_int(reader.scanned, 1000);
    check_true(reader.end == 1003);
}

TEST(line, the_longest_line_passes)
{
    const char *line;
    size_t len;
    struct jd_err err;
    jd_line_init(&reader);
    feed_repeated('a', JD_LINE_MAX);
    check_none();
    feed("\n", 1);
    check_ok(jd_line_next(&reader, &line, &len, &err), &err);
    check_int(len, JD_LINE_MAX);
    check_none();
}

TEST(line, one_byte_more_is_refused_before_its_end_is_seen)
{
    jd_line_init(&reader);
    feed_repeated('a', JD_LINE_MAX);
    check_none();
    feed("a", 1);
    check_fails(JD_E_MESSAGE_TOO_LARGE);
    check_fails(JD_E_MESSAGE_TOO_LARGE);
}

TEST(line, the_limit_counts_from_the_start_of_its_own_line)
{
    const char *line;
    size_t len;
    struct jd_err err;
    jd_line_init(&reader);
    feed("x\n", 2);
    feed_repeated('a', JD_LINE_MAX - 1);
    check_line("x");
    check_none();
    feed("a\n", 2);
    check_ok(jd_line_next(&reader, &line, &len, &err), &err);
    check_int(len, JD_LINE_MAX);
}

TEST(line, the_buffer_never_grows)
{
    size_t room;
    jd_line_init(&reader);
    jd_line_room(&reader, &room);
    check_int(room, JD_LINE_MAX + 1);
    feed_repeated('a', room);
    jd_line_room(&reader, &room);
    check_int(room, 0);
    jd_line_added(&reader, 1); /* a caller's mistake must not count bytes that are not there */
    check_fails(JD_E_MESSAGE_TOO_LARGE);
}

TEST(line, a_nul_is_refused_before_its_line_ends)
{
    jd_line_init(&reader);
    feed("ab", 2);
    check_none();
    feed("c\0d", 3);
    check_fails(JD_E_PARSE_ERROR);
    feed("\n", 1);
    check_fails(JD_E_PARSE_ERROR);
}

TEST(line, lines_before_a_nul_are_still_given)
{
    jd_line_init(&reader);
    feed("one\n\0two\n", 9);
    check_line("one");
    check_fails(JD_E_PARSE_ERROR);
}
