/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Generalised likelihood ratio for a step of variance (Staude 2001; emg.md 3): noise of known
 * power before hop k, Gaussian activity of unknown power from k on. */
#include "emg/onset.h"

#include <math.h>

/* Activity is judged over at most this long behind the crossing: the first discharges, not the
 * whole burst, decide where it began. */
static const double after_ms = 6.0;
/* A first, smaller discharge may precede the main ones by this much... */
static const double forerun_ms = 40.0;
/* ...if 5 ms of it reach this power over noise (chi-square, 2.4 degrees of freedom: 0.2 %). */
static const double forerun_ratio = 6.0;

/* Log likelihood ratio of "activity from the first of n frames on" against noise alone. */
static double log_likelihood(double energy, double frames, double noise_power)
{
    const double ratio = energy / (frames * noise_power);
    return ratio > 1.0 ? 0.5 * frames * (ratio - log(ratio) - 1.0) : 0.0;
}

/* Likeliest first hop of activity in [from, to), judged on energy up to `to`. */
static int64_t likeliest(const myo_hop_ring *ring, const myo_onset_question *q, int64_t from,
                         int64_t to)
{
    double energy = 0.0;
    double best = -1.0;
    int64_t best_hop = to - 1;
    for (int64_t hop = to - 1; hop >= from; hop--) {
        energy += (double)myo_hop_at(ring, hop).energy[q->lane];
        const double frames = (double)(to - hop) * q->hop_frames;
        const double likelihood = log_likelihood(energy, frames, q->noise_power);
        if (likelihood > best) {
            best = likelihood;
            best_hop = hop;
        }
    }
    return best_hop;
}

/* Whether 5 ms before `hop` hold a discharge too. */
static bool has_forerunner(const myo_hop_ring *ring, const myo_onset_question *q, int64_t from,
                           int64_t to)
{
    const double frames = (double)(to - from) * q->hop_frames;
    return myo_hop_energy(ring, q->lane, from, to) > forerun_ratio * frames * q->noise_power;
}

double myo_onset_find(const myo_hop_ring *ring, const myo_onset_question *q)
{
    const int64_t first = myo_hop_first(ring);
    const int64_t earliest = q->earliest_hop > first ? q->earliest_hop : first;
    int64_t end = q->crossing_hop + myo_hops(after_ms, q->hop_ms);
    if (end > myo_hop_end(ring)) {
        end = myo_hop_end(ring);
    }
    int64_t onset = likeliest(ring, q, earliest, end);
    const int64_t step = myo_hops(5.0, q->hop_ms);
    const int64_t limit = onset - myo_hops(forerun_ms, q->hop_ms);
    for (int64_t hop = onset - step; hop >= earliest && hop >= limit; hop--) {
        if (has_forerunner(ring, q, hop, hop + step)) {
            const int64_t from = hop - step > earliest ? hop - step : earliest;
            onset = likeliest(ring, q, from, hop + step);
            hop = onset - step + 1;
        }
    }
    return (double)onset;
}
