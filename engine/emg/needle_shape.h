/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of a burst on a needle's channel: activity that the needle's own movement sets off jumps up
 * and dies away evenly; a twitch comes in volleys, stays up, and ends (emg.md 1.2). */
#ifndef MYO_EMG_NEEDLE_SHAPE_H
#define MYO_EMG_NEEDLE_SHAPE_H

#include "emg/ring.h"

/** Of the power of 10 ms windows in the detect band. */
typedef struct {
    double
        uneven_db; /**< standard deviation about a straight fall or rise, within 25 dB of the top */
    double slope_db; /**< that fall or rise, a ms */
    double share6;   /**< time within 6 dB of the top over time within 12 dB */
    double share12;  /**< time within 12 dB over time within 20 dB */
    double drop_db;  /**< top over the highest in the 60 ms behind the end */
} myo_needle_shape;

/** Course over hops [onset, end), seen up to @p now, all but the first held by the ring. */
MYO_RT void myo_needle_shape_measure(const myo_hop_ring *ring, double hop_ms, int64_t onset,
                                     int64_t end, int64_t now, myo_needle_shape *shape);

#endif
