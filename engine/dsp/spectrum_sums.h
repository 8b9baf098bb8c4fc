/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Band powers, mean and median frequency of one power spectrum, in one pass over its bins. */
#ifndef MYO_DSP_SPECTRUM_SUMS_H
#define MYO_DSP_SPECTRUM_SUMS_H

#include "myotwitch/spectrum.h"

/** First bin of each band and one past the last; the bands between first and last are summed. */
typedef struct {
    uint32_t bin[MYO_SPECTRUM_BANDS + 1];
    const float *ramp; /**< 0, 1, 2 ... as many as bins; borrowed */
} myo_spectrum_edges;

typedef struct {
    double power[MYO_SPECTRUM_BANDS];
    double total;      /**< of all bands but the first and the last */
    double mean_bin;   /**< centroid of the total; 0 without power */
    double median_bin; /**< halves the total; bin k reaches from k - 1/2 to k + 1/2 */
} myo_spectrum_sums;

/** A bin belongs to the band that holds its frequency, lower edge included. */
void myo_spectrum_edges_set(myo_spectrum_edges *edges, double bin_hz, uint32_t bins, double low_hz,
                            double high_hz);

MYO_RT void myo_spectrum_sums_take(myo_spectrum_sums *sums, const myo_spectrum_edges *edges,
                                   const float *power);

#endif
