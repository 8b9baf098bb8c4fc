/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Full scale from a known sine or step. */
#include "live/calibration.h"

#include <math.h>
#include <stdlib.h>

static const double pi = 3.14159265358979323846;

/* Limits of calibration.h. */
static const double most_doubt = 0.1, edge_apart_s = 0.02, edge_from_s = 0.0005, edge_to_s = 0.003;
enum { LEAST_PERIODS = 5, LEAST_EDGES = 3, MOST_EDGES = 1000 };

typedef struct {
    const float *samples;
    size_t step, frames;
    double rate_hz;
} signal_view;

static double at(const signal_view *x, size_t frame)
{
    return (double)x->samples[frame * x->step];
}

static double mean_of(const signal_view *x)
{
    double sum = 0.0;
    for (size_t f = 0; f < x->frames; f++) {
        sum += at(x, f);
    }
    return sum / (double)x->frames;
}

static double peak_of(const signal_view *x, double mean)
{
    double peak = 0.0;
    for (size_t f = 0; f < x->frames; f++) {
        peak = fmax(peak, fabs(at(x, f) - mean));
    }
    return peak;
}

/* ---- sine ---- */

/* First and last rise through the mean, with a quarter of the peak as hysteresis; returns how many. */
static int rises_find(const signal_view *x, double mean, double peak, double *first, double *last)
{
    int rises = 0;
    bool low = false;
    double crossed = 0.0;
    for (size_t f = 1; f < x->frames; f++) {
        const double before = at(x, f - 1) - mean, now = at(x, f) - mean;
        if (before < 0.0 && now >= 0.0) {
            crossed = (double)f - now / (now - before);
        }
        low = low || now < -0.25 * peak;
        if (low && now > 0.25 * peak) {
            low = false;
            *first = rises == 0 ? crossed : *first;
            *last = crossed;
            rises++;
        }
    }
    return rises;
}

/* Projection on cosine and sine over whole periods, where both are orthogonal to each other and to the
 * mean. */
static double amplitude_of(const signal_view *x, double first, double last, double hz)
{
    double a = 0.0, b = 0.0;
    const size_t begin = (size_t)ceil(first), end = (size_t)ceil(last);
    for (size_t f = begin; f < end; f++) {
        const double phase = 2.0 * pi * hz * (double)f / x->rate_hz;
        a += at(x, f) * cos(phase);
        b += at(x, f) * sin(phase);
    }
    return 2.0 * sqrt(a * a + b * b) / (double)(end - begin);
}

static double rms_of(const signal_view *x, double first, double last)
{
    double sum = 0.0, squares = 0.0;
    const size_t begin = (size_t)ceil(first), end = (size_t)ceil(last);
    for (size_t f = begin; f < end; f++) {
        sum += at(x, f);
        squares += at(x, f) * at(x, f);
    }
    const double count = (double)(end - begin), mean = sum / count;
    return sqrt(fmax(0.0, squares / count - mean * mean));
}

static myo_status sine_measure(const signal_view *x, double known_uv, myo_calibrate_result *result,
                               myo_why *why)
{
    const double mean = mean_of(x), peak = peak_of(x, mean);
    double first = 0.0, last = 0.0;
    const int periods = rises_find(x, mean, peak, &first, &last) - 1;
    if (periods < LEAST_PERIODS) {
        return myo_why_set(why, MYO_ERR_EMPTY, "%d whole periods of a sine, %d are needed",
                           periods < 0 ? 0 : periods, LEAST_PERIODS);
    }
    result->hz = periods * x->rate_hz / (last - first);
    result->count = periods;
    const double amplitude = amplitude_of(x, first, last, result->hz);
    const double rms = rms_of(x, first, last), sine_rms = amplitude / sqrt(2.0);
    result->doubt = sqrt(fmax(0.0, rms * rms - sine_rms * sine_rms)) / sine_rms;
    result->full_scale_uv = 0.5 * known_uv / amplitude;
    if (!(result->doubt <= most_doubt)) {
        return myo_why_set(why, MYO_ERR_FORMAT,
                           "no clean sine: noise, hum and distortion are %.0f %% of it, 10 %% is "
                           "the most",
                           100.0 * result->doubt);
    }
    return MYO_OK;
}

