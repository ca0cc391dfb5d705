/* SPDX-License-Identifier: MIT */
/* Dumps are written out by hand from MS-FSCC 2.1.2: the codec is not asked what it would have written. */
#include "common/reparse.h"

#include "common/buf.h"
#include "common/utf.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const uint8_t junction_dump[] = {
    0x03, 0x00, 0x00, 0xA0,             /* ReparseTag: mount point */
    0x24, 0x00, 0x00, 0x00,             /* ReparseDataLength 36, Reserved */
    0x00, 0x00, 0x10, 0x00,             /* SubstituteNameOffset 0, Length 16 */
    0x12, 0x00, 0x08, 0x00,             /* PrintNameOffset 18, Length 8 */
    '\\', 0, '?', 0, '?', 0, '\\', 0, 'C', 0, ':', 0, '\\', 0, 't', 0, 0, 0,
    'C', 0, ':', 0, '\\', 0, 't', 0, 0, 0,
};

static const uint8_t relative_symlink_dump[] = {
    0x0C, 0x00, 0x00, 0xA0,             /* ReparseTag: symbolic link */
    0x14, 0x00, 0x00, 0x00,             /* ReparseDataLength 20, Reserved */
    0x02, 0x00, 0x06, 0x00,             /* SubstituteNameOffset 2, Length 6: after the print name, and unterminated */
    0x00, 0x00, 0x02, 0x00,             /* PrintNameOffset 0, Length 2 */
    0x01, 0x00, 0x00, 0x00,             /* Flags: relative */
    'p', 0, '.', 0, '\\', 0, 'x', 0,
};

static const uint8_t guid_dump[] = {
    0x03, 0x00, 0x00, 0x20,             /* ReparseTag: the mount point's number without the Microsoft bit */
    0x02, 0x00, 0x00, 0x00,             /* ReparseDataLength 2, Reserved */
    0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, /* ReparseGuid */
    0xDE, 0xAD,
};

static const uint8_t cloud_dump[] = {
    0x1A, 0x10, 0x00, 0x90,             /* ReparseTag: IO_REPARSE_TAG_CLOUD_1 */
    0x03, 0x00, 0x00, 0x00,             /* ReparseDataLength 3, Reserved */
    0x01, 0x02, 0x03,
};
/* clang-format on */

static struct jd_winpath parsed(const char *text, size_t len)
{
    struct jd_winpath path;
    struct jd_err err;
    check_ok(jd_winpath_parse(text, len, &path, &err), &err);
    return path;
}

/* Decodes from a block of exactly len bytes, so that the sanitizer sees a read past its end. The caller frees. */
static struct jd_reparse *decoded(const uint8_t *bytes, size_t len, enum jd_code expected)
{
    struct jd_reparse *out = malloc(sizeof *out);
    uint8_t *exact = malloc(len == 0 ? 1 : len);
    struct jd_err err;
    check_true(out != NULL && exact != NULL);
    memset(out, 0xA5, sizeof *out);
    memcpy(exact, bytes, len);
    check_code(jd_reparse_decode(exact, len, out, &err), expected, &err);
    free(exact);
    return out;
}

static void check_units(const uint16_t *units, size_t n, const char *ascii)
{
    check_int(n, strlen(ascii));
    for (size_t i = 0; i < n; i++) {
        check_int(units[i], (unsigned char)ascii[i]);
    }
}

TEST(reparse, a_junction_is_encoded_byte_for_byte)
{
    static uint8_t out[JD_REPARSE_MAX];
    struct jd_winpath target = parsed("c:\\t", 4);
    struct jd_err err;
    size_t len = 0;
    check_ok(jd_reparse_encode(&target, out, &len, &err), &err);
    check_bytes(out, len, junction_dump, sizeof junction_dump);
    jd_winpath_done(&target);
}

TEST(reparse, characters_beyond_the_bmp_take_two_units_in_both_names)
{
    static const uint8_t expected[] = {
        0x03, 0x00, 0x00, 0xA0, 0x2C, 0x00, 0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x16, 0x00, 0x0C, 0x00, /* headers */
        '\\', 0,    '?',  0,    '?',  0,    '\\', 0,                                                    /* prefix */
        'D',  0,    ':',  0,    '\\', 0,    0xE5, 0x65, 0x3D, 0xD8, 0x00, 0xDE, 0,    0, /* D:\ U+65E5 U+1F600 */
        'D',  0,    ':',  0,    '\\', 0,    0xE5, 0x65, 0x3D, 0xD8, 0x00, 0xDE, 0,    0,
    };
    static uint8_t out[JD_REPARSE_MAX];
    struct jd_winpath target = parsed("D:\\\xE6\x97\xA5\xF0\x9F\x98\x80", 10);
    struct jd_err err;
    size_t len = 0;
    check_ok(jd_reparse_encode(&target, out, &len, &err), &err);
    check_bytes(out, len, expected, sizeof expected);
    jd_winpath_done(&target);
}

