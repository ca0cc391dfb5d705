/* SPDX-License-Identifier: MIT */
#include "common/reparse.h"

#include "common/utf.h"

#include <string.h>

enum {
    HEADER = 8,       /* tag, data length, reserved */
    NAMES = 8,        /* offset and length of both names */
    PREFIX_UNITS = 4, /* "\??\" */
    UNIT = 2
};

/* Where the next byte goes. The size is settled before the first one is written. */
struct writer {
    uint8_t *at;
};

static void put_u16(struct writer *writer, size_t value)
{
    *writer->at++ = (uint8_t)(value & 0xFF);
    *writer->at++ = (uint8_t)(value >> 8 & 0xFF);
}

static void put_u32(struct writer *writer, uint32_t value)
{
    put_u16(writer, value & 0xFFFF);
    put_u16(writer, value >> 16);
}

static void put_text(struct writer *writer, const char *text, size_t len)
{
    size_t pos = 0;
    while (pos < len) {
        uint32_t code = jd_utf8_next(text, len, &pos);
        if (code > 0xFFFF) {
            put_u16(writer, 0xD800 + ((code - 0x10000) >> 10));
            put_u16(writer, 0xDC00 + ((code - 0x10000) & 0x3FF));
        } else {
            put_u16(writer, code);
        }
    }
}

enum jd_code jd_reparse_encode(const struct jd_winpath *target, uint8_t *out, size_t *out_len, struct jd_err *err)
{
    struct writer writer = {out};
    size_t print_len = UNIT * jd_utf16_units(target->text, target->len);
    size_t substitute_len = print_len + UNIT * PREFIX_UNITS;
    size_t data_len = NAMES + substitute_len + UNIT + print_len + UNIT;
    /* Before anything is written or made: both lengths go into 16 bits. */
    if (HEADER + data_len > JD_REPARSE_MAX) {
        return jd_fail(err, JD_E_PATH_TOO_LONG, "encode reparse data", NULL);
    }
    put_u32(&writer, JD_TAG_MOUNT_POINT);
    put_u16(&writer, data_len);
    put_u16(&writer, 0);
    put_u16(&writer, 0);
    put_u16(&writer, substitute_len);
    put_u16(&writer, substitute_len + UNIT);
    put_u16(&writer, print_len);
    put_text(&writer, "\\??\\", PREFIX_UNITS);
    put_text(&writer, target->text, target->len);
    put_u16(&writer, 0);
    put_text(&writer, target->text, target->len);
    put_u16(&writer, 0);
    *out_len = HEADER + data_len;
    return JD_OK;
}
