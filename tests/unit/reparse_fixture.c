/* SPDX-License-Identifier: MIT */
#include "tests/unit/reparse_fixture.h"

#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
const uint8_t junction_dump[JUNCTION_DUMP_LEN] = {
    0x03, 0x00, 0x00, 0xA0,             /* ReparseTag: mount point */
    0x24, 0x00, 0x00, 0x00,             /* ReparseDataLength 36, Reserved */
    0x00, 0x00, 0x10, 0x00,             /* SubstituteNameOffset 0, Length 16 */
    0x12, 0x00, 0x08, 0x00,             /* PrintNameOffset 18, Length 8 */
    '\\', 0, '?', 0, '?', 0, '\\', 0, 'C', 0, ':', 0, '\\', 0, 't', 0, 0, 0,
    'C', 0, ':', 0, '\\', 0, 't', 0, 0, 0,
};

const uint8_t relative_symlink_dump[RELATIVE_SYMLINK_DUMP_LEN] = {
    0x0C, 0x00, 0x00, 0xA0,             /* ReparseTag: symbolic link */
    0x14, 0x00, 0x00, 0x00,             /* ReparseDataLength 20, Reserved */
    0x02, 0x00, 0x06, 0x00,             /* SubstituteNameOffset 2, Length 6: after the print name, and unterminated */
    0x00, 0x00, 0x02, 0x00,             /* PrintNameOffset 0, Length 2 */
    0x01, 0x00, 0x00, 0x00,             /* Flags: relative */
    'p', 0, '.', 0, '\\', 0, 'x', 0,
};

const uint8_t guid_dump[GUID_DUMP_LEN] = {
    0x03, 0x00, 0x00, 0x20,             /* ReparseTag: the mount point's number without the Microsoft bit */
    0x02, 0x00, 0x00, 0x00,             /* ReparseDataLength 2, Reserved */
    0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, /* ReparseGuid */
    0xDE, 0xAD,
};

const uint8_t cloud_dump[CLOUD_DUMP_LEN] = {
    0x1A, 0x10, 0x00, 0x90,             /* ReparseTag: IO_REPARSE_TAG_CLOUD_1 */
    0x03, 0x00, 0x00, 0x00,             /* ReparseDataLength 3, Reserved */
    0x01, 0x02, 0x03,
};
/* clang-format on */

struct jd_reparse *decoded(const uint8_t *bytes, size_t len, enum jd_code expected)
{
    struct jd_reparse *out = malloc(sizeof *out);
    uint8_t *exact = malloc(len == 0 ? 1 : len);
    struct jd_err err;
    check_true(out != NULL && exact != NULL);
    memset(out, 0xA5, sizeof *out);
    memcpy(exact, bytes, len);
    check_code(jd_reparse_decode(exact, len, out, &err), expected, &err);
    free(exact);
    return out;
}

void check_units(const uint16_t *units, size_t n, const char *ascii)
{
    check_int(n, strlen(ascii));
    for (size_t i = 0; i < n; i++) {
        check_int(units[i], (unsigned char)ascii[i]);
    }
}
