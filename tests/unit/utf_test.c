/* SPDX-License-Identifier: MIT */
#include "common/utf.h"

#include "tests/support/corpus.h"
#include "tests/support/suite.h"

#include <string.h>

enum { LAST_CODE = 0x10FFFF };

static bool is_surrogate(uint32_t code)
{
    return code >= 0xD800 && code <= 0xDFFF;
}

TEST(utf, strict_utf8_stops_at_the_first_bad_byte)
{
    static const struct {
        const char *bytes;
        size_t len, valid;
        const char *why;
    } cases[] = {
        {"", 0, 0, "nothing"},
        {"a\0b", 3, 3, "NUL is a character"},
        {"\x7F", 1, 1, "last of one byte"},
        {"\xC2\x80", 2, 2, "first of two bytes"},
        {"\xDF\xBF", 2, 2, "last of two bytes"},
        {"\xE0\xA0\x80", 3, 3, "first of three bytes"},
        {"\xED\x9F\xBF", 3, 3, "last before the surrogates"},
        {"\xEE\x80\x80", 3, 3, "first after the surrogates"},
        {"\xEF\xBF\xBF", 3, 3, "U+FFFF is a noncharacter, and valid"},
        {"\xF0\x90\x80\x80", 4, 4, "first of four bytes"},
        {"\xF4\x8F\xBF\xBF", 4, 4, "U+10FFFF"},
        {"ab\x80", 3, 2, "a continuation byte alone"},
        {"ab\xBF", 3, 2, "a continuation byte alone"},
        {"\xC0\x80", 2, 0, "NUL in two bytes"},
        {"\xC0\xAF", 2, 0, "a slash in two bytes"},
        {"\xC1\x9C", 2, 0, "a backslash in two bytes"},
        {"\xE0\x80\xAF", 3, 0, "a slash in three bytes"},
        {"\xE0\x9F\xBF", 3, 0, "overlong"},
        {"\xF0\x80\x80\xAF", 4, 0, "a slash in four bytes"},
        {"\xF0\x8F\xBF\xBF", 4, 0, "overlong"},
        {"\xED\xA0\x80", 3, 0, "a high surrogate"},
        {"\xED\xBF\xBF", 3, 0, "a low surrogate"},
        {"\xED\xA0\xBD\xED\xB8\x80", 6, 0, "a surrogate pair in six bytes"},
        {"\xF4\x90\x80\x80", 4, 0, "above U+10FFFF"},
        {"\xF5\x80\x80\x80", 4, 0, "no lead byte"},
        {"\xF8\x88\x80\x80\x80", 5, 0, "five bytes"},
        {"\xFC\x84\x80\x80\x80\x80", 6, 0, "six bytes"},
        {"\xFE", 1, 0, "half of a byte order mark of UTF-16"},
        {"\xFF", 1, 0, "never in UTF-8"},
        {"a\xC3", 2, 1, "cut after one of two"},
        {"a\xE3\x81", 3, 1, "cut after two of three"},
        {"a\xF0\x9F\x98", 4, 1, "cut after three of four"},
        {"\xC3\x28", 2, 0, "second byte is none"},
        {"\xE3\x81\x28", 3, 0, "third byte is none"},
        {"\xF0\x9F\x98\x28", 4, 0, "fourth byte is none"},
        {"\xE3\x28\x81", 3, 0, "second of three is none"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        check_case("%zu %s", i, cases[i].why);
        check_int(jd_utf8_valid_prefix(cases[i].bytes, cases[i].len), cases[i].valid);
    }
}

/* By arithmetic instead of by table: decode, then ask whether the shortest form of a scalar value came out. */
static size_t reference_len(const unsigned char *bytes, size_t len)
{
    size_t want = bytes[0] < 0x80 ? 1 : (bytes[0] & 0xE0) == 0xC0 ? 2 : (bytes[0] & 0xF0) == 0xE0 ? 3 : 4;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t code = want == 1 ? bytes[0] : bytes[0] & (0x7Fu >> want);
    if ((want == 4 && (bytes[0] & 0xF8) != 0xF0) || want > len) {
        return 0;
    }
    for (size_t i = 1; i < want; i++) {
        if (bytes[i] >> 6 != 2) {
            return 0;
        }
        code = code * 64 + bytes[i] % 64;
    }
    return code < least[want] || code > LAST_CODE || is_surrogate(code) ? 0 : want;
}

TEST(utf, every_pair_of_leading_bytes_is_judged_as_by_arithmetic)
{
    static const unsigned char later[] = {0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF};
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        for (size_t k = 0; k < JD_COUNT(later) * JD_COUNT(later); k++) {
            unsigned char bytes[4] = {(unsigned char)(pair >> 8), (unsigned char)pair, later[k / JD_COUNT(later)],
                                      later[k % JD_COUNT(later)]};
            size_t expected = reference_len(bytes, sizeof bytes);
            size_t pos = 0;
            uint32_t code = jd_utf8_next((const char *)bytes, sizeof bytes, &pos);
            size_t taken = expected == 0 ? 1 : expected;
            if (pos != taken || (expected == 0 && code != 0xFFFD)) {
                check_fail(__FILE__, __LINE__, "%02X %02X %02X %02X: %zu bytes taken, expected %zu", bytes[0], bytes[1],
                           bytes[2], bytes[3], pos, taken);
            }
        }
    }
}

