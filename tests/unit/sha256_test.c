/* SPDX-License-Identifier: MIT */
#include "common/sha256.h"

#include "common/base.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

/* The examples NIST publishes with FIPS 180-4, and its short-message vectors (CAVP, SHA256ShortMsg). */
TEST(sha256, published_vectors_come_out)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *digest;
    } cases[] = {
        {"", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrst"
         "nopqrstu",
         112, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
        {"\xD3", 1, "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"},
        {"\x11\xAF", 2, "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        char text[JD_SHA256_TEXT];
        check_case("%zu", i);
        jd_sha256_text(cases[i].bytes, cases[i].len, text);
        check_text(text, cases[i].digest);
    }
}

TEST(sha256, a_million_letters_come_out)
{
    enum { MILLION = 1000000 };
    char *bytes = malloc(MILLION);
    char text[JD_SHA256_TEXT];
    check_true(bytes != NULL);
    memset(bytes, 'a', MILLION);
    jd_sha256_text(bytes, MILLION, text);
    free(bytes);
    check_text(text, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Digest of the digests of every length around the block boundaries; the value is sha256sum's. */
TEST(sha256, every_length_around_two_blocks_is_padded_right)
{
    char all[131 * (JD_SHA256_TEXT - 1)];
    char bytes[130];
    char text[JD_SHA256_TEXT];
    memset(bytes, 'x', sizeof bytes);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        jd_sha256_text(bytes, len, text);
        memcpy(all + len * (JD_SHA256_TEXT - 1), text, JD_SHA256_TEXT - 1);
    }
    jd_sha256_text(all, sizeof all, text);
    check_text(text, "87aca1c44bc7ba8897768170211f0a02063de70801131ff86c7edb9ce32c6a50");
}
