/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brightness of a decoded FFmpeg picture, whatever its pixels are. Private to io/cine. */
#ifndef MYO_IO_CINE_PICTURE_H
#define MYO_IO_CINE_PICTURE_H

#include "av.h"
#include "reader.h"

/** Room for one converted picture. Zero-initialise. */
typedef struct {
    uint8_t *gray;
    float *values;
    uint16_t *line; /* three rows: red, green, blue */
    int format;     /* FFmpeg's, of the picture given to start */
} myo_picture;

/** Says in @p info what pictures like @p shown become: width, height, is_float, full_scale; and takes
 *  memory for them. MYO_ERR_UNSUPPORTED, MYO_ERR_NO_MEMORY. */
myo_status myo_picture_start(myo_picture *picture, const myo_av *av, const AVFrame *shown,
                             myo_cine_info *info, myo_why *why);

/** Brightness of @p shown, which is like the one given to start: luma as it is (no range is stretched),
 *  of red, green and blue the luma of ITU-R BT.601, table colours looked up. */
void myo_picture_take(myo_picture *picture, const myo_av *av, const AVFrame *shown,
                      myo_cine_frame *frame);

void myo_picture_free(myo_picture *picture);

#endif