/* ---- step ---- */

/* Value at @p edge of the straight line through the samples from @p from to @p to away from it. */
static double line_at(const signal_view *x, size_t edge, double from_s, double to_s)
{
    double n = 0.0, st = 0.0, sx = 0.0, stt = 0.0, stx = 0.0;
    for (double t = from_s; t <= to_s; t += 1.0 / x->rate_hz) {
        const double position = (double)edge + t * x->rate_hz;
        const double value = at(x, (size_t)llround(position));
        n += 1.0;
        st += t;
        sx += value;
        stt += t * t;
        stx += t * value;
    }
    const double spread = n * stt - st * st;
    const double slope = spread > 0.0 ? (n * stx - st * sx) / spread : 0.0;
    return (sx - slope * st) / n;
}

static double jump_at(const signal_view *x, size_t edge)
{
    return fabs(line_at(x, edge, edge_from_s, edge_to_s) -
                line_at(x, edge, -edge_to_s, -edge_from_s));
}

/* Largest jumps that are far enough apart: of each group above half of the largest the highest. */
static int edges_find(const signal_view *x, double *jumps)
{
    const size_t margin = (size_t)(edge_to_s * x->rate_hz) + 2;
    const size_t apart = (size_t)(edge_apart_s * x->rate_hz);
    double largest = 0.0;
    for (size_t f = margin; f + margin < x->frames; f++) {
        largest = fmax(largest, fabs(at(x, f + 1) - at(x, f - 1)));
    }
    int edges = 0;
    size_t last = 0;
    for (size_t f = margin; f + margin < x->frames && edges < MOST_EDGES; f++) {
        if (fabs(at(x, f + 1) - at(x, f - 1)) < 0.5 * largest) {
            continue;
        }
        const double jump = jump_at(x, f);
        if (edges == 0 || f - last >= apart) {
            jumps[edges++] = jump;
            last = f;
        } else if (jump > jumps[edges - 1]) {
            jumps[edges - 1] = jump;
        }
    }
    return edges;
}

static int double_compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static myo_status step_measure(const signal_view *x, double known_uv, myo_calibrate_result *result,
                               myo_why *why)
{
    double jumps[MOST_EDGES];
    const int edges = edges_find(x, jumps);
    if (edges < LEAST_EDGES) {
        return myo_why_set(why, MYO_ERR_EMPTY, "%d steps, %d are needed", edges, LEAST_EDGES);
    }
    qsort(jumps, (size_t)edges, sizeof *jumps, double_compare);
    const double middle = jumps[edges / 2];
    result->count = edges;
    result->hz = edges * x->rate_hz / (double)x->frames;
    result->doubt = fmax(jumps[edges - 1] - middle, middle - jumps[0]) / middle;
    result->full_scale_uv = known_uv / middle;
    if (!(result->doubt <= most_doubt)) {
        return myo_why_set(why, MYO_ERR_FORMAT,
                           "the steps differ by %.0f %% from their median, 10 %% is the most",
                           100.0 * result->doubt);
    }
    return MYO_OK;
}

myo_status myo_calibrate(myo_calibrate_kind kind, const float *samples, size_t step, size_t frames,
                         double rate_hz, double known_uv, myo_calibrate_result *result,
                         myo_why *why)
{
    const signal_view x = {samples, step, frames, rate_hz};
    *result = (myo_calibrate_result){0};
    if (frames < (size_t)(0.1 * rate_hz)) {
        return myo_why_set(why, MYO_ERR_EMPTY, "%zu frames are too few", frames);
    }
    for (size_t f = 0; f < frames; f++) {
        if (!isfinite(at(&x, f))) {
            return myo_why_set(why, MYO_ERR_FORMAT, "frame %zu is missing", f);
        }
    }
    if (!(peak_of(&x, mean_of(&x)) > 0.0)) {
        return myo_why_set(why, MYO_ERR_EMPTY, "nothing changes on it");
    }
    return kind == MYO_CALIBRATE_SINE ? sine_measure(&x, known_uv, result, why)
                                      : step_measure(&x, known_uv, result, why);
}
