/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only a needle sees: endplate noise and spikes, fibrillation, insertional activity. */
#ifndef MYO_SYNTH_A_NEEDLE_H
#define MYO_SYNTH_A_NEEDLE_H

#include "synth/a_layout.h"
#include "synth/a_timeline.h"

/** A source that is near the tip for a while, then is not. */
typedef struct {
    myo_a_timeline sites; /**< when the tip next comes close */
    myo_rng pulses;
    int64_t site_end_frame;
    double pulse_at; /**< next potential, frames */
} myo_a_site;

typedef struct {
    myo_a_site noise, spikes, fibrillation;
    double noise_shape_s, noise_rate_hz, noise_rms_uv; /**< endplate noise of the site in hand */
    double noise_step_uv, noise_mean_uv;
    double spike_uv, spike_s, spike_interval_s, spike_shape;
    double fibrillation_uv, fibrillation_s, fibrillation_interval_s;
} myo_a_needle;

void myo_a_needle_start(myo_a_needle *needle, const myo_scene *scene);

/** Adds the block; returns the RMS of endplate noise in it, 20-450 Hz. */
double myo_a_needle_block(myo_a_needle *needle, myo_scene *scene);

/** The burst that a movement of the needle at @p frame brings about. */
void myo_a_insertional_place(myo_scene *scene, myo_rng *rng, int64_t frame);

#endif
