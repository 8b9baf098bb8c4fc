/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power spectra of two real windows through one complex transform. */
#ifndef MYO_DSP_SPECTRUM_PAIR_H
#define MYO_DSP_SPECTRUM_PAIR_H

#include "dsp/spectrum_kern.h"

typedef struct myo_spectrum_pair myo_spectrum_pair;

myo_status myo_spectrum_pair_new(uint32_t size, const myo_spectrum_kernels *kernels,
                                 myo_spectrum_pair **pair);
void myo_spectrum_pair_free(myo_spectrum_pair *pair);

/** Hann window of the transform, sum of its squares in @p square. */
const float *myo_spectrum_pair_window(const myo_spectrum_pair *pair, double *square);

/** Windows and transforms two rings of size values, each with a copy of its first MYO_SPECTRUM_LANES
 *  behind the last; the second follows at once, and @p head is the oldest value of both. Returns
 *  4 |X|^2 of bins 0 .. size / 2 of each, padded, valid until the next call, and adds them to @p sums,
 *  padded likewise. */
MYO_RT void myo_spectrum_pair_power(myo_spectrum_pair *pair, const float *rings, size_t head,
                                    double *sums, const float *power[2]);

#endif
