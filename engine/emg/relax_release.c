/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the muscle let go and what came then: step, time constant, rebound, return. */
#include "emg/relax_state.h"
#include "emg/relax_step.h"

#include <math.h>

#define FOUND_T       4.0 /* without a fall the highest of 120 places exceeds it in 1 of 100 (bench) */
#define BEFORE_BLOCKS 40
#define ONSET_BLOCKS  20 /* a slow fall may have begun so long before its step */
#define WINDOW        10 /* blocks of the running median */
#define RETURN_RATIO  0.95
#define TAU_MIN_S     1.0
#define TAU_MAX_S     120.0
#define TAU_STEP      1.1
#define TAU_WORTH     0.7 /* an exponential must leave this much less than the step leaves */
#define FIT_BLOCKS    120

static double median_of(myo_relax *self, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        self->work[i] = values[i];
    }
    myo_sort(self->work, count);
    return count > 0 ? myo_quantile_sorted(self->work, count, 0.5) : (double)NAN;
}

/* Squares left by y = a + (start - a) exp(-t / tau), the best a; tau = 0 is the step. */
static double squares_left(const double *y, size_t count, double block_s, double start, double tau)
{
    double uu = 0.0, uv = 0.0, vv = 0.0;
    for (size_t i = 0; i < count; i++) {
        const double t = ((double)i + 0.5) * block_s;
        const double stays = tau > 0.0 ? exp(-t / tau) : 0.0;
        const double u = 1.0 - stays, v = y[i] - start * stays;
        uu += u * u;
        uv += u * v;
        vv += v * v;
    }
    return uu > 0.0 ? vv - uv * uv / uu : vv;
}

/* A fall that takes its time begins before its steepest place: onset and time constant together.
 * y holds count blocks, the step is at block *onset, which is moved. 0 = the step is good enough. */
static double time_constant(const double *y, size_t count, double block_s, double start,
                            size_t *onset)
{
    const size_t step_at = *onset;
    const size_t earliest = step_at > ONSET_BLOCKS ? step_at - ONSET_BLOCKS : 0;
    const size_t end = count < step_at + FIT_BLOCKS ? count : step_at + FIT_BLOCKS;
    double level = 0.0; /* squares left by the level before the onset */
    double best = (double)INFINITY, best_tau = 0.0;
    for (size_t k = earliest; k <= step_at && step_at + WINDOW <= end; k++) {
        for (double tau = TAU_MIN_S; tau <= TAU_MAX_S; tau *= TAU_STEP) {
            const double left = level + squares_left(y + k, end - k, block_s, start, tau);
            if (left < best) {
                best = left;
                best_tau = tau;
                *onset = k;
            }
        }
        level += k < step_at ? (y[k] - start) * (y[k] - start) : 0.0;
    }
    const double step = level + squares_left(y + step_at, end - step_at, block_s, start, 0.0);
    if (best_tau > 0.0 && best < TAU_WORTH * step) {
        return best_tau;
    }
    *onset = step_at;
    return 0.0;
}

/* Goes through the running medians behind the release. */
static void follow(myo_relax *self, const double *y, size_t count, double block_s, double start,
                   myo_relax_release *release)
{
    release->lowest = release->ratio;
    release->rebound = 1.0;
    release->return_s = -1.0;
    for (size_t i = 0; i + WINDOW <= count; i++) {
        const double ratio = exp(median_of(self, y + i, WINDOW) - start);
        release->lowest = fmin(release->lowest, ratio);
        release->rebound = ratio / release->lowest;
        if (ratio >= RETURN_RATIO && release->return_s < 0.0) {
            release->return_s = ((double)i + 0.5 * WINDOW) * block_s;
        }
    }
}

void myo_relax_find_release(myo_relax *relax, uint32_t channel, const myo_span *span,
                            myo_relax_release *release)
{
    *release = (myo_relax_release){.frame = -1, .return_s = -1.0};
    const myo_relax_store *store = &relax->store;
    int64_t first, end, missing;
    myo_relax_store_range(store, span, &first, &end);
    if (myo_relax_step_test(store, channel, first, end, relax->work).t < FOUND_T) {
        return;
    }
    const myo_relax_fall fall = myo_relax_step_locate(store, channel, first, end, relax->work);
    if (fall.slot < 0) {
        return;
    }
    const int64_t block = (int64_t)store->block_slots * store->slot_frames;
    const double block_s = (double)block / relax->config.rate_hz;
    const int64_t at = fall.slot * store->slot_frames;
    /* Whole blocks before the step, so that one begins with it. */
    int64_t before = (at - first * store->slot_frames) / block;
    before = before < BEFORE_BLOCKS ? before : BEFORE_BLOCKS;
    const myo_span pre = {at - before * block, at}, post = {at, span->to};
    const size_t n = myo_relax_store_blocks(store, channel, &pre, relax->after, &missing);
    const size_t count =
        n + myo_relax_store_blocks(store, channel, &post, relax->after + n, &missing);
    size_t onset = n;
    if (n == 0 || count == n) {
        return;
    }
    const size_t calm = onset > ONSET_BLOCKS + 5 ? onset - ONSET_BLOCKS : onset;
    const double start = median_of(relax, relax->after, calm);
    release->tau_s = time_constant(relax->after, count, block_s, start, &onset);
    release->found = true;
    release->frame = at - (int64_t)(n - onset) * block;
    const double *y = relax->after + onset;
    const size_t m = count - onset;
    release->ratio = exp(median_of(relax, y, m < WINDOW ? m : WINDOW) - start);
    follow(relax, y, m, block_s, start, release);
}
