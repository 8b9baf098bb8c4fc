/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A complex transform of two windowed rings, for sizes that are powers of two: vectors only, no shuffling
 * but in one turn of squares.
 *
 * With n = LANES m + l and k = q + rows p, rows = size / LANES, the sum over n falls into three steps (the
 * "six-step" division of Bailey 1990): transforms of rows values for each l; factors w^(l q); transforms of
 * LANES values over l. The first run lane by lane, in Stockham's order (Cochran et al. 1967), which needs
 * no bits reversed; the last runs over registers and turns squares of rows on its way. */
#ifndef MYO_DSP_SPECTRUM_FFT_H
#define MYO_DSP_SPECTRUM_FFT_H

#include "myotwitch/status.h"

#include <stdbool.h>
#include <stddef.h>

/** Frames that stand side by side in a row. */
#define MYO_SPECTRUM_LANES 16

/** Vectors of factors of the last pass: 3 times 4 before squares are turned, as many behind. */
#define MYO_SPECTRUM_TWISTS 24

typedef struct {
    size_t size, rows;
    float *turns;   /**< [rows][2]: factors of all passes but the last, in the order of their use */
    float *twists;  /**< [rows / LANES][TWISTS][2][LANES]: those of the last, likewise */
    float *work[2]; /**< [2 size + 2 LANES] */
} myo_spectrum_fft;

/** Zeros that begin a line of the cache, so that no vector of them lies across two; NULL without memory. */
void *myo_spectrum_zeros(size_t bytes);

/** Powers of two from 256 on. */
bool myo_spectrum_fft_serves(size_t size);

/** Of the next pass, where @p n is what all further ones multiply to: 8 if they may all have it, else 4. */
MYO_RT size_t myo_spectrum_fft_radix(size_t n);

myo_status myo_spectrum_fft_new(size_t size, myo_spectrum_fft **fft);
void myo_spectrum_fft_free(myo_spectrum_fft *fft);

/** What is transformed: window (a + i b), rings of size values that begin at @p head, followed by a copy of
 *  their first LANES. */
typedef struct {
    const float *a, *b, *window;
    size_t head;
} myo_spectrum_rings;

/** Bins 0 .. size; bin size repeats bin 0. Valid until the next call. */
MYO_RT typedef void myo_spectrum_transform_run(const myo_spectrum_fft *fft,
                                               const myo_spectrum_rings *rings, const float **re,
                                               const float **im);

#endif
