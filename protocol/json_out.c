/* SPDX-License-Identifier: MIT */
#include "protocol/json_out.h"

#include "common/utf.h"

#include <inttypes.h>
#include <string.h>

void jd_out_init(struct jd_json_out *out, struct jd_buf *buf)
{
    *out = (struct jd_json_out){.buf = buf};
}

/* Before every value and key. */
static void separate(struct jd_json_out *out)
{
    if (out->need_comma) {
        jd_buf_add_char(out->buf, ',');
    }
    out->need_comma = true;
}

void jd_out_begin(struct jd_json_out *out, char bracket)
{
    separate(out);
    jd_buf_add_char(out->buf, bracket);
    out->need_comma = false;
}

void jd_out_end(struct jd_json_out *out, char bracket)
{
    jd_buf_add_char(out->buf, bracket);
    out->need_comma = true;
}

void jd_out_key(struct jd_json_out *out, const char *key)
{
    jd_out_string(out, key);
    jd_buf_add_char(out->buf, ':');
    out->need_comma = false;
}

void jd_out_string(struct jd_json_out *out, const char *text)
{
    jd_out_string_n(out, text, strlen(text));
}

static bool is_plain(char c)
{
    return c >= 0x20 && c <= 0x7E && c != '"' && c != '\\';
}

static void add_escaped(struct jd_buf *buf, uint32_t code)
{
    if (code < 0x10000) {
        jd_buf_add_format(buf, "\\u%04" PRIx32, code);
    } else {
        code -= 0x10000;
        jd_buf_add_format(buf, "\\u%04" PRIx32 "\\u%04" PRIx32, 0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF));
    }
}

static void add_code(struct jd_buf *buf, uint32_t code)
{
    char bytes[4];
    if (code == '"' || code == '\\') {
        jd_buf_add_char(buf, '\\');
        jd_buf_add_char(buf, (char)code);
    } else if (jd_is_misleading(code)) {
        add_escaped(buf, code);
    } else {
        jd_buf_add(buf, bytes, jd_utf8_put(code, bytes));
    }
}

void jd_out_string_n(struct jd_json_out *out, const char *text, size_t len)
{
    size_t pos = 0;
    separate(out);
    jd_buf_add_char(out->buf, '"');
    while (pos < len) {
        size_t from = pos;
        while (pos < len && is_plain(text[pos])) {
            pos++;
        }
        jd_buf_add(out->buf, text + from, pos - from);
        if (pos < len) {
            add_code(out->buf, jd_utf8_next(text, len, &pos));
        }
    }
    jd_buf_add_char(out->buf, '"');
}

void jd_out_integer(struct jd_json_out *out, int64_t value)
{
    separate(out);
    jd_buf_add_format(out->buf, "%" PRId64, value);
}

void jd_out_bool(struct jd_json_out *out, bool value)
{
    separate(out);
    jd_buf_add_text(out->buf, value ? "true" : "false");
}

void jd_out_null(struct jd_json_out *out)
{
    separate(out);
    jd_buf_add_text(out->buf, "null");
}

void jd_out_raw(struct jd_json_out *out, const char *json, size_t len)
{
    separate(out);
    jd_buf_add(out->buf, json, len);
}

void jd_out_member(struct jd_json_out *out, const char *key, const char *text)
{
    if (text != NULL) {
        jd_out_key(out, key);
        jd_out_string(out, text);
    }
}

void jd_out_member_integer(struct jd_json_out *out, const char *key, int64_t value)
{
    jd_out_key(out, key);
    jd_out_integer(out, value);
}

void jd_out_member_bool(struct jd_json_out *out, const char *key, bool value)
{
    jd_out_key(out, key);
    jd_out_bool(out, value);
}
