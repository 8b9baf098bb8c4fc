/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Thresholds from chi-square tails. The mean power of Gaussian noise of bandwidth B over W seconds
 * is chi-square with 2BW degrees of freedom; noise with a heavier tail behaves like fewer. */
#include "emg/threshold.h"

#include "myotwitch/special.h"

#include <math.h>

const int32_t myo_window_hops[MYO_WINDOW_COUNT] = {5, 10, 15, 25, 50, 100};

/* A window sliding over noise makes about as many independent trials an hour as 3600 s hold
 * intervals of this length; fitted to the simulated thresholds of emg.md 7.3. */
static const double trial_fixed_s = 0.006;
static const double trial_per_window = 0.7;
/* The six windows overlap: together they alarm about three times as often as one of them. */
static const double windows_independent = 0.8;
static const double tail_max = 6.0;
static const double log_tail_max = 1.79175946922805500081; /* its logarithm */

static double threshold(double rate_per_hour, double bandwidth_hz, double window_s, double tail)
{
    const double trials = 3600.0 / (trial_fixed_s + trial_per_window * window_s);
    const double upper = fmin(0.5, rate_per_hour / (windows_independent * trials));
    const double freedom = fmax(1.0, 2.0 * bandwidth_hz * window_s / tail);
    return myo_chi2_quantile_upper(upper, freedom) / freedom;
}

void myo_threshold_design(double rate_per_hour, double bandwidth_hz, double hop_ms,
                          myo_threshold_table *table)
{
    for (int step = 0; step < MYO_TAIL_STEPS; step++) {
        const double tail = pow(tail_max, (double)step / (MYO_TAIL_STEPS - 1));
        for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
            table->ratio[step][k] =
                threshold(rate_per_hour, bandwidth_hz, myo_window_hops[k] * hop_ms / 1000.0, tail);
        }
    }
}

void myo_threshold_get(const myo_threshold_table *table, double tail,
                       double ratio[MYO_WINDOW_COUNT])
{
    const double bounded = fmin(fmax(tail, 1.0), tail_max);
    const double at = (MYO_TAIL_STEPS - 1) * log(bounded) / log_tail_max;
    const int low = at < MYO_TAIL_STEPS - 2 ? (int)at : MYO_TAIL_STEPS - 2;
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        ratio[k] =
            table->ratio[low][k] + (at - low) * (table->ratio[low + 1][k] - table->ratio[low][k]);
    }
}
