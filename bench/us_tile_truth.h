/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a tile went, as the motion was put in. */
#ifndef MYO_BENCH_US_TILE_TRUTH_H
#define MYO_BENCH_US_TILE_TRUTH_H

#include "myotwitch/cine_synth.h"

/** A twitch that went along @p way (length 1), seen in an image before and after a step. */
typedef struct {
    myo_cine_twitch twitch;
    double way[2];
    double from, to;      /**< its course in both images, 0 to 1 */
    const uint8_t *image; /**< the one before, without gap */
    int width, height;
} us_tile_step;

/** Displacement along the way, pixels, of the tile that begins at (@p left, @p top). A tile is followed by
 *  its texture: each pixel counts by its gradient, d = (sum g g')^-1 sum(g g' u). */
double us_tile_truth(const us_tile_step *step, int left, int top);

#endif
