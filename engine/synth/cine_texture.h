/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tissue of a phantom at rest, and its value between pixels. */
#ifndef MYO_SYNTH_CINE_TEXTURE_H
#define MYO_SYNTH_CINE_TEXTURE_H

#include "myotwitch/status.h"

#include <stdint.h>

/** Pixels beyond the image on every side that motion may bring in. */
#define MYO_TEXTURE_MARGIN 64
/** Steps between two pixels that the interpolation knows. */
#define MYO_TEXTURE_PARTS 256
#define MYO_TEXTURE_TAPS  6 /* those of synth/image.h */

typedef struct {
    uint32_t width, height; /**< margins included */
    float *grey;            /**< 0 to 255 */
    float taps[MYO_TEXTURE_PARTS][MYO_TEXTURE_TAPS];
} myo_texture;

/** Speckle of @p seed for an image of @p width by @p height. MYO_ERR_NO_MEMORY. */
myo_status myo_texture_init(myo_texture *texture, uint32_t width, uint32_t height, uint64_t seed);
void myo_texture_clean(myo_texture *texture);

/** Grey level at (x, y) of the image; it may lie outside. */
float myo_texture_at(const myo_texture *texture, double x, double y);

#endif
