/* SPDX-License-Identifier: MIT */
#include "common/sha256.h"

#include <stdint.h>
#include <string.h>

enum { BLOCK = 64, WORDS = 8, ROUNDS = 64, LENGTH_AT = BLOCK - 8 };

struct hash {
    uint32_t state[WORDS];
};

/* FIPS 180-4, 4.2.2: the fractions of the cube roots of the first 64 primes. */
static const uint32_t round_words[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn(uint32_t word, unsigned by)
{
    return word >> by | word << (32 - by);
}

/* FIPS 180-4, 6.2.2, step 1. */
static void expand(const uint8_t block[BLOCK], uint32_t w[ROUNDS])
{
    for (size_t i = 0; i < 16; i++) {
        const uint8_t *at = block + 4 * i;
        w[i] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    }
    for (size_t i = 16; i < ROUNDS; i++) {
        uint32_t s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = s1 + w[i - 7] + s0 + w[i - 16];
    }
}

/* FIPS 180-4, 6.2.2, steps 2 to 4. */
static void take_block(struct hash *hash, const uint8_t block[BLOCK])
{
    uint32_t w[ROUNDS];
    uint32_t v[WORDS];
    expand(block, w);
    memcpy(v, hash->state, sizeof v);
    for (size_t i = 0; i < ROUNDS; i++) {
        uint32_t s1 = turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25);
        uint32_t s0 = turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22);
        uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        uint32_t t1 = v[7] + s1 + choice + round_words[i] + w[i];
        memmove(v + 1, v, sizeof v - sizeof v[0]);
        v[4] += t1;
        v[0] = t1 + s0 + majority;
    }
    for (size_t i = 0; i < WORDS; i++) {
        hash->state[i] += v[i];
    }
}

/* The rest of the text, a one bit, zeros, and the length in bits (FIPS 180-4, 5.1.1). rest < BLOCK. */
static void take_end(struct hash *hash, const uint8_t *bytes, size_t rest, uint64_t total)
{
    uint8_t block[BLOCK] = {0};
    if (rest != 0) {
        memcpy(block, bytes, rest);
    }
    block[rest] = 0x80;
    if (rest >= LENGTH_AT) {
        take_block(hash, block);
        memset(block, 0, sizeof block);
    }
    for (size_t i = 0; i < 8; i++) {
        block[LENGTH_AT + i] = (uint8_t)(total * 8 >> (56 - 8 * i));
    }
    take_block(hash, block);
}

void jd_sha256_text(const void *bytes, size_t len, char out[JD_SHA256_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    struct hash hash = {
        {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
    const uint8_t *at = bytes;
    size_t rest = len;
    for (; rest >= BLOCK; rest -= BLOCK, at += BLOCK) {
        take_block(&hash, at);
    }
    take_end(&hash, at, rest, len);
    for (size_t i = 0; i < JD_SHA256_TEXT - 1; i++) {
        out[i] = digits[hash.state[i / 8] >> (28 - 4 * (i % 8)) & 0xF];
    }
    out[JD_SHA256_TEXT - 1] = '\0';
}
