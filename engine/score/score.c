/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pools matched recordings and turns the sums into rates, errors and delays. */
#include "myotwitch/score.h"

#include "score/interval.h"
#include "score/match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MS_PER_S 1000.0

/** Values that grow by recording. */
typedef struct {
    double *values;
    size_t count, room;
} series;

struct myo_score {
    double tolerance_s, duration_s;
    int64_t truths, events, hits;
    series onset_ms, magnitude_ms, delay_ms, confirm_ms;
    int64_t *matches; /**< of the recording last added */
};

static myo_status series_reserve(series *s, size_t more)
{
    if (s->room - s->count >= more) {
        return MYO_OK;
    }
    size_t room = 2 * (s->count + more);
    double *values = realloc(s->values, room * sizeof *values);
    if (values == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    s->values = values;
    s->room = room;
    return MYO_OK;
}

/** Room is there; what is not known (NAN) is left out. */
static void series_add(series *s, double value)
{
    if (!isnan(value)) {
        s->values[s->count++] = value;
    }
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void series_sort(series *s)
{
    if (s->count > 0) {
        qsort(s->values, s->count, sizeof *s->values, compare_doubles);
    }
}

static bool is_in_order(const myo_score_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(items[i].onset_s) || (i > 0 && items[i].onset_s < items[i - 1].onset_s)) {
            return false;
        }
    }
    return true;
}

static myo_status reserve(myo_score *score, size_t more)
{
    series *all[] = {&score->onset_ms, &score->magnitude_ms, &score->delay_ms, &score->confirm_ms};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        myo_status status = series_reserve(all[i], more);
        if (status != MYO_OK) {
            return status;
        }
    }
    return MYO_OK;
}

static void add_hit(myo_score *score, const myo_score_item *truth, const myo_score_item *event)
{
    double error_ms = MS_PER_S * (event->onset_s - truth->onset_s);
    score->hits++;
    series_add(&score->onset_ms, error_ms);
    series_add(&score->magnitude_ms, fabs(error_ms));
    series_add(&score->delay_ms, MS_PER_S * (event->reported_s - truth->onset_s));
    series_add(&score->confirm_ms, MS_PER_S * (event->confirmed_s - truth->offset_s));
}

static double largest(const series *sorted)
{
    return sorted->count > 0 ? sorted->values[sorted->count - 1] : (double)NAN;
}

static double f1_of_overlap(double j)
{
    return 2.0 * j / (1.0 + j);
}

/** F1 grows with the overlap j = hits / (hits + false + missed), so bounds of j bound F1. */
static myo_estimate f1(const myo_score *score)
{
    myo_estimate j = myo_interval_share(score->hits, score->truths + score->events - score->hits);
    return (myo_estimate){f1_of_overlap(j.value), f1_of_overlap(j.low), f1_of_overlap(j.high)};
}

myo_status myo_score_new(double tolerance_s, myo_score **score)
{
    if (!(tolerance_s >= 0.0 && tolerance_s <= 3600.0)) {
        return MYO_ERR_BAD_ARG;
    }
    myo_score *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    self->tolerance_s = tolerance_s;
    *score = self;
    return MYO_OK;
}

myo_status myo_score_add(myo_score *score, const myo_score_item *truths, size_t truth_count,
                         const myo_score_item *events, size_t event_count, double duration_s)
{
    if (!(duration_s >= 0.0) || !is_in_order(truths, truth_count) ||
        !is_in_order(events, event_count)) {
        return MYO_ERR_BAD_ARG;
    }
    int64_t *matches = calloc(truth_count + 1, sizeof *matches);
    if (matches == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    myo_status status = reserve(score, truth_count);
    if (status == MYO_OK) {
        status = myo_match(truths, truth_count, events, event_count, score->tolerance_s, matches);
    }
    if (status != MYO_OK) {
        free(matches);
        return status;
    }
    free(score->matches);
    score->matches = matches;
    score->duration_s += duration_s;
    score->events += (int64_t)event_count;
    for (size_t i = 0; i < truth_count; i++) {
        bool found = matches[i] >= 0;
        if (truths[i].ignored) {
            score->events -= found;
            continue;
        }
        score->truths++;
        if (found) {
            add_hit(score, &truths[i], &events[matches[i]]);
        }
    }
    return MYO_OK;
}

const int64_t *myo_score_matches(const myo_score *score)
{
    return score->matches;
}

void myo_score_result_get(myo_score *score, myo_score_result *result)
{
    series_sort(&score->magnitude_ms);
    series_sort(&score->delay_ms);
    series_sort(&score->confirm_ms);
    const series *magnitude = &score->magnitude_ms;
    const series *delay = &score->delay_ms;
    const series *confirm = &score->confirm_ms;
    int64_t false_alarms = score->events - score->hits;
    *result = (myo_score_result){
        .truths = score->truths,
        .events = score->events,
        .hits = score->hits,
        .duration_s = score->duration_s,
        .recall = myo_interval_share(score->hits, score->truths),
        .precision = myo_interval_share(score->hits, score->events),
        .f1 = f1(score),
        .false_per_minute = myo_interval_rate(false_alarms, score->duration_s / 60.0),
        .false_per_hour = myo_interval_rate(false_alarms, score->duration_s / 3600.0),
        .onset_bias_ms = myo_interval_mean(score->onset_ms.values, score->onset_ms.count),
        .onset_median_ms = myo_interval_quantile(magnitude->values, magnitude->count, 0.5),
        .onset_p95_ms = myo_interval_quantile(magnitude->values, magnitude->count, 0.95),
        .delay_median_ms = myo_interval_quantile(delay->values, delay->count, 0.5),
        .delay_p95_ms = myo_interval_quantile(delay->values, delay->count, 0.95),
        .delay_max_ms = largest(delay),
        .confirm_median_ms = myo_interval_quantile(confirm->values, confirm->count, 0.5),
        .confirm_p95_ms = myo_interval_quantile(confirm->values, confirm->count, 0.95),
        .confirm_max_ms = largest(confirm),
    };
}

void myo_score_free(myo_score *score)
{
    if (score == NULL) {
        return;
    }
    free(score->onset_ms.values);
    free(score->magnitude_ms.values);
    free(score->delay_ms.values);
    free(score->confirm_ms.values);
    free(score->matches);
    free(score);
}
