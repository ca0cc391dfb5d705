/* SPDX-License-Identifier: MIT */
#include "protocol/scan_string.h"

#include "common/utf.h"

#include <string.h>

enum { HEX_DIGITS = 4, UNICODE_ESCAPE = 6 /* \uXXXX */ };

static const char escape_letters[] = "\"\\/bfnrt";
static const char escape_meanings[] = "\"\\/\b\f\n\r\t";

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool read_hex4(const char *text, size_t len, size_t pos, uint32_t *out)
{
    uint32_t code = 0;
    if (len - pos < HEX_DIGITS) {
        return false;
    }
    for (size_t i = 0; i < HEX_DIGITS; i++) {
        int value = hex_value(text[pos + i]);
        if (value < 0) {
            return false;
        }
        code = code << 4 | (uint32_t)value;
    }
    *out = code;
    return true;
}

static bool is_high_surrogate(uint32_t code)
{
    return code >= 0xD800 && code <= 0xDBFF;
}

static bool is_low_surrogate(uint32_t code)
{
    return code >= 0xDC00 && code <= 0xDFFF;
}

/* *pos stands on the 'u'. */
static enum jd_code judge_unicode_escape(const char *text, size_t len, size_t *pos, const char **out_why)
{
    uint32_t first;
    uint32_t second;
    *out_why = "\\u wants four hexadecimal digits";
    if (!read_hex4(text, len, *pos + 1, &first)) {
        return JD_E_PARSE_ERROR;
    }
    *out_why = "\\u0000 is not allowed";
    if (first == 0) {
        return JD_E_BAD_STRING;
    }
    *out_why = "half a surrogate pair";
    if (is_low_surrogate(first)) {
        return JD_E_BAD_STRING;
    }
    *pos += 1 + HEX_DIGITS;
    if (!is_high_surrogate(first)) {
        return JD_OK;
    }
    if (len - *pos < 2 || text[*pos] != '\\' || text[*pos + 1] != 'u') {
        return JD_E_BAD_STRING;
    }
    if (!read_hex4(text, len, *pos + 2, &second)) {
        *out_why = "\\u wants four hexadecimal digits";
        return JD_E_PARSE_ERROR;
    }
    *pos += UNICODE_ESCAPE;
    return is_low_surrogate(second) ? JD_OK : JD_E_BAD_STRING;
}

/* *pos stands behind the backslash. */
static enum jd_code judge_escape(const char *text, size_t len, size_t *pos, const char **out_why)
{
    if (*pos < len && text[*pos] == 'u') {
        return judge_unicode_escape(text, len, pos, out_why);
    }
    if (*pos == len || memchr(escape_letters, text[*pos], sizeof escape_letters - 1) == NULL) {
        *out_why = "an escape that JSON does not have";
        return JD_E_PARSE_ERROR;
    }
    (*pos)++;
    return JD_OK;
}

enum jd_code jd_scan_string(const char *text, size_t len, size_t *pos, bool *out_escaped, const char **out_why)
{
    enum jd_code code = JD_OK;
    *out_escaped = false;
    (*pos)++;
    while (code == JD_OK && *pos < len) {
        unsigned char c = (unsigned char)text[*pos];
        if (c == '"') {
            (*pos)++;
            return JD_OK;
        }
        if (c < 0x20) {
            *out_why = "a control character in a string";
            return JD_E_PARSE_ERROR;
        }
        (*pos)++;
        if (c == '\\') {
            *out_escaped = true;
            code = judge_escape(text, len, pos, out_why);
        }
    }
    if (code == JD_OK) {
        *out_why = "a string without its closing quote";
        code = JD_E_PARSE_ERROR;
    }
    return code;
}

/* *pos stands on the 'u' of a judged escape. */
static uint32_t decode_unicode_escape(const char *raw, size_t len, size_t *pos)
{
    uint32_t code = 0;
    uint32_t low = 0;
    (void)read_hex4(raw, len, *pos + 1, &code);
    *pos += 1 + HEX_DIGITS;
    if (is_high_surrogate(code)) {
        (void)read_hex4(raw, len, *pos + 2, &low);
        *pos += UNICODE_ESCAPE;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    return code;
}

size_t jd_scan_unescape(const char *raw, size_t len, char *out)
{
    size_t n = 0;
    size_t pos = 0;
    while (pos < len) {
        if (raw[pos] != '\\') {
            out[n++] = raw[pos++];
        } else if (raw[++pos] == 'u') {
            n += jd_utf8_put(decode_unicode_escape(raw, len, &pos), out + n);
        } else {
            const char *letter = memchr(escape_letters, raw[pos++], sizeof escape_letters - 1);
            out[n++] = escape_meanings[letter - escape_letters];
        }
    }
    return n;
}
