/* SPDX-License-Identifier: MIT */
#include "common/sid.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { AUTHORITY_HEX_DIGITS = 12 };

#define AUTHORITY_MAX UINT64_C(0xFFFFFFFFFFFF)

/* A place in the text being read. */
struct cursor {
    const char *at;
    const char *end;
};

static bool take_one_of(struct cursor *cursor, const char *chars)
{
    if (cursor->at == cursor->end || *cursor->at == '\0' || strchr(chars, *cursor->at) == NULL) {
        return false;
    }
    cursor->at++;
    return true;
}

/* A number of 32 bits without leading zeros. */
static bool take_decimal(struct cursor *cursor, uint32_t *out)
{
    const char *start = cursor->at;
    uint64_t value = 0;
    while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9') {
        value = value * 10 + (uint64_t)(*cursor->at - '0');
        if (value > UINT32_MAX || (*start == '0' && cursor->at > start)) {
            return false;
        }
        cursor->at++;
    }
    *out = (uint32_t)value;
    return cursor->at > start;
}

static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = memchr(digits, c, sizeof digits - 1);
    return at == NULL ? -1 : (int)((at - digits) % 16);
}

/* Twelve digits after "0x", only for what decimal cannot say: one value has one spelling. */
static bool take_hex(struct cursor *cursor, uint64_t *out)
{
    uint64_t value = 0;
    for (int i = 0; i < AUTHORITY_HEX_DIGITS; i++) {
        int digit = cursor->at < cursor->end ? hex_value(*cursor->at) : -1;
        if (digit < 0) {
            return false;
        }
        value = value << 4 | (uint64_t)digit;
        cursor->at++;
    }
    *out = value;
    return value > UINT32_MAX;
}

static bool take_authority(struct cursor *cursor, uint64_t *out)
{
    uint32_t value;
    if (cursor->end - cursor->at > 2 && cursor->at[0] == '0' && (cursor->at[1] == 'x' || cursor->at[1] == 'X')) {
        cursor->at += 2;
        return take_hex(cursor, out);
    }
    if (!take_decimal(cursor, &value)) {
        return false;
    }
    *out = value;
    return true;
}

bool jd_sid_parse(const char *text, size_t len, struct jd_sid *out)
{
    struct cursor cursor = {text, text + len};
    struct jd_sid sid = {0};
    if (!take_one_of(&cursor, "Ss") || !take_one_of(&cursor, "-") || !take_one_of(&cursor, "1") ||
        !take_one_of(&cursor, "-") || !take_authority(&cursor, &sid.authority)) {
        return false;
    }
    while (cursor.at < cursor.end) {
        if (sid.n_subs == JD_SID_SUBS_MAX || !take_one_of(&cursor, "-") ||
            !take_decimal(&cursor, &sid.subs[sid.n_subs])) {
            return false;
        }
        sid.n_subs++;
    }
    if (sid.n_subs == 0) {
        return false;
    }
    *out = sid;
    return true;
}

const char *jd_sid_format(const struct jd_sid *sid, char buf[JD_SID_TEXT_MAX])
{
    bool is_wide = sid->authority > UINT32_MAX;
    int taken = is_wide ? snprintf(buf, JD_SID_TEXT_MAX, "S-1-0x%012" PRIX64, sid->authority & AUTHORITY_MAX)
                        : snprintf(buf, JD_SID_TEXT_MAX, "S-1-%" PRIu64, sid->authority);
    size_t len = (size_t)taken;
    for (size_t i = 0; i < sid->n_subs && i < JD_SID_SUBS_MAX; i++) {
        len += (size_t)snprintf(buf + len, JD_SID_TEXT_MAX - len, "-%" PRIu32, sid->subs[i]);
    }
    return buf;
}

bool jd_sid_equal(const struct jd_sid *a, const struct jd_sid *b)
{
    return a->authority == b->authority && a->n_subs == b->n_subs &&
           memcmp(a->subs, b->subs, a->n_subs * sizeof a->subs[0]) == 0;
}

struct jd_sid jd_sid_make(uint64_t authority, size_t n_subs, const uint32_t *subs)
{
    struct jd_sid sid = {.authority = authority};
    sid.n_subs = (uint8_t)(n_subs < JD_SID_SUBS_MAX ? n_subs : JD_SID_SUBS_MAX);
    memcpy(sid.subs, subs, sid.n_subs * sizeof sid.subs[0]);
    return sid;
}

struct jd_sid jd_sid_posix_user(uint32_t uid)
{
    return jd_sid_make(22, 2, (const uint32_t[]){1, uid});
}

struct jd_sid jd_sid_posix_group(uint32_t gid)
{
    return jd_sid_make(22, 2, (const uint32_t[]){2, gid});
}

struct jd_sid jd_sid_administrators(void)
{
    return jd_sid_make(5, 2, (const uint32_t[]){32, 544});
}

struct jd_sid jd_sid_everyone(void)
{
    return jd_sid_make(1, 1, (const uint32_t[]){0});
}

struct jd_sid jd_sid_authenticated_users(void)
{
    return jd_sid_make(5, 1, (const uint32_t[]){11});
}
