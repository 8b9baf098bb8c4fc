/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds a harmonic line spectrum - mains hum, the heart's lines - in a density. */
#include "myotwitch/spectrum.h"

#include <math.h>

/* A Hann line is 4 bins wide between its zeros: 3 bins hold all but 1 % of it. */
#define LINE_REACH       1
#define FOUND_PROMINENCE 4.0

/* Power of 3 bins about @p bin, less the background beside it, which is what is returned in
 * @p background for the same width. The background is the smaller side: a neighbour line or the
 * slope of a coloured floor lifts one side only. */
static double line_power(const double *density, uint32_t bins, double bin, double *background)
{
    const int64_t centre = (int64_t)(bin + 0.5);
    *background = 0.0;
    if (centre < 4 + LINE_REACH || centre + 4 + LINE_REACH >= (int64_t)bins) {
        return 0.0;
    }
    double line = 0.0, below = 0.0, above = 0.0;
    for (int64_t k = -LINE_REACH; k <= LINE_REACH; k++) {
        line += density[centre + k];
        below += density[centre - 3 + k];
        above += density[centre + 3 + k];
    }
    *background = fmin(below, above);
    return line;
}

static double comb_power(const double *density, uint32_t bins, double base_bin, uint32_t harmonics,
                         double *background)
{
    double sum = 0.0;
    *background = 0.0;
    for (uint32_t h = 1; h <= harmonics; h++) {
        double beside = 0.0;
        sum += line_power(density, bins, base_bin * (double)h, &beside);
        *background += beside;
    }
    return sum;
}

void myo_spectrum_find_comb(const double *density, uint32_t bins, double bin_hz, double low_hz,
                            double high_hz, uint32_t harmonics, myo_spectrum_comb *comb)
{
    *comb = (myo_spectrum_comb){0};
    double best = 0.0;
    const int64_t steps = (int64_t)((high_hz - low_hz) / (0.25 * bin_hz) + 1e-9);
    for (int64_t i = 0; i <= steps; i++) {
        const double hz = low_hz + 0.25 * bin_hz * (double)i;
        double background = 0.0;
        const double power = comb_power(density, bins, hz / bin_hz, harmonics, &background);
        if (power - background > best && power > FOUND_PROMINENCE * background) {
            best = power - background;
            comb->base_hz = hz;
            comb->prominence = background > 0.0 ? power / background : (double)INFINITY;
        }
    }
    comb->rms = sqrt(best * bin_hz);
}
