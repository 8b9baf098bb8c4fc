/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Artefacts of generator B, each drawn into the scene's clip; the value is the clip's length. */
#ifndef MYO_SYNTH_B_ARTEFACT_H
#define MYO_SYNTH_B_ARTEFACT_H

#include "synth/scene.h"

/** Electrode or cable moved: a drifting walk, a pull and return, a spline, or a whipping cable
 *  (chirp). 0.1-3 mV. */
size_t myo_b_motion_draw(myo_scene *scene, myo_rng *rng);

/** The needle touches down: a small pull and return. 20-200 uV. */
size_t myo_b_contact_draw(myo_scene *scene, myo_rng *rng);

/** A charge on the amplifier's input, or a few in a row: step and recovery with two time constants.
 *  50-1000 uV. */
size_t myo_b_pop_draw(myo_scene *scene, myo_rng *rng);

/** An electrode comes off: swelling hum, off to the rail for 0.2-2 s, slow return. */
size_t myo_b_lift_draw(myo_scene *scene, myo_rng *rng);

#endif
