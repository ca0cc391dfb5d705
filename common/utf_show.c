/* SPDX-License-Identifier: MIT */
/* Which characters may stand on a screen or in a log as they are. */
#include "common/utf.h"

struct span {
    uint32_t first, last;
};

/*
 * Sorted. The names say why each is here; default-ignorable is the property of that name in the Unicode
 * Character Database (DerivedCoreProperties), unassigned code points it reserves included.
 */
static const struct span hidden[] = {
    {0x0000, 0x001F},   /* C0 controls: terminal escapes, line ends */
    {0x007F, 0x009F},   /* DEL and C1 controls; U+0085 ends a line */
    {0x00A0, 0x00A0},   /* no-break space */
    {0x00AD, 0x00AD},   /* soft hyphen, default-ignorable */
    {0x034F, 0x034F},   /* combining grapheme joiner, default-ignorable */
    {0x061C, 0x061C},   /* Arabic letter mark, bidi */
    {0x115F, 0x1160},   /* Hangul fillers, default-ignorable */
    {0x1680, 0x1680},   /* Ogham space */
    {0x17B4, 0x17B5},   /* Khmer inherent vowels, default-ignorable */
    {0x180B, 0x180F},   /* Mongolian variation selectors and vowel separator */
    {0x2000, 0x200F},   /* typographic spaces, zero-width characters, bidi marks */
    {0x2028, 0x202F},   /* line and paragraph separators, bidi embeddings, narrow no-break space */
    {0x205F, 0x206F},   /* mathematical space, invisible operators, bidi isolates */
    {0x2800, 0x2800},   /* Braille blank, looks like a space */
    {0x3000, 0x3000},   /* ideographic space */
    {0x3164, 0x3164},   /* Hangul filler, default-ignorable */
    {0xD800, 0xDFFF},   /* surrogates: no characters at all */
    {0xFDD0, 0xFDEF},   /* noncharacters */
    {0xFE00, 0xFE0F},   /* variation selectors */
    {0xFEFF, 0xFEFF},   /* byte order mark */
    {0xFFA0, 0xFFA0},   /* half-width Hangul filler, default-ignorable */
    {0xFFF0, 0xFFFD},   /* reserved default-ignorables, annotation controls, object and replacement character */
    {0x13430, 0x1343F}, /* Egyptian hieroglyph format controls */
    {0x1BCA0, 0x1BCA3}, /* shorthand format controls, default-ignorable */
    {0x1D173, 0x1D17A}, /* musical format controls, default-ignorable */
    {0xE0000, 0xE0FFF}, /* tag characters, supplementary variation selectors, reserved default-ignorables */
};

/*
 * Look like a slash or a backslash, or become one in a legacy code page, so that one name reads as two.
 * Sorted. Letters that only resemble a stroke (the kana no, the radical slash) stay readable.
 */
static const uint32_t separators[] = {
    0x00A5,  /* yen sign: the backslash of code page 932 */
    0x2044,  /* fraction slash */
    0x20A9,  /* won sign: the backslash of code page 949 */
    0x2215,  /* division slash */
    0x2216,  /* set minus */
    0x2571,  /* box drawings, rising diagonal */
    0x2572,  /* box drawings, falling diagonal */
    0x27CB,  /* mathematical rising diagonal */
    0x27CD,  /* mathematical falling diagonal */
    0x29F5,  /* reverse solidus operator */
    0x29F8,  /* big solidus */
    0x29F9,  /* big reverse solidus */
    0xFE68,  /* small reverse solidus */
    0xFF0F,  /* full-width solidus */
    0xFF3C,  /* full-width reverse solidus */
    0x1F67C, /* very heavy solidus */
    0x1F67D, /* very heavy reverse solidus */
};

static bool is_hidden(uint32_t code)
{
    for (size_t i = 0; i < JD_COUNT(hidden) && hidden[i].first <= code; i++) {
        if (code <= hidden[i].last) {
            return true;
        }
    }
    return false;
}

static bool is_like_separator(uint32_t code)
{
    for (size_t i = 0; i < JD_COUNT(separators) && separators[i] <= code; i++) {
        if (separators[i] == code) {
            return true;
        }
    }
    return false;
}

static bool is_noncharacter(uint32_t code)
{
    return (code & 0xFFFE) == 0xFFFE || code > 0x10FFFF;
}

bool jd_is_misleading(uint32_t code)
{
    return is_hidden(code) || is_like_separator(code) || is_noncharacter(code);
}

/* jd_utf8_next gives U+FFFD for a broken byte too, but a real one takes three bytes. */
static bool is_broken(uint32_t code, size_t taken)
{
    return code == 0xFFFD && taken == 1;
}

void jd_text_escape(const char *text, size_t len, struct jd_buf *out)
{
    size_t pos = 0;
    while (pos < len) {
        size_t start = pos;
        uint32_t code = jd_utf8_next(text, len, &pos);
        if (is_broken(code, pos - start)) {
            jd_buf_add_format(out, "<%02X>", (unsigned)(unsigned char)text[start]);
        } else if (jd_is_misleading(code)) {
            jd_buf_add_format(out, "<U+%04lX>", (unsigned long)code);
        } else {
            jd_buf_add(out, text + start, pos - start);
        }
    }
}
