/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clock of the live path: CLOCK_MONOTONIC_RAW, which nobody sets or slews. */
#ifndef MYO_IO_LIVE_CLOCK_H
#define MYO_IO_LIVE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t myo_clock_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/** Sleeps for about so long. */
static inline void myo_clock_sleep_us(int64_t us)
{
    const struct timespec time = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    (void)nanosleep(&time, NULL);
}

#endif
