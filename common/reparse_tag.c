/* SPDX-License-Identifier: MIT */
/* Names for kinds and tags; MS-FSCC 2.1.2.1. */
#include "common/reparse.h"

const char *jd_link_kind_word(enum jd_link_kind kind)
{
    static const char *const words[] = {
        [JD_LINK_NONE] = "none",
        [JD_LINK_JUNCTION] = "junction",
        [JD_LINK_VOLUME_MOUNT_POINT] = "volume_mount_point",
        [JD_LINK_SYMBOLIC_LINK] = "symbolic_link",
        [JD_LINK_OTHER] = "other",
        [JD_LINK_MALFORMED] = "malformed",
    };
    return words[(unsigned)kind < JD_COUNT(words) ? kind : JD_LINK_MALFORMED];
}

struct row {
    uint32_t tag;
    const char *name;
};

#define TAG(number, name)                         \
    {                                             \
        UINT32_C(number), "IO_REPARSE_TAG_" #name \
    }

/* clang-format off */
static const struct row rows[] = {
    TAG(0x00000000, RESERVED_ZERO),
    TAG(0x00000001, RESERVED_ONE),
    TAG(0x00000002, RESERVED_TWO),
    TAG(0xA0000003, MOUNT_POINT),
    TAG(0xC0000004, HSM),
    TAG(0x80000005, DRIVE_EXTENDER),
    TAG(0x80000006, HSM2),
    TAG(0x80000007, SIS),
    TAG(0x80000008, WIM),
    TAG(0x80000009, CSV),
    TAG(0x8000000A, DFS),
    TAG(0x8000000B, FILTER_MANAGER),
    TAG(0xA000000C, SYMLINK),
    TAG(0xA0000010, IIS_CACHE),
    TAG(0x80000012, DFSR),
    TAG(0x80000013, DEDUP),
    TAG(0xC0000014, APPXSTRM),
    TAG(0x80000014, NFS),
    TAG(0x80000015, FILE_PLACEHOLDER),
    TAG(0x80000016, DFM),
    TAG(0x80000017, WOF),
    TAG(0x80000018, WCI),
    TAG(0x90001018, WCI_1),
    TAG(0xA0000019, GLOBAL_REPARSE),
    TAG(0x9000001A, CLOUD),
    TAG(0x9000101A, CLOUD_1),
    TAG(0x9000201A, CLOUD_2),
    TAG(0x9000301A, CLOUD_3),
    TAG(0x9000401A, CLOUD_4),
    TAG(0x9000501A, CLOUD_5),
    TAG(0x9000601A, CLOUD_6),
    TAG(0x9000701A, CLOUD_7),
    TAG(0x9000801A, CLOUD_8),
    TAG(0x9000901A, CLOUD_9),
    TAG(0x9000A01A, CLOUD_A),
    TAG(0x9000B01A, CLOUD_B),
    TAG(0x9000C01A, CLOUD_C),
    TAG(0x9000D01A, CLOUD_D),
    TAG(0x9000E01A, CLOUD_E),
    TAG(0x9000F01A, CLOUD_F),
    TAG(0x8000001B, APPEXECLINK),
    TAG(0x9000001C, PROJFS),
    TAG(0xA000001D, LX_SYMLINK),
    TAG(0x8000001E, STORAGE_SYNC),
    TAG(0x90000027, STORAGE_SYNC_FOLDER),
    TAG(0xA000001F, WCI_TOMBSTONE),
    TAG(0x80000020, UNHANDLED),
    TAG(0x80000021, ONEDRIVE),
    TAG(0xA0000022, PROJFS_TOMBSTONE),
    TAG(0x80000023, AF_UNIX),
    TAG(0x80000024, LX_FIFO),
    TAG(0x80000025, LX_CHR),
    TAG(0x80000026, LX_BLK),
    TAG(0xA0000027, WCI_LINK),
    TAG(0xA0001027, WCI_LINK_1),
    TAG(0xA0000028, DATALESS_CIM),
};
/* clang-format on */

const char *jd_tag_name(uint32_t tag)
{
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        if (rows[i].tag == tag) {
            return rows[i].name;
        }
    }
    return "unknown";
}
