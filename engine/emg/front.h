/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One channel's samples before the filters: what is not a number, what is at the rail, the level
 * it starts from, edges, mains hum. */
#ifndef MYO_EMG_FRONT_H
#define MYO_EMG_FRONT_H

#include "emg/edge.h"
#include "emg/hop.h"

typedef struct {
    myo_edge_config edge;
    bool blank_edges;
    double rail_low, rail_high; /**< converter's rails; equal = find them */
    int32_t rail_frames;        /**< as many equal samples at the rail are saturation */
} myo_front_config;

typedef struct {
    bool started;
    double level;     /**< subtracted: the first sample after a reset */
    double last;      /**< input one frame ago */
    double low, high; /**< the rails; where none are known, extremes so far */
    int32_t equal;    /**< equal samples in a row */
    myo_edge edge;
} myo_front;

/** Flags of the frame as MYO_HOP_..., and the sample for the filters. */
typedef struct {
    double y;
    uint8_t flags;
    float edge; /**< height of the edge whose hold ended here */
} myo_front_result;

void myo_front_config_default(myo_front_config *config, double rate_hz);
MYO_RT void myo_front_reset(myo_front *front);
MYO_RT myo_front_result myo_front_process(const myo_front_config *config, myo_front *front,
                                          float x);

#endif
