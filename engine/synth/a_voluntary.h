/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Muscle activity that is no twitch: contractions, coughs and startles, the tone at rest. */
#ifndef MYO_SYNTH_A_VOLUNTARY_H
#define MYO_SYNTH_A_VOLUNTARY_H

#include "synth/a_layout.h"
#include "synth/a_shaper.h"

/** Places a voluntary contraction of 0.3-10 s at @p frame; returns its length in s. */
double myo_a_contraction_place(myo_scene *scene, const myo_a_layout *layout, myo_rng *rng,
                               int64_t frame);

/** Places a cough, swallow or startle of 150-400 ms on all channels; returns its length in s. */
double myo_a_brief_place(myo_scene *scene, myo_rng *rng, int64_t frame);

/** Resting activity of one channel. Zero-initialise. */
typedef struct {
    myo_rng rng;
    myo_a_shaper shaper;
    double level; /**< RMS in 20-450 Hz, mean over time; 0 = none */
    double breath_hz, breath_depth, breath_turns;
    double wander; /**< slow part of the log level, an AR(1) of one-second blocks */
    double wander_sd, wander_memory;
    int64_t next_wander_frame;
    uint32_t channel;
} myo_a_tonic;

void myo_a_tonic_start(myo_a_tonic *tonic, const myo_scene *scene, uint32_t channel);

/** Adds the block of one channel; returns its RMS in 20-450 Hz. */
double myo_a_tonic_block(myo_a_tonic *tonic, const myo_scene *scene, double *row);

#endif
