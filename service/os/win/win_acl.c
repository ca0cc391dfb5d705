/* SPDX-License-Identifier: MIT */
#include "service/os/win/win_acl.h"

#include <string.h>

enum {
    HEADER_BYTES = 20,
    ACL_HEADER_BYTES = 8,
    ACE_HEADER_BYTES = 8, /* type, flags, size, mask */
    SID_HEADER_BYTES = 8,
    CONTROL_DACL_PRESENT = 0x0004,
    CONTROL_OURS = 0x9004, /* SELF_RELATIVE, DACL_PROTECTED, DACL_PRESENT */
    FLAG_OBJECT_INHERIT = 0x01,
    FLAG_CONTAINER_INHERIT = 0x02,
    FLAG_INHERIT_ONLY = 0x08
};

/* What an entry's type means; other types stand in no DACL, and nobody can say what they give. */
enum meaning { GIVES, GIVES_BY_OBJECT, DENIES };

static const struct {
    uint8_t type;
    enum meaning meaning;
} types[] = {
    {0x00, GIVES},           /* ACCESS_ALLOWED */
    {0x01, DENIES},          /* ACCESS_DENIED */
    {0x05, GIVES_BY_OBJECT}, /* ACCESS_ALLOWED_OBJECT */
    {0x06, DENIES},          /* ACCESS_DENIED_OBJECT */
    {0x09, GIVES},           /* ACCESS_ALLOWED_CALLBACK: its condition is not counted on */
    {0x0A, DENIES},          /* ACCESS_DENIED_CALLBACK */
    {0x0B, GIVES_BY_OBJECT}, /* ACCESS_ALLOWED_CALLBACK_OBJECT */
    {0x0C, DENIES},          /* ACCESS_DENIED_CALLBACK_OBJECT */
};

/* MS-DTYP 2.4.3: what the generic rights mean for a file, from MS-SMB2 2.2.13.1. */
static const struct {
    uint32_t generic;
    uint32_t means;
} generics[] = {
    {UINT32_C(0x80000000), UINT32_C(0x00120089)}, /* GENERIC_READ */
    {UINT32_C(0x40000000), UINT32_C(0x00120116)}, /* GENERIC_WRITE */
    {UINT32_C(0x20000000), UINT32_C(0x001200A0)}, /* GENERIC_EXECUTE */
    {UINT32_C(0x10000000), WIN_RIGHTS_ALL},       /* GENERIC_ALL */
    {UINT32_C(0x02000000), WIN_RIGHTS_ALL},       /* MAXIMUM_ALLOWED: in no honest entry */
};

#define RIGHTS_READ_AND_TRAVERSE UINT32_C(0x001200A9)
/* READ_CONTROL, SYNCHRONIZE, READ_ATTRIBUTES, READ_EA */
#define RIGHTS_HARMLESS UINT32_C(0x00120088)

static const struct jd_sid system_sid = {5, 1, {18}};
static const struct jd_sid administrators_sid = {5, 2, {32, 544}};
static const struct jd_sid everyone_sid = {1, 1, {0}};
/* S-1-3-4: an entry for whoever the owner is, who is judged anyway. */
static const struct jd_sid owner_rights_sid = {3, 1, {4}};
/* NT SERVICE\TrustedInstaller: a service SID, the SHA-1 of its name. */
static const struct jd_sid trusted_installer_sid = {
    5, 6, {80, 956008885, UINT32_C(3418522649), 1831038044, 1853292631, UINT32_C(2271478464)}};

static uint32_t read_number(const uint8_t *at, size_t bytes)
{
    uint32_t value = 0;
    for (size_t i = bytes; i > 0; i--) {
        value = value << 8 | at[i - 1];
    }
    return value;
}

bool win_sid_read(const uint8_t *at, size_t room, struct jd_sid *out)
{
    struct jd_sid sid = {0, 0, {0}};
    if (room < SID_HEADER_BYTES || at[0] != 1 || at[1] == 0 || at[1] > JD_SID_SUBS_MAX ||
        room - SID_HEADER_BYTES < (size_t)at[1] * 4) {
        return false;
    }
    sid.n_subs = at[1];
    for (size_t i = 2; i < SID_HEADER_BYTES; i++) {
        sid.authority = sid.authority << 8 | at[i];
    }
    for (size_t i = 0; i < sid.n_subs; i++) {
        sid.subs[i] = read_number(at + SID_HEADER_BYTES + 4 * i, 4);
    }
    *out = sid;
    return true;
}

