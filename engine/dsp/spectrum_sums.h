/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Band powers, mean and median frequency of one power spectrum, in one pass over its bins. */
#ifndef MYO_DSP_SPECTRUM_SUMS_H
#define MYO_DSP_SPECTRUM_SUMS_H

#include "dsp/spectrum_kern.h"

/** First bin of each band and one past the last; the bands between first and last are summed. */
typedef struct {
    uint32_t bin[MYO_SPECTRUM_BANDS + 1];
    myo_spectrum_weights weights; /**< 1 for a bin of the band, 0 beside it */
    const myo_spectrum_kernels *kernels;
} myo_spectrum_edges;

typedef struct {
    double power[MYO_SPECTRUM_BANDS];
    double total;      /**< of all bands but the first and the last */
    double mean_bin;   /**< centroid of the total; 0 without power */
    double median_bin; /**< halves the total; bin k reaches from k - 1/2 to k + 1/2 */
} myo_spectrum_sums;

/** Bins in whole rows. */
uint32_t myo_spectrum_padded(uint32_t bins);

/** A bin belongs to the band that holds its frequency, lower edge included. @p edges is zero but for
 *  the kernels. */
void myo_spectrum_edges_set(myo_spectrum_edges *edges, double bin_hz, uint32_t bins, double low_hz,
                            double high_hz);

/** @p power is padded. */
MYO_RT void myo_spectrum_sums_take(myo_spectrum_sums *sums, const myo_spectrum_edges *edges,
                                   const float *power);

#endif
