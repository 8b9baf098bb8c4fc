/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What both programs share: how often a callback is called, and the malloc that proves that it counts. */
#ifndef MYO_TESTS_RTSAN_COUNT_H
#define MYO_TESTS_RTSAN_COUNT_H

#include "live/clock.h"

#include <stdlib.h>

enum { CALLS = 4000, MOST = 1024, CHANNELS = 8 };

#if defined(MYO_PROVE_CHECK)
/* A block that no compiler may leave out. */
static inline void allocate(void)
{
    void *volatile block = malloc(64);
    free(block);
}
/* What a callback calls allocates on the way. */
static inline int64_t allocating_clock_ns(void)
{
    allocate();
    return myo_clock_ns();
}
#define myo_clock_ns() allocating_clock_ns()
#define sound_mix(mixer, out, frames, channels)                                                    \
    (allocate(), sound_mix(mixer, out, frames, channels))
#endif

#endif
