/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Energies of windows of 10 ms that slide over the hops: each is added up anew, so that they do not drift,
 * several at once. */
#ifndef MYO_EMG_HOP_WINDOWS_H
#define MYO_EMG_HOP_WINDOWS_H

#include "emg/ring.h"

/** So many at once; hops in one of them, at most: a hop is at least 2/3 ms long. */
enum { MYO_HOP_WINDOWS = 8, MYO_WINDOW_HOPS = 15 };

/** Energies of @p lane over the @p width hops, at most MYO_WINDOW_HOPS, that end with @p hop, and with each
 *  of those behind it. What is not held counts as 0. */
static inline void myo_hop_windows(const myo_hop_ring *ring, int lane, int64_t hop, int32_t width,
                                   double *restrict sum)
{
    double energy[MYO_WINDOW_HOPS + MYO_HOP_WINDOWS] = {0.0};
    const int64_t begin = hop + 1 - width, end = hop + MYO_HOP_WINDOWS;
    const int64_t first = myo_hop_first(ring), last = myo_hop_end(ring);
    for (int64_t at = begin > first ? begin : first; at < (end < last ? end : last); at++) {
        energy[at - begin] = myo_hop_lane(ring, lane, at);
    }
    for (int k = 0; k < MYO_HOP_WINDOWS; k++) {
        sum[k] = 0.0;
    }
    for (int32_t i = 0; i < width; i++) {
        for (int k = 0; k < MYO_HOP_WINDOWS; k++) {
            sum[k] += energy[i + k];
        }
    }
}

#endif
