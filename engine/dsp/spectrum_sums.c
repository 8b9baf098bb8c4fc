/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums over a power spectrum. Eight partial sums, in a fixed order, written out four at a time, let
 * the compiler use vectors without leave to reorder additions. (-O3 turns them into shuffles.) */
#include "dsp/spectrum_sums.h"

#include <math.h>

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

/* Power and first moment about the band's first bin: small weights keep float sums exact enough.
 * The weights are read, not counted up: only so does the compiler make vectors of it. */
static inline void add_four(float *s, float *m, const float *p, const float *ramp)
{
    s[0] += p[0];
    s[1] += p[1];
    s[2] += p[2];
    s[3] += p[3];
    m[0] += ramp[0] * p[0];
    m[1] += ramp[1] * p[1];
    m[2] += ramp[2] * p[2];
    m[3] += ramp[3] * p[3];
}

static void band_sums(const float *restrict p, const float *restrict ramp, uint32_t count,
                      double *power, double *moment)
{
    float s0[4] = {0}, s1[4] = {0}, m0[4] = {0}, m1[4] = {0};
    uint32_t k = 0;
    for (; k + 8 <= count; k += 8) {
        add_four(s0, m0, p + k, ramp + k);
        add_four(s1, m1, p + k + 4, ramp + k + 4);
    }
    double sum = 0.0, first = 0.0;
    for (int i = 0; i < 4; i++) {
        sum += (double)s0[i] + (double)s1[i];
        first += (double)m0[i] + (double)m1[i];
    }
    for (; k < count; k++) {
        sum += (double)p[k];
        first += (double)ramp[k] * (double)p[k];
    }
    *power = sum;
    *moment = first;
}

/* Goes through the bins of one band until @p rest, above 0, is used up. */
static double median_within(const float *p, uint32_t first, uint32_t end, double rest)
{
    uint32_t k = first;
    while (k + 4 < end) {
        const double four = (double)((p[k] + p[k + 1]) + (p[k + 2] + p[k + 3]));
        if (four >= rest) {
            break;
        }
        rest -= four;
        k += 4;
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
    double total = 0.0, moment = 0.0;
    for (int b = 0; b < MYO_SPECTRUM_BANDS; b++) {
        const uint32_t first = edges->bin[b];
        double m = 0.0;
        band_sums(power + first, edges->ramp, edges->bin[b + 1] - first, &sums->power[b], &m);
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
