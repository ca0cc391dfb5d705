/* SPDX-License-Identifier: MIT */
#include "common/reparse.h"

#include "common/buf.h"
#include "common/utf.h"
#include "tests/support/suite.h"
#include "tests/unit/reparse_fixture.h"

#include <stdlib.h>
#include <string.h>

static struct jd_winpath parsed(const char *text, size_t len)
{
    struct jd_winpath path;
    struct jd_err err;
    check_ok(jd_winpath_parse(text, len, &path, &err), &err);
    return path;
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

TEST(reparse, characters_at_every_edge_come_back)
{
    static const uint32_t codes[] = {0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x103FF, 0x10400, 0x10FFFF};
    static uint8_t out[JD_REPARSE_MAX];
    for (size_t i = 0; i < JD_COUNT(codes); i++) {
        char text[8] = "E:\\";
        size_t text_len = 3 + jd_utf8_put(codes[i], text + 3);
        struct jd_winpath target = parsed(text, text_len);
        struct jd_winpath back;
        struct jd_reparse *reparse;
        struct jd_err err;
        size_t len = 0;
        check_case("U+%04lX", (unsigned long)codes[i]);
        check_ok(jd_reparse_encode(&target, out, &len, &err), &err);
        reparse = decoded(out, len, JD_OK);
        check_int(reparse->print_units, codes[i] > 0xFFFF ? 5 : 4);
        check_ok(jd_reparse_target(reparse, &back, &err), &err);
        check_text(back.text, target.text);
        jd_winpath_done(&back);
        jd_winpath_done(&target);
        free(reparse);
    }
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

/* MS-FSCC 2.1.2.1, said a second time. */
static const struct {
    uint32_t tag;
    const char *name;
} tags[] = {
    {0x00000000, "RESERVED_ZERO"},
    {0x00000001, "RESERVED_ONE"},
    {0x00000002, "RESERVED_TWO"},
    {0x80000005, "DRIVE_EXTENDER"},
    {0x80000006, "HSM2"},
    {0x80000007, "SIS"},
    {0x80000008, "WIM"},
    {0x80000009, "CSV"},
    {0x8000000A, "DFS"},
    {0x8000000B, "FILTER_MANAGER"},
    {0x80000012, "DFSR"},
    {0x80000013, "DEDUP"},
    {0x80000014, "NFS"},
    {0x80000015, "FILE_PLACEHOLDER"},
    {0x80000016, "DFM"},
    {0x80000017, "WOF"},
    {0x80000018, "WCI"},
    {0x8000001B, "APPEXECLINK"},
    {0x8000001E, "STORAGE_SYNC"},
    {0x80000020, "UNHANDLED"},
    {0x80000021, "ONEDRIVE"},
    {0x80000023, "AF_UNIX"},
    {0x80000024, "LX_FIFO"},
    {0x80000025, "LX_CHR"},
    {0x80000026, "LX_BLK"},
    {0x9000001A, "CLOUD"},
    {0x9000001C, "PROJFS"},
    {0x90000027, "STORAGE_SYNC_FOLDER"},
    {0x90001018, "WCI_1"},
    {0xA0000003, "MOUNT_POINT"},
    {0xA000000C, "SYMLINK"},
    {0xA0000010, "IIS_CACHE"},
    {0xA0000019, "GLOBAL_REPARSE"},
    {0xA000001D, "LX_SYMLINK"},
    {0xA000001F, "WCI_TOMBSTONE"},
    {0xA0000022, "PROJFS_TOMBSTONE"},
    {0xA0000027, "WCI_LINK"},
    {0xA0000028, "DATALESS_CIM"},
    {0xA0001027, "WCI_LINK_1"},
    {0xC0000004, "HSM"},
    {0xC0000014, "APPXSTRM"},
};

static void check_tag(uint32_t tag, const char *name)
{
    check_case("0x%08lX", (unsigned long)tag);
    check_true(strncmp(jd_tag_name(tag), "IO_REPARSE_TAG_", 15) == 0);
    check_text(jd_tag_name(tag) + 15, name);
}

TEST(reparse, tags_have_their_published_names)
{
    static const uint32_t unknown[] = {3, 0xC, 0x20000003, 0x80000003, 0x80000004, 0x9001001A, 0xFFFFFFFF};
    for (size_t i = 0; i < JD_COUNT(tags); i++) {
        check_tag(tags[i].tag, tags[i].name);
    }
    for (uint32_t i = 1; i < 16; i++) {
        const char name[] = {'C', 'L', 'O', 'U', 'D', '_', "0123456789ABCDEF"[i], '\0'};
        check_tag(0x9000001A + (i << 12), name);
    }
    for (size_t i = 0; i < JD_COUNT(unknown); i++) {
        check_text(jd_tag_name(unknown[i]), "unknown");
    }
}

TEST(reparse, every_kind_has_its_word)
{
    static const char *const words[] = {"none",          "junction", "volume_mount_point",
                                        "symbolic_link", "other",    "malformed"};
    for (int kind = JD_LINK_NONE; kind <= JD_LINK_MALFORMED; kind++) {
        check_text(jd_link_kind_word((enum jd_link_kind)kind), words[kind]);
    }
    check_text(jd_link_kind_word((enum jd_link_kind)99), "malformed");
}
