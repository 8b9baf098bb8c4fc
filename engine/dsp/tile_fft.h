/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real transforms of small lines and squares, for correlating tiles of an image. */
#ifndef MYO_DSP_TILE_FFT_H
#define MYO_DSP_TILE_FFT_H

#include "myotwitch/api.h"
#include "myotwitch/status.h"

/** One complex bin. */
typedef struct {
    float re, im;
} myo_bin;

typedef struct {
    uint32_t size, rows; /**< rows is 1 for a line, size for a square */
    uint32_t bins;       /**< of the half spectrum: rows * (size / 2 + 1) */
    float *real;         /**< rows * size values: input of forward, output of backward */
    myo_bin *spectrum;   /**< bins: output of forward */
    myo_bin *product;    /**< bins: input of backward, destroyed by it */
    void *plans[2];
} myo_tile_fft;

/** @p size a product of 2, 3 and 5. MYO_ERR_NO_MEMORY. */
myo_status myo_tile_fft_init(myo_tile_fft *fft, uint32_t size, uint32_t rows);

MYO_RT void myo_tile_fft_forward(myo_tile_fft *fft);
MYO_RT void myo_tile_fft_backward(myo_tile_fft *fft);

void myo_tile_fft_clean(myo_tile_fft *fft);

#endif
