/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of a burst: a push swells and ebbs evenly, a twitch comes in volleys; what a needle's own movement
 * sets off dies away, the last discharge of a twitch is over at once (emg.md 1.2, 7.8). */
#ifndef MYO_EMG_BURST_SHAPE_H
#define MYO_EMG_BURST_SHAPE_H

#include "emg/ring.h"

/** Of the power of 10 ms windows in the detect band. */
typedef struct {
    double
        uneven_db; /**< standard deviation about a straight fall or rise, within 25 dB of the top */
    double drop_db; /**< top over the highest in the 60 ms behind the end */
    int32_t lumps;  /**< stretches within 10 dB of the top, parted by 10 ms or more */
    double lump_db; /**< highest of the tops of lumps over the lowest */
    double lump_ms; /**< mean interval between their tops; 0 of one */
    double fall_db; /**< needle: largest fall within 15 ms, down to the ground at most; 0 or more */
} myo_burst_shape;

/** Course over hops [onset, end), seen up to @p now, all but the first held by the ring; but for the fall. */
MYO_RT void myo_burst_shape_measure(const myo_hop_ring *ring, double hop_ms, int64_t onset,
                                    int64_t end, int64_t now, myo_burst_shape *shape);

/** The fall of such a burst. @p ground: energy of a hop of what goes on around it; 0 = nothing. */
MYO_RT double myo_burst_shape_fall(const myo_hop_ring *ring, double hop_ms, double ground,
                                   int64_t onset, int64_t end, int64_t now);

#endif
