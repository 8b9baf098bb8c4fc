/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the images allow a statement at all. */
#ifndef MYO_ULTRASOUND_SIGHT_H
#define MYO_ULTRASOUND_SIGHT_H

#include "ultrasound/affine.h"

#include "myotwitch/ultrasound.h"

#define MYO_SIGHT_FOCUS 64

typedef struct {
    const myo_ultrasound_config *config;
    float focus[MYO_SIGHT_FOCUS]; /**< of the last images that could be used */
    uint32_t taken;
    double usual_alike; /**< tiles that resembled what they were, lately */
} myo_sight;

MYO_RT void myo_sight_reset(myo_sight *sight, const myo_ultrasound_config *config);

/** Reasons of MYO_MOTION_BLIND_*, 0 when the step can be used. @p alike tiles resemble what they
 *  were. */
MYO_RT uint32_t myo_sight_judge(myo_sight *sight, uint32_t alike, const myo_affine *fit,
                                double focus);

#endif