TEST(utf, bytes_beyond_the_length_complete_nothing)
{
    static const char *const texts[] = {"\xC3\xA9", "\xE3\x81\x82", "\xF0\x9F\x98\x80"};
    for (size_t i = 0; i < JD_COUNT(texts); i++) {
        for (size_t len = 1; len < strlen(texts[i]); len++) {
            size_t pos = 0;
            check_case("%zu cut to %zu", i, len);
            check_int(jd_utf8_valid_prefix(texts[i], len), 0);
            check_int(jd_utf8_next(texts[i], len, &pos), 0xFFFD);
            check_int(pos, 1);
        }
    }
}

TEST(utf, every_scalar_value_survives_both_forms)
{
    struct jd_buf back;
    struct jd_err err;
    jd_buf_init(&back, 16);
    for (uint32_t code = 0; code <= LAST_CODE; code++) {
        char bytes[4];
        uint16_t units[2];
        size_t len, pos = 0, n = 0;
        if (is_surrogate(code)) {
            continue;
        }
        len = jd_utf8_put(code, bytes);
        jd_buf_reset(&back);
        if (jd_utf8_valid_prefix(bytes, len) != len || jd_utf8_next(bytes, len, &pos) != code || pos != len ||
            jd_utf8_to_utf16(bytes, len, units, 2, &n, &err) != JD_OK || n != jd_utf16_units(bytes, len) ||
            !jd_utf16_to_utf8(units, n, &back) || back.len != len || memcmp(back.data, bytes, len) != 0) {
            check_fail(__FILE__, __LINE__, "U+%04lX does not survive", (unsigned long)code);
        }
    }
    jd_buf_done(&back);
}

TEST(utf, utf16_is_written_in_host_order_without_terminator)
{
    static const uint16_t expected[] = {'a', 0x00E9, 0x3042, 0xD83D, 0xDE00, 0xBEEF};
    uint16_t units[JD_COUNT(expected)] = {0, 0, 0, 0, 0, 0xBEEF};
    const char *text = "a\xC3\xA9\xE3\x81\x82\xF0\x9F\x98\x80";
    struct jd_err err;
    size_t n = 0;
    check_ok(jd_utf8_to_utf16(text, strlen(text), units, 5, &n, &err), &err);
    check_int(n, 5);
    check_bytes(units, sizeof units, expected, sizeof expected);
}

TEST(utf, a_failed_conversion_leaves_its_outputs_alone)
{
    uint16_t units[4] = {1, 2, 3, 4};
    static const uint16_t untouched[4] = {1, 2, 3, 4};
    struct jd_err err;
    size_t n = 77;
    check_code(jd_utf8_to_utf16("ab\xFF", 3, units, 4, &n, &err), JD_E_INVALID_UTF8, &err);
    check_code(jd_utf8_to_utf16("abcde", 5, units, 4, &n, &err), JD_E_PATH_TOO_LONG, &err);
    check_code(jd_utf8_to_utf16("abc\xF0\x9F\x98\x80", 7, units, 4, &n, &err), JD_E_PATH_TOO_LONG, &err);
    check_int(n, 77);
    check_bytes(units, sizeof units, untouched, sizeof untouched);
    check_ok(jd_utf8_to_utf16("", 0, units, 0, &n, &err), &err);
    check_int(n, 0);
}

