/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Motion that all tiles share: the probe's shift, turn and pressure, or the slow slide of a muscle. */
#ifndef MYO_ULTRASOUND_AFFINE_H
#define MYO_ULTRASOUND_AFFINE_H

#include "myotwitch/tracker.h"

/** dx = x[0] + x[1] u + x[2] v, dy = y[0] + y[1] u + y[2] v; u and v from the middle of the image,
 *  in units of MYO_TRACKER_TILE pixels. */
typedef struct {
    double x[3], y[3];
    double scale;  /**< standard deviation of what is left of the tiles that agree, pixels */
    double agree;  /**< share of the tiles used that lie within 3 scales, 0 to 1 */
    uint32_t used; /**< tiles that took part; too few (below 6) leave all at zero */
} myo_affine;

/** A tile in the fit: its middle, its displacement, and how that leans (see myo_tile). */
typedef struct {
    float u, v, dx, dy;
    float lean[2][4];
} myo_affine_point;

/** Fits @p count points; @p scratch holds as many floats. */
MYO_RT void myo_affine_fit(const myo_affine_point *points, size_t count, float *scratch,
                           myo_affine *fit);

/** What the tile of @p point shows of the motion that the fit describes. */
MYO_RT void myo_affine_at(const myo_affine *fit, const myo_affine_point *point, double *dx,
                          double *dy);

#endif
