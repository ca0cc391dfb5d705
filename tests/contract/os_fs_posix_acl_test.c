/* SPDX-License-Identifier: MIT */
/* Security descriptors come from the volume: hostile bytes. */
#include "tests/support/suite.h"

#include "service/os/posix/os_fs_posix.h"

#include <stdlib.h>
#include <string.h>

enum { MASK_AT = 20 + 8 + 4 /* of the first entry */, LAST_MASK_AT = MASK_AT + 20 + 24 };

/* What mode 0700 is as a descriptor: the published one with everyone's entry cut down. */
static size_t private_descriptor(uint8_t out[POSIX_ACL_MAX])
{
    static const uint8_t harmless[] = {0x88, 0, 0x12, 0};
    size_t len = posix_acl_published(out);
    memcpy(out + LAST_MASK_AT, harmless, sizeof harmless);
    return len;
}

TEST(os_fs_posix_acl, what_strangers_get_decides)
{
    uint8_t descriptor[POSIX_ACL_MAX];
    size_t len = posix_acl_published(descriptor);
    check_false(posix_acl_is_private(descriptor, len));
    len = private_descriptor(descriptor);
    check_true(posix_acl_is_private(descriptor, len));
    for (unsigned bit = 0; bit < 32; bit++) {
        uint32_t harmless = UINT32_C(0x00120088);
        check_case("bit %u", bit);
        len = private_descriptor(descriptor);
        descriptor[LAST_MASK_AT + bit / 8] |= (uint8_t)(1U << (bit % 8));
        check_int(posix_acl_is_private(descriptor, len), (harmless >> bit) & 1);
    }
}

TEST(os_fs_posix_acl, the_owner_and_unknown_entries_count)
{
    uint8_t descriptor[POSIX_ACL_MAX];
    size_t len = private_descriptor(descriptor);
    descriptor[20 + 8 + 20 + 24] = 1; /* everyone's entry denies */
    check_true(posix_acl_is_private(descriptor, len));
    descriptor[20 + 8 + 20 + 24] = 5; /* an entry of a kind nobody here understands */
    check_false(posix_acl_is_private(descriptor, len));
    len = private_descriptor(descriptor);
    descriptor[len - 24 + 8] = 19; /* owner: LOCAL SERVICE */
    check_false(posix_acl_is_private(descriptor, len));
    len = private_descriptor(descriptor);
    memset(descriptor + 16, 0, 4); /* no DACL: all may do all */
    check_false(posix_acl_is_private(descriptor, len));
}

/* In memory of its own size, so that a read beyond it is seen by AddressSanitizer. */
static bool judge_copy(const uint8_t *bytes, size_t len)
{
    uint8_t *copy = malloc(len == 0 ? 1 : len);
    bool is_private;
    check_true(copy != NULL);
    memcpy(copy, bytes, len);
    is_private = posix_acl_is_private(copy, len);
    free(copy);
    return is_private;
}

TEST(os_fs_posix_acl, a_descriptor_cut_short_or_bent_is_not_private)
{
    uint8_t descriptor[POSIX_ACL_MAX];
    size_t len = private_descriptor(descriptor);
    for (size_t n = 0; n < 20 + 8 + 60 + 12; n++) {
        check_case("%zu bytes", n);
        check_false(judge_copy(descriptor, n));
    }
    for (size_t i = 0; i < len; i++) {
        static const uint8_t values[] = {0, 1, 0x7F, 0x80, 0xFF};
        for (size_t k = 0; k < sizeof values; k++) {
            uint8_t before = descriptor[i];
            descriptor[i] = values[k];
            (void)judge_copy(descriptor, len);
            descriptor[i] = before;
        }
    }
}
