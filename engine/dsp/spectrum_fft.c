/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables and buffers of the spectra's transform. */
#include "dsp/spectrum_fft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LANES MYO_SPECTRUM_LANES

enum { LINE = 64 }; /* bytes of a line of the cache: no vector lies across two */

bool myo_spectrum_fft_serves(size_t size)
{
    return size >= (size_t)LANES * LANES && (size & (size - 1)) == 0;
}

void *myo_spectrum_zeros(size_t bytes)
{
    const size_t whole = (bytes + LINE - 1) / LINE * LINE;
    void *zeros = aligned_alloc(LINE, whole);
    return zeros ? memset(zeros, 0, whole) : NULL;
}

static void fill(myo_spectrum_fft *self)
{
    const double pi = 3.14159265358979323846;
    for (size_t t = 0; t < self->rows; t++) {
        const double angle = -2.0 * pi * (double)t / (double)self->rows;
        self->turns[2 * t] = (float)cos(angle);
        self->turns[2 * t + 1] = (float)sin(angle);
    }
    for (size_t l = 0; l < LANES; l++) {
        for (size_t q = 0; q < self->rows; q++) {
            const double angle = -2.0 * pi * (double)(l * q) / (double)self->size;
            self->twists[2 * l * self->rows + q] = (float)cos(angle);
            self->twists[(2 * l + 1) * self->rows + q] = (float)sin(angle);
        }
    }
}

myo_status myo_spectrum_fft_new(size_t size, myo_spectrum_fft **fft)
{
    *fft = NULL;
    myo_spectrum_fft *self = calloc(1, sizeof *self);
    if (!self) {
        return MYO_ERR_NO_MEMORY;
    }
    self->size = size;
    self->rows = size / LANES;
    self->turns = myo_spectrum_zeros(2 * self->rows * sizeof(float));
    self->twists = myo_spectrum_zeros(2 * size * sizeof(float));
    self->work[0] = myo_spectrum_zeros(2 * (size + LANES) * sizeof(float));
    self->work[1] = myo_spectrum_zeros(2 * (size + LANES) * sizeof(float));
    if (!self->turns || !self->twists || !self->work[0] || !self->work[1]) {
        myo_spectrum_fft_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    fill(self);
    *fft = self;
    return MYO_OK;
}

void myo_spectrum_fft_free(myo_spectrum_fft *fft)
{
    if (!fft) {
        return;
    }
    free(fft->turns);
    free(fft->twists);
    free(fft->work[0]);
    free(fft->work[1]);
    free(fft);
}
