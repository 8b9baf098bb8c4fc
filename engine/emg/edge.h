/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Holds the input over edges that no muscle makes, so that no filter behind it rings.
 *
 * A stimulus, a pop or the joint between two sweeps changes by many noise widths from one sample
 * to the next; the quickest surface action potential needs about a millisecond to grow. The hold
 * begins in the very sample in which the edge shows (no delay), lasts until the signal is smooth
 * again, and what is left of the step is then given back slowly enough to stay below the detect
 * band. */
#ifndef MYO_EMG_EDGE_H
#define MYO_EMG_EDGE_H

#include "myotwitch/api.h"

/** Rates turned into frames and per-frame steps; the same for all channels. */
typedef struct {
    double scale_keep, scale_step, scale_grow; /**< of the curvature scale a frame: what is kept,
                                                    what is taken over, the most it becomes */
    double offset_keep;                        /**< what remains of the offset after a frame */
    double trigger;                            /**< curvature in scales that begins a hold */
    double growth;     /**< and its ratio to the curvature in the frames before */
    int32_t look_back; /**< a quarter of those frames */
    int32_t calm_frames;
    int32_t flat_frames;    /**< without any curvature in a row: nothing is learned from more */
    int32_t grains_least;   /**< so many equal ends of flat lines are a converter's steps */
    int32_t learned_frames; /**< from so many on it learns slowly */
    int32_t hold_max_frames;
    int32_t learn_frames;
} myo_edge_config;

typedef struct {
    double x1, x2;    /**< the last two input samples */
    double scale;     /**< mean magnitude of the second difference */
    double held;      /**< output while holding */
    double offset;    /**< output = input - offset */
    double size;      /**< largest departure from the held value in this hold */
    double recent[4]; /**< maxima of curvature over quarters of the look-back */
    int32_t quarter_left;
    int32_t seen;   /**< frames learned from, up to learned_frames */
    int32_t flat;   /**< frames without any curvature in a row */
    double grain;   /**< least curvature that ended a flat line: of a coarse converter, one step */
    int32_t grains; /**< how often that was met, up to grains_least */
    int32_t hold;   /**< frames held so far, 0 = not holding */
    int32_t calm;
} myo_edge;

/** What one frame did. */
typedef struct {
    double y;
    bool began; /**< an edge was met in this frame */
    bool ended; /**< a hold ended: size and step are valid */
    bool holding;
    double size; /**< height of the edge */
    double step; /**< what stayed of it when the hold ended */
} myo_edge_result;

void myo_edge_config_default(myo_edge_config *config, double rate_hz);
void myo_edge_reset(myo_edge *edge);
MYO_RT myo_edge_result myo_edge_process(const myo_edge_config *config, myo_edge *edge, double x);

#endif
