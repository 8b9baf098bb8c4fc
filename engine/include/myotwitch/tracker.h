/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far each part of an image moved since the image before: tiles of phase correlation on half
 * the resolution, refined by Gauss-Newton steps on the image itself.
 *
 * Measured on real muscle images that were shifted by known amounts, see docs/ultrasound.md. One
 * thread at a time; functions marked MYO_RT neither allocate nor call the system.
 */
#ifndef MYOTWITCH_TRACKER_H
#define MYOTWITCH_TRACKER_H

#include "myotwitch/frame.h"
#include "myotwitch/status.h"

MYO_BEGIN

/** Motion of one tile. Tiles lie row after row; see myo_tracker_place. */
typedef struct {
    float dx, dy; /**< pixels since the image before, right and down positive */
    /** A tile that turns or is pressed moves as its texture does, which lies unevenly in it. When its
     *  part at (u, v) pixels from its middle moves by (a u + b v, c u + d v) more than its middle
     *  does, dx is larger by lean[0] . (a, b, c, d), dy by lean[1] . (a, b, c, d). Pixels. */
    float lean[2][4];
    float quality; /**< correlation of the tile with itself, moved back: 1 = same, 0 = none */
    float spread;  /**< standard error expected from noise and texture, pixels; may be INFINITY */
} myo_tile;

typedef struct {
    uint32_t width, height; /**< of every image, pixels, MYO_TRACKER_TILE to 4096 */
    uint32_t step;          /**< pixels between tiles, 8 to 64, default 32: half a tile */
    uint32_t refinements;   /**< Gauss-Newton steps, 0 to 8, default 4 */
    uint32_t cpu_mask;      /**< instruction sets that may be used (see myo_config): same bits */
} myo_tracker_config;

/** Side of a tile. 32 pixels gave 21 % outliers at shifts of 7 pixels, 64 none. */
#define MYO_TRACKER_TILE 64

/** A tile whose quality is at least, and whose spread at most this can be believed: on real muscle
 *  images with added noise (4 of 255 grey levels, shifts of 0 to 8 pixels) 90 % of the tiles were such,
 *  with errors of 0.05 pixels and none beyond 1 pixel. */
#define MYO_TILE_QUALITY 0.5f
#define MYO_TILE_SPREAD  0.075f

/** Largest shift that is looked for, pixels each way. */
#define MYO_TRACKER_REACH 16

static inline bool myo_tile_is_good(const myo_tile *tile)
{
    return tile->quality >= MYO_TILE_QUALITY && tile->spread <= MYO_TILE_SPREAD;
}

typedef struct myo_tracker myo_tracker;

MYO_API void myo_tracker_config_default(myo_tracker_config *config, uint32_t width,
                                        uint32_t height);

/** MYO_ERR_BAD_ARG when a value is out of range, MYO_ERR_NO_MEMORY. */
MYO_API myo_status myo_tracker_new(const myo_tracker_config *config, myo_tracker **tracker);

/** Tiles in a row, and rows of tiles. */
MYO_API void myo_tracker_size(const myo_tracker *tracker, uint32_t *columns, uint32_t *rows);

/** Left upper corner of a tile in pixels. */
MYO_API MYO_RT void myo_tracker_place(const myo_tracker *tracker, uint32_t column, uint32_t row,
                                      uint32_t *x, uint32_t *y);

/** Takes the next image, whose size is that of the configuration. Returns false for the first
 *  image: nothing to compare with; else @p tiles (columns * rows) is filled. */
MYO_API MYO_RT bool myo_tracker_process(myo_tracker *tracker, const myo_frame *frame,
                                        myo_tile *tiles);

/** Sharpness of the image taken last: mean square of its gradient over its variance. */
MYO_API MYO_RT double myo_tracker_focus(const myo_tracker *tracker);

/** The image taken last, as floats, row after row without gap; valid until the next call. */
MYO_API MYO_RT const float *myo_tracker_image(const myo_tracker *tracker);

/** The next image is the first one. */
MYO_API MYO_RT void myo_tracker_reset(myo_tracker *tracker);

MYO_API void myo_tracker_free(myo_tracker *tracker);

MYO_END
#endif
