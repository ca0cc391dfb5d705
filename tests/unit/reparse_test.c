/* SPDX-License-Identifier: MIT */
#include "common/reparse.h"

#include "common/buf.h"
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