/* n units of "C:\xxx…\xxx…". */
static void fill_path(struct jd_buf *buf, size_t n)
{
    jd_buf_add_text(buf, "C:\\");
    while (buf->len < n) {
        jd_buf_add_char(buf, buf->len % 200 == 0 && buf->len + 1 < n ? '\\' : 'x');
    }
}

TEST(reparse, the_longest_path_fits_with_both_names)
{
    static uint8_t out[JD_REPARSE_MAX];
    struct jd_buf text;
    struct jd_winpath target;
    struct jd_winpath back;
    struct jd_reparse *reparse;
    struct jd_err err;
    size_t len = 0;
    jd_buf_init(&text, 10000);
    fill_path(&text, JD_PATH_UNITS_MAX);
    target = parsed(text.data, text.len);
    check_ok(jd_reparse_encode(&target, out, &len, &err), &err);
    check_int(len, JD_REPARSE_MAX);
    reparse = decoded(out, len, JD_OK);
    check_int(reparse->substitute_units, JD_PATH_UNITS_MAX + 4);
    check_int(reparse->print_units, JD_PATH_UNITS_MAX);
    check_ok(jd_reparse_target(reparse, &back, &err), &err);
    check_text(back.text, target.text);
    jd_winpath_done(&back);
    jd_winpath_done(&target);
    free(reparse);
    jd_buf_done(&text);
}

/* The grammar lets no such path through; the codec does not rely on it. */
TEST(reparse, a_path_one_unit_longer_is_refused_before_a_byte_is_written)
{
    uint8_t out[1] = {0x5A};
    struct jd_buf text;
    struct jd_winpath target = {0};
    struct jd_err err;
    size_t len = 77;
    jd_buf_init(&text, 100000);
    fill_path(&text, JD_PATH_UNITS_MAX + 1);
    target.text = text.data;
    target.len = text.len;
    check_code(jd_reparse_encode(&target, out, &len, &err), JD_E_PATH_TOO_LONG, &err);
    fill_path(&text, 40000); /* where 16 bits would wrap */
    target.text = text.data;
    target.len = text.len;
    check_code(jd_reparse_encode(&target, out, &len, &err), JD_E_PATH_TOO_LONG, &err);
    check_int(out[0], 0x5A);
    check_int(len, 77);
    jd_buf_done(&text);
}

TEST(reparse, a_junction_is_decoded)
{
    struct jd_reparse *reparse = decoded(junction_dump, sizeof junction_dump, JD_OK);
    check_int(reparse->kind, JD_LINK_JUNCTION);
    check_int(reparse->tag, JD_TAG_MOUNT_POINT);
    check_false(reparse->is_relative || reparse->has_guid);
    check_units(reparse->substitute, reparse->substitute_units, "\\??\\C:\\t");
    check_units(reparse->print, reparse->print_units, "C:\\t");
    free(reparse);
}

TEST(reparse, a_symbolic_link_is_decoded_in_any_order_of_names)
{
    uint8_t absolute[sizeof relative_symlink_dump];
    struct jd_reparse *reparse = decoded(relative_symlink_dump, sizeof relative_symlink_dump, JD_OK);
    check_int(reparse->kind, JD_LINK_SYMBOLIC_LINK);
    check_int(reparse->tag, JD_TAG_SYMLINK);
    check_true(reparse->is_relative);
    check_units(reparse->substitute, reparse->substitute_units, ".\\x");
    check_units(reparse->print, reparse->print_units, "p");
    free(reparse);
    memcpy(absolute, relative_symlink_dump, sizeof absolute);
    absolute[16] = 0xFE; /* every flag but the one that means relative */
    reparse = decoded(absolute, sizeof absolute, JD_OK);
    check_false(reparse->is_relative);
    free(reparse);
}

TEST(reparse, a_tag_without_the_microsoft_bit_has_a_guid_and_no_names)
{
    struct jd_reparse *reparse = decoded(guid_dump, sizeof guid_dump, JD_OK);
    check_int(reparse->kind, JD_LINK_OTHER);
    check_int(reparse->tag, 0x20000003);
    check_true(reparse->has_guid);
    check_bytes(reparse->guid, sizeof reparse->guid, guid_dump + 8, 16);
    check_int(reparse->substitute_units, 0);
    free(reparse);
}