TEST(utf, lone_surrogates_are_shown_and_reported)
{
    static const struct {
        uint16_t units[4];
        size_t n;
        const char *text;
        bool is_exact;
    } cases[] = {
        {{0xD83D, 0xDE00}, 2, "\xF0\x9F\x98\x80", true},
        {{0xD83D}, 1, "\xEF\xBF\xBD", false},
        {{0xDE00}, 1, "\xEF\xBF\xBD", false},
        {{0xD83D, 'a'},
         2,
         "\xEF\xBF\xBD"
         "a",
         false},
        {{'a', 0xDFFF}, 2, "a\xEF\xBF\xBD", false},
        {{0xDE00, 0xD83D}, 2, "\xEF\xBF\xBD\xEF\xBF\xBD", false},
        {{0xD83D, 0xD83D, 0xDE00}, 3, "\xEF\xBF\xBD\xF0\x9F\x98\x80", false},
        {{0xDBFF, 0xDFFF}, 2, "\xF4\x8F\xBF\xBF", true},
        {{0xFFFD}, 1, "\xEF\xBF\xBD", true}, /* a real one is exact */
        {{0}, 0, "", true},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_buf out;
        check_case("%zu", i);
        jd_buf_init(&out, 64);
        check_int(jd_utf16_to_utf8(cases[i].units, cases[i].n, &out), cases[i].is_exact);
        check_bytes(out.data, out.len, cases[i].text, strlen(cases[i].text));
        jd_buf_done(&out);
    }
}

TEST(utf, conversion_stops_at_the_ceiling_of_its_buffer)
{
    static const uint16_t units[] = {0x3042, 0x3042};
    struct jd_buf out;
    jd_buf_init(&out, 5);
    jd_utf16_to_utf8(units, 2, &out);
    check_true(out.failed);
    check_int(out.len, 3);
    jd_buf_done(&out);
}

TEST(utf, ordinary_text_of_any_language_stays_readable)
{
    static const uint32_t readable[] = {
        ' ',     '!',     '<',     '~',              /* ASCII */
        0x00A1,  0x00E9,  0x00DF,  0x0130,  0x0131,  /* Latin */
        0x0301,                                      /* a combining accent */
        0x05D0,  0x0627,  0x0E01,  0x0915,           /* Hebrew, Arabic, Thai, Devanagari letters */
        0x20AC,                                      /* euro */
        0x3001,  0x3042,  0x30A2,  0x30CE,  0x30FB,  /* kana, and what looks like strokes */
        0x4E00,  0x9FA5,  0x3131,  0xAC00,           /* CJK, Hangul letters */
        0xFF01,  0xFF0E,  0xFF10,  0xFF1A,  0xFF21,  /* full-width forms */
        0xFF3E,  0xFF41,  0xFFE5,  0xFFE6,           /* full-width yen and won are no separators */
        0xFF71,                                      /* half-width kana */
        0x1F600, 0x1F468, 0x1F1EF, 0x1F3FB, 0x20000, /* emoji, flags, skin tones, CJK extension B */
    };
    for (size_t i = 0; i < JD_COUNT(readable); i++) {
        check_case("U+%04lX", (unsigned long)readable[i]);
        check_false(jd_is_misleading(readable[i]));
    }
}

