/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the detectors see: energies and extremes of one channel over one hop of about 1 ms.
 *
 * Everything behind the filters runs on hops, so its cost and its time resolution do not depend on
 * the sampling rate. Hops lie on a grid that starts at frame 0 of the recording: they do not
 * depend on how it was cut into blocks. */
#ifndef MYO_EMG_HOP_H
#define MYO_EMG_HOP_H

#include "myotwitch/api.h"

/** The filters of one channel, in the order of the bank's lanes. */
enum {
    MYO_LANE_MEASURE, /**< 20-450 Hz: size and onset */
    MYO_LANE_DETECT,  /**< 60-300 Hz: muscle against noise (emg.md 7.2) */
    MYO_LANE_LOW,     /**< 8-45 Hz: heart and motion */
    MYO_LANE_HIGH,    /**< above the measure band: stimulators, pops */
    MYO_LANE_COUNT
};

enum {
    MYO_HOP_INVALID = 1u << 0,   /**< gap or filters not settled: no statement */
    MYO_HOP_SATURATED = 1u << 1, /**< at the converter's rail in this hop */
    MYO_HOP_EDGE = 1u << 2,      /**< a hold over an edge began */
    MYO_HOP_STEP = 1u << 3,      /**< a hold ended and the signal stayed away: a step */
    MYO_HOP_HELD = 1u << 4,      /**< the input was held in this hop */
    MYO_HOP_LOST = 1u << 5,      /**< frames are missing or not numbers */
    MYO_HOP_HUM = 1u << 6        /**< heavy hum was taken away */
};

typedef struct {
    float energy[MYO_LANE_COUNT]; /**< sum of squares over the hop's frames */
    float peak;                   /**< largest magnitude in the measure band */
    uint8_t turns;                /**< turns of more than 3 sigma in the measure band */
    uint8_t flags;
} myo_hop;

/** Frames in a hop: 1 ms, at least one frame. */
static inline int32_t myo_hop_frames(double rate_hz)
{
    const int32_t frames = (int32_t)(rate_hz / 1000.0 + 0.5);
    return frames < 1 ? 1 : frames;
}

/** Hops in @p ms, at least one. */
static inline int32_t myo_hops(double ms, double hop_ms)
{
    const int32_t hops = (int32_t)(ms / hop_ms + 0.5);
    return hops < 1 ? 1 : hops;
}

#endif
