/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tracker's method in one dimension, against a line some milliseconds earlier. */
#include "ultrasound/line.h"

#include "dsp/tile_fft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = MYO_LINE_WINDOW, BINS = WINDOW / 2 + 1, REACH = WINDOW / 4, STEPS = 4 };

/* As in the tracker, there in two dimensions. */
#define LOW_PASS     0.15
#define LARGEST_STEP 2.0
#define FLAT         1e-6 /* variance over mean square */
#define SPREAD_SCALE 2.5
#define ENOUGH       0.01 /* samples: a smaller step changes nothing */
#define SURE         0.8f /* quality below which phase correlation is asked too */

struct myo_line {
    uint32_t height, step, windows, lag, taken;
    myo_tile_fft fft;
    float *lines;  /* lag + 1 of them, smoothed */
    double *times; /* of each */
    float window[WINDOW], low_pass[BINS];
};

static void tables_fill(myo_line *self)
{
    const double pi = 3.14159265358979323846;
    for (int i = 0; i < WINDOW; i++) {
        self->window[i] = (float)(0.5 - 0.5 * cos(2.0 * pi * (i + 0.5) / WINDOW));
    }
    for (int k = 0; k < BINS; k++) {
        const double f = (double)k / WINDOW;
        self->low_pass[k] = (float)exp(-0.5 * f * f / (LOW_PASS * LOW_PASS));
    }
}

