/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From frames to steps: a grid of tiles for images, a column of windows for scan lines. */
#ifndef MYO_ULTRASOUND_SOURCE_H
#define MYO_ULTRASOUND_SOURCE_H

#include "ultrasound/affine.h"
#include "ultrasound/line.h"

#include "myotwitch/axial.h"
#include "myotwitch/ultrasound.h"

typedef struct {
    uint32_t columns, rows;
    myo_tracker *tracker; /**< images */
    myo_line *line;       /**< scan lines */
    myo_axial *phase;     /**< lines of IQ */
    myo_tile *tiles;      /**< as followed, then with what all share taken out */
    myo_affine_point *points;
    float *scratch;
    myo_affine fit;
    uint32_t alike; /**< tiles that resemble what they were */
    double focus;
    double common; /**< length of what all tiles shared in the middle of the image, pixels */
    float step;    /**< between tiles, in tiles' sides */
    double span_s; /**< time over which a displacement is measured; 0 = between two frames */
} myo_motion_source;

myo_status myo_motion_source_init(myo_motion_source *source, const myo_ultrasound_config *config);
void myo_motion_source_clean(myo_motion_source *source);
MYO_RT void myo_motion_source_reset(myo_motion_source *source);

/** Takes a frame; false while there is nothing to compare it with. @p mask (of every tile; may be
 *  NULL) tells which are left out of the common motion. */
MYO_RT bool myo_motion_source_take(myo_motion_source *source, const myo_frame *frame,
                                   const uint8_t *mask);

/** Whether the motion of a tile can be believed. */
MYO_RT bool myo_motion_source_knows(const myo_motion_source *source, uint32_t place);

/** Whether something moved too far between two frames to be told (IQ). */
MYO_RT bool myo_motion_source_is_aliased(const myo_motion_source *source);

/** Middle of a tile in pixels. */
MYO_RT void myo_motion_source_place(const myo_motion_source *source, uint32_t place, double *x,
                                    double *y);

#endif
