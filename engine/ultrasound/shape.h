/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of one motion at its strongest place: onset, size, return, and how much of the image
 * took part. */
#ifndef MYO_ULTRASOUND_SHAPE_H
#define MYO_ULTRASOUND_SHAPE_H

#include "ultrasound/history.h"
#include "ultrasound/normal.h"
#include "ultrasound/repeat.h"

typedef struct {
    const myo_history *history;
    const myo_usual *usual; /**< of every place when the motion was first seen */
    uint32_t place;         /**< its strongest place */
    int64_t trigger;        /**< step at which it was first seen */
    double *work;           /**< room for 3 * capacity values */
    int32_t capacity;       /**< steps of a motion that are looked at; of longer ones the first */
} myo_shape_view;

typedef struct {
    double onset_s, offset_s, interval_s;
    double peak_px;    /**< largest displacement */
    double speed_px_s; /**< steepest slope of the rise */
    double step_px_s;  /**< of the fastest step */
    double rise_s, half_s, back, duration_s, area, anisotropy, probe;
    double away[2];   /**< direction in which it went, length 1 */
    uint32_t images;  /**< between onset and the end of the return */
    bool over;        /**< it had ended before the last step */
    double watched_s; /**< from the peak to the last step */
} myo_shape;

/** Measures what the steps up to the newest one say. */
MYO_RT void myo_shape_measure(const myo_shape_view *view, const myo_ultrasound_config *config,
                              myo_shape *shape);

/** The speed of the place along the direction of the motion, up to the newest step. */
MYO_RT void myo_shape_signal(const myo_shape_view *view, const double away[2], myo_repeat *signal);

#endif
