/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Noise floor of a channel: a running quantile of the power of 25 ms blocks, without bias, plus
 * how heavy the noise's tail is. */
#ifndef MYO_EMG_FLOOR_H
#define MYO_EMG_FLOOR_H

#include "emg/board.h"
#include "myotwitch/status.h"

/** A channel's place among those of its board. */
typedef struct {
    myo_floors *all;
    size_t lane;
} myo_floor;

typedef struct {
    double rate_hz;
    myo_board *board;                    /**< adds up the blocks; borrowed */
    size_t lane;                         /**< the channel's place on it */
    double window_s;                     /**< memory */
    double bandwidth_hz[MYO_LANE_COUNT]; /**< noise-equivalent, for the bias of the quantile */
} myo_floor_config;

/** Gives a channel its place; the first on a board allocates what all need. @p like: NULL, or a floor of the same
 *  configuration, board and lane aside: its tables are taken over. MYO_ERR_NO_MEMORY. */
myo_status myo_floor_init(const myo_floor_config *config, const myo_floor *like, myo_floor *floor);
/** Frees what all channels of a board need. */
void myo_floors_free(myo_floors *floors);
MYO_RT void myo_floor_reset(myo_floor *floor);

/** Looks at the hop that the board gathered last, where it is more than a @p quiet one without
 *  @p flags. Quiet hops teach the floor; the others are only kept for a relearn. */
static inline void myo_floor_hop(myo_floor *floor, uint8_t flags, bool quiet);

/** The board says that the blocks of the channels of @p ends are whole. myo_floor_hop sees to it itself. */
MYO_RT void myo_floors_end(myo_floors *floors, unsigned ends);
/** Begins the channel's block again. */
MYO_RT void myo_floor_begin(myo_floor *floor);

/** Forgets what it knew and starts from the last 2 s, quiet or not: the floor itself moved. */
MYO_RT void myo_floor_relearn(myo_floor *floor);

/** What was learned so far no longer holds (hum was taken away, say): from the 25th new block on, the
 *  floor rests on the new blocks alone. */
MYO_RT void myo_floor_forget(myo_floor *floor);

/** Mean square of a sample of the noise in @p lane; 0 before the first block. */
static inline double myo_floor_power(const myo_floor *floor, int lane)
{
    return floor->all->power[lane][floor->lane];
}

/** The same in the detect band over the last 0.8 s, active or not: where it exceeds the floor, the
 *  floor is on the move. 0 before that much was seen. */
static inline double myo_floor_local_power(const myo_floor *floor)
{
    return floor->all->local[floor->lane];
}

/** Variance of a block's power in the detect band over that of Gaussian noise, >= 1. */
static inline double myo_floor_tail(const myo_floor *floor)
{
    return floor->all->tail[floor->lane];
}

/** The same for the mean of four blocks, 1 to 6: coloured or drifting noise varies more over 100 ms than
 *  over 25. */
MYO_RT double myo_floor_long_tail(const myo_floor *floor);

/** Variance of a quiet block's power in the detect band over the last minute, over that of white noise; 1 at
 *  least, and while it is not known (7.5 s). More where the noise is coloured. */
MYO_RT double myo_floor_spread(const myo_floor *floor);

/** By how much short peaks stand out more than in Gaussian noise, 0 = not at all or not known; 0.04
 *  for Student's t with 5 degrees of freedom. */
MYO_RT double myo_floor_spikiness(const myo_floor *floor);

/** Blocks that the floor rests on. */
MYO_RT int32_t myo_floor_blocks(const myo_floor *floor);

/** Whether the last 2 s look like stationary noise of less than @p ratio times the floor's RMS. */
MYO_RT bool myo_floor_looks_stationary(const myo_floor *floor, double ratio);

/** Rises by one whenever what it says may have changed. */
static inline int64_t myo_floor_generation(const myo_floor *floor)
{
    return floor->all->generation[floor->lane];
}

static inline void myo_floor_hop(myo_floor *self, uint8_t flags, bool quiet)
{
    myo_floors *all = self->all;
    if (flags & (MYO_HOP_INVALID | MYO_HOP_SATURATED)) {
        myo_floor_begin(self);
        return;
    }
    if (!quiet || (flags & MYO_HOP_HELD)) {
        all->quiet &= ~(1u << self->lane);
    }
    if (all->sums.hops[self->lane] >= all->sums.block_hops) {
        myo_floors_end(all, 1u << self->lane);
    }
}

#endif
