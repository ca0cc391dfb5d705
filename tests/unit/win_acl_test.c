/* SPDX-License-Identifier: MIT */
/* Security descriptors as bytes: what they give, and what lying ones give. Runs wherever tests run: it asks no system.
 */
#include "service/os/win/win_acl.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

enum { GIVE = 0, DENY = 1, GIVE_OBJECT = 5, GIVE_IF = 9, SYSTEM_AUDIT = 2, COMPOUND = 4, INHERIT_ONLY = 8 };

static const struct jd_sid system_sid = {5, 1, {18}};
static const struct jd_sid users = {5, 2, {32, 545}};
static const struct jd_sid service_sid = {5, 6, {80, 1, 2, 3, 4, 5}};
static const struct jd_sid alice = {5, 5, {21, 1, 2, 3, 1001}};

/* The service as SYSTEM, with a service SID; and as alice, in the foreground. */
static const struct win_own as_system = {{5, 1, {18}}, {{5, 1, {18}}, {5, 6, {80, 1, 2, 3, 4, 5}}}, 2, true};
static const struct win_own as_alice = {{5, 5, {21, 1, 2, 3, 1001}}, {{5, 5, {21, 1, 2, 3, 1001}}}, 1, false};

struct ace {
    uint8_t type;
    uint8_t flags;
    uint32_t rights;
    const char *sid;
};

static struct jd_sid sid_of(const char *text)
{
    struct jd_sid sid = {0, 0, {0}};
    check_true(jd_sid_parse(text, strlen(text), &sid));
    return sid;
}

static void put(uint8_t *at, size_t *len, size_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        at[(*len)++] = (uint8_t)(value >> (8 * i));
    }
}

static void put_ace(uint8_t *out, size_t *len, const struct ace *ace)
{
    uint8_t sid[WIN_SID_BYTES_MAX];
    struct jd_sid parsed = sid_of(ace->sid);
    size_t sid_len = win_sid_write(&parsed, sid);
    size_t guid = ace->type == GIVE_OBJECT ? 4 + 16 : 0;
    put(out, len, ace->type, 1);
    put(out, len, ace->flags, 1);
    put(out, len, 8 + guid + sid_len, 2);
    put(out, len, ace->rights, 4);
    if (guid != 0) {
        put(out, len, 1, 4); /* an object type is present */
        memset(out + *len, 0xAB, 16);
        *len += 16;
    }
    memcpy(out + *len, sid, sid_len);
    *len += sid_len;
}

/* n SIZE_MAX: without a DACL. */
static size_t build(uint8_t out[WIN_ACL_MAX], const char *owner, const struct ace *aces, size_t n)
{
    bool has_dacl = n != SIZE_MAX;
    struct jd_sid parsed = sid_of(owner);
    size_t len = 28;
    size_t at = 0;
    for (size_t i = 0; has_dacl && i < n; i++) {
        put_ace(out, &len, &aces[i]);
    }
    put(out, &at, 1, 2);
    put(out, &at, has_dacl ? 0x8004 : 0x8000, 2);
    put(out, &at, len, 4);
    put(out, &at, 0, 8);
    put(out, &at, has_dacl ? 20 : 0, 4);
    put(out, &at, 2, 2);
    put(out, &at, len - 20, 2);
    put(out, &at, has_dacl ? n : 0, 4);
    return len + win_sid_write(&parsed, out + len);
}

