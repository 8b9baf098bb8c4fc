/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decay and exhaustion of a point's twitch responses. */
#include "myotwitch/series.h"

#include "dsp/boot.h"

#include <math.h>
#include <string.h>

void myo_series_config_default(myo_series_config *config, double rate_hz)
{
    *config = (myo_series_config){.rate_hz = rate_hz, .quiet_s = 20.0, .quiet_strokes = 5};
}

void myo_series_begin(myo_series *series, int64_t frame)
{
    *series = (myo_series){.begin = frame};
}

void myo_series_add(myo_series *series, int64_t frame, double peak)
{
    if (series->count < MYO_SERIES_MAX) {
        series->frame[series->count] = frame;
        series->peak[series->count] = peak;
    } else {
        series->frame[MYO_SERIES_MAX - 1] = frame;
        series->peak[MYO_SERIES_MAX - 1] = peak;
    }
    series->count++;
    series->last_response = series->strokes;
}

void myo_series_stroke(myo_series *series)
{
    series->strokes++;
}

static double median_from(const double *values, size_t first, size_t end)
{
    double sorted[MYO_SERIES_MAX];
    memcpy(sorted, values + first, (end - first) * sizeof *sorted);
    myo_sort(sorted, end - first);
    return myo_quantile_sorted(sorted, end - first, 0.5);
}

static double median_interval(const myo_series *series, size_t kept, double rate_hz)
{
    double interval[MYO_SERIES_MAX];
    for (size_t i = 1; i < kept; i++) {
        interval[i - 1] = (double)(series->frame[i] - series->frame[i - 1]) / rate_hz;
    }
    return median_from(interval, 0, kept - 1);
}

void myo_series_describe(const myo_series *series, const myo_series_config *config, int64_t now,
                         myo_series_summary *summary)
{
    *summary = (myo_series_summary){.count = series->count,
                                    .decay_ratio = (double)NAN,
                                    .decay_step = (double)NAN,
                                    .plateau_ratio = (double)NAN,
                                    .interval_s = (double)NAN};
    const size_t kept = (size_t)(series->count < MYO_SERIES_MAX ? series->count : MYO_SERIES_MAX);
    const int64_t since = kept > 0 ? series->frame[kept - 1] : series->begin;
    summary->quiet_s = (double)(now - since) / config->rate_hz;
    if (kept == 0) {
        return;
    }
    summary->first = series->peak[0];
    summary->last = series->peak[kept - 1];
    if (kept >= 2) {
        const size_t third = kept >= 3 ? 2 : 1;
        summary->decay_ratio = series->peak[third] / series->peak[0];
        summary->decay_step = pow(summary->decay_ratio, 1.0 / (double)third);
        summary->interval_s = median_interval(series, kept, config->rate_hz);
    }
    if (kept >= 3) {
        summary->plateau_ratio = median_from(series->peak, 2, kept) / series->peak[0];
    }
    summary->exhausted = summary->quiet_s >= config->quiet_s ||
                         series->strokes - series->last_response >= config->quiet_strokes;
}
