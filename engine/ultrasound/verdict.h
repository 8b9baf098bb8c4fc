/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a measured motion is: the rules, in one place. */
#ifndef MYO_ULTRASOUND_VERDICT_H
#define MYO_ULTRASOUND_VERDICT_H

#include "ultrasound/shape.h"

/** Fills type, reasons and confidence from the features that are in @p event. */
MYO_RT void myo_verdict_give(const myo_ultrasound_config *config, const myo_shape *shape,
                             bool still_moving, myo_motion_event *event);

#endif
