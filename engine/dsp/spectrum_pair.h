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

/** Windows two rings of size values that begin at @p head (its oldest value), transforms, and
 *  returns 4 |X|^2 of bins 0 .. size / 2 of each, padded; valid until the next call. @p b may be NULL. */
MYO_RT void myo_spectrum_pair_power(myo_spectrum_pair *pair, const float *a, const float *b,
                                    size_t head, const float **power_a, const float **power_b);

#endif