myo_status myo_line_new(const myo_ultrasound_config *config, myo_line **line, uint32_t *windows)
{
    *line = NULL;
    myo_line *self = calloc(1, sizeof *self);
    if (!self) {
        return MYO_ERR_NO_MEMORY;
    }
    const double lag = floor(MYO_LINE_LAG_S * config->rate_hz + 0.5);
    self->height = config->height;
    self->step = config->step;
    self->windows = (config->height - WINDOW - 2) / config->step + 1;
    self->lag = lag < 1.0 ? 1 : (uint32_t)lag;
    const size_t kept = self->lag + 1;
    self->lines = calloc(kept * self->height, sizeof *self->lines);
    self->times = calloc(kept, sizeof *self->times);
    if (!self->lines || !self->times || myo_tile_fft_init(&self->fft, WINDOW, 1) != MYO_OK) {
        myo_line_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    tables_fill(self);
    *windows = self->windows;
    *line = self;
    return MYO_OK;
}

double myo_line_place(const myo_line *line, uint32_t window)
{
    return (double)window * line->step + 0.5 * WINDOW;
}

void myo_line_reset(myo_line *line)
{
    line->taken = 0;
}

void myo_line_free(myo_line *line)
{
    if (!line) {
        return;
    }
    myo_tile_fft_clean(&line->fft);
    free(line->lines);
    free(line->times);
    free(line);
}

static float sample(const myo_frame *frame, uint32_t i)
{
    const size_t at = i * frame->stride;
    return frame->pixel == MYO_PIXEL_F32 ? ((const float *)frame->pixels)[at]
                                         : (float)((const uint8_t *)frame->pixels)[at];
}

/* (1 4 6 4 1) / 16, as in the tracker; the two samples at either end stay. */
static void line_take(const myo_line *self, const myo_frame *frame, float *line)
{
    for (uint32_t i = 0; i < self->height; i++) {
        if (i < 2 || i + 2 >= self->height) {
            line[i] = sample(frame, i);
            continue;
        }
        line[i] = ((sample(frame, i - 2) + sample(frame, i + 2)) +
                   4.0f * (sample(frame, i - 1) + sample(frame, i + 1)) + 6.0f * sample(frame, i)) *
                  0.0625f;
    }
}

static void window_transform(myo_line *self, const float *from, myo_bin *spectrum)
{
    float mean = 0.0f;
    for (int i = 0; i < WINDOW; i++) {
        mean += from[i];
    }
    mean /= WINDOW;
    for (int i = 0; i < WINDOW; i++) {
        self->fft.real[i] = (from[i] - mean) * self->window[i];
    }
    myo_tile_fft_forward(&self->fft);
    memcpy(spectrum, self->fft.spectrum, BINS * sizeof *spectrum);
}

/* Phase correlation, whitened like the tracker's; returns the shift, samples. */
static double correlate(myo_line *self, const float *before, const float *after)
{
    myo_bin old[BINS], new[BINS];
    window_transform(self, before, old);
    window_transform(self, after, new);
    for (int k = 0; k < BINS; k++) {
        const float re = new[k].re *old[k].re + new[k].im *old[k].im;
        const float im = new[k].im *old[k].re - new[k].re *old[k].im;
        const float x2 = sqrtf(re * re + im * im + 1e-12f);
        const float gain = self->low_pass[k] * sqrtf(sqrtf(x2)) / x2;
        self->fft.product[k] = (myo_bin){re * gain, im * gain};
    }
    myo_tile_fft_backward(&self->fft);
    int best = 0;
    for (int i = -REACH; i <= REACH; i++) {
        best = self->fft.real[i & (WINDOW - 1)] > self->fft.real[best & (WINDOW - 1)] ? i : best;
    }
    return (double)best;
}

/* With b the window before, g its slope, e = after - b: sums over the window. */
typedef struct {
    float gg, g, bb, b;
} slopes;

typedef struct {
    float ee, e, ge;
} errors;

/* Four of each, so that the additions do not wait for one another. */
enum { LANES = 4 };

static slopes slopes_take(const float *before)
{
    slopes lane[LANES] = {{0}};
    for (int i = 0; i < WINDOW; i += LANES) {
        for (int k = 0; k < LANES; k++) {
            const float *b = before + i + k;
            const float g = 0.5f * (b[1] - b[-1]);
            lane[k].gg += g * g;
            lane[k].g += g;
            lane[k].bb += b[0] * b[0];
            lane[k].b += b[0];
        }
    }
    for (int k = 1; k < LANES; k++) {
        lane[0].gg += lane[k].gg;
        lane[0].g += lane[k].g;
        lane[0].bb += lane[k].bb;
        lane[0].b += lane[k].b;
    }
    return lane[0];
}

static errors errors_take(const float *before, const float *after, float part)
{
    errors lane[LANES] = {{0}};
    for (int i = 0; i < WINDOW; i += LANES) {
        for (int k = 0; k < LANES; k++) {
            const float *b = before + i + k, *a = after + i + k;
            const float e = (a[0] * (1.0f - part) + a[1] * part) - b[0];
            lane[k].ee += e * e;
            lane[k].e += e;
            lane[k].ge += 0.5f * (b[1] - b[-1]) * e;
        }
    }
    for (int k = 1; k < LANES; k++) {
        lane[0].ee += lane[k].ee;
        lane[0].e += lane[k].e;
        lane[0].ge += lane[k].ge;
    }
    return lane[0];
}

/* From @p shift on; the window must stay within the line. */
static void window_refine(const myo_line *self, const float *before, const float *after,
                          uint32_t top, double shift, myo_tile *tile)
{
    const double first = shift, n = WINDOW;
    const slopes s = slopes_take(before + top);
    const double mean = (double)s.b / n, variance = (double)s.bb / n - mean * mean;
    const double gg = (double)s.gg - (double)s.g * (double)s.g / n;
    *tile = (myo_tile){.dy = (float)shift, .spread = INFINITY};
    if (variance <= FLAT * (double)s.bb / n || gg <= 0.0) {
        return;
    }
    for (int i = 0; i <= STEPS; i++) {
        const double whole = floor(shift);
        const int32_t at = (int32_t)top + (int32_t)whole;
        if (at < 0 || at + WINDOW >= (int32_t)self->height || fabs(shift - first) > LARGEST_STEP) {
            tile->quality = 0.0f;
            return;
        }
        const errors e = errors_take(before + top, after + at, (float)(shift - whole));
        const double lift = (double)e.e / n, error = (double)e.ee / n - lift * lift;
        const double step = -((double)e.ge - (double)s.g * lift) / gg;
        tile->dy = (float)shift;
        tile->quality = (float)fmax(1.0 - 0.5 * error / variance, 0.0);
        tile->spread = (float)(SPREAD_SCALE * sqrt(error / gg));
        if (fabs(step) < ENOUGH) {
            return;
        }
        shift += step;
    }
}

/* Without a guess first: within 8 ms tissue hardly leaves the reach of the refinement. */
static void window_follow(myo_line *self, const float *before, const float *after, uint32_t window,
                          myo_tile *tile)
{
    uint32_t top = window * self->step;
    top = top == 0 ? 1 : top; /* the slope needs a neighbour */
    window_refine(self, before, after, top, 0.0, tile);
    if (tile->quality < SURE) {
        myo_tile other;
        const double guess = correlate(self, before + top, after + top);
        window_refine(self, before, after, top, guess, &other);
        *tile = other.quality > tile->quality ? other : *tile;
    }
}

bool myo_line_process(myo_line *line, const myo_frame *frame, myo_tile *tiles, double *span_s)
{
    const uint32_t kept = line->lag + 1, now = line->taken % kept;
    const uint32_t then = (line->taken + 1) % kept; /* the oldest that is kept */
    float *after = line->lines + (size_t)now * line->height;
    const float *before = line->lines + (size_t)then * line->height;
    line_take(line, frame, after);
    line->times[now] = frame->time_s;
    line->taken++;
    const bool ready = line->taken >= kept;
    for (uint32_t w = 0; ready && w < line->windows; w++) {
        window_follow(line, before, after, w, &tiles[w]);
    }
    *span_s = line->times[now] - line->times[then];
    return ready;
}
