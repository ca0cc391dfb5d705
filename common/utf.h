/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 and UTF-16. UTF-8 from outside is strict (The Unicode Standard, table 3-7: no overlong form,
 * no surrogate, nothing above U+10FFFF). UTF-16 read from NTFS may hold lone surrogates: they are
 * shown as U+FFFD and reported, never passed on as if they were text.
 * Pure; any thread.
 */
#pragma once

#include "common/buf.h"

/* Bytes of the longest strictly valid prefix; == len when all is valid. NUL counts as valid. */
size_t jd_utf8_valid_prefix(const char *text, size_t len);

/*
 * Decodes one code point of *valid* UTF-8 at *pos (< len) and advances *pos.
 * On invalid bytes returns U+FFFD and advances by one byte.
 */
uint32_t jd_utf8_next(const char *text, size_t len, size_t *pos);

/* Writes 1..4 bytes, no NUL; returns how many. code must be a scalar value. */
size_t jd_utf8_put(uint32_t code, char out[4]);

/* UTF-16 code units that valid UTF-8 takes. */
size_t jd_utf16_units(const char *text, size_t len);

/*
 * UTF-8 to UTF-16 (host order). Fails with INVALID_UTF8, or PATH_TOO_LONG when cap units do not hold it.
 * No terminator is written.
 */
JD_MUST_CHECK enum jd_code jd_utf8_to_utf16(const char *text, size_t len, uint16_t *out, size_t cap,
                                            size_t *out_units, struct jd_err *err);

/*
 * UTF-16 to UTF-8, appended to out; a lone surrogate becomes U+FFFD. Returns true when there was none,
 * that is, when the text is exact. Look at out->failed afterwards.
 */
bool jd_utf16_to_utf8(const uint16_t *units, size_t n, struct jd_buf *out);

/*
 * True for what can mislead a reader of a log or a screen: C0 and C1 controls, DEL, bidi controls
 * (UAX #9), default-ignorable and zero-width characters, line and paragraph separators, spaces other
 * than U+0020, noncharacters, tag characters, variation selectors, U+FFFD, and look-alikes of the path separators.
 */
bool jd_is_misleading(uint32_t code);

/*
 * Appends text with every misleading character, and every invalid byte, shown as <U+XXXX> (<XX> for a
 * byte). '<' and '>' cannot stand in a Windows name, so the form is unambiguous for paths; in free text
 * a literal '<' is shown as it is.
 */
void jd_text_escape(const char *text, size_t len, struct jd_buf *out);
