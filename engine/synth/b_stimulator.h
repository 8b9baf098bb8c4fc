/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stimulator artefacts of generator B: charge-balanced, lopsided pulses with power-law tails, in
 * trains that ramp up, come in packets or swell and fade. */
#ifndef MYO_SYNTH_B_STIMULATOR_H
#define MYO_SYNTH_B_STIMULATOR_H

#include "synth/scene.h"

typedef enum { MYO_B_STEADY, MYO_B_PACKETS, MYO_B_SWELLING } myo_b_stim_form;

typedef struct {
    myo_rng rng;
    myo_b_stim_form form;
    double start_s, end_s, next_s; /**< of the train, and of the next pulse */
    double interval_s, size_uv, ramp_s, packet_s, swell_hz;
    double width_s, ratio, tail, tail_s, slope;
    double gain[MYO_SYNTH_CHANNELS];
} myo_b_stimulator;

void myo_b_stimulator_start(myo_b_stimulator *self, const myo_scene *scene);

/** Places the pulses that begin in the block; one label per train, or per single pulse. */
void myo_b_stimulator_block(myo_b_stimulator *self, myo_scene *scene);

#endif
