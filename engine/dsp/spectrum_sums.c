/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums over a power spectrum: each band by one kernel, the median by going through its bins. */
#include "dsp/spectrum_sums.h"

#include <math.h>

#define ROW MYO_SPECTRUM_ROW

uint32_t myo_spectrum_padded(uint32_t bins)
{
    return (bins + ROW - 1) / ROW * ROW;
}

static void set_weights(myo_spectrum_weights *weights, int band, uint32_t first, uint32_t end)
{
    if (first >= end) {
        return;
    }
    weights->first[band] = first / ROW;
    weights->more[band] = (end - 1) / ROW - first / ROW;
    for (uint32_t lane = 0; lane < ROW; lane++) {
        const bool from = lane >= first % ROW, to = lane <= (end - 1) % ROW;
        weights->begin[band][lane] = from && (to || weights->more[band] > 0) ? 1.0f : 0.0f;
        weights->end[band][lane] = to ? 1.0f : 0.0f;
    }
}

void myo_spectrum_edges_set(myo_spectrum_edges *edges, double bin_hz, uint32_t bins, double low_hz,
                            double high_hz)
{
    const double hz[MYO_SPECTRUM_BANDS - 1] = {low_hz, 60.0, 150.0, 300.0, high_hz};
    edges->bin[0] = 0;
    for (int i = 0; i < MYO_SPECTRUM_BANDS - 1; i++) {
        const double bin = ceil(fmin(hz[i], high_hz) / bin_hz - 1e-9);
        edges->bin[i + 1] = bin < (double)bins ? (uint32_t)bin : bins;
    }
    edges->bin[MYO_SPECTRUM_BANDS] = bins;
    for (int b = 0; b < MYO_SPECTRUM_BANDS; b++) {
        set_weights(&edges->weights, b, edges->bin[b], edges->bin[b + 1]);
    }
}

static double sum_of_eight(const float *p)
{
    return (double)(((p[0] + p[1]) + (p[2] + p[3])) + ((p[4] + p[5]) + (p[6] + p[7])));
}

/* Goes through the bins of one band until @p rest, above 0, is used up. */
static double median_within(const float *p, uint32_t first, uint32_t end, double rest)
{
    uint32_t k = first;
    while (k + 8 < end) {
        const double eight = sum_of_eight(p + k);
        if (eight >= rest) {
            break;
        }
        rest -= eight;
        k += 8;
    }
    while (k + 1 < end && (double)p[k] < rest) {
        rest -= (double)p[k++];
    }
    const double share = p[k] > 0.0f ? fmin(1.0, rest / (double)p[k]) : 0.5;
    return (double)k - 0.5 + share;
}

void myo_spectrum_sums_take(myo_spectrum_sums *sums, const myo_spectrum_edges *edges,
                            const float *power)
{
    myo_spectrum_moments moments;
    edges->kernels->weigh(power, &edges->weights, &moments);
    double total = 0.0, moment = 0.0;
    for (int b = 0; b < MYO_SPECTRUM_BANDS; b++) {
        sums->power[b] = (double)moments.sum[b];
        if (b > 0 && b < MYO_SPECTRUM_BANDS - 1) {
            total += sums->power[b];
            moment += (double)moments.moment[b] +
                      (double)(edges->weights.first[b] * ROW) * sums->power[b];
        }
    }
    sums->total = total;
    sums->mean_bin = total > 0.0 ? moment / total : 0.0;
    sums->median_bin = 0.0;
    double rest = 0.5 * total;
    for (int b = 1; total > 0.0 && b < MYO_SPECTRUM_BANDS - 1; b++) {
        if (rest <= sums->power[b]) {
            sums->median_bin = median_within(power, edges->bin[b], edges->bin[b + 1], rest);
            return;
        }
        rest -= sums->power[b];
    }
}
