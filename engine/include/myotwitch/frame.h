/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One ultrasound image, or one scan line, with the moment at which it was taken. */
#ifndef MYOTWITCH_FRAME_H
#define MYOTWITCH_FRAME_H

#include "myotwitch/api.h"

MYO_BEGIN

typedef enum {
    MYO_PIXEL_U8,  /**< uint8_t, 0 to 255 */
    MYO_PIXEL_F32, /**< float, any scale; finite */
    MYO_PIXEL_IQ   /**< two such floats: in phase, in quadrature */
} myo_pixel;

/** Luma only, row after row from the skin down; the depth runs down the rows. A scan line (A-mode,
 *  one line of M-mode) is a frame of width 1; lines of IQ stand side by side. Pixels are borrowed for the length of one call. */
typedef struct {
    const void *pixels; /**< first pixel of the first row */
    myo_pixel pixel;    /**< what pixels points to */
    size_t stride;      /**< pixels (not bytes) from one row to the next; at least width */
    uint32_t width, height;
    double time_s;    /**< when it was taken, on the source's clock; NAN = not known */
    int64_t sequence; /**< counts from 0 what the source made; a step of more than 1 is a loss */
} myo_frame;

MYO_END
#endif
