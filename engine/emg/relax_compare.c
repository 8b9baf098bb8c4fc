/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict: ratio, interval, effect size, activity at rest, and the state they amount to. */
#include "emg/relax_state.h"

#include <math.h>

#define GUARDING_RATIO 1.5
#define GUARDING_SHARE 0.5

static const char *const state_names[] = {"not_assessed", "indeterminate", "unchanged", "relaxed",
                                          "increased"};

const char *myo_relax_state_name(myo_relax_state state)
{
    const size_t at = (size_t)state;
    return at < sizeof state_names / sizeof *state_names ? state_names[at] : "unknown";
}

/* RMS of every usable slot of the span, in time order; NAN where it is not usable. */
static size_t slot_levels(const myo_relax *self, uint32_t channel, const myo_span *span,
                          double *levels)
{
    int64_t first, end;
    size_t count = 0;
    myo_relax_store_range(&self->store, span, &first, &end);
    for (int64_t slot = first; slot < end; slot++) {
        double power;
        const bool usable = myo_relax_store_power(&self->store, channel, slot, 1, &power);
        levels[count++] = usable ? sqrt(power) : (double)NAN;
    }
    return count;
}

static size_t keep_numbers(double *values, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isnan(values[i])) {
            values[kept++] = values[i];
        }
    }
    return kept;
}

/* Share of slots below the level, and runs of them that last; slots that are not usable neither
 * lengthen nor end a run. */
static void count_rest(const myo_relax *self, const double *levels, size_t count,
                       myo_relax_activity *activity)
{
    const double slot_s = (double)self->store.slot_frames / self->config.rate_hz;
    const size_t shortest = (size_t)ceil(self->config.gap_s / slot_s - 1e-9);
    size_t usable = 0, resting = 0, run = 0, gaps = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(levels[i])) {
            continue;
        }
        const bool rests = levels[i] < activity->rest_level;
        usable++;
        resting += rests;
        run = rests ? run + 1 : 0;
        gaps += run == shortest;
    }
    if (usable > 0) {
        activity->rest_share = (double)resting / (double)usable;
        activity->gaps_minute = 60.0 * (double)gaps / ((double)usable * slot_s);
    }
}

/* @p baseline gives the relative rest level; NULL when this is the baseline itself. */
static void measure(myo_relax *self, uint32_t channel, const myo_span *span,
                    const myo_relax_activity *baseline, myo_relax_activity *activity)
{
    *activity = (myo_relax_activity){0};
    int64_t first, end;
    myo_relax_store_range(&self->store, span, &first, &end);
    size_t count = 0;
    for (int64_t slot = first; slot + self->store.block_slots <= end;
         slot += self->store.block_slots) {
        double power;
        if (myo_relax_store_power(&self->store, channel, slot, self->store.block_slots, &power)) {
            self->work[count++] = sqrt(power);
        }
    }
    activity->blocks = (int64_t)count;
    activity->missing = (end - first) / self->store.block_slots - (int64_t)count;
    if (activity->missing < 0) {
        activity->missing = 0;
    }
    if (count == 0) {
        return;
    }
    myo_sort(self->work, count);
    activity->rms = myo_quantile_sorted(self->work, count, 0.5);

    const size_t slots = slot_levels(self, channel, span, self->work);
    const size_t usable = keep_numbers(self->work, slots);
    myo_sort(self->work, usable);
    activity->p10 = myo_quantile_sorted(self->work, usable, 0.1);
    activity->p50 = myo_quantile_sorted(self->work, usable, 0.5);
    activity->p90 = myo_quantile_sorted(self->work, usable, 0.9);
    activity->relative = self->config.rest_level <= 0.0;
    activity->rest_level = !activity->relative ? self->config.rest_level
                           : baseline          ? baseline->rest_level
                                               : activity->p10;
    slot_levels(self, channel, span, self->work);
    count_rest(self, self->work, slots, activity);
}

/* Log RMS of the blocks on both sides; false when one has fewer than a verdict needs. */
static bool gather(myo_relax *self, uint32_t channel, const myo_span *baseline,
                   const myo_span *after, size_t *n, size_t *m)
{
    int64_t missing;
    *n = myo_relax_store_blocks(&self->store, channel, baseline, self->before, &missing);
    *m = myo_relax_store_blocks(&self->store, channel, after, self->after, &missing);
    const double block_s =
        (double)self->store.block_slots * (double)self->store.slot_frames / self->config.rate_hz;
    return (double)*n * block_s >= self->config.min_s - 0.5 * block_s &&
           (double)*m * block_s >= self->config.min_s - 0.5 * block_s;
}

/* Ratio of the control channel, NAN when it cannot be had. */
static double control_ratio(myo_relax *self, uint32_t control, const myo_span *baseline,
                            const myo_span *after)
{
    size_t n, m;
    if (!gather(self, control, baseline, after, &n, &m)) {
        return (double)NAN;
    }
    myo_sort(self->before, n);
    myo_sort(self->after, m);
    return exp(myo_hodges_lehmann(self->before, n, self->after, m));
}