TEST(win_acl, an_entry_gives_what_it_says_to_whom_it_says)
{
    static const struct {
        struct ace ace;
        bool replaces, deletes_children;
        const char *why;
    } cases[] = {
        {{GIVE, 0, WIN_RIGHTS_ALL, "S-1-5-32-545"}, true, true, "everything to Users"},
        {{GIVE, 0, WIN_RIGHT_DELETE, "S-1-1-0"}, true, false, "DELETE to Everyone"},
        {{GIVE, 0, WIN_RIGHT_WRITE_DAC, "S-1-5-11"}, true, false, "WRITE_DAC to Authenticated Users"},
        {{GIVE, 0, WIN_RIGHT_WRITE_OWNER, "S-1-5-21-1-2-3-1002"}, true, false, "WRITE_OWNER to somebody"},
        {{GIVE, 0, WIN_RIGHT_DELETE_CHILD, "S-1-5-32-545"}, false, true, "DELETE_CHILD"},
        {{GIVE, 0, 0x001200A9, "S-1-1-0"}, false, false, "reading and traversing"},
        {{GIVE, 0, 0x00000006, "S-1-5-11"}, false, false, "adding files and folders, as in C:\\"},
        {{GIVE, 0, UINT32_C(0x10000000), "S-1-1-0"}, true, true, "GENERIC_ALL"},
        {{GIVE, 0, UINT32_C(0x40000000), "S-1-1-0"}, false, false, "GENERIC_WRITE has no DELETE"},
        {{GIVE, 0, UINT32_C(0x02000000), "S-1-1-0"}, true, true, "MAXIMUM_ALLOWED"},
        {{GIVE, 0, WIN_RIGHTS_ALL, "S-1-5-18"}, false, false, "SYSTEM"},
        {{GIVE, 0, WIN_RIGHTS_ALL, "S-1-5-32-544"}, false, false, "Administrators"},
        {{GIVE, 0, WIN_RIGHTS_ALL, "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"},
         false,
         false,
         "TrustedInstaller"},
        {{GIVE, 0, WIN_RIGHTS_ALL, "S-1-5-80-1-2-3-4-5"}, false, false, "the service's own SID"},
        {{GIVE, 0, WIN_RIGHTS_ALL, "S-1-5-80-1-2-3-4-6"}, true, true, "another service's"},
        {{GIVE, 0, WIN_RIGHTS_ALL, "S-1-5-80-0"}, true, true, "every service's"},
        {{GIVE, 0, WIN_RIGHTS_ALL, "S-1-5-32-551"}, true, true, "Backup Operators"},
        {{GIVE, INHERIT_ONLY, WIN_RIGHTS_ALL, "S-1-3-0"}, false, false, "CREATOR OWNER, for children only"},
        {{GIVE, 0, WIN_RIGHTS_ALL, "S-1-3-0"}, true, true, "CREATOR OWNER, here"},
        {{GIVE, 0, WIN_RIGHTS_ALL, "S-1-3-4"}, false, false, "OWNER RIGHTS: SYSTEM's, who owns it"},
        {{GIVE, 3, WIN_RIGHTS_ALL, "S-1-1-0"}, true, true, "inherited by children, and held here"},
        {{GIVE_IF, 0, WIN_RIGHTS_ALL, "S-1-1-0"}, true, true, "on a condition that nobody judges"},
        {{GIVE_OBJECT, 0, WIN_RIGHTS_ALL, "S-1-1-0"}, true, true, "by an object entry"},
        {{GIVE_OBJECT, 0, WIN_RIGHTS_ALL, "S-1-5-18"}, false, false, "by an object entry, to SYSTEM"},
        {{COMPOUND, 0, 0, "S-1-5-18"}, true, true, "an entry of a kind that is not known"},
        {{SYSTEM_AUDIT, 0, 0, "S-1-5-18"}, true, true, "an entry that has no place in a DACL"},
        {{DENY, 0, WIN_RIGHTS_ALL, "S-1-1-0"}, false, false, "a denial gives nothing"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        uint8_t bytes[WIN_ACL_MAX];
        size_t len = build(bytes, "S-1-5-18", &cases[i].ace, 1);
        check_case("%s", cases[i].why);
        check_int(win_acl_others_hold(bytes, len, WIN_RIGHTS_REPLACE, &as_system), cases[i].replaces);
        check_int(win_acl_others_hold(bytes, len, WIN_RIGHT_DELETE_CHILD, &as_system), cases[i].deletes_children);
    }
}

TEST(win_acl, a_denial_is_not_counted_on)
{
    static const struct ace aces[] = {{DENY, 0, WIN_RIGHTS_ALL, "S-1-1-0"}, {GIVE, 0, WIN_RIGHTS_ALL, "S-1-5-32-545"}};
    uint8_t bytes[WIN_ACL_MAX];
    size_t len = build(bytes, "S-1-5-18", aces, JD_COUNT(aces));
    check_true(win_acl_others_hold(bytes, len, WIN_RIGHT_DELETE, &as_system));
}

TEST(win_acl, the_last_entry_counts_as_the_first)
{
    static const struct ace aces[] = {{GIVE, 0, WIN_RIGHTS_ALL, "S-1-5-18"},
                                      {GIVE, 0, WIN_RIGHTS_ALL, "S-1-5-32-544"},
                                      {GIVE, 0, WIN_RIGHT_DELETE, "S-1-1-0"}};
    uint8_t bytes[WIN_ACL_MAX];
    size_t len = build(bytes, "S-1-5-32-544", aces, JD_COUNT(aces));
    check_true(win_acl_others_hold(bytes, len, WIN_RIGHT_DELETE, &as_system));
    len = build(bytes, "S-1-5-32-544", aces, 2);
    check_false(win_acl_others_hold(bytes, len, WIN_RIGHT_DELETE, &as_system));
}

TEST(win_acl, an_owner_who_is_nobody_to_us_holds_everything)
{
    static const struct {
        const char *owner;
        const struct win_own *own;
        bool expected;
    } cases[] = {
        {"S-1-5-18", &as_system, false},           {"S-1-5-32-544", &as_system, false},
        {"S-1-5-80-1-2-3-4-5", &as_system, false}, {"S-1-5-32-545", &as_system, true},
        {"S-1-5-21-1-2-3-1001", &as_system, true}, {"S-1-5-21-1-2-3-1001", &as_alice, false},
        {"S-1-5-80-1-2-3-4-5", &as_alice, true},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        uint8_t bytes[WIN_ACL_MAX];
        size_t len = build(bytes, cases[i].owner, NULL, 0);
        check_case("%s", cases[i].owner);
        check_int(win_acl_others_hold(bytes, len, WIN_RIGHT_DELETE, cases[i].own), cases[i].expected);
    }
}

TEST(win_acl, an_empty_dacl_gives_nothing_and_none_at_all_gives_everything)
{
    uint8_t bytes[WIN_ACL_MAX];
    size_t len = build(bytes, "S-1-5-18", NULL, 0);
    check_false(win_acl_others_hold(bytes, len, WIN_RIGHTS_ALL, &as_system));
    len = build(bytes, "S-1-5-18", NULL, SIZE_MAX);
    check_true(win_acl_others_hold(bytes, len, WIN_RIGHT_DELETE, &as_system));
    check_false(win_acl_is_private(bytes, len, &as_system));
    len = build(bytes, "S-1-5-18", NULL, 0);
    memset(bytes + 16, 0, 4); /* present, and null */
    check_true(win_acl_others_hold(bytes, len, WIN_RIGHT_DELETE, &as_system));
    len = build(bytes, "S-1-5-18", NULL, 0);
    bytes[2] = 0; /* there, and said not to be */
    check_true(win_acl_others_hold(bytes, len, WIN_RIGHT_DELETE, &as_system));
}

TEST(win_acl, each_descriptor_the_service_gives_does_what_it_is_for)
{
    const struct win_own *const owns[] = {&as_system, &as_alice};
    for (size_t i = 0; i < JD_COUNT(owns); i++) {
        uint8_t bytes[WIN_ACL_MAX];
        struct jd_sid owner;
        size_t len = win_acl_private(owns[i], bytes);
        check_case(i == 0 ? "as SYSTEM" : "as alice");
        check_true(win_acl_is_private(bytes, len, owns[i]));
        check_false(win_acl_others_hold(bytes, len, WIN_RIGHTS_ALL, owns[i]));
        len = win_acl_published(owns[i], NULL, bytes);
        check_false(win_acl_is_private(bytes, len, owns[i]));
        check_false(win_acl_others_hold(bytes, len, WIN_RIGHTS_WRITE, owns[i]));
        check_true(win_acl_others_hold(bytes, len, 0x20, owns[i])); /* others traverse */
        len = win_acl_published(owns[i], &users, bytes);
        check_true(win_acl_owner(bytes, len, &owner) && jd_sid_equal(&owner, &users));
        check_true(win_acl_others_hold(bytes, len, WIN_RIGHT_DELETE, owns[i]));
        len = win_acl_guarded(owns[i], bytes);
        check_false(win_acl_others_hold(bytes, len, WIN_RIGHTS_ALL, owns[i]));
        check_false(win_acl_is_private(bytes, len, owns[i])); /* Administrators get in */
    }
}

TEST(win_acl, private_is_what_nobody_else_gets_into)
{
    static const struct {
        struct ace ace;
        bool expected;
        const char *why;
    } cases[] = {
        {{GIVE, 0, WIN_RIGHTS_ALL, "S-1-5-18"}, true, "SYSTEM alone"},
        {{GIVE, 0, UINT32_C(0x00120088), "S-1-1-0"}, true, "others learn that it exists"},
        {{GIVE, 0, UINT32_C(0x00000001), "S-1-1-0"}, false, "others list it"},
        {{GIVE, 0, WIN_RIGHTS_ALL, "S-1-5-32-544"}, false, "Administrators: as in every folder they made"},
        {{GIVE, INHERIT_ONLY, WIN_RIGHTS_ALL, "S-1-1-0"}, true, "for children, of which there are none"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        uint8_t bytes[WIN_ACL_MAX];
        size_t len = build(bytes, "S-1-5-18", &cases[i].ace, 1);
        check_case("%s", cases[i].why);
        check_int(win_acl_is_private(bytes, len, &as_system), cases[i].expected);
    }
}

/* Each length in a block of its own, so that a sanitizer sees a byte too far. */
TEST(win_acl, a_descriptor_cut_short_gives_everything)
{
    uint8_t whole[WIN_ACL_MAX];
    uint8_t group[WIN_SID_BYTES_MAX]; /* stands last, and gives nothing */
    size_t len = win_acl_private(&as_alice, whole) - win_sid_write(&alice, group);
    for (size_t cut = 0; cut < len; cut++) {
        uint8_t *bytes = malloc(cut + 1);
        check_case("%zu of %zu bytes", cut, len);
        check_true(bytes != NULL);
        memcpy(bytes, whole, cut);
        check_true(win_acl_others_hold(bytes, cut, WIN_RIGHT_DELETE, &as_alice));
        check_false(win_acl_is_private(bytes, cut, &as_alice));
        free(bytes);
    }
}

TEST(win_acl, no_byte_of_a_descriptor_is_believed_before_it_is_checked)
{
    static const struct ace aces[] = {{GIVE, 0, WIN_RIGHTS_ALL, "S-1-5-18"},
                                      {GIVE_OBJECT, 0, WIN_RIGHTS_ALL, "S-1-5-32-544"}};
    uint8_t whole[WIN_ACL_MAX];
    size_t len = build(whole, "S-1-5-18", aces, JD_COUNT(aces));
    for (size_t at = 0; at < len; at++) {
        for (unsigned value = 0; value < 256; value++) {
            uint8_t *bytes = malloc(len);
            struct jd_sid owner;
            check_true(bytes != NULL);
            memcpy(bytes, whole, len);
            bytes[at] = (uint8_t)value;
            (void)win_acl_others_hold(bytes, len, WIN_RIGHTS_REPLACE, &as_system);
            (void)win_acl_is_private(bytes, len, &as_system);
            (void)win_acl_owner(bytes, len, &owner);
            free(bytes);
        }
    }
}

TEST(win_acl, a_sid_is_read_as_it_was_written)
{
    const struct jd_sid *const sids[] = {&system_sid, &users, &service_sid, &alice};
    for (size_t i = 0; i < JD_COUNT(sids); i++) {
        uint8_t bytes[WIN_SID_BYTES_MAX];
        struct jd_sid back;
        size_t len = win_sid_write(sids[i], bytes);
        check_int(len, 8 + 4 * sids[i]->n_subs);
        check_true(win_sid_read(bytes, len, &back));
        check_true(jd_sid_equal(&back, sids[i]));
        check_false(win_sid_read(bytes, len - 1, &back));
    }
}
