/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Constant periods among the last events of a kind. */
#include "emg/rhythm.h"

#include "dsp/boot.h"

#include <math.h>
#include <string.h>

void myo_rhythm_reset(myo_rhythm *rhythm)
{
    memset(rhythm, 0, sizeof *rhythm);
}

void myo_rhythm_add(myo_rhythm *rhythm, double at_ms, double size)
{
    rhythm->at_ms[rhythm->next] = at_ms;
    rhythm->size[rhythm->next] = size;
    rhythm->next = (rhythm->next + 1) % MYO_RHYTHM_LENGTH;
    rhythm->count += rhythm->count < MYO_RHYTHM_LENGTH;
}

/* The k-th latest event, 0 = the last one. */
static int32_t latest(const myo_rhythm *rhythm, int32_t k)
{
    return (rhythm->next + 2 * MYO_RHYTHM_LENGTH - 1 - k) % MYO_RHYTHM_LENGTH;
}

static bool like(double a, double b, double ratio)
{
    return a < b * ratio && b < a * ratio;
}

/* How many steps of `period` back from `at` meet a like event, before more misses than the rule allows. */
static int32_t steps_met(const myo_rhythm *rhythm, double at_ms, double size,
                         const myo_rhythm_rule *rule, double period)
{
    const double slack = rule->spread * period;
    int32_t met = 0;
    int32_t missed = 0;
    double expected = at_ms - period;
    for (int32_t k = 0; k < rhythm->count; k++) {
        const int32_t i = latest(rhythm, k);
        double error = rhythm->at_ms[i] - expected;
        while (error < -slack && missed < rule->misses) {
            missed++;
            expected -= period;
            error += period;
        }
        if (error < -slack) {
            break;
        }
        if (error <= slack && like(rhythm->size[i], size, rule->size_ratio)) {
            met++;
            expected = rhythm->at_ms[i] - period;
        }
    }
    return met;
}

/* The shortest interval to an event of `near` that makes a series of both sides. */
static double period_of(const myo_rhythm *near, double near_ms, const myo_rhythm *far,
                        double far_ms, double size, const myo_rhythm_rule *rule)
{
    for (int32_t k = 0; k < near->count; k++) {
        const int32_t i = latest(near, k);
        const double period = near_ms - near->at_ms[i];
        if (period > rule->long_ms) {
            break;
        }
        if (period >= rule->short_ms && like(near->size[i], size, rule->size_ratio) &&
            steps_met(near, near_ms, size, rule, period) +
                    steps_met(far, far_ms, size, rule, period) >=
                rule->least) {
            return period;
        }
    }
    return 0.0;
}

double myo_rhythm_period(const myo_rhythm *before, const myo_rhythm *after, double at_ms,
                         double size, const myo_rhythm_rule *rule)
{
    const double back = period_of(before, at_ms, after, -at_ms, size, rule);
    return back > 0.0 ? back : period_of(after, -at_ms, before, at_ms, size, rule);
}

int32_t myo_rhythm_recent(const myo_rhythm *rhythm, double at_ms, double span_ms)
{
    int32_t count = 0;
    for (int32_t k = 0; k < rhythm->count; k++) {
        const double ago = at_ms - rhythm->at_ms[latest(rhythm, k)];
        count += ago >= 0.0 && ago <= span_ms;
    }
    return count;
}

int32_t myo_rhythm_alike(const myo_rhythm *rhythm, double at_ms, double span_ms, double size,
                         double ratio)
{
    int32_t count = 0;
    for (int32_t k = 0; k < rhythm->count; k++) {
        const int32_t i = latest(rhythm, k);
        const double ago = at_ms - rhythm->at_ms[i];
        count += ago >= 0.0 && ago <= span_ms && like(rhythm->size[i], size, ratio);
    }
    return count;
}

int32_t myo_rhythm_above(const myo_rhythm *rhythm, double at_ms, double span_ms, double least)
{
    int32_t count = 0;
    for (int32_t k = 0; k < rhythm->count; k++) {
        const int32_t i = latest(rhythm, k);
        const double ago = at_ms - rhythm->at_ms[i];
        count += ago > 0.0 && ago <= span_ms && rhythm->size[i] > least;
    }
    return count;
}

int32_t myo_rhythm_crowd(const myo_rhythm *rhythm, double at_ms, double span_ms, double gap_ms,
                         double size, double ratio)
{
    int32_t count = 0;
    double next_ms = at_ms;
    for (int32_t k = 0; k < rhythm->count; k++) {
        const int32_t i = latest(rhythm, k);
        if (at_ms - rhythm->at_ms[i] > span_ms) {
            break;
        }
        if (like(rhythm->size[i], size, ratio)) {
            count += next_ms - rhythm->at_ms[i] < gap_ms;
            next_ms = rhythm->at_ms[i];
        }
    }
    return count;
}

/* Of Gaussian deviates, a standard deviation over the median of their sizes. */
static const double deviation = 1.4826;

double myo_rhythm_departure(const myo_rhythm *rhythm, double size, double least)
{
    double log_size[MYO_RHYTHM_LENGTH], apart[MYO_RHYTHM_LENGTH];
    const size_t count = (size_t)rhythm->count;
    for (size_t i = 0; i < count; i++) {
        log_size[i] = log(rhythm->size[i]);
    }
    myo_sort(log_size, count);
    const double middle = myo_quantile_sorted(log_size, count, 0.5);
    for (size_t i = 0; i < count; i++) {
        apart[i] = fabs(log_size[i] - middle);
    }
    myo_sort(apart, count);
    return (log(size) - middle) / fmax(deviation * myo_quantile_sorted(apart, count, 0.5), least);
}
