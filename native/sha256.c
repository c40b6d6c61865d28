/* SPDX-License-Identifier: Apache-2.0 */
#include "sha256.h"

#include <string.h>

#define BLOCK_BYTES 64
#define ROUNDS 64

struct state {
    uint32_t hash[8];
    uint8_t block[BLOCK_BYTES];
    size_t used;
    uint64_t length;
};

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t value, unsigned bits)
{
    return value >> bits | value << (32 - bits);
}

static void compress(struct state *state)
{
    uint32_t w[ROUNDS] = {0}, v[8];
    for (int i = 0; i < 16; i++) {
        const uint8_t *word = state->block + (ptrdiff_t)4 * i;
        w[i] = (uint32_t)word[0] << 24 | (uint32_t)word[1] << 16 | (uint32_t)word[2] << 8 | word[3];
    }
    for (int i = 16; i < ROUNDS; i++) {
        uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    memcpy(v, state->hash, sizeof v);
    /* Not the eight words move, but which is the first. */
    for (unsigned i = 0; i < ROUNDS; i++) {
#define V(n) v[((n)-i) & 7]
        uint32_t s1 = rotate(V(4), 6) ^ rotate(V(4), 11) ^ rotate(V(4), 25);
        uint32_t choice = (V(4) & V(5)) ^ (~V(4) & V(6));
        uint32_t t1 = V(7) + s1 + choice + constants[i] + w[i];
        uint32_t s0 = rotate(V(0), 2) ^ rotate(V(0), 13) ^ rotate(V(0), 22);
        uint32_t majority = (V(0) & V(1)) ^ (V(0) & V(2)) ^ (V(1) & V(2));
        V(3) += t1;
        V(7) = t1 + s0 + majority;
#undef V
    }
    for (int i = 0; i < 8; i++)
        state->hash[i] += v[i];
    state->used = 0;
}

static void take(struct state *state, const uint8_t *data, size_t length)
{
    state->length += length;
    while (length > 0) {
        size_t part = BLOCK_BYTES - state->used < length ? BLOCK_BYTES - state->used : length;
        memcpy(state->block + state->used, data, part);
        state->used += part;
        data += part;
        length -= part;
        if (state->used == BLOCK_BYTES)
            compress(state);
    }
}

void sha256(const struct bytes *parts, size_t count, uint8_t digest[SHA256_BYTES])
{
    struct state state = {
        .hash = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
    for (size_t i = 0; i < count; i++)
        take(&state, parts[i].data, parts[i].length);
    uint64_t bits = state.length * 8;
    take(&state, (const uint8_t[]){0x80}, 1);
    while (state.used != BLOCK_BYTES - 8)
        take(&state, (const uint8_t[]){0}, 1);
    for (int shift = 56; shift >= 0; shift -= 8)
        take(&state, (const uint8_t[]){(uint8_t)(bits >> shift)}, 1);
    for (int i = 0; i < SHA256_BYTES; i++)
        digest[i] = (uint8_t)(state.hash[i / 4] >> (24 - 8 * (i % 4)));
}
