/* SPDX-License-Identifier: MIT */
/* Data that lies, data at random, data with a bit flipped: the catalogue of malformations R1 to R5 in the tables. */
#include "common/reparse.h"

#include "common/buf.h"
#include "tests/support/suite.h"
#include "tests/unit/reparse_fixture.h"

#include <stdlib.h>
#include <string.h>

#define JUNCTION junction_dump, sizeof junction_dump
#define SYMLINK relative_symlink_dump, sizeof relative_symlink_dump

struct patch {
    size_t at;
    uint8_t value;
};

enum { PATCHES_MAX = 4 };

/* A patch at byte 0 ends the list. */
struct malformation {
    const uint8_t *dump;
    size_t len; /* given to the decoder */
    struct patch patches[PATCHES_MAX];
    const char *why;
};

TEST(reparse, data_that_lies_is_refused)
{
    static const struct malformation cases[] = {
        {junction_dump, 0, {{0}}, "R1 nothing"},
        {junction_dump, 3, {{0}}, "R1 not even a tag"},
        {junction_dump, 4, {{0}}, "R1 a tag only"},
        {junction_dump, 7, {{0}}, "R1 shorter than the header"},
        {junction_dump, 8, {{0}}, "R1 the header promises more"},
        {junction_dump, 43, {{0}}, "R1 one byte missing"},
        {junction_dump, 8, {{4, 0}}, "R1 a mount point without names' offsets"},
        {junction_dump, 15, {{4, 7}}, "R1 offsets cut"},
        {junction_dump, 16, {{4, 8}}, "R2 offsets whole, names outside"},
        {JUNCTION, {{4, 0x25}}, "R1 length one too many"},
        {JUNCTION, {{4, 0x23}}, "R1 length one too few"},
        {JUNCTION, {{5, 0x01}}, "R1 length 256 too many"},
        {JUNCTION, {{8, 0x01}}, "R2 odd substitute offset"},
        {JUNCTION, {{10, 0x0F}}, "R2 odd substitute length"},
        {JUNCTION, {{12, 0x13}}, "R2 odd print offset"},
        {JUNCTION, {{14, 0x07}}, "R2 odd print length"},
        {JUNCTION, {{10, 0x1E}}, "R2 substitute ends two bytes late"},
        {JUNCTION, {{8, 0x0E}}, "R2 substitute begins too late"},
        {JUNCTION, {{14, 0x0C}}, "R2 print ends two bytes late"},
        {JUNCTION, {{12, 0x1E}}, "R2 print begins past the end"},
        {JUNCTION, {{8, 0xF8}, {9, 0xFF}}, "R2 offset and length wrap in 16 bits"},
        {JUNCTION, {{10, 0xFE}, {11, 0xFF}}, "R2 length of 65,534"},
        {JUNCTION, {{12, 0xFE}, {13, 0xFF}, {14, 0x02}}, "R2 print wraps in 16 bits"},
        {JUNCTION, {{10, 0x00}}, "R3 no substitute name"},
        {SYMLINK, {{4, 0x15}}, "R1 length"},
        {SYMLINK, {{10, 0x08}}, "R2 substitute ends two bytes late"},
        {SYMLINK, {{10, 0x00}}, "R3 no substitute name"},
        {SYMLINK, {{14, 0x0A}}, "R2 print ends late"},
        {relative_symlink_dump, 16, {{4, 8}}, "R1 no flags"},
        {relative_symlink_dump, 19, {{4, 11}}, "R1 flags cut"},
        {relative_symlink_dump, 20, {{4, 12}}, "R2 no names"},
        {guid_dump, 8, {{4, 0}}, "R5 no GUID"},
        {guid_dump, 10, {{0}}, "R5 length counted as after the short header"},
        {guid_dump, 23, {{4, 15}}, "R5 GUID cut"},
        {guid_dump, 25, {{0}}, "R5 data cut"},
        {cloud_dump, 10, {{0}}, "R1 data cut"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        uint8_t bytes[64];
        struct jd_reparse *reparse;
        memcpy(bytes, cases[i].dump, cases[i].len);
        for (size_t k = 0; k < PATCHES_MAX && cases[i].patches[k].at != 0; k++) {
            bytes[cases[i].patches[k].at] = cases[i].patches[k].value;
        }
        check_case("%s", cases[i].why);
        reparse = decoded(bytes, cases[i].len, JD_E_BAD_REPARSE_DATA);
        check_int(reparse->kind, JD_LINK_MALFORMED);
        check_bytes(&(uint32_t){reparse->tag}, 4, cases[i].len < 4 ? (const uint8_t[4]){0} : cases[i].dump, 4);
        check_int(reparse->substitute_units + reparse->print_units, 0);
        check_false(reparse->is_relative || reparse->has_guid);
        free(reparse);
    }
}

TEST(reparse, odd_but_honest_data_is_read)
{
    static const struct {
        const uint8_t *dump;
        size_t len;
        struct patch patches[PATCHES_MAX];
        const char *why;
        size_t substitute_units, print_units;
    } cases[] = {
        {JUNCTION, {{14, 0x00}}, "no print name, as mklink of old tools leaves it", 8, 0},
        {JUNCTION, {{12, 0x08}}, "R3 names overlap", 8, 4},
        {JUNCTION, {{12, 0x1C}, {14, 0}}, "an empty print name at the very end", 8, 0},
        {JUNCTION, {{10, 0x1C}}, "R7 the substitute name swallows its terminator", 14, 4},
        {JUNCTION, {{6, 0xFF}, {7, 0xFF}}, "Reserved is ignored", 8, 4},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        uint8_t bytes[64];
        struct jd_reparse *reparse;
        memcpy(bytes, cases[i].dump, cases[i].len);
        for (size_t k = 0; k < PATCHES_MAX && cases[i].patches[k].at != 0; k++) {
            bytes[cases[i].patches[k].at] = cases[i].patches[k].value;
        }
        check_case("%s", cases[i].why);
        reparse = decoded(bytes, cases[i].len, JD_OK);
        check_int(reparse->kind, JD_LINK_JUNCTION);
        check_int(reparse->substitute_units, cases[i].substitute_units);
        check_int(reparse->print_units, cases[i].print_units);
        free(reparse);
    }
}

static uint32_t seed;

static uint32_t below(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % n;
}

static size_t u16_of(const uint8_t *at)
{
    return at[0] + 256u * at[1];
}

/* Whether both names lie inside, said once more. */
static bool names_are_inside(const uint8_t *bytes, size_t len, size_t area)
{
    for (size_t at = 8; at <= 12; at += 4) {
        if (len < area || u16_of(bytes + at) % 2 || u16_of(bytes + at + 2) % 2 ||
            area + u16_of(bytes + at) + u16_of(bytes + at + 2) > len) {
            return false;
        }
    }
    return u16_of(bytes + 10) != 0;
}

static bool reference_takes(const uint8_t *bytes, size_t len)
{
    if (len < 8 || len > 16384) {
        return false;
    }
    if (bytes[3] < 0x80) {
        return len >= 24 && len == 24 + u16_of(bytes + 4);
    }
    if (len != 8 + u16_of(bytes + 4)) {
        return false;
    }
    if (memcmp(bytes, junction_dump, 4) == 0) {
        return len >= 16 && names_are_inside(bytes, len, 16);
    }
    if (memcmp(bytes, relative_symlink_dump, 4) == 0) {
        return len >= 20 && names_are_inside(bytes, len, 20);
    }
    return true;
}

/* Decodes, compares with the reference and asks everything of what was taken. Returns whether it was. */
static bool survive(const uint8_t *bytes, size_t len, struct jd_reparse *out)
{
    uint8_t *exact = malloc(len == 0 ? 1 : len);
    struct jd_winpath target = {0};
    struct jd_buf win32;
    struct jd_err err;
    bool is_taken;
    check_true(exact != NULL);
    memcpy(exact, bytes, len);
    is_taken = jd_reparse_decode(exact, len, out, &err) == JD_OK;
    free(exact);
    check_int(is_taken, reference_takes(bytes, len));
    check_int(is_taken, out->kind != JD_LINK_MALFORMED);
    check_true(out->substitute_units <= len / 2 && out->print_units <= len / 2);
    jd_buf_init(&win32, 1 << 16);
    jd_reparse_win32_name(out->substitute, out->substitute_units, &win32);
    jd_reparse_win32_name(out->print, out->print_units, &win32);
    check_false(win32.failed);
    if (jd_reparse_target(out, &target, &err) == JD_OK) {
        jd_winpath_done(&target);
    }
    jd_buf_done(&win32);
    return is_taken;
}

/* A header that is nearly right: random bytes alone would hardly pass the first check. */
static size_t draw(uint8_t *bytes)
{
    static const uint8_t edges[] = {0, 1, 2, 3, 4, 6, 7, 8, 10, 12, 16, 18, 20, 24, 0x7F, 0x80, 0xFE, 0xFF};
    static const uint8_t *const heads[] = {junction_dump, relative_symlink_dump, guid_dump, cloud_dump};
    size_t len = below(64);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)(below(3) == 0 ? below(256) : edges[below(JD_COUNT(edges))]);
    }
    if (below(8) != 0) {
        memcpy(bytes, heads[below(JD_COUNT(heads))], 4);
    }
    if (below(8) != 0) {
        size_t header = bytes[3] < 0x80 ? 24 : 8;
        bytes[4] = (uint8_t)(len - header);
        bytes[5] = 0;
    }
    for (size_t i = 9; i < 16; i += 2) {
        bytes[i] = (uint8_t)(below(16) == 0);
    }
    return len;
}

