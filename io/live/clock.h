/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clock of the live path: CLOCK_MONOTONIC_RAW, which nobody sets or slews. */
#ifndef MYO_IO_LIVE_CLOCK_H
#define MYO_IO_LIVE_CLOCK_H

#include "myotwitch/api.h"

#include <stdint.h>
#include <time.h>

#if defined(MYO_CHECK_EFFECTS)
/* The C library does not say that this clock is read without the kernel; tests/test_ring_rt.c does. */
MYO_RT int clock_gettime(clockid_t clock, struct timespec *time);
#endif

MYO_RT static inline int64_t myo_clock_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/** What the calling thread has computed so far: what others do to it meanwhile does not count. A system
 *  call, and so nothing for a callback. */
static inline int64_t myo_clock_thread_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/** Sleeps for about so long. */
static inline void myo_clock_sleep_us(int64_t us)
{
    const struct timespec time = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    (void)nanosleep(&time, NULL);
}

#endif
