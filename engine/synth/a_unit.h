/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Motor unit action potentials of model A: sums of derivatives of a Gaussian. */
#ifndef MYO_SYNTH_A_UNIT_H
#define MYO_SYNTH_A_UNIT_H

#include "synth/scene.h"

/** Delayed copies of a polyphasic unit, the unit itself included. */
#define MYO_A_UNIT_COPIES 4

typedef struct {
    double sd_s;     /**< of the Gaussian; total duration is 6 sd */
    double first;    /**< weight of the first derivative; the second has 1 - first */
    double slow_s;   /**< sd of the slow wave under a needle potential; 0 = none */
    double slow;     /**< its height */
    unsigned copies; /**< 1, or more for a polyphasic unit */
    double lag_s[MYO_A_UNIT_COPIES];
    double height[MYO_A_UNIT_COPIES];
} myo_a_unit;

/** Draws a unit of height about 1, as the skin or a needle sees it. */
void myo_a_unit_draw(myo_a_unit *unit, myo_rng *rng, bool needle);

/** From the start of the potential to its middle. */
double myo_a_unit_half_s(const myo_a_unit *unit);

/** From its start to its end. */
double myo_a_unit_duration_s(const myo_a_unit *unit);

/** Adds @p gain times the unit to @p clip, with its middle at @p centre_s. */
void myo_a_unit_add(const myo_a_unit *unit, double gain, double centre_s, double rate_hz,
                    double *clip, size_t length);

#endif
