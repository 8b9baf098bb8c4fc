/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the noise floors of up to eight channels keep, side by side, and the kernels that end their
 * blocks; see floor.h. */
#ifndef MYO_EMG_FLOOR_LANES_H
#define MYO_EMG_FLOOR_LANES_H

#include "emg/hop.h"
#include "emg/quantile.h"

/** Quantiles of a channel: the level of each band, then of the detect band what lies below a tenth and
 *  below four fifths. */
enum {
    MYO_FLOOR_TAIL_LOW = MYO_LANE_COUNT,
    MYO_FLOOR_TAIL_HIGH,
    MYO_FLOOR_QUANTILES,
    MYO_FLOOR_LOCAL = 32 /**< blocks of the local level */
};

/** The block that is being added up. */
typedef struct {
    MYO_ALIGNED myo_lanes sum[MYO_LANE_COUNT];
    myo_lanes five[5];   /**< energies of the last five hops, detect band, by hop modulo 5 */
    myo_lanes five_most; /**< highest sum of five of them within the block */
    myo_lanes hops;      /**< in the block so far */
    double block_hops;   /**< a whole block */
} myo_floor_sums;

/** Powers of a block of each channel. */
typedef struct {
    MYO_ALIGNED float power[MYO_LANE_COUNT][MYO_OCTET];
} myo_floor_row;

typedef struct myo_floors myo_floors;

/** Ends the blocks of the channels of @p ends: takes their powers, and begins the next ones. Returns those
 *  that had a block, of which those in `learned` learned from it. */
MYO_RT typedef unsigned myo_floor_take_run(myo_floors *floors, unsigned ends);

/** Power and tail of the channels of @p learned from the blocks that they have. */
MYO_RT typedef void myo_floor_tell_run(myo_floors *floors, unsigned learned);

/** Looks for a quantile that may soon be lost, and, where there is one, for its neighbourhood anew. No power
 *  changes by it: it can be done where there is time, between two blocks. */
MYO_RT typedef void myo_floor_ahead_run(myo_floors *floors);

struct myo_floors {
    myo_floor_sums sums;
    myo_floor_take_run *take;
    myo_floor_tell_run *tell;
    myo_floor_ahead_run *ahead;
    bool busy;        /**< blocks ended in this tile, or `ahead` was called: that is enough */
    bool moved;       /**< quantiles have since `close` was looked at */
    uint64_t close;   /**< may soon be lost: a bit for each channel, eight for each quantile */
    double frames;    /**< of a block */
    int32_t capacity; /**< quiet blocks that are remembered */
    int32_t recent_capacity; /**< blocks, quiet or not */
    unsigned quiet;          /**< bit of each channel of whose present block all hops were */
    unsigned full;           /**< that has as many quiet blocks as are remembered */
    unsigned learned;        /**< that learned from the last block */
    MYO_ALIGNED myo_lanes
        bias[MYO_LANE_COUNT]; /**< quantile of the mean of chi-square over its mean */
    myo_lanes freedom;        /**< degrees of freedom of a block in the detect band */
    myo_lanes even;           /**< up to this ratio of its quantiles there is no tail */
    myo_lanes power[MYO_LANE_COUNT];
    myo_lanes tail, local, crest;
    myo_lanes known;       /**< blocks remembered, as in `count` */
    myo_lanes group_power; /**< of the quiet blocks of this group of four so far */
    myo_lanes in_group;    /**< how many those are */
    myo_lanes
        group_variance; /**< mean square of a group's departure from the floor, as a share of it */
    myo_lanes groups;
    myo_lanes
        block_variance; /**< the same of a block, in units of what its degrees of freedom make */
    myo_lanes spread_blocks; /**< how many it rests on, up to MYO_FLOOR_SPREAD_BLOCKS */
    int32_t count[MYO_OCTET], next[MYO_OCTET]; /**< blocks remembered; place of the next */
    int32_t forget_in[MYO_OCTET]; /**< blocks until the older ones go; 0 = nothing to forget */
    int32_t recent_count[MYO_OCTET], recent_next[MYO_OCTET];
    int32_t local_count[MYO_OCTET]; /**< of MYO_FLOOR_LOCAL */
    int64_t generation[MYO_OCTET];
    myo_floor_row *ring;   /**< the quiet blocks, by channel in order of arrival */
    myo_floor_row *recent; /**< all blocks */
    float *scratch;        /**< room for a band of the ring */
    /** The last blocks' powers in the detect band, in order of size, infinite where there is none yet. */
    float local_sorted[MYO_FLOOR_LOCAL + 1][MYO_OCTET];
    myo_quantiles quantiles[MYO_FLOOR_QUANTILES];
};

/** Once a tile: where no block ends in it, there is time. */
static inline void myo_floors_ahead(myo_floors *self)
{
    if (!self->busy && (self->moved || self->close != 0)) {
        self->busy = true;
        self->ahead(self);
    }
}

/** The band that a quantile is of. */
static inline int myo_floor_band(int quantile)
{
    return quantile < MYO_LANE_COUNT ? quantile : MYO_LANE_DETECT;
}

/** Share of the blocks below each quantile. */
MYO_CONST static inline double myo_floor_share(int quantile)
{
    /* Below the median, so that a third of the blocks may hold activity; the tail is judged between the
     * other two: bursts live above the second. */
    return quantile == MYO_FLOOR_TAIL_LOW ? 0.1 : quantile == MYO_FLOOR_TAIL_HIGH ? 0.8 : 0.4;
}

/** The channel has so many blocks now. */
static inline void myo_floor_set_count(myo_floors *self, size_t lane, int32_t count)
{
    self->count[lane] = count;
    self->known[lane] = count;
    self->full = (self->full & ~(1u << lane)) | (unsigned)(count == self->capacity) << lane;
    for (int q = 0; count > 0 && q < MYO_FLOOR_QUANTILES; q++) {
        myo_quantile_rank(&self->quantiles[q], lane, myo_floor_share(q), count);
    }
}

/** The high over the low quantile of Gaussian noise's powers lie so many standard deviations apart. */
#define MYO_FLOOR_TAIL_SPREAD 2.123
/** Blocks of a group, and how many groups are remembered. */
#define MYO_FLOOR_GROUP  4
#define MYO_FLOOR_GROUPS 200
/** Blocks that tell of a block's variance: a minute, as it is known to 4 % then. */
#define MYO_FLOOR_SPREAD_BLOCKS 2400.0

#endif
