/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The burst detector's state, shared by what decides on a hop (burst.c) and what brings hops to it
 * (burst_life.c). Private to these two. */
#ifndef MYO_EMG_BURST_STATE_H
#define MYO_EMG_BURST_STATE_H

#include "emg/burst.h"
#include "emg/floor.h"
#include "emg/herald.h"
#include "emg/needle_ground.h"
#include "emg/window.h"

/* Onset is searched this far before the window that fired, */
#define MYO_ONSET_REACH_MS 60.0
/* and again, when more was seen, this far before what was found. */
#define MYO_ONSET_REFINE_MS 5.0

/* Behind any hop; a double holds it. */
#define MYO_NO_REST (INT64_C(1) << 60)

enum { MYO_BURST_PENDING = 8, MYO_BURST_NEWS = 32 };

typedef enum { WARMING, IDLE, ACTIVE } myo_burst_state;

/* Who slides the windows: the board's kernel, or, over the hops kept back while warming up, burst_life.c;
 * REFILL is before the first of those. */
typedef enum { BOARD, REFILL, REPLAY } myo_window_source;

/* Thresholds for a tail, kept until it is another. */
typedef struct {
    double tail; /* 0 = none yet */
    double ratio[MYO_WINDOW_COUNT];
} myo_tail_ratios;

/* Thresholds of detectors of the same configuration, which share them. */
typedef struct {
    int32_t users;
    myo_threshold_table burst, herald;
} myo_burst_tables;

struct myo_burst_detector {
    /* What each block of the floor asks for comes first, on as few cache lines as it takes. */
    myo_burst_state state;
    bool at_rest; /* in a burst: what changes from hop to hop is with the board */
    bool needle;
    int32_t hop_frames;
    myo_floor floor;
    myo_windows *windows; /* with those of other channels */
    size_t lane;          /* the place among them */
    const myo_threshold_table *table;
    int64_t limit_generation; /* of the floor that the limits were made from */
    /* by the tail of blocks, and of groups of them, and by the spread of blocks */
    myo_tail_ratios narrow, wide, coloured;
    double limit
        [MYO_WINDOW_COUNT]; /* thresholds as energy; on the board, lower where bursts are heralded */
    myo_followed
        *followed; /* with those of other channels: what goes on while it rests in a burst */
    double hop_ms;
    int32_t arm_hops, merge_hops, refractory_hops, settle_hops, weak_hops;
    int32_t settle_least_hops, known_hops, glow_hops, forget_hops, brief_hops;
    myo_burst_config config;
    myo_burst_tables *tables;
    myo_herald herald;
    myo_needle_ground *ground; /* of a needle's channel, else NULL */
    myo_hop_ring ring;
    int64_t cursor; /* next hop to decide on; while at rest, the end of the ring */
    myo_window_source source;
    int64_t crossing_hop, last_active_hop;
    double highest;     /* energy of the open burst's highest 10 ms so far */
    int64_t strong_hop; /* the last one at which it was more than the weak rest of itself */
    int64_t high_hop;   /* ...and more than noise */
    int64_t rest_hop;   /* the last high one before its first rest that was longer than a gap */
    myo_burst open;
    double floor_at_open[MYO_LANE_COUNT];
    double ground_power; /* below it, too, the open burst rests */
    int64_t chain_start, chain_end;
    uint64_t serial;
    myo_burst pending[MYO_BURST_PENDING];
    int32_t pending_count;
    myo_burst news[MYO_BURST_NEWS];
    int32_t news_first, news_count;
};

static inline double myo_burst_noise(const myo_burst_detector *self, int lane)
{
    return myo_floor_power(&self->floor, lane);
}

/* A burst that was told must not fire again. */
static inline void myo_burst_fill(myo_burst_detector *self)
{
    myo_windows_fill(self->windows, self->lane,
                     self->hop_frames * myo_burst_noise(self, MYO_LANE_DETECT));
}

MYO_RT void myo_burst_set_limits(myo_burst_detector *self);
/** What the windows need to know of the floor; while nothing is open, their limits, too. */
static inline void myo_burst_take_floor(myo_burst_detector *self)
{
    self->windows->low_noise[self->lane] =
        2.0 * self->hop_frames * myo_burst_noise(self, MYO_LANE_LOW);
    if (self->state == IDLE && self->limit_generation != myo_floor_generation(&self->floor)) {
        myo_burst_set_limits(self);
    }
}

/** Whether an open burst had lasted at this hop for so long that it may be the new floor, if that is steady. */
MYO_RT bool myo_burst_is_long(const myo_burst_detector *self, int64_t hop);
/** The hop from which on an open burst is to be asked even if it goes on as it does, since it lasts for so long;
 *  behind @p hop, or not long before the hop that counts. */
MYO_RT int64_t myo_burst_long_hop(const myo_burst_detector *self, int64_t hop);
/** Hands an open burst to the board, which follows it from the next hop on, and takes it back. */
MYO_RT void myo_burst_hand_over(myo_burst_detector *self);
MYO_RT void myo_burst_take_back(myo_burst_detector *self);

/** Decides on the hop at the cursor, which went through the windows, and goes on to the next. */
MYO_RT void myo_burst_decide(myo_burst_detector *self);
/** Ends the burst that is open; settles the one that waits for longest. */
MYO_RT void myo_burst_close(myo_burst_detector *self);
MYO_RT void myo_burst_settle(myo_burst_detector *self);

/** Of a needle's channel (burst_needle.c): limits are not below what its ground makes of them; the power
 *  that a burst ends at; whether the burst ended because another rises out
 *  of it; the measures that others do not have. */
MYO_RT void myo_burst_raise_limits(myo_burst_detector *self);
MYO_RT double myo_burst_end_power(const myo_burst_detector *self);
MYO_RT bool myo_burst_split(myo_burst_detector *self);
MYO_RT void myo_burst_measure_needle(const myo_burst_detector *self, int64_t now, myo_burst *burst);

/** How long its type is waited for (burst_rest.c). The burst was not high for longer than a gap, or is over: was that
 *  a rest? The one to go by if what followed the first one went on. The hop at which one that ended is to be
 *  measured. Whether it goes on so faintly behind its first rest that it was over by then. */
MYO_RT void myo_burst_note_rest(myo_burst_detector *self);
MYO_RT int64_t myo_burst_later_rest(const myo_burst_detector *self);
MYO_RT int64_t myo_burst_due(const myo_burst_detector *self);
MYO_RT bool myo_burst_glows(const myo_burst_detector *self);

/** The largest window's power over its limit. */
MYO_RT double myo_burst_strength(const myo_burst_detector *self,
                                 const double sum[MYO_WINDOW_COUNT]);

#endif
