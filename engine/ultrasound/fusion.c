/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs of onsets within the electromechanical delay, and the clock at which there are most. */
#include "myotwitch/fusion.h"

#include "core/minmax.h"

#include <math.h>

enum { MOST_EVENTS = 2000, DRIFT_PAIRS = 6 };

#define DRIFT_SPAN_S 60.0
/* Offsets that are this close are the same one. */
#define SAME_S 0.2
/* Two clocks drift by less: 0.1 %. */
#define MOST_DRIFT 1e-3

static double emg_time(const myo_clock *clock, double motion_s)
{
    return clock->offset_s + (1.0 + clock->drift) * motion_s;
}

/* Both lists go forward: every onset takes the earliest partner that is left, which is the most pairs
 * that windows in order of time allow. */
size_t myo_fusion_pair(const myo_moment *emg, size_t emg_count, const myo_moment *motions,
                       size_t motion_count, const myo_clock *clock, int64_t *emg_of)
{
    size_t pairs = 0, e = 0;
    for (size_t m = 0; m < motion_count; m++) {
        const double time = emg_time(clock, motions[m].onset_s);
        while (e < emg_count && emg[e].onset_s < time - MYO_FUSION_LATEST_S) {
            e++;
        }
        const bool found = e < emg_count && emg[e].onset_s <= time + motions[m].interval_s;
        if (emg_of) {
            emg_of[m] = found ? (int64_t)e : -1;
        }
        pairs += found;
        e += found;
    }
    return pairs;
}

static size_t pairs_at(const myo_moment *emg, size_t emg_count, const myo_moment *motions,
                       size_t motion_count, double offset)
{
    const myo_clock clock = {.offset_s = offset};
    return myo_fusion_pair(emg, emg_count, motions, motion_count, &clock, NULL);
}

/* The offset of most pairs; of those within @p but of @p not_s none is taken. */
static size_t best_offset(const myo_moment *emg, size_t emg_count, const myo_moment *motions,
                          size_t motion_count, double most_s, double not_s, double *offset)
{
    size_t best = 0;
    for (size_t e = 0; e < emg_count; e++) {
        for (size_t m = 0; m < motion_count; m++) {
            const double here = emg[e].onset_s - motions[m].onset_s + MYO_FUSION_USUAL_S;
            if (fabs(here) > most_s || fabs(here - not_s) <= SAME_S) {
                continue;
            }
            const size_t pairs = pairs_at(emg, emg_count, motions, motion_count, here);
            if (pairs > best) {
                best = pairs;
                *offset = here;
            }
        }
    }
    return best;
}

/* Least squares of the distances over time, from the pairs at @p clock. */
static void line_fit(const myo_moment *emg, const myo_moment *motions, size_t motion_count,
                     const int64_t *emg_of, myo_clock_match *match)
{
    double n = 0.0, t = 0.0, d = 0.0, tt = 0.0, td = 0.0, first = INFINITY, last = -INFINITY;
    for (size_t m = 0; m < motion_count; m++) {
        if (emg_of[m] < 0) {
            continue;
        }
        const double time = motions[m].onset_s;
        const double away = emg[emg_of[m]].onset_s - time - match->clock.offset_s;
        n += 1.0;
        t += time;
        d += away;
        tt += time * time;
        td += time * away;
        first = myo_lesser(first, time);
        last = myo_greater(last, time);
    }
    const double slope = (td - t * d / n) / (tt - t * t / n);
    match->drift_is_known = n >= DRIFT_PAIRS && last - first >= DRIFT_SPAN_S;
    match->clock.drift = match->drift_is_known && fabs(slope) < MOST_DRIFT ? slope : 0.0;
    match->clock.offset_s += (d - match->clock.drift * t) / n + MYO_FUSION_USUAL_S;
}

myo_status myo_clock_find(const myo_moment *emg, size_t emg_count, const myo_moment *motions,
                          size_t motion_count, double most_s, myo_clock_match *match)
{
    int64_t emg_of[MOST_EVENTS];
    *match = (myo_clock_match){.pairs = 0};
    if (emg_count == 0 || motion_count == 0) {
        return MYO_ERR_EMPTY;
    }
    if (emg_count > MOST_EVENTS || motion_count > MOST_EVENTS || !(most_s > 0.0)) {
        return MYO_ERR_BAD_ARG;
    }
    double other = 0.0;
    match->pairs = best_offset(emg, emg_count, motions, motion_count, most_s, INFINITY,
                               &match->clock.offset_s);
    if (match->pairs == 0) {
        return MYO_OK;
    }
    match->runner_up =
        best_offset(emg, emg_count, motions, motion_count, most_s, match->clock.offset_s, &other);
    (void)myo_fusion_pair(emg, emg_count, motions, motion_count, &match->clock, emg_of);
    line_fit(emg, motions, motion_count, emg_of, match);
    match->pairs = myo_fusion_pair(emg, emg_count, motions, motion_count, &match->clock, emg_of);
    double sum = 0.0;
    for (size_t m = 0; m < motion_count; m++) {
        if (emg_of[m] >= 0) {
            sum += fabs(emg[emg_of[m]].onset_s + MYO_FUSION_USUAL_S -
                        emg_time(&match->clock, motions[m].onset_s));
        }
    }
    match->spread_s = match->pairs > 0 ? sum / (double)match->pairs : 0.0;
    return MYO_OK;
}