/* ---- judging ---- */

static bool is_own(const struct jd_sid *sid, const struct win_own *own)
{
    for (size_t i = 0; i < own->n; i++) {
        if (jd_sid_equal(sid, &own->sids[i])) {
            return true;
        }
    }
    return jd_sid_equal(sid, &system_sid);
}

static bool is_trusted(const struct jd_sid *sid, const struct win_own *own)
{
    return is_own(sid, own) || jd_sid_equal(sid, &administrators_sid) || jd_sid_equal(sid, &trusted_installer_sid);
}

typedef bool (*trust_fn)(const struct jd_sid *sid, const struct win_own *own);

static uint32_t plain_rights(uint32_t mask)
{
    for (size_t i = 0; i < JD_COUNT(generics); i++) {
        if ((mask & generics[i].generic) != 0) {
            mask |= generics[i].means;
        }
    }
    return mask;
}

static bool find_meaning(uint8_t type, enum meaning *out)
{
    for (size_t i = 0; i < JD_COUNT(types); i++) {
        if (types[i].type == type) {
            *out = types[i].meaning;
            return true;
        }
    }
    return false;
}

/* Where the SID of an entry begins: an object entry has flags and up to two GUIDs before it (MS-DTYP 2.4.4.3). */
static size_t sid_offset(const uint8_t *ace, size_t len, enum meaning meaning)
{
    uint32_t flags;
    if (meaning != GIVES_BY_OBJECT) {
        return ACE_HEADER_BYTES;
    }
    if (len < ACE_HEADER_BYTES + 4) {
        return len;
    }
    flags = read_number(ace + ACE_HEADER_BYTES, 4);
    return ACE_HEADER_BYTES + 4 + ((flags & 1) != 0 ? 16u : 0u) + ((flags & 2) != 0 ? 16u : 0u);
}

/* Whether an entry of len bytes (>= ACE_HEADER_BYTES) gives one of rights to somebody who is not trusted. */
static bool gives_away(const uint8_t *ace, size_t len, uint32_t rights, trust_fn trusts, const struct win_own *own)
{
    enum meaning meaning;
    struct jd_sid sid;
    size_t at;
    if ((ace[1] & FLAG_INHERIT_ONLY) != 0) {
        return false;
    }
    if (!find_meaning(ace[0], &meaning)) {
        return true;
    }
    if (meaning == DENIES || (plain_rights(read_number(ace + 4, 4)) & rights) == 0) {
        return false;
    }
    at = sid_offset(ace, len, meaning);
    if (at >= len || !win_sid_read(ace + at, len - at, &sid)) {
        return true;
    }
    return !trusts(&sid, own) && !jd_sid_equal(&sid, &owner_rights_sid);
}

/* room: bytes from the ACL to the end of the descriptor. */
static bool acl_gives_away(const uint8_t *acl, size_t room, uint32_t rights, trust_fn trusts, const struct win_own *own)
{
    size_t at = ACL_HEADER_BYTES;
    uint32_t n;
    if (room < ACL_HEADER_BYTES) {
        return true;
    }
    n = read_number(acl + 4, 2);
    for (uint32_t i = 0; i < n; i++) {
        size_t len = room - at < ACE_HEADER_BYTES ? 0 : read_number(acl + at + 2, 2);
        if (len < ACE_HEADER_BYTES || len > room - at || gives_away(acl + at, len, rights, trusts, own)) {
            return true;
        }
        at += len;
    }
    return false;
}

bool win_acl_owner(const uint8_t *descriptor, size_t len, struct jd_sid *out)
{
    size_t at;
    if (len < HEADER_BYTES || descriptor[0] != 1) {
        return false;
    }
    at = read_number(descriptor + 4, 4);
    return at >= HEADER_BYTES && at < len && win_sid_read(descriptor + at, len - at, out);
}

static bool others_hold(const uint8_t *descriptor, size_t len, uint32_t rights, trust_fn trusts,
                        const struct win_own *own)
{
    struct jd_sid owner;
    size_t dacl;
    if (!win_acl_owner(descriptor, len, &owner) || !trusts(&owner, own)) {
        return true;
    }
    dacl = read_number(descriptor + 16, 4);
    if ((read_number(descriptor + 2, 2) & CONTROL_DACL_PRESENT) == 0 || dacl < HEADER_BYTES || dacl >= len) {
        return true;
    }
    return acl_gives_away(descriptor + dacl, len - dacl, rights, trusts, own);
}