TEST(reparse, other_tags_are_told_but_not_read)
{
    static const uint8_t empty_dump[] = {0x17, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00}; /* WOF without data */
    struct jd_reparse *reparse = decoded(cloud_dump, sizeof cloud_dump, JD_OK);
    check_int(reparse->kind, JD_LINK_OTHER);
    check_int(reparse->tag, 0x9000101A);
    check_false(reparse->has_guid);
    free(reparse);
    reparse = decoded(empty_dump, JD_REPARSE_MIN, JD_OK);
    check_int(reparse->kind, JD_LINK_OTHER);
    free(reparse);
}

struct patch {
    size_t at;
    uint8_t value;
};

enum { PATCHES_MAX = 4 };

/* security.md 2.7, R1 to R4. A patch of {0, 0} changes nothing that matters: byte 0 is set anew below. */
struct malformation {
    const uint8_t *dump;
    size_t len; /* given to the decoder */
    struct patch patches[PATCHES_MAX];
    const char *why;
};

#define JUNCTION junction_dump, sizeof junction_dump
#define SYMLINK relative_symlink_dump, sizeof relative_symlink_dump

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

TEST(reparse, sixteen_kib_is_the_last_size_taken)
{
    uint8_t *bytes = calloc(1, 32768);
    struct jd_reparse *reparse;
    check_true(bytes != NULL);
    memcpy(bytes, junction_dump, sizeof junction_dump);
    bytes[4] = 0xF8; /* 16,376 + 8 */
    bytes[5] = 0x3F;
    reparse = decoded(bytes, JD_REPARSE_MAX, JD_OK);
    check_units(reparse->substitute, reparse->substitute_units, "\\??\\C:\\t");
    free(reparse);
    bytes[10] = 0xF0; /* a substitute name over all 16,368 bytes */
    bytes[11] = 0x3F;
    reparse = decoded(bytes, JD_REPARSE_MAX, JD_OK);
    check_int(reparse->substitute_units, 8184);
    free(reparse);
    bytes[4] = 0xF9;
    reparse = decoded(bytes, JD_REPARSE_MAX + 1, JD_E_BAD_REPARSE_DATA); /* R4 */
    check_int(reparse->tag, JD_TAG_MOUNT_POINT);
    free(reparse);
    free(bytes);
}

/* A mount point holding name as its substitute name, and print as its print name; units given as UTF-16. */
static struct jd_reparse *with_names(const uint16_t *name, size_t n, const uint16_t *print, size_t n_print)
{
    uint8_t bytes[512] = {0x03, 0x00, 0x00, 0xA0};
    size_t len = 16;
    for (size_t i = 0; i < n + n_print; i++) {
        uint16_t unit = i < n ? name[i] : print[i - n];
        bytes[len++] = (uint8_t)(unit & 0xFF);
        bytes[len++] = (uint8_t)(unit >> 8);
    }
    bytes[4] = (uint8_t)((len - 8) & 0xFF);
    bytes[5] = (uint8_t)((len - 8) >> 8);
    bytes[10] = (uint8_t)(2 * n);
    bytes[12] = (uint8_t)(2 * n);
    bytes[14] = (uint8_t)(2 * n_print);
    return decoded(bytes, len, JD_OK);
}

static size_t widen(const char *text, uint16_t *units, size_t cap)
{
    struct jd_err err;
    size_t n = 0;
    check_ok(jd_utf8_to_utf16(text, strlen(text), units, cap, &n, &err), &err);
    return n;
}

#define GUID "{01234567-89ab-cdef-0123-456789abcdef}"

