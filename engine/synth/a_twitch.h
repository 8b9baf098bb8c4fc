/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Local twitch responses and fasciculations of model A. */
#ifndef MYO_SYNTH_A_TWITCH_H
#define MYO_SYNTH_A_TWITCH_H

#include "synth/a_layout.h"

/** Places a twitch that begins at @p frame with a peak of @p snr_db; returns its length in s. */
double myo_a_twitch_place(myo_scene *scene, const myo_a_layout *layout, myo_rng *rng, int64_t frame,
                          double snr_db);

/** Places one discharge of one unit; returns its length in s. */
double myo_a_fasciculation_place(myo_scene *scene, const myo_a_layout *layout, myo_rng *rng,
                                 int64_t frame, double snr_db);

/** SNR of a twitch: what the user asked for, else drawn from the scenario. Draws in both cases. */
double myo_a_twitch_draw_snr_db(const myo_scene *scene, myo_rng *rng);

#endif
