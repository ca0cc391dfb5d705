/* SPDX-License-Identifier: MIT */
/*
 * Reparse data written out by hand from MS-FSCC 2.1.2, for the tests of the codec: it is not asked what it would have
 * written.
 */
#pragma once

#include "common/reparse.h"

enum { JUNCTION_DUMP_LEN = 44, RELATIVE_SYMLINK_DUMP_LEN = 28, GUID_DUMP_LEN = 26, CLOUD_DUMP_LEN = 11 };

extern const uint8_t junction_dump[JUNCTION_DUMP_LEN];                 /* `\??\C:\t`, print name `C:\t` */
extern const uint8_t relative_symlink_dump[RELATIVE_SYMLINK_DUMP_LEN]; /* `.\x`, print name `p` before it */
extern const uint8_t guid_dump[GUID_DUMP_LEN];                         /* a stranger's tag with a GUID */
extern const uint8_t cloud_dump[CLOUD_DUMP_LEN];                       /* IO_REPARSE_TAG_CLOUD_1, three bytes */

/*
 * Decodes from a block of exactly len bytes, so that the sanitizer sees a read past its end, and requires the code.
 * The caller frees.
 */
struct jd_reparse *decoded(const uint8_t *bytes, size_t len, enum jd_code expected);
void check_units(const uint16_t *units, size_t n, const char *ascii);