bool win_acl_others_hold(const uint8_t *descriptor, size_t len, uint32_t rights, const struct win_own *own)
{
    return others_hold(descriptor, len, rights, is_trusted, own);
}

bool win_acl_is_private(const uint8_t *descriptor, size_t len, const struct win_own *own)
{
    return !others_hold(descriptor, len, ~RIGHTS_HARMLESS, is_own, own);
}

/* ---- making ---- */

size_t win_sid_write(const struct jd_sid *sid, uint8_t out[WIN_SID_BYTES_MAX])
{
    out[0] = 1;
    out[1] = sid->n_subs;
    for (size_t i = 0; i < 6; i++) {
        out[2 + i] = (uint8_t)(sid->authority >> (8 * (5 - i)));
    }
    for (size_t i = 0; i < (size_t)sid->n_subs * 4; i++) {
        out[SID_HEADER_BYTES + i] = (uint8_t)(sid->subs[i / 4] >> (8 * (i % 4)));
    }
    return SID_HEADER_BYTES + (size_t)sid->n_subs * 4;
}

struct writer {
    uint8_t *at;
    size_t len;
    uint16_t n_aces;
};

static void put(struct writer *out, size_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        out->at[out->len++] = (uint8_t)(value >> (8 * i));
    }
}

/* The headers are filled in by end, when the sizes are known. */
static void begin(struct writer *out, uint8_t bytes[WIN_ACL_MAX])
{
    *out = (struct writer){bytes, HEADER_BYTES + ACL_HEADER_BYTES, 0};
}

static void give(struct writer *out, uint8_t flags, uint32_t rights, const struct jd_sid *sid)
{
    uint8_t bytes[WIN_SID_BYTES_MAX];
    size_t len = win_sid_write(sid, bytes);
    put(out, 0, 1);
    put(out, flags, 1);
    put(out, ACE_HEADER_BYTES + len, 2);
    put(out, rights, 4);
    memcpy(out->at + out->len, bytes, len);
    out->len += len;
    out->n_aces++;
}

static size_t end(struct writer *out, const struct jd_sid *owner)
{
    size_t total = out->len;
    size_t owner_len = win_sid_write(owner, out->at + total);
    (void)win_sid_write(owner, out->at + total + owner_len); /* the group is the same */
    out->len = 0;
    put(out, 1, 2); /* revision */
    put(out, CONTROL_OURS, 2);
    put(out, total, 4);
    put(out, total + owner_len, 4);
    put(out, 0, 4); /* no SACL */
    put(out, HEADER_BYTES, 4);
    put(out, 2, 2); /* revision of the ACL */
    put(out, total - HEADER_BYTES, 2);
    put(out, out->n_aces, 4); /* and two bytes of zero */
    return total + 2 * owner_len;
}

/* SYSTEM and the process's own user, who may be the same. */
static void give_own(struct writer *out, uint8_t flags, const struct win_own *own)
{
    give(out, flags, WIN_RIGHTS_ALL, &system_sid);
    if (!own->is_system) {
        give(out, flags, WIN_RIGHTS_ALL, &own->user);
    }
}

size_t win_acl_private(const struct win_own *own, uint8_t out[WIN_ACL_MAX])
{
    struct writer writer;
    begin(&writer, out);
    give_own(&writer, 0, own);
    return end(&writer, own->is_system ? &system_sid : &own->user);
}

size_t win_acl_published(const struct win_own *own, const struct jd_sid *caller, uint8_t out[WIN_ACL_MAX])
{
    struct writer writer;
    begin(&writer, out);
    give(&writer, 0, WIN_RIGHTS_ALL, &system_sid);
    give(&writer, 0, WIN_RIGHTS_ALL, &administrators_sid);
    if (caller != NULL) {
        give(&writer, 0, WIN_RIGHTS_ALL, caller);
    }
    give(&writer, 0, RIGHTS_READ_AND_TRAVERSE, &everyone_sid);
    if (caller != NULL) {
        return end(&writer, caller);
    }
    return end(&writer, own->is_system ? &system_sid : &administrators_sid);
}

size_t win_acl_guarded(const struct win_own *own, uint8_t out[WIN_ACL_MAX])
{
    const uint8_t flags = FLAG_OBJECT_INHERIT | FLAG_CONTAINER_INHERIT;
    struct writer writer;
    begin(&writer, out);
    give_own(&writer, flags, own);
    give(&writer, flags, WIN_RIGHTS_ALL, &administrators_sid);
    return end(&writer, own->is_system ? &system_sid : &own->user);
}
