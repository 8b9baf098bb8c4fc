/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stimulus artefacts of model A: TENS or EMS pulses with the tail of electrode and amplifier. */
#ifndef MYO_SYNTH_A_STIMULATOR_H
#define MYO_SYNTH_A_STIMULATOR_H

#include "synth/a_layout.h"
#include "synth/a_timeline.h"

typedef struct {
    myo_a_timeline trains; /**< next train; in single mode: next pulse */
    myo_rng jitter;
    double period_frames;
    double second, tail, tail_s; /**< second phase and tail over the first phase */
    double level_uv;
    double pulse_at;     /**< frame of the next pulse of the running train, with its fraction */
    double train_end_at; /**< pulses end here */
    double gain[MYO_SYNTH_CHANNELS];
} myo_a_stimulator;

void myo_a_stimulator_start(myo_a_stimulator *stimulator, const myo_scene *scene);
void myo_a_stimulator_block(myo_a_stimulator *stimulator, myo_scene *scene);

#endif