/* security.md 2.7, R7: what a stored name is, what Win32 calls it, and whether it is a path of ours. */
TEST(reparse, stored_names_are_classified_and_never_trusted)
{
    static const struct {
        const char *stored;
        enum jd_link_kind kind;
        const char *win32;
        const char *target; /* NULL: BAD_PATH */
    } cases[] = {
        {"\\??\\C:\\a", JD_LINK_JUNCTION, "C:\\a", "C:\\a"},
        {"\\??\\C:\\a\\", JD_LINK_JUNCTION, "C:\\a", "C:\\a"},
        {"\\??\\C:\\a\\b c\\", JD_LINK_JUNCTION, "C:\\a\\b c", "C:\\a\\b c"},
        {"\\??\\c:\\a", JD_LINK_JUNCTION, "c:\\a", "C:\\a"},
        {"\\??\\D:\\\xE6\x97\xA5\xF0\x9F\x98\x80", JD_LINK_JUNCTION, "D:\\\xE6\x97\xA5\xF0\x9F\x98\x80",
         "D:\\\xE6\x97\xA5\xF0\x9F\x98\x80"},
        {"\\??\\C:\\a\\\\", JD_LINK_JUNCTION, "C:\\a\\", NULL},
        {"\\??\\C:\\", JD_LINK_JUNCTION, "C:\\", NULL},
        {"\\??\\C:", JD_LINK_JUNCTION, "\\??\\C:", NULL},
        {"\\??\\C:a", JD_LINK_JUNCTION, "\\??\\C:a", NULL},
        {"\\??\\1:\\a", JD_LINK_JUNCTION, "\\??\\1:\\a", NULL},
        {"\\??\\", JD_LINK_JUNCTION, "\\??\\", NULL},
        {"\\??", JD_LINK_JUNCTION, "\\??", NULL},
        {"\\", JD_LINK_JUNCTION, "\\", NULL},
        {"C:\\a", JD_LINK_JUNCTION, "C:\\a", NULL},
        {"\\\\?\\C:\\a", JD_LINK_JUNCTION, "\\\\?\\C:\\a", NULL},
        {"\\DosDevices\\C:\\a", JD_LINK_JUNCTION, "\\DosDevices\\C:\\a", NULL},
        {"\\Device\\HarddiskVolume1\\a", JD_LINK_JUNCTION, "\\Device\\HarddiskVolume1\\a", NULL},
        {"\\??\\GLOBALROOT\\Device\\x", JD_LINK_JUNCTION, "\\??\\GLOBALROOT\\Device\\x", NULL},
        {"\\??\\pipe\\x", JD_LINK_JUNCTION, "\\??\\pipe\\x", NULL},
        {"\\??\\C:\\a\\..\\b", JD_LINK_JUNCTION, "C:\\a\\..\\b", NULL},
        {"\\??\\C:\\a/b", JD_LINK_JUNCTION, "C:\\a/b", NULL},
        {"\\??\\C:\\nul", JD_LINK_JUNCTION, "C:\\nul", NULL},
        {"\\??\\UNC\\s\\h\\d", JD_LINK_JUNCTION, "\\\\s\\h\\d", NULL},
        {"\\??\\unc\\s\\h\\", JD_LINK_JUNCTION, "\\\\s\\h\\", NULL},
        {"\\??\\UNCx", JD_LINK_JUNCTION, "\\??\\UNCx", NULL},
        {"\\??\\Volume" GUID "\\", JD_LINK_VOLUME_MOUNT_POINT, "\\\\?\\Volume" GUID "\\", NULL},
        {"\\??\\VOLUME" GUID "\\", JD_LINK_VOLUME_MOUNT_POINT, "\\\\?\\VOLUME" GUID "\\", NULL},
        {"\\??\\Volume" GUID, JD_LINK_VOLUME_MOUNT_POINT, "\\\\?\\Volume" GUID, NULL},
        {"\\??\\Volume{}\\", JD_LINK_VOLUME_MOUNT_POINT, "\\\\?\\Volume{}\\", NULL},
        {"\\??\\Volume" GUID "\\dir", JD_LINK_JUNCTION, "\\\\?\\Volume" GUID "\\dir", NULL},
        {"\\??\\Volume" GUID "\\{a}", JD_LINK_JUNCTION, "\\\\?\\Volume" GUID "\\{a}", NULL},
        {"\\??\\Volume{", JD_LINK_JUNCTION, "\\\\?\\Volume{", NULL},
        {"\\??\\Volume", JD_LINK_JUNCTION, "\\??\\Volume", NULL},
        {"..\\a", JD_LINK_JUNCTION, "..\\a", NULL},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        uint16_t units[128];
        size_t n = widen(cases[i].stored, units, JD_COUNT(units));
        struct jd_reparse *reparse = with_names(units, n, units, 0);
        struct jd_winpath target = {0};
        struct jd_buf win32;
        struct jd_err err;
        check_case("%s", cases[i].stored);
        check_int(reparse->kind, cases[i].kind);
        jd_buf_init(&win32, 1024);
        check_true(jd_reparse_win32_name(reparse->substitute, reparse->substitute_units, &win32));
        check_text(win32.data, cases[i].win32);
        check_code(jd_reparse_target(reparse, &target, &err), cases[i].target ? JD_OK : JD_E_BAD_PATH, &err);
        check_text(target.text, cases[i].target);
        check_true(cases[i].target != NULL || err.reason != NULL);
        jd_winpath_done(&target);
        jd_buf_done(&win32);
        free(reparse);
    }
}

