/* SPDX-License-Identifier: MIT */
/*
 * Reparse data, as bytes: encoding a junction and decoding whatever stands on disk. No operating system.
 * Layout: MS-FSCC 2.1.2.2 (REPARSE_DATA_BUFFER), 2.1.2.3 (REPARSE_GUID_DATA_BUFFER), 2.1.2.4 (Symbolic Link),
 * 2.1.2.5 (Mount Point); tags: MS-FSCC 2.1.2.1. Bytes from a volume are hostile input: no length or
 * offset is believed before it is checked, nothing points into the input afterwards.
 * Pure; any thread.
 */
#pragma once

#include "common/winpath.h"

enum {
    JD_REPARSE_MIN = 8,     /* bytes: the header */
    JD_REPARSE_MAX = 16384, /* bytes: MAXIMUM_REPARSE_DATA_BUFFER_SIZE */
    JD_REPARSE_NAME_MAX = 8192 /* UTF-16 units: more than fits */
};

#define JD_TAG_MOUNT_POINT UINT32_C(0xA0000003)
#define JD_TAG_SYMLINK UINT32_C(0xA000000C)
#define JD_TAG_MICROSOFT_BIT UINT32_C(0x80000000)

enum jd_link_kind {
    JD_LINK_NONE,               /* no reparse point: a plain file or directory */
    JD_LINK_JUNCTION,           /* mount-point tag leading to a directory */
    JD_LINK_VOLUME_MOUNT_POINT, /* mount-point tag leading to the root of \??\Volume{GUID}\ */
    JD_LINK_SYMBOLIC_LINK,
    JD_LINK_OTHER,              /* any other tag */
    JD_LINK_MALFORMED           /* a known tag whose data does not decode */
};

/* What reparse data says. About 32 KiB: keep it on the heap. */
struct jd_reparse {
    enum jd_link_kind kind;
    uint32_t tag;
    bool is_relative; /* symbolic links only */
    bool has_guid;    /* tags without the Microsoft bit */
    uint8_t guid[16];
    size_t substitute_units, print_units;
    uint16_t substitute[JD_REPARSE_NAME_MAX]; /* host order, not terminated */
    uint16_t print[JD_REPARSE_NAME_MAX];
};

const char *jd_link_kind_word(enum jd_link_kind kind); /* "junction", "volume_mount_point", … "none" */
const char *jd_tag_name(uint32_t tag);                 /* "IO_REPARSE_TAG_MOUNT_POINT"; "unknown" */

/*
 * Junction data for target: substitute name `\??\X:\a`, print name `X:\a`, both NUL-terminated.
 * out holds JD_REPARSE_MAX bytes. Fails with PATH_TOO_LONG.
 */
JD_MUST_CHECK enum jd_code jd_reparse_encode(const struct jd_winpath *target, uint8_t *out,
                                             size_t *out_len, struct jd_err *err);

/*
 * Fails with BAD_REPARSE_DATA (header or lengths are a lie: out->kind is JD_LINK_MALFORMED and out->tag is
 * set where four bytes could be read). Names hold what the data says, lone surrogates included.
 */
JD_MUST_CHECK enum jd_code jd_reparse_decode(const uint8_t *bytes, size_t len, struct jd_reparse *out,
                                             struct jd_err *err);

/*
 * The Win32 form of a stored name, as UTF-8: `\??\C:\a\` becomes `C:\a`, `\??\Volume{…}\` becomes
 * `\\?\Volume{…}\`, `\??\UNC\s\h` becomes `\\s\h`; other names are told as they are. Returns false when
 * the name held a lone surrogate or a NUL (shown as U+FFFD). Look at out->failed afterwards.
 */
struct jd_buf;
bool jd_reparse_win32_name(const uint16_t *units, size_t n, struct jd_buf *out);

/*
 * The target as a canonical path, when the stored substitute name is one: `\??\X:\a`, with or without one
 * trailing backslash. Fails with BAD_PATH (another form), BAD_REPARSE_DATA (lone surrogate) or NO_MEMORY.
 */
JD_MUST_CHECK enum jd_code jd_reparse_target(const struct jd_reparse *reparse, struct jd_winpath *out,
                                             struct jd_err *err);
