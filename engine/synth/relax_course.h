/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of resting activity in a relaxation session: the muscle lets go at a known moment. */
#ifndef MYO_SYNTH_RELAX_COURSE_H
#define MYO_SYNTH_RELAX_COURSE_H

#include "synth/scene.h"

/** Factor on the resting activity of @p channel at @p seconds; the logarithm of amplitude falls at
 *  once or exponentially. 1 where the scenario has no release. Channels but the last are the
 *  treated side; the last one of several is the other side. */
double myo_relax_course(const myo_scene *scene, uint32_t channel, double seconds);

/** Sets how the level fluctuates: breath of 0-20 % (from the 0-30 % drawn) and an AR(1) 0.5 of
 *  one-second blocks that together have a CV of 20 %. */
void myo_relax_course_fluctuation(double *breath_depth, double *wander_sd, double *wander_memory);

/** Labels the release when it lies in the block and something falls. */
void myo_relax_course_label(myo_scene *scene);

#endif
