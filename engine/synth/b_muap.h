/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Motor unit potentials of generator B, from the physics of the fibre rather than from a formula.
 *
 * Every fibre's intracellular action potential (Rosenfalck 1969: 96 z^3 exp(-z) - 90 mV, z in mm)
 * runs from its endplate to both tendon ends at 3-5 m/s. Its axial current is a row of dipoles that
 * are born at the endplate and vanish at the tendon, hence end effects (the view of Merletti et al.
 * 1999). The potential at the electrodes is that of dipoles in an infinite conductor, five times
 * better along the fibres than across, summed over the scattered fibres of the unit.
 */
#ifndef MYO_SYNTH_B_MUAP_H
#define MYO_SYNTH_B_MUAP_H

#include "synth/rng.h"

#include <stddef.h>

#define MYO_B_UNITS       40
#define MYO_B_WAVE_STEP_S 50e-6
#define MYO_B_WAVE_LENGTH 800 /**< 40 ms: 80 mm of fibre at 3 m/s and the potential's own length */

/** The potential of one discharge, in uV, every MYO_B_WAVE_STEP_S. */
typedef struct {
    double wave[MYO_B_WAVE_LENGTH];
    size_t length;
    double peak_to_peak_uv;
} myo_b_unit;

/** The units of a muscle, smallest first, as they are recruited. */
typedef struct {
    myo_b_unit unit[MYO_B_UNITS];
} myo_b_library;

/** Seen by a bipolar surface electrode (20 mm), or with @p needle by a needle among the fibres. */
void myo_b_library_make(myo_b_library *library, myo_rng *rng, bool needle);

/** One fibre seen by a needle: at the endplate (a spike that begins negative) or away from it
 *  (begins positive). Peak to peak 1. */
void myo_b_fibre_make(myo_b_unit *unit, myo_rng *rng, bool at_endplate);

/** Adds @p gain times the potential, begun @p at_s >= 0 after the first of @p frames. */
void myo_b_unit_add(const myo_b_unit *unit, double rate_hz, double at_s, double gain, double *x,
                    size_t frames);

#endif