TEST(reparse, a_lone_surrogate_is_shown_and_is_no_path)
{
    static const uint16_t name[] = {'\\', '?', '?', '\\', 'C', ':', '\\', 0xD800, 'x'};
    struct jd_reparse *reparse = with_names(name, JD_COUNT(name), name, 0);
    struct jd_winpath target = {0};
    struct jd_buf win32;
    struct jd_err err;
    jd_buf_init(&win32, 64);
    check_bytes(reparse->substitute, 2 * reparse->substitute_units, name, sizeof name);
    check_false(jd_reparse_win32_name(reparse->substitute, reparse->substitute_units, &win32));
    check_text(win32.data, "C:\\\xEF\xBF\xBDx");
    check_code(jd_reparse_target(reparse, &target, &err), JD_E_BAD_REPARSE_DATA, &err);
    check_true(target.text == NULL);
    jd_buf_done(&win32);
    free(reparse);
}

TEST(reparse, a_nul_inside_a_name_neither_ends_it_nor_passes)
{
    static const uint16_t name[] = {'\\', '?', '?', '\\', 'C', ':', '\\', 'a', 0, '\\', 'b', 0};
    struct jd_reparse *reparse = with_names(name, JD_COUNT(name), name, 0);
    struct jd_winpath target = {0};
    struct jd_buf win32;
    struct jd_err err;
    jd_buf_init(&win32, 64);
    check_int(reparse->substitute_units, JD_COUNT(name));
    check_false(jd_reparse_win32_name(reparse->substitute, reparse->substitute_units, &win32));
    check_text(win32.data, "C:\\a\xEF\xBF\xBD\\b\xEF\xBF\xBD");
    check_code(jd_reparse_target(reparse, &target, &err), JD_E_BAD_PATH, &err);
    check_text(err.reason, "control_char");
    jd_buf_done(&win32);
    free(reparse);
}

TEST(reparse, a_print_name_that_lies_decides_nothing) /* R8 */
{
    uint16_t name[32];
    uint16_t print[32];
    size_t n = widen("\\??\\C:\\real", name, JD_COUNT(name));
    size_t n_print = widen("C:\\harmless", print, JD_COUNT(print));
    struct jd_reparse *reparse = with_names(name, n, print, n_print);
    struct jd_winpath target;
    struct jd_err err;
    check_units(reparse->print, reparse->print_units, "C:\\harmless");
    check_ok(jd_reparse_target(reparse, &target, &err), &err);
    check_text(target.text, "C:\\real");
    jd_winpath_done(&target);
    free(reparse);
}

TEST(reparse, a_target_longer_than_a_path_may_be_is_refused)
{
    struct jd_reparse *reparse = calloc(1, sizeof *reparse);
    struct jd_winpath target = {0};
    struct jd_err err;
    check_true(reparse != NULL);
    reparse->substitute_units = JD_REPARSE_NAME_MAX;
    for (size_t i = 0; i < JD_REPARSE_NAME_MAX; i++) {
        reparse->substitute[i] = 0x3042;
    }
    widen("\\??\\C:\\", reparse->substitute, JD_REPARSE_NAME_MAX);
    check_code(jd_reparse_target(reparse, &target, &err), JD_E_BAD_PATH, &err);
    check_text(err.reason, "path_too_long");
    free(reparse);
}

TEST(reparse, words_and_tag_names_are_the_documented_ones)
{
    static const struct {
        uint32_t tag;
        const char *name;
    } tags[] = {
        {JD_TAG_MOUNT_POINT, "IO_REPARSE_TAG_MOUNT_POINT"},
        {JD_TAG_SYMLINK, "IO_REPARSE_TAG_SYMLINK"},
        {0x8000001B, "IO_REPARSE_TAG_APPEXECLINK"},
        {0x9000F01A, "IO_REPARSE_TAG_CLOUD_F"},
        {0xC0000004, "IO_REPARSE_TAG_HSM"},
        {0xA000001D, "IO_REPARSE_TAG_LX_SYMLINK"},
        {0, "IO_REPARSE_TAG_RESERVED_ZERO"},
        {0x20000003, "unknown"},
        {0xFFFFFFFF, "unknown"},
    };
    static const char *const words[] = {"none",          "junction", "volume_mount_point",
                                        "symbolic_link", "other",    "malformed"};
    for (size_t i = 0; i < JD_COUNT(tags); i++) {
        check_text(jd_tag_name(tags[i].tag), tags[i].name);
    }
    for (int kind = JD_LINK_NONE; kind <= JD_LINK_MALFORMED; kind++) {
        check_text(jd_link_kind_word((enum jd_link_kind)kind), words[kind]);
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
