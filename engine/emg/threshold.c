/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Thresholds from chi-square tails. The mean power of Gaussian noise of bandwidth B over W seconds
 * is chi-square with 2BW degrees of freedom; noise with a heavier tail behaves like fewer. */
#include "emg/threshold.h"

#include "emg/floor_lanes.h"
#include "myotwitch/special.h"

#include <math.h>
#include <string.h>

const int32_t myo_window_hops[MYO_WINDOW_COUNT] = {5, 10, 15, 25, 50, 100};

/* A window sliding over noise makes about as many independent trials an hour as 3600 s hold
 * intervals of this length; fitted to the simulated thresholds of emg.md 7.3. */
static const double trial_fixed_s = 0.006;
static const double trial_per_window = 0.7;
/* The six windows overlap: together they alarm about three times as often as one of them. */
static const double windows_independent = 0.8;
/* Coloured noise is a few strong waves among many weak ones: the few make its highest windows, all of them its
 * variance, so that the former grow by a power of the latter; in 5 ms there is one wave in any case. Read from ten
 * records of an hour of both generators at ten alarms an hour: variance 1.00, 1.07, 1.24, 1.27, 1.39 and 1.63 times
 * that of white noise asks in 15 ms for the thresholds of a tail of 1.1, 1.2, 1.7, 1.7, 1.8 and 2.2. */
static const double colour_growth[MYO_WINDOW_COUNT] = {0.5, 1.5, 2.0, 2.0, 2.0, 2.0};
/* A larger spread is not of colour any more, but of a floor that moves: the tail tells of that. */
static const double colour_most = 2.5;
/* The floor's blocks (floor.c). */
static const double block_s = 0.025;
static const double tail_max = 6.0;
static const double log_tail_max = 1.79175946922805500081; /* its logarithm */

/* By how much the floor of coloured noise is too low: it is a quantile of blocks, taken for that of white noise. */
static double floor_lift(double bandwidth_hz, double spread)
{
    const double above = 1.0 - myo_floor_share(MYO_LANE_DETECT);
    const double taken = fmax(1.0, 2.0 * bandwidth_hz * block_s);
    const double freedom = fmax(1.0, taken / spread);
    return (myo_chi2_quantile_upper(above, taken) / taken) /
           (myo_chi2_quantile_upper(above, freedom) / freedom);
}

static double threshold(double rate_per_hour, double bandwidth_hz, double length_s, double tail)
{
    const double trials = 3600.0 / (trial_fixed_s + trial_per_window * length_s);
    const double upper = fmin(0.5, rate_per_hour / (windows_independent * trials));
    const double freedom = fmax(1.0, 2.0 * bandwidth_hz * length_s / tail);
    return myo_chi2_quantile_upper(upper, freedom) / freedom;
}

/* The tail, or the spread, of a step. */
static double step_tail(int step)
{
    return pow(tail_max, (double)step / (MYO_TAIL_STEPS - 1));
}

static double window_s(int window, double hop_ms)
{
    return myo_window_hops[window] * hop_ms / 1000.0;
}

void myo_threshold_design_tails(double rate_per_hour, double bandwidth_hz, double hop_ms,
                                myo_threshold_table *table)
{
    memset(table, 0, sizeof *table);
    for (int step = 0; step < MYO_TAIL_STEPS; step++) {
        for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
            table->ratio[step][k] =
                threshold(rate_per_hour, bandwidth_hz, window_s(k, hop_ms), step_tail(step));
        }
    }
}

/* Colour beyond its most changes nothing: from there on steps take what the one before them has. */
static void design_colour(double rate_per_hour, double bandwidth_hz, double hop_ms,
                          myo_threshold_table *table)
{
    double lift = 0.0, lifted = 0.0, white[MYO_WINDOW_COUNT] = {0.0},
           grown[MYO_WINDOW_COUNT] = {0.0};
    for (int step = 0; step < MYO_TAIL_STEPS; step++) {
        const double tail = step_tail(step), spread = fmin(tail, colour_most);
        if (spread > lifted) {
            lift = floor_lift(bandwidth_hz, spread);
            lifted = spread;
        }
        for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
            const double coloured = fmin(pow(tail, colour_growth[k]), colour_most);
            if (coloured > grown[k]) {
                white[k] = threshold(rate_per_hour, bandwidth_hz, window_s(k, hop_ms), coloured);
                grown[k] = coloured;
            }
            table->coloured[step][k] = lift * white[k];
        }
    }
}

void myo_threshold_design(double rate_per_hour, double bandwidth_hz, double hop_ms,
                          myo_threshold_table *table)
{
    myo_threshold_design_tails(rate_per_hour, bandwidth_hz, hop_ms, table);
    design_colour(rate_per_hour, bandwidth_hz, hop_ms, table);
}

/* Between the two steps that it lies between. */
static void interpolate(const double steps[MYO_TAIL_STEPS][MYO_WINDOW_COUNT], double tail,
                        double ratio[MYO_WINDOW_COUNT])
{
    const double bounded = fmin(fmax(tail, 1.0), tail_max);
    const double at = (MYO_TAIL_STEPS - 1) * log(bounded) / log_tail_max;
    const int low = at < MYO_TAIL_STEPS - 2 ? (int)at : MYO_TAIL_STEPS - 2;
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        ratio[k] = steps[low][k] + (at - low) * (steps[low + 1][k] - steps[low][k]);
    }
}

void myo_threshold_get(const myo_threshold_table *table, double tail,
                       double ratio[MYO_WINDOW_COUNT])
{
    interpolate(table->ratio, tail, ratio);
}

void myo_threshold_get_coloured(const myo_threshold_table *table, double spread,
                                double ratio[MYO_WINDOW_COUNT])
{
    interpolate(table->coloured, spread, ratio);
}
