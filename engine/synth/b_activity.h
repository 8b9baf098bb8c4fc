/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Muscle activity of generator B: trains of unit discharges with gamma-distributed intervals.
 *
 * Each function adds one event to x[0, frames), not scaled to any size yet.
 */
#ifndef MYO_SYNTH_B_ACTIVITY_H
#define MYO_SYNTH_B_ACTIVITY_H

#include "synth/b_muap.h"

#define MYO_B_DRIVE_POINTS 64

/** Effort of a muscle over time: lines between points, 0 before the first and after the last. */
typedef struct {
    double at_s[MYO_B_DRIVE_POINTS];
    double effort[MYO_B_DRIVE_POINTS]; /**< 0 to 1 */
    int count;
} myo_b_drive;

typedef struct {
    const myo_b_library *library;
    double rate_hz;
    double *x;
    size_t frames;
} myo_b_canvas;

/** A twitch of @p duration_s, first discharge @p at_s after the start: 2-12 units fire nearly
 *  together, then slower and less and less together; some pause once, some have a dominating unit. */
void myo_b_twitch_add(const myo_b_canvas *canvas, myo_rng *rng, double at_s, double duration_s);

/** One discharge of one unit. */
void myo_b_discharge_add(const myo_b_canvas *canvas, myo_rng *rng);

/** The pool under a drive: the larger the unit, the more effort before it fires. */
void myo_b_pool_add(const myo_b_canvas *canvas, myo_rng *rng, const myo_b_drive *drive);

/** A voluntary contraction of @p hold_s between its ramps. */
void myo_b_drive_contraction(myo_b_drive *drive, myo_rng *rng, double hold_s);

/** A cough (breath in, closure, blast), a swallow or a startle, 150-400 ms. */
void myo_b_drive_brief(myo_b_drive *drive, myo_rng *rng);

/** Seconds to the end of the last potential under a drive. */
double myo_b_drive_end_s(const myo_b_drive *drive);

#endif
