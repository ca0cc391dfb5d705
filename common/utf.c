/* SPDX-License-Identifier: MIT */
#include "common/utf.h"

enum { REPLACEMENT = 0xFFFD, SUPPLEMENT = 0x10000 };

/* One row per lead byte of The Unicode Standard, table 3-7: the second byte's range is what makes a form unique. */
struct lead {
    unsigned char first, last;
    unsigned char len;
    unsigned char second_first, second_last;
};

static const struct lead leads[] = {
    {0x00, 0x7F, 1, 0x00, 0x00}, {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF},
    {0xE1, 0xEC, 3, 0x80, 0xBF}, {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF},
    {0xF0, 0xF0, 4, 0x90, 0xBF}, {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

static const struct lead *lead_of(unsigned char byte)
{
    for (size_t i = 0; i < JD_COUNT(leads); i++) {
        if (byte >= leads[i].first && byte <= leads[i].last) {
            return &leads[i];
        }
    }
    return NULL;
}

/* Bytes of the valid sequence at text, 0 when there is none. len >= 1. */
static size_t sequence_len(const char *text, size_t len)
{
    const unsigned char *bytes = (const unsigned char *)text;
    const struct lead *lead = lead_of(bytes[0]);
    if (lead == NULL || lead->len > len) {
        return 0;
    }
    if (lead->len > 1 && (bytes[1] < lead->second_first || bytes[1] > lead->second_last)) {
        return 0;
    }
    for (size_t i = 2; i < lead->len; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return lead->len;
}

size_t jd_utf8_valid_prefix(const char *text, size_t len)
{
    size_t pos = 0;
    while (pos < len) {
        size_t step = sequence_len(text + pos, len - pos);
        if (step == 0) {
            break;
        }
        pos += step;
    }
    return pos;
}

uint32_t jd_utf8_next(const char *text, size_t len, size_t *pos)
{
    static const unsigned char lead_bits[] = {0x00, 0x7F, 0x1F, 0x0F, 0x07};
    const unsigned char *bytes = (const unsigned char *)text + *pos;
    size_t step = sequence_len(text + *pos, len - *pos);
    uint32_t code;
    if (step == 0) {
        *pos += 1;
        return REPLACEMENT;
    }
    code = bytes[0] & lead_bits[step];
    for (size_t i = 1; i < step; i++) {
        code = code << 6 | (bytes[i] & 0x3Fu);
    }
    *pos += step;
    return code;
}

size_t jd_utf8_put(uint32_t code, char out[4])
{
    static const unsigned char lead_mark[] = {0x00, 0x00, 0xC0, 0xE0, 0xF0};
    size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < SUPPLEMENT ? 3 : 4;
    for (size_t i = len; i > 1; i--) {
        out[i - 1] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    out[0] = (char)(lead_mark[len] | code);
    return len;
}

size_t jd_utf16_units(const char *text, size_t len)
{
    size_t units = 0;
    size_t pos = 0;
    while (pos < len) {
        units += jd_utf8_next(text, len, &pos) >= SUPPLEMENT ? 2 : 1;
    }
    return units;
}

/* Writes 1 or 2 units for a scalar value. */
static size_t put_units(uint32_t code, uint16_t *out)
{
    if (code < SUPPLEMENT) {
        out[0] = (uint16_t)code;
        return 1;
    }
    out[0] = (uint16_t)(0xD800 + ((code - SUPPLEMENT) >> 10));
    out[1] = (uint16_t)(0xDC00 + ((code - SUPPLEMENT) & 0x3FF));
    return 2;
}

enum jd_code jd_utf8_to_utf16(const char *text, size_t len, uint16_t *out, size_t cap, size_t *out_units,
                              struct jd_err *err)
{
    size_t units = 0;
    size_t pos = 0;
    if (jd_utf8_valid_prefix(text, len) != len) {
        return jd_fail(err, JD_E_INVALID_UTF8, "utf-8 to utf-16", NULL);
    }
    if (jd_utf16_units(text, len) > cap) {
        return jd_fail(err, JD_E_PATH_TOO_LONG, "utf-8 to utf-16", NULL);
    }
    while (pos < len) {
        units += put_units(jd_utf8_next(text, len, &pos), out + units);
    }
    *out_units = units;
    return JD_OK;
}

static bool is_high(uint16_t unit)
{
    return (unit & 0xFC00) == 0xD800;
}

static bool is_low(uint16_t unit)
{
    return (unit & 0xFC00) == 0xDC00;
}

bool jd_utf16_to_utf8(const uint16_t *units, size_t n, struct jd_buf *out)
{
    bool exact = true;
    for (size_t i = 0; i < n; i++) {
        uint32_t code = units[i];
        char bytes[4];
        if (is_high(units[i]) && i + 1 < n && is_low(units[i + 1])) {
            code = SUPPLEMENT + ((code - 0xD800) << 10) + (units[i + 1] - 0xDC00u);
            i++;
        } else if (is_high(units[i]) || is_low(units[i])) {
            code = REPLACEMENT;
            exact = false;
        }
        jd_buf_add(out, bytes, jd_utf8_put(code, bytes));
    }
    return exact;
}