TEST(reparse, no_bytes_are_read_outside_and_none_taken_that_lie)
{
    static uint8_t bytes[128];
    struct jd_reparse *out = malloc(sizeof *out);
    size_t n_taken = 0;
    check_true(out != NULL);
    seed = 20250211;
    for (size_t i = 0; i < 200000; i++) {
        size_t len = draw(bytes);
        check_case("draw %zu, %zu bytes", i, len);
        n_taken += survive(bytes, len, out);
    }
    check_true(n_taken > 1000 && n_taken < 190000);
    free(out);
}

TEST(reparse, every_flipped_bit_is_survived_at_every_length)
{
    static const struct {
        const uint8_t *bytes;
        size_t len;
    } dumps[] = {{JUNCTION}, {SYMLINK}, {guid_dump, sizeof guid_dump}, {cloud_dump, sizeof cloud_dump}};
    struct jd_reparse *out = malloc(sizeof *out);
    check_true(out != NULL);
    for (size_t i = 0; i < JD_COUNT(dumps); i++) {
        for (size_t bit = 0; bit < dumps[i].len * 8; bit++) {
            uint8_t bytes[64];
            memcpy(bytes, dumps[i].bytes, dumps[i].len);
            bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ 1u << bit % 8);
            for (size_t len = 0; len <= dumps[i].len; len++) {
                check_case("dump %zu, bit %zu, %zu bytes", i, bit, len);
                survive(bytes, len, out);
            }
        }
    }
    free(out);
}
