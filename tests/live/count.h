/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A signal of which every sample tells its frame and channel, exact in 24 bits. */
#ifndef MYO_TESTS_LIVE_COUNT_H
#define MYO_TESTS_LIVE_COUNT_H

#include <stdint.h>

/** Channel 0: frame / 2^24, modulo 2^23 frames; the others: splitmix64 of frame and channel (Steele et
 *  al. 2014), -0.25 to 0.25. */
static inline float count_sample(int64_t frame, uint32_t channel)
{
    if (channel == 0) {
        return (float)(frame % (1 << 23)) / (float)(1 << 24);
    }
    uint64_t z = (uint64_t)frame * 256u + channel + 1u;
    z *= 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return (float)(int32_t)((uint32_t)(z >> 41) - (1u << 22)) / (float)(1 << 24);
}

#endif
