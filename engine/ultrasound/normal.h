/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How unusual the motion of each place is, measured against its own recent past. */
#ifndef MYO_ULTRASOUND_NORMAL_H
#define MYO_ULTRASOUND_NORMAL_H

#include "ultrasound/history.h"

#include "myotwitch/ultrasound.h"

/** What a place usually does. */
typedef struct {
    float rest[2]; /**< median speed of the last rest_s, pixels a second */
    float
        spread[2]; /**< 1.4826 MAD of the steps around it in the last spread_s, and the floor, px */
} myo_usual;

typedef struct {
    const myo_ultrasound_config *config;
    myo_usual *usual; /**< of each place, before the step taken last */
    float *z;         /**< 2 of each place: unusualness of the step taken last */
    float *z_before;  /**< of the step before it */
    float *statistic; /**< of each place: length of the mean over 3 x 3 places and 2 steps */
    float *scratch;   /**< values of one place */
    double updated_s; /**< when usual was brought up to date */
    bool known;       /**< usual says something */
} myo_normal;

myo_status myo_normal_init(myo_normal *normal, const myo_ultrasound_config *config,
                           uint32_t places);
void myo_normal_clean(myo_normal *normal);
MYO_RT void myo_normal_reset(myo_normal *normal, uint32_t places);

/** Judges the last step of @p history; returns the place with the largest statistic. */
MYO_RT uint32_t myo_normal_judge(myo_normal *normal, const myo_history *history);

#endif