/* The states of emg.md 7.7, with the upper limit of RELAXED as configured. */
static void conclude(const myo_relax_config *config, bool has_control, myo_relax_verdict *v)
{
    const bool control_holds =
        !has_control || (!isnan(v->adjusted) && v->adjusted < config->control_below);
    const bool mirror_holds =
        !has_control || (!isnan(v->adjusted) && v->adjusted > 1.0 / config->control_below);
    const bool fell = v->ratio < config->relaxed_below && v->high < config->relaxed_upper;
    const bool rose =
        v->ratio > 1.0 / config->relaxed_below && v->low > 1.0 / config->relaxed_upper;
    v->state = MYO_RELAX_INDETERMINATE;
    if (v->reasons & MYO_RELAX_AT_FLOOR) {
        return;
    }
    if (fell && control_holds) {
        v->state = MYO_RELAX_RELAXED;
    } else if (rose && mirror_holds) {
        v->state = MYO_RELAX_INCREASED;
    } else if (fell || rose) {
        v->reasons |= isnan(v->adjusted) ? MYO_RELAX_CONTROL_MISSING : MYO_RELAX_CONTROL_TOO;
    } else if (v->low >= config->unchanged_low && v->high <= config->unchanged_high) {
        v->state = MYO_RELAX_UNCHANGED;
    } else {
        v->reasons |= MYO_RELAX_WIDE;
    }
}

static bool is_forgotten(const myo_relax *self, const myo_span *span)
{
    const int64_t oldest = self->store.slots - self->store.capacity;
    return oldest > 0 && span->from < oldest * self->store.slot_frames;
}

static bool at_floor(const myo_relax *self, uint32_t channel, double rms)
{
    return rms < MYO_RELAX_FLOOR_RATIO * sqrt(self->store.floor[channel]);
}

void myo_relax_compare(myo_relax *relax, uint32_t channel, uint32_t control,
                       const myo_span *baseline, const myo_span *after, myo_relax_verdict *verdict)
{
    myo_relax_verdict *v = verdict;
    *v = (myo_relax_verdict){
        .state = MYO_RELAX_NOT_ASSESSED, .control_ratio = (double)NAN, .adjusted = (double)NAN};
    myo_span rest = *after;
    rest.from += (int64_t)(relax->config.discard_s * relax->config.rate_hz);
    measure(relax, channel, baseline, NULL, &v->before);
    measure(relax, channel, &rest, &v->before, &v->after);
    if (is_forgotten(relax, baseline) || is_forgotten(relax, &rest)) {
        v->reasons |= MYO_RELAX_FORGOTTEN;
    }
    const bool has_control = control != MYO_ALL_CHANNELS;
    if (has_control) {
        v->control_ratio = control_ratio(relax, control, baseline, &rest);
    }
    size_t n, m;
    myo_boot_result r;
    if (!gather(relax, channel, baseline, &rest, &n, &m) ||
        myo_boot_compare(relax->boot, relax->before, n, relax->after, m, &r) != MYO_OK) {
        v->reasons |= MYO_RELAX_TOO_SHORT;
        return;
    }
    v->ratio = exp(r.shift);
    v->low = exp(r.low);
    v->high = exp(r.high);
    v->hodges_lehmann = exp(r.hodges_lehmann);
    v->median_ratio = exp(r.median_shift);
    v->cliff = r.cliff;
    v->adjusted = v->ratio / v->control_ratio;
    v->by_margin = v->high < relax->config.relaxed_below;
    v->after_at_floor = at_floor(relax, channel, v->after.rms);
    if (at_floor(relax, channel, v->before.rms)) {
        v->reasons |= MYO_RELAX_AT_FLOOR;
    }
    conclude(&relax->config, has_control, v);
}

void myo_relax_hold_get(myo_relax *relax, uint32_t channel, const myo_span *baseline,
                        const myo_span *hold, myo_relax_hold *result)
{
    *result = (myo_relax_hold){0};
    int64_t missing;
    const size_t n =
        myo_relax_store_blocks(&relax->store, channel, baseline, relax->before, &missing);
    const size_t m = myo_relax_store_blocks(&relax->store, channel, hold, relax->after, &missing);
    if (n < MYO_WATCH_BASELINE || m < 5) {
        return;
    }
    myo_sort(relax->before, n);
    myo_sort(relax->after, m);
    const double high = myo_quantile_sorted(relax->before, n, 0.9);
    size_t above = 0;
    for (size_t i = 0; i < m; i++) {
        above += relax->after[i] > high;
    }
    result->assessed = true;
    result->ratio =
        exp(myo_quantile_sorted(relax->after, m, 0.5) - myo_quantile_sorted(relax->before, n, 0.5));
    result->high_share = (double)above / (double)m;
    result->guarding = result->ratio > GUARDING_RATIO || result->high_share > GUARDING_SHARE;
}
