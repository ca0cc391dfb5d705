/* SPDX-License-Identifier: MIT */
/*
 * Security descriptors as ntfs-3g gives and takes them in system.ntfs_acl: self-relative, MS-DTYP 2.4.6
 * (SECURITY_DESCRIPTOR), 2.4.5 (ACL), 2.4.4.2 (ACCESS_ALLOWED_ACE). On a reparse point they are the only way to
 * protection by handle: the kernel takes it for a symbolic link and refuses chmod. Windows reads the same descriptor
 * when the volume goes there.
 */
#include "service/os/posix/os_fs_posix.h"

#include <string.h>

enum {
    HEADER_BYTES = 20,
    ACL_HEADER_BYTES = 8,
    ACE_HEADER_BYTES = 8, /* type, flags, size, mask */
    SID_MIN_BYTES = 8,
    CONTROL_PUBLISHED = 0x9004, /* SELF_RELATIVE, DACL_PROTECTED, DACL_PRESENT */
    ACE_ALLOWED = 0,
    ACE_DENIED = 1
};

#define MASK_EVERYTHING UINT32_C(0x001F01FF)
#define MASK_READ_AND_TRAVERSE UINT32_C(0x001200A9)
/* READ_CONTROL, SYNCHRONIZE, READ_ATTRIBUTES, READ_EA: what mode 0700 leaves to others in ntfs-3g's own descriptors. */
#define MASK_HARMLESS UINT32_C(0x00120088)

static const uint8_t sid_system[] = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};
static const uint8_t sid_administrators[] = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0};
static const uint8_t sid_everyone[] = {1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0};

struct writer {
    uint8_t *at;
    size_t len;
};

static void put(struct writer *out, size_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        out->at[out->len++] = (uint8_t)(value >> (8 * i));
    }
}

static void put_bytes(struct writer *out, const uint8_t *bytes, size_t len)
{
    memcpy(out->at + out->len, bytes, len);
    out->len += len;
}

static void put_ace(struct writer *out, uint32_t mask, const uint8_t *sid, size_t sid_len)
{
    put(out, ACE_ALLOWED, 1);
    put(out, 0, 1);
    put(out, ACE_HEADER_BYTES + sid_len, 2);
    put(out, mask, 4);
    put_bytes(out, sid, sid_len);
}

size_t posix_acl_published(uint8_t out[POSIX_ACL_MAX])
{
    const size_t aces = 3 * ACE_HEADER_BYTES + sizeof sid_system + sizeof sid_administrators + sizeof sid_everyone;
    const size_t owner = HEADER_BYTES + ACL_HEADER_BYTES + aces;
    struct writer writer = {out, 0};
    put(&writer, 1, 2); /* revision */
    put(&writer, CONTROL_PUBLISHED, 2);
    put(&writer, owner, 4);
    put(&writer, owner + sizeof sid_system, 4); /* group */
    put(&writer, 0, 4);                         /* no SACL */
    put(&writer, HEADER_BYTES, 4);              /* the DACL */
    put(&writer, 2, 2);                         /* its revision */
    put(&writer, ACL_HEADER_BYTES + aces, 2);
    put(&writer, 3, 4); /* entries */
    put_ace(&writer, MASK_EVERYTHING, sid_system, sizeof sid_system);
    put_ace(&writer, MASK_EVERYTHING, sid_administrators, sizeof sid_administrators);
    put_ace(&writer, MASK_READ_AND_TRAVERSE, sid_everyone, sizeof sid_everyone);
    put_bytes(&writer, sid_system, sizeof sid_system);
    put_bytes(&writer, sid_system, sizeof sid_system);
    return writer.len;
}

static uint32_t read_number(const uint8_t *at, size_t bytes)
{
    uint32_t value = 0;
    for (size_t i = bytes; i > 0; i--) {
        value = value << 8 | at[i - 1];
    }
    return value;
}

static bool is_trusted(const uint8_t *sid, size_t room)
{
    return (room >= sizeof sid_system && memcmp(sid, sid_system, sizeof sid_system) == 0) ||
           (room >= sizeof sid_administrators && memcmp(sid, sid_administrators, sizeof sid_administrators) == 0);
}

/* An entry of len bytes (>= ACE_HEADER_BYTES + SID_MIN_BYTES) that gives a stranger something. */
static bool gives_away(const uint8_t *ace, size_t len)
{
    if (ace[0] == ACE_DENIED || is_trusted(ace + ACE_HEADER_BYTES, len - ACE_HEADER_BYTES)) {
        return false;
    }
    return ace[0] != ACE_ALLOWED || (read_number(ace + 4, 4) & ~MASK_HARMLESS) != 0;
}

/* room: bytes from the ACL to the end of the descriptor. */
static bool keeps_all(const uint8_t *acl, size_t room)
{
    size_t at = ACL_HEADER_BYTES;
    uint32_t n = read_number(acl + 4, 2);
    for (uint32_t i = 0; i < n; i++) {
        size_t len = room - at < ACE_HEADER_BYTES + SID_MIN_BYTES ? 0 : read_number(acl + at + 2, 2);
        if (len < ACE_HEADER_BYTES + SID_MIN_BYTES || len > room - at || gives_away(acl + at, len)) {
            return false;
        }
        at += len;
    }
    return true;
}

bool posix_acl_is_private(const uint8_t *descriptor, size_t len)
{
    size_t owner;
    size_t dacl;
    if (len < HEADER_BYTES) {
        return false;
    }
    owner = read_number(descriptor + 4, 4);
    dacl = read_number(descriptor + 16, 4);
    /* Without a DACL everybody may do everything. */
    if (owner < HEADER_BYTES || owner >= len || dacl < HEADER_BYTES || len < ACL_HEADER_BYTES ||
        dacl > len - ACL_HEADER_BYTES) {
        return false;
    }
    return is_trusted(descriptor + owner, len - owner) && keeps_all(descriptor + dacl, len - dacl);
}
