/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables and buffers of the spectra's transform. */
#include "dsp/spectrum_fft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LANES MYO_SPECTRUM_LANES

enum { LINE = 64 }; /* bytes of a line of the cache: no vector lies across two */

size_t myo_spectrum_fft_radix(size_t n)
{
    return (unsigned)__builtin_ctzll(n) % 3 == 0 ? 8 : 4;
}

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

static void put_turn(float *re, float *im, size_t part, size_t whole)
{
    const double pi = 3.14159265358979323846;
    const double angle = -2.0 * pi * (double)part / (double)whole;
    *re = (float)cos(angle);
    *im = (float)sin(angle);
}

/* For LANES rows from q on: those of four rows at a time, 4 apart, over c, then those over i. */
static void fill_twists(myo_spectrum_fft *self, size_t q)
{
    float *twist = self->twists + q / LANES * MYO_SPECTRUM_TWISTS * 2 * LANES;
    for (size_t t = 0; t < MYO_SPECTRUM_TWISTS; t++, twist += 2 * LANES) {
        for (size_t lane = 0; lane < LANES; lane++) {
            const size_t four = t % 12 / 3, digit = t % 3 + 1;
            const size_t turns = t < 12 ? 4 * digit * (q + four + lane / 4 * 4)
                                        : digit * (q + lane + four * self->rows);
            put_turn(twist + lane, twist + LANES + lane, turns, self->size);
        }
    }
}

static void fill(myo_spectrum_fft *self)
{
    float *turn = self->turns;
    for (size_t n = self->rows; n > 1; n /= myo_spectrum_fft_radix(n)) {
        const size_t radix = myo_spectrum_fft_radix(n);
        for (size_t p = 0; p < n / radix; p++) {
            for (size_t i = 1; i < radix; i++, turn += 2) {
                put_turn(turn, turn + 1, p * i, n);
            }
        }
    }
    for (size_t q = 0; q < self->rows; q += LANES) {
        fill_twists(self, q);
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
    self->twists = myo_spectrum_zeros(2 * MYO_SPECTRUM_TWISTS * self->rows * sizeof(float));
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
