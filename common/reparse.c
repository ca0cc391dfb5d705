/* SPDX-License-Identifier: MIT */
#include "common/reparse.h"

#include "common/buf.h"
#include "common/utf.h"

#include <string.h>

enum {
    HEADER = 8,       /* tag, data length, reserved */
    GUID_HEADER = 24, /* the same and a GUID */
    NAMES = 8,        /* offset and length of both names */
    FLAGS = 4,        /* symbolic links only */
    FLAG_RELATIVE = 1,
    DRIVE_ROOT = 3 /* units of "X:\\" */
};

#define NT_PREFIX "\\??\\"

static const char stage[] = "decode reparse data";
static const char target_stage[] = "stored target";

/* Bytes not believed yet. */
struct span {
    const uint8_t *bytes;
    size_t len;
};

static uint16_t u16_at(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t u32_at(const uint8_t *bytes)
{
    return u16_at(bytes) | (uint32_t)u16_at(bytes + 2) << 16;
}

/* Copies the name that the offset and length at field claim out of area. False when they point outside it. */
static bool copy_name(const uint8_t *field, struct span area, uint16_t *out, size_t *out_units)
{
    size_t offset = u16_at(field);
    size_t len = u16_at(field + 2);
    if (offset % 2 != 0 || len % 2 != 0 || offset + len > area.len || len / 2 > JD_REPARSE_NAME_MAX) {
        return false;
    }
    for (size_t i = 0; i < len / 2; i++) {
        out[i] = u16_at(area.bytes + offset + 2 * i);
    }
    *out_units = len / 2;
    return true;
}

/* fixed: bytes between the header and the names' area. Names may overlap and stand in any order. */
static bool copy_names(struct span data, size_t fixed, struct jd_reparse *out)
{
    struct span area;
    if (data.len < fixed) {
        return false;
    }
    area = (struct span){data.bytes + fixed, data.len - fixed};
    return copy_name(data.bytes, area, out->substitute, &out->substitute_units) && out->substitute_units > 0 &&
           copy_name(data.bytes + 4, area, out->print, &out->print_units);
}

static bool starts_with(const uint16_t *units, size_t n, const char *ascii)
{
    size_t len = strlen(ascii);
    if (n < len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        uint16_t unit = units[i] >= 'a' && units[i] <= 'z' ? (uint16_t)(units[i] - 'a' + 'A') : units[i];
        if (unit != (unsigned char)ascii[i]) {
            return false;
        }
    }
    return true;
}

/* `\??\Volume{…}`, with or without the backslash of the root: whatever stands between the braces. */
static bool is_volume_root(const uint16_t *units, size_t n)
{
    if (n > 0 && units[n - 1] == '\\') {
        n--;
    }
    if (!starts_with(units, n, NT_PREFIX "VOLUME{") || units[n - 1] != '}') {
        return false;
    }
    for (size_t i = strlen(NT_PREFIX); i < n; i++) {
        if (units[i] == '\\') {
            return false;
        }
    }
    return true;
}

static bool decode_mount_point(struct span data, struct jd_reparse *out)
{
    if (!copy_names(data, NAMES, out)) {
        return false;
    }
    out->kind = is_volume_root(out->substitute, out->substitute_units) ? JD_LINK_VOLUME_MOUNT_POINT : JD_LINK_JUNCTION;
    return true;
}

static bool decode_symbolic_link(struct span data, struct jd_reparse *out)
{
    if (!copy_names(data, NAMES + FLAGS, out)) {
        return false;
    }
    out->is_relative = (u32_at(data.bytes + NAMES) & FLAG_RELATIVE) != 0;
    out->kind = JD_LINK_SYMBOLIC_LINK;
    return true;
}

/* bytes: at least GUID_HEADER of them. */
static void take_guid(const uint8_t *bytes, struct jd_reparse *out)
{
    out->has_guid = true;
    memcpy(out->guid, bytes + HEADER, sizeof out->guid);
}

/* A tag without the Microsoft bit has the longer header, which the data length does not count (MS-FSCC 2.1.2.3). */
static size_t header_len(uint32_t tag)
{
    return (tag & JD_TAG_MICROSOFT_BIT) != 0 ? HEADER : GUID_HEADER;
}

static bool decode(struct span whole, struct jd_reparse *out)
{
    size_t header = header_len(out->tag);
    struct span data;
    if (whole.len < header || whole.len > JD_REPARSE_MAX || whole.len - header != u16_at(whole.bytes + 4)) {
        return false;
    }
    data = (struct span){whole.bytes + HEADER, whole.len - HEADER};
    if (out->tag == JD_TAG_MOUNT_POINT) {
        return decode_mount_point(data, out);
    }
    if (out->tag == JD_TAG_SYMLINK) {
        return decode_symbolic_link(data, out);
    }
    if (header == GUID_HEADER) {
        take_guid(whole.bytes, out);
    }
    out->kind = JD_LINK_OTHER;
    return true;
}

static void forget(struct jd_reparse *out, uint32_t tag)
{
    out->kind = JD_LINK_MALFORMED;
    out->tag = tag;
    out->is_relative = false;
    out->has_guid = false;
    memset(out->guid, 0, sizeof out->guid);
    out->substitute_units = 0;
    out->print_units = 0;
}

enum jd_code jd_reparse_decode(const uint8_t *bytes, size_t len, struct jd_reparse *out, struct jd_err *err)
{
    uint32_t tag = len >= sizeof tag ? u32_at(bytes) : 0;
    forget(out, tag);
    if (!decode((struct span){bytes, len}, out)) {
        forget(out, tag);
        return jd_fail(err, JD_E_BAD_REPARSE_DATA, stage, NULL);
    }
    return JD_OK;
}

/* A NUL would end the text for everybody who reads it as a C string: it is shown as a lone surrogate is. */
static bool add_units(const uint16_t *units, size_t n, struct jd_buf *out)
{
    bool exact = true;
    size_t start = 0;
    for (size_t i = 0; i < n; i++) {
        if (units[i] == 0) {
            jd_utf16_to_utf8(units + start, i - start, out);
            jd_buf_add_text(out, "\xEF\xBF\xBD");
            start = i + 1;
            exact = false;
        }
    }
    return jd_utf16_to_utf8(units + start, n - start, out) && exact;
}

static bool is_drive_path(const uint16_t *units, size_t n)
{
    uint16_t letter = n >= DRIVE_ROOT ? units[0] | 0x20 : 0;
    return letter >= 'a' && letter <= 'z' && units[1] == ':' && units[2] == '\\';
}

/* Without one trailing backslash, except at the root. */
static size_t without_slash(const uint16_t *units, size_t n)
{
    return n > DRIVE_ROOT && units[n - 1] == '\\' ? n - 1 : n;
}

bool jd_reparse_win32_name(const uint16_t *units, size_t n, struct jd_buf *out)
{
    size_t prefix = strlen(NT_PREFIX);
    if (!starts_with(units, n, NT_PREFIX)) {
        return add_units(units, n, out);
    }
    if (is_drive_path(units + prefix, n - prefix)) {
        return add_units(units + prefix, without_slash(units + prefix, n - prefix), out);
    }
    if (starts_with(units + prefix, n - prefix, "VOLUME{")) {
        jd_buf_add_text(out, "\\\\?\\");
        return add_units(units + prefix, n - prefix, out);
    }
    if (starts_with(units + prefix, n - prefix, "UNC\\")) {
        jd_buf_add_text(out, "\\");
        return add_units(units + prefix + 3, n - prefix - 3, out);
    }
    return add_units(units, n, out);
}

enum jd_code jd_reparse_target(const struct jd_reparse *reparse, struct jd_winpath *out, struct jd_err *err)
{
    size_t prefix = strlen(NT_PREFIX);
    const uint16_t *units = reparse->substitute + prefix;
    struct jd_buf text;
    enum jd_code code;
    if (!starts_with(reparse->substitute, reparse->substitute_units, NT_PREFIX)) {
        return jd_fail(err, JD_E_BAD_PATH, target_stage, "not_absolute");
    }
    jd_buf_init(&text, JD_REPARSE_MAX * 2);
    if (!jd_utf16_to_utf8(units, without_slash(units, reparse->substitute_units - prefix), &text)) {
        code = jd_fail(err, JD_E_BAD_REPARSE_DATA, target_stage, NULL);
    } else if (text.failed) {
        code = jd_fail(err, JD_E_NO_MEMORY, target_stage, NULL);
    } else {
        code = jd_winpath_parse(text.len == 0 ? "" : text.data, text.len, out, err);
    }
    jd_buf_done(&text);
    return code;
}
