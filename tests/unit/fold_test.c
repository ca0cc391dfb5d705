/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L /* popen */
#include "common/fold.h"

#include "common/utf.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS = 0x10000 };

TEST(fold, units_fold_as_on_a_volume)
{
    static const struct {
        uint16_t unit, folded;
        const char *why;
    } cases[] = {
        {'a', 'A', "ASCII"},
        {'z', 'Z', "ASCII"},
        {'A', 'A', "already upper"},
        {'@', '@', "before A"},
        {'[', '[', "after Z"},
        {'`', '`', "before a"},
        {'{', '{', "after z"},
        {0x00E9, 0x00C9, "e acute"},
        {0x00F7, 0x00F7, "the division sign stands among letters"},
        {0x00FF, 0x0178, "y diaeresis leaves Latin-1"},
        {0x00DF, 0x00DF, "sharp s is not expanded"},
        {0x1E9E, 0x1E9E, "capital sharp s has no pair"},
        {0x0131, 0x0131, "dotless i is not I"},
        {0x0130, 0x0130, "dotted I is not I"},
        {0x017F, 0x017F, "long s is not S"},
        {0x212A, 0x212A, "the Kelvin sign is not K"},
        {0x00B5, 0x00B5, "the micro sign stays"},
        {0x03C3, 0x03A3, "sigma"},
        {0x0436, 0x0416, "Cyrillic zhe"},
        {0xFF41, 0xFF21, "full-width a folds to full-width A"},
        {0xFF5A, 0xFF3A, "full-width z"},
        {0x3042, 0x3042, "kana have no case"},
        {0xD83D, 0xD83D, "half of a pair"},
        {0xFFFF, 0xFFFF, "last unit"},
        {0, 0, "first unit"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        check_case("U+%04X %s", cases[i].unit, cases[i].why);
        check_int(jd_fold_unit(cases[i].unit), cases[i].folded);
        check_int(jd_fold_code(cases[i].unit), cases[i].folded);
    }
}

TEST(fold, nothing_foreign_folds_into_ascii_or_out_of_full_width)
{
    for (unsigned unit = 0; unit < UNITS; unit++) {
        uint16_t folded = jd_fold_unit((uint16_t)unit);
        bool is_full_width = unit >= 0xFF00 && unit <= 0xFF5E;
        check_case("U+%04X", unit);
        check_int(jd_fold_unit(folded), folded); /* folding twice is folding once */
        check_int(folded < 0x80, unit < 0x80);
        check_int(folded >= 0xFF00 && folded <= 0xFF5E, is_full_width);
        check_true((unit & 0xF800) != 0xD800 || folded == unit);
    }
}

TEST(fold, only_characters_of_the_bmp_fold)
{
    check_int(jd_fold_code(0x10428), 0x10428); /* Deseret small letter long I: Unicode has a pair, NTFS does not */
    check_int(jd_fold_code(0x1F600), 0x1F600);
    check_int(jd_fold_code(0x10061), 0x10061); /* not as its low 16 bits would */
}

TEST(fold, texts_are_compared_to_their_ends)
{
    static const struct {
        const char *a, *b;
        bool is_equal;
        const char *why;
    } cases[] = {
        {"", "", true, "nothing"},
        {"", "a", false, "shorter"},
        {"abc", "ABC", true, "ASCII"},
        {"abc", "ABCD", false, "prefix"},
        {"abcd", "ABC", false, "prefix"},
        {"\xC3\xBF", "\xC5\xB8", true, "both two bytes"},
        {"\xE2\xB1\xA5", "\xC8\xBA", true, "U+2C65 and U+023A: three bytes against two"},
        {"ma\xC3\x9F", "mass", false, "sharp s"},
        {"ma\xC3\x9F", "MA\xE1\xBA\x9E", false, "capital sharp s"},
        {"\xC4\xB1nce", "INCE", false, "dotless i"},
        {"i", "\xC4\xB0", false, "dotted I"},
        {"link\xC5\xBF", "LINKS", false, "long s"},
        {"lin\xE2\x84\xAA", "LINK", false, "Kelvin"},
        {"\xEF\xBD\x8C", "l", false, "full-width l"},
        {"\xEF\xBD\x8C", "\xEF\xBC\xAC", true, "full-width l and L"},
        {"caf\xC3\xA9", "cafe\xCC\x81", false, "NFC and NFD stay apart"},
        {"\xF0\x90\x90\xA8", "\xF0\x90\x90\x80", false, "Deseret"},
        {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80", true, "emoji"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        const char *a = cases[i].a;
        const char *b = cases[i].b;
        check_case("%zu %s", i, cases[i].why);
        check_int(jd_fold_equal(a, strlen(a), b, strlen(b)), cases[i].is_equal);
        check_int(jd_fold_equal(b, strlen(b), a, strlen(a)), cases[i].is_equal);
    }
    check_true(jd_fold_equal("abX", 2, "ABY", 2));
    check_false(jd_fold_equal("a\0b", 3, "a\0c", 3));
}

/* $UpCase as it lies on disk: 65,536 units, little-endian. */
static void compare_with(const unsigned char *table)
{
    for (unsigned unit = 0; unit < UNITS; unit++) {
        check_case("U+%04X", unit);
        check_int(jd_fold_unit((uint16_t)unit), table[2 * unit] | table[2 * unit + 1] << 8);
    }
}

/* One byte more than a table has, so that a longer file shows. */
static unsigned char table[UNITS * 2 + 1];

/* Any other volume's: for a table read off a real Windows disk. */
static size_t read_named(const char *name)
{
    FILE *file = fopen(name, "rb");
    size_t len;
    check_true(file != NULL);
    len = fread(table, 1, sizeof table, file);
    fclose(file);
    return len;
}

static size_t read_fresh_volume(void)
{
#if defined(__unix__)
    enum { TOOL_MISSING = 3 };
    FILE *pipe = popen("sh '" JD_TEST_DATA "/../../scripts/upcase-table.sh' --raw", "r");
    size_t len;
    int status;
    check_true(pipe != NULL);
    len = fread(table, 1, sizeof table, pipe);
    status = pclose(pipe);
    if (len != 0 || status != TOOL_MISSING << 8) {
        check_int(status, 0);
        return len;
    }
#endif
    check_skip("no mkntfs and ntfscat (ntfs-3g) to make a volume with, and JD_UPCASE_FILE names no $UpCase");
}

TEST(fold, table_equals_the_upcase_file_of_a_volume)
{
    const char *name = getenv("JD_UPCASE_FILE");
    size_t len = name != NULL ? read_named(name) : read_fresh_volume();
    check_int(len, UNITS * 2);
    compare_with(table);
}
