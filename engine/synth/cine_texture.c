/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fully developed speckle: a complex Gaussian field through the point spread, its magnitude on a
 * logarithmic scale (R. F. Wagner and others, 1983), brighter along fascicles and aponeuroses. */
#include "synth/cine_texture.h"

#include "synth/detmath.h"
#include "synth/image.h"
#include "synth/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SPREAD = 8, FASCICLES = 60 };

/* Standard deviations of the point spread in pixels: a linear probe resolves less to the side. */
#define SPREAD_X 2.4
#define SPREAD_Y 1.3
/* Grey levels: mean of the tissue, one e-fold of amplitude, an aponeurosis, a fascicle. */
#define MEAN        95.0
#define E_FOLD      26.0
#define APONEUROSIS 70.0
#define FASCICLE    38.0

static void smooth(float *x, size_t count, size_t stride, double spread, float *copy)
{
    float w[2 * SPREAD + 1];
    for (int i = -SPREAD; i <= SPREAD; i++) {
        w[i + SPREAD] = (float)myo_det_exp(-0.5 * i * i / (spread * spread));
    }
    for (size_t i = 0; i < count; i++) {
        copy[i] = x[i * stride];
    }
    for (size_t i = 0; i < count; i++) {
        float sum = 0.0f;
        for (int k = -SPREAD; k <= SPREAD; k++) {
            const size_t at = (i + count * SPREAD + (size_t)(k + SPREAD) - SPREAD) % count;
            sum += w[k + SPREAD] * copy[at];
        }
        x[i * stride] = sum;
    }
}

static void field_make(float *field, uint32_t width, uint32_t height, float *line, myo_rng *rng)
{
    for (size_t i = 0; i < (size_t)width * height; i++) {
        field[i] = (float)myo_rng_normal(rng);
    }
    for (uint32_t y = 0; y < height; y++) {
        smooth(field + (size_t)y * width, width, 1, SPREAD_X, line);
    }
    for (uint32_t x = 0; x < width; x++) {
        smooth(field + x, height, width, SPREAD_Y, line);
    }
}

/* Sum of the point spread's squares: the power that smoothing leaves. */
static double power_left(double spread)
{
    double sum = 0.0;
    for (int i = -SPREAD; i <= SPREAD; i++) {
        const double w = myo_det_exp(-0.5 * i * i / (spread * spread));
        sum += w * w;
    }
    return sum;
}

/* Bright lines: x, y of a point, slope, half length, half thickness, height. */
typedef struct {
    double x, y, slope, half, thick, gain;
} streak;

static double streaks_at(const streak *streaks, size_t count, double x, double y)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        const streak *s = &streaks[i];
        const double off = (y - s->y - s->slope * (x - s->x)) / s->thick;
        if (fabs(x - s->x) <= s->half && fabs(off) < 3.0) {
            sum += s->gain * myo_det_exp(-0.5 * off * off);
        }
    }
    return sum;
}

static size_t streaks_draw(streak *streaks, uint32_t width, uint32_t height, myo_rng *rng)
{
    const double slope = myo_rng_in(rng, (myo_range){-0.25, 0.25});
    size_t count = 0;
    for (int i = 0; i < 2; i++) {
        streaks[count++] = (streak){
            .y = height * (0.25 + 0.5 * i), .half = width, .thick = 3.0, .gain = APONEUROSIS};
    }
    for (int i = 0; i < FASCICLES; i++) {
        streaks[count++] = (streak){.x = myo_rng_uniform(rng) * width,
                                    .y = myo_rng_uniform(rng) * height,
                                    .slope = slope,
                                    .half = 20.0 + 100.0 * myo_rng_uniform(rng),
                                    .thick = 1.2 + myo_rng_uniform(rng),
                                    .gain = FASCICLE * myo_rng_uniform(rng)};
    }
    return count;
}

static void grey_make(myo_texture *texture, const float *other, myo_rng *rng)
{
    streak streaks[FASCICLES + 2];
    const size_t count = streaks_draw(streaks, texture->width, texture->height, rng);
    const double power = power_left(SPREAD_X) * power_left(SPREAD_Y);
    for (uint32_t y = 0; y < texture->height; y++) {
        for (uint32_t x = 0; x < texture->width; x++) {
            float *v = &texture->grey[(size_t)y * texture->width + x];
            const double re = (double)*v, im = (double)other[(size_t)y * texture->width + x];
            const double level = 0.5 * myo_det_log((re * re + im * im) / power + 1e-3);
            const double grey = MEAN + E_FOLD * level + streaks_at(streaks, count, x, y);
            *v = (float)fmin(fmax(grey, 0.0), 255.0);
        }
    }
}

static void taps_fill(myo_texture *texture)
{
    for (int i = 0; i < MYO_TEXTURE_PARTS; i++) {
        double taps[MYO_TEXTURE_TAPS];
        myo_image_taps((double)i / MYO_TEXTURE_PARTS, taps);
        for (int k = 0; k < MYO_TEXTURE_TAPS; k++) {
            texture->taps[i][k] = (float)taps[k];
        }
    }
}

myo_status myo_texture_init(myo_texture *texture, uint32_t width, uint32_t height, uint64_t seed)
{
    texture->width = width + 2 * MYO_TEXTURE_MARGIN;
    texture->height = height + 2 * MYO_TEXTURE_MARGIN;
    const size_t pixels = (size_t)texture->width * texture->height;
    const size_t longer = texture->width > texture->height ? texture->width : texture->height;
    texture->grey = malloc(pixels * sizeof(float));
    float *other = malloc(pixels * sizeof *other), *line = malloc(longer * sizeof *line);
    const bool whole = texture->grey && other && line;
    if (whole) {
        myo_rng rng;
        myo_rng_start(&rng, seed, 1, 0);
        field_make(texture->grey, texture->width, texture->height, line, &rng);
        field_make(other, texture->width, texture->height, line, &rng);
        grey_make(texture, other, &rng);
        taps_fill(texture);
    } else {
        myo_texture_clean(texture);
    }
    free(line);
    free(other);
    return whole ? MYO_OK : MYO_ERR_NO_MEMORY;
}

void myo_texture_clean(myo_texture *texture)
{
    free(texture->grey);
    texture->grey = NULL;
}

/* First tap and fraction of one coordinate; beyond the margin it stays at its edge. */
static int32_t split(double at, uint32_t size, uint32_t *part)
{
    const double most = (double)size - MYO_TEXTURE_TAPS;
    const double inside = fmin(fmax(at + MYO_TEXTURE_MARGIN - 2.0, 0.0), most);
    const int32_t whole = (int32_t)inside;
    *part = (uint32_t)((inside - whole) * MYO_TEXTURE_PARTS);
    return whole;
}

float myo_texture_at(const myo_texture *texture, double x, double y)
{
    uint32_t px, py;
    const int32_t left = split(x, texture->width, &px), top = split(y, texture->height, &py);
    const float *row = texture->grey + (size_t)top * texture->width + left;
    if (px == 0 && py == 0) {
        return row[2 * (size_t)texture->width + 2]; /* on a pixel: most of a still image */
    }
    float sum = 0.0f;
    for (int r = 0; r < MYO_TEXTURE_TAPS; r++, row += texture->width) {
        float line = 0.0f;
        for (int i = 0; i < MYO_TEXTURE_TAPS; i++) {
            line += texture->taps[px][i] * row[i];
        }
        sum += texture->taps[py][r] * line;
    }
    return sum;
}
