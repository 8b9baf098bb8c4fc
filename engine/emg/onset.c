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
/* ...if 5 ms of it reach this power over noise, and this much more for each ms of the pause behind it (chi-square, 2.4
 * degrees of freedom: 0.4 % of the noise does without a pause, 0.005 % with one of 35 ms): the units of a twitch begin
 * close to each other, and the further back is looked, the more noise there is to be taken for one. */
static const double forerun_ratio = 5.0;
static const double forerun_ratio_a_ms = 0.1;

/* A slow movement leaks into the detect band; this share of its low-band energy does not count as activity, else
 * an onset is drawn to the beat or the swing before it. Less than the thresholds take off (burst.c), so
 * that a small first discharge on a movement is not lost. The low band answers some 15 ms later. */
static const double low_leak = 0.003;
static const double low_lag_ms = 15.0;

/* The longest window, the reach before it and what is judged behind it are 200 hops at most. */
enum { MOST_HOPS = 256 };

/* Energy that may be muscle, by hop from `first` on: each is asked for many times. */
typedef struct {
    const myo_onset_question *question;
    int64_t first;
    double energy[MOST_HOPS];
} activity;

static void find_activity(const myo_hop_ring *ring, const myo_onset_question *q, int64_t first,
                          int64_t end, activity *found)
{
    const int64_t lag = myo_hops(low_lag_ms, q->hop_ms), last = myo_hop_end(ring) - 1;
    found->question = q;
    found->first = first;
    for (int64_t hop = first; hop < end; hop++) {
        const int64_t later = hop + lag < last ? hop + lag : last;
        const double low =
            myo_hop_lane(ring, MYO_LANE_LOW, later) - 2.0 * q->hop_frames * q->low_power;
        const double energy = myo_hop_lane(ring, q->lane, hop) - low_leak * (low > 0.0 ? low : 0.0);
        found->energy[hop - first] = energy > 0.0 ? energy : 0.0;
    }
}

/* Log likelihood ratio of "activity from the first of n frames on" against noise alone. */
static double log_likelihood(double energy, double frames, double noise_power)
{
    const double ratio = energy / (frames * noise_power);
    return ratio > 1.0 ? 0.5 * frames * (ratio - log(ratio) - 1.0) : 0.0;
}

/* Likeliest first hop of activity in [from, to), judged on energy up to `to`. */
static int64_t likeliest(const activity *a, int64_t from, int64_t to)
{
    const myo_onset_question *q = a->question;
    double energy = 0.0;
    double best = -1.0;
    int64_t best_hop = to - 1;
    for (int64_t hop = to - 1; hop >= from; hop--) {
        energy += a->energy[hop - a->first];
        const double frames = (double)(to - hop) * q->hop_frames;
        const double likelihood = log_likelihood(energy, frames, q->noise_power);
        if (likelihood > best) {
            best = likelihood;
            best_hop = hop;
        }
    }
    return best_hop;
}

/* Whether hops [from, to) hold a discharge too, this long before the one that is known. */
static bool has_forerunner(const activity *a, int64_t from, int64_t to, double pause_ms)
{
    const double ratio = forerun_ratio + forerun_ratio_a_ms * pause_ms;
    const double frames = (double)(to - from) * a->question->hop_frames;
    double energy = 0.0;
    for (int64_t hop = from; hop < to; hop++) {
        energy += a->energy[hop - a->first];
    }
    return energy > ratio * frames * a->question->noise_power;
}

double myo_onset_find(const myo_hop_ring *ring, const myo_onset_question *q)
{
    int64_t end = q->crossing_hop + myo_hops(after_ms, q->hop_ms);
    if (end > myo_hop_end(ring)) {
        end = myo_hop_end(ring);
    }
    const int64_t held = myo_hop_first(ring), reach = end - MOST_HOPS;
    const int64_t first = held > reach ? held : reach;
    const int64_t earliest = q->earliest_hop > first ? q->earliest_hop : first;
    activity a;
    find_activity(ring, q, earliest, end, &a);
    int64_t onset = likeliest(&a, earliest, end);
    const int64_t step = myo_hops(5.0, q->hop_ms);
    const int64_t limit = onset - myo_hops(forerun_ms, q->hop_ms);
    for (int64_t hop = onset - step; hop >= earliest && hop >= limit; hop--) {
        const double pause_ms = (double)(onset - step - hop) * q->hop_ms;
        if (has_forerunner(&a, hop, hop + step, pause_ms)) {
            const int64_t from = hop - step > earliest ? hop - step : earliest;
            onset = likeliest(&a, from, hop + step);
            hop = onset - step + 1;
        }
    }
    return (double)onset;
}
