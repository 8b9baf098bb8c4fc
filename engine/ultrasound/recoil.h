/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of a motion's rise returns, while the rest around it may drift. */
#ifndef MYO_ULTRASOUND_RECOIL_H
#define MYO_ULTRASOUND_RECOIL_H

#include "ultrasound/history.h"

/** The steps along the way of a motion, from some 0.3 s before it on. */
typedef struct {
    const double *time, *x; /**< end of each step; the step in pixels, from index 1 on */
    int32_t count;
    double onset_s, peak_s; /**< begin and end of the rise */
    double spread_px;       /**< by which a step of the place usually differs from rest */
    double drift_px_s2;     /**< see myo_recoil_drift */
} myo_recoil_course;

/** What lies nearest to it. */
typedef struct {
    double rise_px, fall_px; /**< the way there; the whole way back */
    double half_s;           /**< in which half of the way back is gone */
} myo_recoil;

/** How much the speed of @p place along @p away usually changes in a second, pixels a second, as
 *  seen before @p before_s; INFINITY where too little was seen. */
MYO_RT double myo_recoil_drift(const myo_history *history, uint32_t place, const double away[2],
                               double before_s);

/** False where nothing fits. */
MYO_RT bool myo_recoil_measure(const myo_recoil_course *course, myo_recoil *recoil);

/** Share of the rise that is gone @p after_s seconds behind the peak. */
MYO_RT double myo_recoil_gone(const myo_recoil *recoil, double after_s);

#endif
