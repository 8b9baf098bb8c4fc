/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums over a power spectrum. Eight partial sums, in a fixed order, let the compiler use vectors
 * without leave to reorder additions. */
#include "dsp/spectrum_sums.h"

#include <math.h>

#define PARTS 8

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
}

/* Power and first moment about the band's first bin: small weights keep float sums exact enough. */
static void band_sums(const float *restrict p, uint32_t count, double *power, double *moment)
{
    float s[PARTS] = {0}, m[PARTS] = {0};
    float weight[PARTS] = {0, 1, 2, 3, 4, 5, 6, 7};
    uint32_t k = 0;
    for (; k + PARTS <= count; k += PARTS) {
        for (int i = 0; i < PARTS; i++) {
            s[i] += p[k + (uint32_t)i];
            m[i] += weight[i] * p[k + (uint32_t)i];
            weight[i] += (float)PARTS;
        }
    }
    double sum = 0.0, first = 0.0;
    for (int i = 0; i < PARTS; i++) {
        sum += (double)s[i];
        first += (double)m[i];
    }
    for (; k < count; k++) {
        sum += (double)p[k];
        first += (double)k * (double)p[k];
    }
    *power = sum;
    *moment = first;
}

/* Goes through the bins of one band until @p rest, above 0, is used up. */
static double median_within(const float *p, uint32_t first, uint32_t end, double rest)
{
    uint32_t k = first;
    while (k + 1 < end && (double)p[k] < rest) {
        rest -= (double)p[k++];
    }
    const double share = p[k] > 0.0f ? fmin(1.0, rest / (double)p[k]) : 0.5;
    return (double)k - 0.5 + share;
}

void myo_spectrum_sums_take(myo_spectrum_sums *sums, const myo_spectrum_edges *edges,
                            const float *power)
{
    double total = 0.0, moment = 0.0;
    for (int b = 0; b < MYO_SPECTRUM_BANDS; b++) {
        const uint32_t first = edges->bin[b];
        double m = 0.0;
        band_sums(power + first, edges->bin[b + 1] - first, &sums->power[b], &m);
        if (b > 0 && b < MYO_SPECTRUM_BANDS - 1) {
            total += sums->power[b];
            moment += m + (double)first * sums->power[b];
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

void myo_spectrum_accumulate(double *restrict sum, const float *restrict power, uint32_t bins)
{
    for (uint32_t k = 0; k < bins; k++) {
        sum[k] += (double)power[k];
    }
}
