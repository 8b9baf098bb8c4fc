/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last few seconds of hops of up to eight channels, addressed by hop number. */
#ifndef MYO_EMG_RING_H
#define MYO_EMG_RING_H

#include "core/octet.h"
#include "dsp/eight.h"
#include "emg/hop.h"

#include <string.h>

/** One hop of eight channels, as kernels make it. */
typedef struct {
    MYO_ALIGNED float energy[MYO_LANE_COUNT][MYO_OCTET];
    float peak[MYO_OCTET], turns[MYO_OCTET];
} myo_hop_row;

/** One hop of eight channels, as it is kept: of thousands of them most of an engine's memory is made. */
typedef struct {
    _Alignas(16) float energy[MYO_LANE_COUNT][MYO_OCTET];
    float peak[MYO_OCTET];
    uint8_t turns[MYO_OCTET], flags[MYO_OCTET];
} myo_hop_kept;

typedef struct {
    myo_hop_kept *kept;
    int32_t capacity;
    int32_t at;  /**< place of the next hop */
    int64_t end; /**< its number; hops [end - capacity, end) are held */
} myo_hop_rows;

/** One channel of it. */
typedef struct {
    myo_hop_rows *rows;
    size_t lane;
} myo_hop_ring;

static inline int64_t myo_hop_end(const myo_hop_ring *ring)
{
    return ring->rows->end;
}

static inline int64_t myo_hop_first(const myo_hop_ring *ring)
{
    const myo_hop_rows *rows = ring->rows;
    return rows->end > rows->capacity ? rows->end - rows->capacity : 0;
}

/** Place of a hop that is held. */
static inline size_t myo_hop_place(const myo_hop_rows *rows, int64_t hop)
{
    const int32_t place = rows->at - (int32_t)(rows->end - hop);
    return (size_t)(place < 0 ? place + rows->capacity : place);
}

static inline uint8_t myo_hop_flags(const myo_hop_ring *ring, int64_t hop)
{
    return ring->rows->kept[myo_hop_place(ring->rows, hop)].flags[ring->lane];
}

static inline double myo_hop_lane(const myo_hop_ring *ring, int lane, int64_t hop)
{
    return (double)ring->rows->kept[myo_hop_place(ring->rows, hop)].energy[lane][ring->lane];
}

static inline myo_hop myo_hop_at(const myo_hop_ring *ring, int64_t hop)
{
    const myo_hop_kept *row = &ring->rows->kept[myo_hop_place(ring->rows, hop)];
    myo_hop one;
    for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
        one.energy[lane] = row->energy[lane][ring->lane];
    }
    one.peak = row->peak[ring->lane];
    one.turns = row->turns[ring->lane];
    one.flags = row->flags[ring->lane];
    return one;
}

static inline void myo_hop_set(const myo_hop_ring *ring, int64_t hop, const myo_hop *one)
{
    myo_hop_kept *row = &ring->rows->kept[myo_hop_place(ring->rows, hop)];
    for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
        row->energy[lane][ring->lane] = one->energy[lane];
    }
    row->peak[ring->lane] = one->peak;
    row->turns[ring->lane] = one->turns;
    row->flags[ring->lane] = one->flags;
}

/* Rows that far ahead are asked for: of many channels they are no longer in the cache. */
enum { MYO_HOP_AHEAD = 8 };

/** The next hop of all channels. */
static inline void myo_hop_push(myo_hop_rows *rows, const myo_hop_row *row, const uint8_t *flags)
{
    const int32_t ahead = rows->at + MYO_HOP_AHEAD;
    const char *soon = (const char *)&rows->kept[ahead < rows->capacity ? ahead : rows->at];
    myo_hop_kept *to = &rows->kept[rows->at];
    for (size_t byte = 0; byte < sizeof *to; byte += 64) {
        __builtin_prefetch(soon + byte, 1);
    }
    memcpy(to->energy, row->energy, sizeof to->energy);
    memcpy(to->peak, row->peak, sizeof to->peak);
    eight_store_bytes(to->turns, row->turns);
    memcpy(to->flags, flags, sizeof to->flags);
    rows->at = rows->at + 1 == rows->capacity ? 0 : rows->at + 1;
    rows->end++;
}

/** Energy of @p lane over hops [from, to), clipped to what is held. */
static inline double myo_hop_energy(const myo_hop_ring *ring, int lane, int64_t from, int64_t to)
{
    const myo_hop_rows *rows = ring->rows;
    const int64_t first = myo_hop_first(ring), end = myo_hop_end(ring);
    double sum = 0.0;
    from = from > first ? from : first;
    to = to < end ? to : end;
    if (from >= to) {
        return sum;
    }
    const size_t capacity = (size_t)rows->capacity;
    size_t place = myo_hop_place(rows, from);
    for (int64_t left = to - from; left > 0; left--) {
        sum += (double)rows->kept[place].energy[lane][ring->lane];
        place = place + 1 == capacity ? 0 : place + 1;
    }
    return sum;
}

#endif
