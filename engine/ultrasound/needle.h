/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the needle is in the image, what it hides, and how it is moved. */
#ifndef MYO_ULTRASOUND_NEEDLE_H
#define MYO_ULTRASOUND_NEEDLE_H

#include "ultrasound/repeat.h"
#include "ultrasound/source.h"

typedef struct myo_needle myo_needle;

/* Every function takes NULL for "no needle is looked for". */

myo_status myo_needle_new(const myo_ultrasound_config *config, const myo_motion_source *source,
                          myo_needle **needle);
void myo_needle_free(myo_needle *needle);
MYO_RT void myo_needle_reset(myo_needle *needle);

/** Looks for the line in the image taken last, some angles at a time, and adds its movement. */
MYO_RT void myo_needle_step(myo_needle *needle, const myo_motion_source *source, double time_s,
                            double interval_s);

/** Of every tile: 1 = hidden by the needle. NULL while none was found. */
MYO_RT const uint8_t *myo_needle_mask(const myo_needle *needle);

/** Its speed along itself, pixels a second. */
MYO_RT const myo_repeat *myo_needle_signal(const myo_needle *needle);

/** Distance of a point from it in pixels, -1 = none was found. */
MYO_RT double myo_needle_away(const myo_needle *needle, double x, double y);

/** Strokes a second and length of one in mm (pixels without scale); 0 when there is no rhythm. */
MYO_RT void myo_needle_strokes(const myo_needle *needle, double *hz, double *stroke);

#endif
