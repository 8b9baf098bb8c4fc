/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last few seconds of hops of one channel, addressed by hop number. */
#ifndef MYO_EMG_RING_H
#define MYO_EMG_RING_H

#include "emg/hop.h"

typedef struct {
    myo_hop *hops;
    int32_t capacity;
    int64_t end; /**< number of the next hop; hops [end - capacity, end) are held */
} myo_hop_ring;

static inline const myo_hop *myo_hop_at(const myo_hop_ring *ring, int64_t hop)
{
    return &ring->hops[hop % ring->capacity];
}

static inline int64_t myo_hop_first(const myo_hop_ring *ring)
{
    return ring->end > ring->capacity ? ring->end - ring->capacity : 0;
}

static inline void myo_hop_push(myo_hop_ring *ring, const myo_hop *hop)
{
    ring->hops[ring->end % ring->capacity] = *hop;
    ring->end++;
}

/** Energy of @p lane over hops [from, to), clipped to what is held. */
static inline double myo_hop_energy(const myo_hop_ring *ring, int lane, int64_t from, int64_t to)
{
    const int64_t first = myo_hop_first(ring);
    double sum = 0.0;
    for (int64_t hop = from > first ? from : first; hop < to && hop < ring->end; hop++) {
        sum += (double)myo_hop_at(ring, hop)->energy[lane];
    }
    return sum;
}

#endif
