/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image between its pixels, by a windowed sinc: another interpolation than the detector's. */
#ifndef MYO_SYNTH_IMAGE_H
#define MYO_SYNTH_IMAGE_H

#include "myotwitch/api.h"

typedef struct {
    const float *pixels; /**< row after row, no gap */
    uint32_t width, height;
} myo_image;

#define MYO_IMAGE_TAPS 6

/** Weights of the pixels from 2 before to 3 behind, for a place @p fraction of a pixel on. */
void myo_image_taps(double fraction, double *taps);

/** The value at (x, y), pixel centres at whole numbers; beyond the border its pixels go on. */
double myo_image_at(const myo_image *image, double x, double y);

#endif