TEST(utf, what_misleads_a_reader_is_known_range_by_range)
{
    static const struct {
        uint32_t first, last;
        const char *why;
    } ranges[] = {
        {0x00, 0x1F, "C0"},
        {0x7F, 0xA0, "DEL, C1, no-break space"},
        {0xA5, 0xA5, "yen: backslash in code page 932"},
        {0xAD, 0xAD, "soft hyphen"},
        {0x34F, 0x34F, "grapheme joiner"},
        {0x61C, 0x61C, "Arabic letter mark"},
        {0x115F, 0x1160, "Hangul fillers"},
        {0x1680, 0x1680, "Ogham space"},
        {0x17B4, 0x17B5, "Khmer inherent vowels"},
        {0x180B, 0x180F, "Mongolian selectors"},
        {0x2000, 0x200F, "spaces, zero width, LRM, RLM"},
        {0x2028, 0x202F, "separators, embeddings, overrides"},
        {0x2044, 0x2044, "fraction slash"},
        {0x205F, 0x206F, "invisible operators, isolates"},
        {0x20A9, 0x20A9, "won: backslash in code page 949"},
        {0x2215, 0x2216, "division slash, set minus"},
        {0x2571, 0x2572, "box drawing diagonals"},
        {0x27CB, 0x27CB, "rising diagonal"},
        {0x27CD, 0x27CD, "falling diagonal"},
        {0x2800, 0x2800, "Braille blank"},
        {0x29F5, 0x29F5, "reverse solidus operator"},
        {0x29F8, 0x29F9, "big solidi"},
        {0x3000, 0x3000, "ideographic space"},
        {0x3164, 0x3164, "Hangul filler"},
        {0xD800, 0xDFFF, "surrogates"},
        {0xFDD0, 0xFDEF, "noncharacters"},
        {0xFE00, 0xFE0F, "variation selectors"},
        {0xFE68, 0xFE68, "small reverse solidus"},
        {0xFEFF, 0xFEFF, "byte order mark"},
        {0xFF0F, 0xFF0F, "full-width solidus"},
        {0xFF3C, 0xFF3C, "full-width reverse solidus"},
        {0xFFA0, 0xFFA0, "half-width Hangul filler"},
        {0xFFF0, 0xFFFF, "specials, replacement character, noncharacters"},
        {0x13430, 0x1343F, "hieroglyph format controls"},
        {0x1BCA0, 0x1BCA3, "shorthand format controls"},
        {0x1D173, 0x1D17A, "musical format controls"},
        {0x1F67C, 0x1F67D, "very heavy solidi"},
        {0xE0000, 0xE0FFF, "tags, supplementary variation selectors"},
    };
    size_t next = 0;
    for (uint32_t code = 0; code <= LAST_CODE + 1; code++) {
        bool expected = (code & 0xFFFE) == 0xFFFE || code > LAST_CODE;
        if (next < JD_COUNT(ranges) && code > ranges[next].last) {
            next++;
        }
        expected = expected || (next < JD_COUNT(ranges) && code >= ranges[next].first);
        if (jd_is_misleading(code) != expected) {
            check_fail(__FILE__, __LINE__, "U+%04lX is judged %s", (unsigned long)code,
                       expected ? "harmless" : "misleading");
        }
    }
}

TEST(utf, escaped_text_names_what_it_hides)
{
    static const struct {
        const char *text;
        size_t len;
        const char *shown;
    } cases[] = {
        {"", 0, ""},
        {"C:\\a b", 6, "C:\\a b"},
        {"a\x1B[2J", 5, "a<U+001B>[2J"},
        {"a\r\nb", 4, "a<U+000D><U+000A>b"},
        {"a\0b", 3, "a<U+0000>b"},
        {"a\xE2\x80\xAE"
         "gpj",
         7, "a<U+202E>gpj"},
        {"\xF3\xA0\x81\x81", 4, "<U+E0041>"},
        {"\xEF\xBF\xBD", 3, "<U+FFFD>"},
        {"a\xFF\xC3", 3, "a<FF><C3>"},
        {"\xED\xA0\x80", 3, "<ED><A0><80>"},
        {"<b>", 3, "<b>"},
        {"\xE6\x97\xA5\xE6\x9C\xAC\xF0\x9F\x98\x80", 10, "\xE6\x97\xA5\xE6\x9C\xAC\xF0\x9F\x98\x80"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_buf out;
        check_case("%zu", i);
        jd_buf_init(&out, 256);
        jd_text_escape(cases[i].text, cases[i].len, &out);
        check_text(out.len == 0 ? "" : out.data, cases[i].shown);
        jd_buf_done(&out);
    }
}

TEST(utf, accepted_paths_of_the_corpus_are_escaped_exactly_where_it_says)
{
    struct corpus corpus = corpus_load();
    size_t n_escaped = 0;
    for (size_t i = 0; i < corpus.n; i++) {
        const struct corpus_line *line = &corpus.lines[i];
        bool expected = strstr(line->note, "escape-when-shown") != NULL;
        struct jd_buf out;
        if (line->verdict != CORPUS_ACCEPT) {
            continue;
        }
        check_case("line %zu", line->number);
        jd_buf_init(&out, 1 << 20);
        jd_text_escape(line->text, line->len, &out);
        check_int(strstr(out.data, "<U+") != NULL, expected);
        check_true(expected || strcmp(out.data, line->text) == 0);
        n_escaped += expected;
        jd_buf_done(&out);
    }
    check_true(n_escaped >= 24);
    corpus_free(&corpus);
}
