/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules that name a burst (emg.md 7.6). Each rule is a margin: a number that is positive where the
 * rule holds, in units of its own uncertainty; confidence comes from the narrowest margin. */
#include "emg/classify.h"

#include <math.h>

/* Detect-band over low-band energy: muscle has several, heart, motion and pops a fraction. */
static const double low_balance_least = 0.35;
/* Below this, not even a long burst with many turns is trusted. */
static const double low_balance_never = 0.06;
/* A filtered edge lasts no longer than this (effective duration), a twitch on top of it does. */
static const double ring_ms = 16.0;
static const double ring_turns = 8.0;
/* Energy above the measure band over that in it: action potentials have next to none. */
static const double high_fraction_most = 0.6;
/* One motor unit's potential: 5 to 17 ms with a few turns (emg.md 1.1). */
static const double unit_effective_ms = 11.0;
static const double unit_active_ms = 30.0;
static const double unit_turns = 6.0;
/* Swells rather than fires. */
static const double slow_rise_ms = 80.0;
static const double slow_duration_ms = 150.0;

static uint32_t bit(myo_reason reason)
{
    return 1u << reason;
}

/* 0.5 at a margin of 0, 0.88 at 1, 0.98 at 2. */
static double certainty(double margin)
{
    return 1.0 / (1.0 + exp(-2.0 * margin));
}

static double log_margin(double value, double limit, double uncertainty)
{
    return log(fmax(value, 1e-9) / limit) / uncertainty;
}

bool myo_is_low_dominated(const myo_measure *m)
{
    if (m->low_balance >= low_balance_least) {
        return false;
    }
    return m->low_balance < low_balance_never ||
           !(m->effective_ms > ring_ms && m->turns > ring_turns);
}

static myo_verdict name_low_dominated(const myo_measure *m, const myo_context *context)
{
    myo_verdict verdict = {MYO_EVENT_MOTION, 0.0, bit(MYO_REASON_LOW_FREQUENCY)};
    const double margin = -log_margin(m->low_balance, low_balance_least, 0.5);
    verdict.confidence = certainty(margin);
    if (context->heart_rate) {
        verdict.type = MYO_EVENT_CARDIAC;
        verdict.reasons |= bit(MYO_REASON_HEART_RATE);
    } else if (m->effective_ms < ring_ms && m->low_balance > low_balance_never) {
        verdict.type = MYO_EVENT_CLICK;
        verdict.reasons |= bit(MYO_REASON_FILTER_RING);
    }
    return verdict;
}

static myo_verdict name_edges(const myo_measure *m, const myo_context *context)
{
    myo_verdict verdict = {MYO_EVENT_STIMULUS, 0.0, bit(MYO_REASON_HIGH_FREQUENCY)};
    if (context->stimulator_on || context->period_ms > 0.0) {
        verdict.reasons |= bit(MYO_REASON_PERIODIC);
        verdict.confidence = 0.95;
        return verdict;
    }
    verdict.type = m->edges > 1 ? MYO_EVENT_STIMULUS : MYO_EVENT_CLICK;
    verdict.confidence = certainty(log_margin(m->high_fraction, high_fraction_most, 0.5));
    return verdict;
}

static bool is_contraction(const myo_classify_config *config, const myo_burst *burst,
                           myo_verdict *verdict)
{
    const myo_measure *m = &burst->measure;
    const double long_margin = log_margin(m->duration_ms, config->ltr_max_ms, 0.25);
    const double slow_margin = fmin(log_margin(m->rise_ms, slow_rise_ms, 0.4),
                                    log_margin(m->duration_ms, slow_duration_ms, 0.3));
    if (long_margin <= 0.0 && slow_margin <= 0.0 && !burst->floor_moved) {
        verdict->confidence = certainty(-fmax(long_margin, slow_margin));
        return false;
    }
    verdict->type = MYO_EVENT_CONTRACTION;
    verdict->confidence = certainty(fmax(long_margin, slow_margin));
    verdict->reasons |= long_margin > 0.0 ? bit(MYO_REASON_TOO_LONG) : 0;
    verdict->reasons |= slow_margin > 0.0 ? bit(MYO_REASON_SLOW_RISE) : 0;
    return true;
}

static bool is_single_unit(const myo_measure *m, myo_verdict *verdict)
{
    const double margin = fmin(
        -log_margin(m->effective_ms, unit_effective_ms, 0.3),
        fmin(-log_margin(m->active_ms, unit_active_ms, 0.3), (unit_turns + 0.5 - m->turns) / 3.0));
    if (margin <= 0.0) {
        verdict->confidence = fmin(verdict->confidence, certainty(-margin));
        return false;
    }
    verdict->type = MYO_EVENT_SINGLE_UNIT;
    verdict->confidence = certainty(margin);
    verdict->reasons |= bit(MYO_REASON_ONE_VOLLEY);
    return true;
}

static myo_verdict name_muscle(const myo_classify_config *config, const myo_burst *burst)
{
    const myo_measure *m = &burst->measure;
    myo_verdict verdict = {MYO_EVENT_LTR, 1.0, 0};
    if (is_contraction(config, burst, &verdict) || is_single_unit(m, &verdict)) {
        return verdict;
    }
    verdict.reasons |= bit(MYO_REASON_BURST_SHAPE);
    verdict.confidence =
        fmin(verdict.confidence, certainty(log_margin(m->low_balance, low_balance_least, 0.5)));
    return verdict;
}

myo_verdict myo_classify(const myo_classify_config *config, const myo_burst *burst,
                         const myo_context *context)
{
    const myo_measure *m = &burst->measure;
    myo_verdict verdict;
    if (context->stimulator_on || m->high_fraction > high_fraction_most) {
        verdict = name_edges(m, context);
    } else if (myo_is_low_dominated(m)) {
        verdict = name_low_dominated(m, context);
    } else {
        verdict = name_muscle(config, burst);
        if (verdict.type != MYO_EVENT_CONTRACTION && config->needle && context->needle_moved) {
            verdict.type = MYO_EVENT_INSERTIONAL;
            verdict.reasons |= bit(MYO_REASON_NEEDLE_MOVED);
        }
    }
    if (m->saturated) {
        verdict.reasons |= bit(MYO_REASON_NEAR_SATURATION);
        verdict.confidence *= 0.5;
    }
    if (m->level_db < 9.0) {
        verdict.reasons |= bit(MYO_REASON_LOW_SNR);
        verdict.confidence *= certainty((m->level_db - 6.0) / 2.0);
    }
    return verdict;
}
