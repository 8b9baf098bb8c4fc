/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tiled phase correlation and its refinement.
 *
 * Phase correlation: C. D. Kuglin, D. C. Hines, "The phase correlation image alignment method", 1975.
 * It is whitened only in part, |R|^(-3/4), for speckle holds little at high frequencies, and looked at
 * through a Gaussian of 0.15 cycles a pixel; both make half the resolution enough. A Hann window pulls
 * the peak toward zero (up to 0.7 pixels at a shift of 7): the Gauss-Newton steps (B. D. Lucas,
 * T. Kanade, 1981) run on the raw tile and take that away.
 */
#include "myotwitch/tracker.h"

#include "core/minmax.h"
#include "dsp/tile_fft.h"
#include "ultrasound/tile_kern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    HALF = MYO_TRACKER_TILE / 2, /* side of a tile at half the resolution */
    HALF_REACH = MYO_TRACKER_REACH / 2,
    BINS = HALF * (HALF / 2 + 1),
    NARROWEST = 32 /* a window at the border is refined if so much of it overlaps */
};

/* Standard deviation of the low-pass in cycles a pixel of the full image. */
#define LOW_PASS 0.15
/* A step of Gauss-Newton larger than this is no longer within the pull of the right minimum. */
#define LARGEST_STEP 2.0
/* Variance in squared grey levels below which a tile holds nothing that could be followed. */
#define FLAT         0.25
#define SPREAD_SCALE 2.5

struct myo_tracker {
    myo_tracker_config config;
    const myo_tile_kern *kern;
    uint32_t columns, rows, left, top;
    myo_tile_fft fft;
    float *image[2];     /* before and after */
    float *raw, *across; /* after as it came, and with its rows smoothed */
    float *half;         /* after, at half the resolution */
    uint32_t half_width, half_height;
    myo_bin *spectra; /* of every tile before */
    float window[HALF];
    float low_pass[BINS];
    double focus;
    bool started;
};

void myo_tracker_config_default(myo_tracker_config *config, uint32_t width, uint32_t height)
{
    *config = (myo_tracker_config){
        .width = width, .height = height, .step = 32, .refinements = 4, .cpu_mask = MYO_CPU_ALL};
}

static bool config_is_valid(const myo_tracker_config *config)
{
    return config->width >= MYO_TRACKER_TILE && config->width <= 4096 &&
           config->height >= MYO_TRACKER_TILE && config->height <= 4096 && config->step >= 8 &&
           config->step <= 64 && config->refinements <= 8;
}

static void tables_fill(myo_tracker *self)
{
    const double pi = 3.14159265358979323846;
    for (int i = 0; i < HALF; i++) {
        self->window[i] = (float)(0.5 - 0.5 * cos(2.0 * pi * (i + 0.5) / HALF));
    }
    for (int row = 0; row < HALF; row++) {
        const double fy = (row <= HALF / 2 ? row : row - HALF) / (2.0 * HALF);
        for (int column = 0; column <= HALF / 2; column++) {
            const double fx = column / (2.0 * HALF);
            self->low_pass[row * (HALF / 2 + 1) + column] =
                (float)exp(-0.5 * (fx * fx + fy * fy) / (LOW_PASS * LOW_PASS));
        }
    }
}

static bool buffers_new(myo_tracker *self)
{
    const size_t pixels = (size_t)self->config.width * self->config.height;
    self->half_width = self->config.width / 2;
    self->half_height = self->config.height / 2;
    self->image[0] = malloc(pixels * sizeof(float));
    self->image[1] = malloc(pixels * sizeof(float));
    self->raw = malloc(pixels * sizeof(float));
    self->across = malloc(pixels * sizeof(float));
    self->half = malloc((size_t)self->half_width * self->half_height * sizeof(float));
    self->spectra = malloc((size_t)self->columns * self->rows * BINS * sizeof(myo_bin));
    return self->image[0] && self->image[1] && self->raw && self->across && self->half &&
           self->spectra;
}

myo_status myo_tracker_new(const myo_tracker_config *config, myo_tracker **tracker)
{
    *tracker = NULL;
    if (!config_is_valid(config)) {
        return MYO_ERR_BAD_ARG;
    }
    myo_tracker *self = calloc(1, sizeof *self);
    if (!self) {
        return MYO_ERR_NO_MEMORY;
    }
    self->config = *config;
    self->kern = myo_tile_kern_choose(config->cpu_mask);
    self->columns = (config->width - MYO_TRACKER_TILE) / config->step + 1;
    self->rows = (config->height - MYO_TRACKER_TILE) / config->step + 1;
    /* Even, so that a tile begins on a pixel of the half image. */
    self->left = ((config->width - MYO_TRACKER_TILE) % config->step) / 4 * 2;
    self->top = ((config->height - MYO_TRACKER_TILE) % config->step) / 4 * 2;
    if (!buffers_new(self) || myo_tile_fft_init(&self->fft, HALF, HALF) != MYO_OK) {
        myo_tracker_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    tables_fill(self);
    *tracker = self;
    return MYO_OK;
}

void myo_tracker_size(const myo_tracker *tracker, uint32_t *columns, uint32_t *rows)
{
    *columns = tracker->columns;
    *rows = tracker->rows;
}

void myo_tracker_place(const myo_tracker *tracker, uint32_t column, uint32_t row, uint32_t *x,
                       uint32_t *y)
{
    *x = tracker->left + column * tracker->config.step;
    *y = tracker->top + row * tracker->config.step;
}

double myo_tracker_focus(const myo_tracker *tracker)
{
    return tracker->focus;
}

const float *myo_tracker_image(const myo_tracker *tracker)
{
    return tracker->raw;
}

void myo_tracker_reset(myo_tracker *tracker)
{
    tracker->started = false;
    tracker->focus = 0.0;
}

void myo_tracker_free(myo_tracker *tracker)
{
    if (!tracker) {
        return;
    }
    myo_tile_fft_clean(&tracker->fft);
    free(tracker->image[0]);
    free(tracker->image[1]);
    free(tracker->raw);
    free(tracker->across);
    free(tracker->half);
    free(tracker->spectra);
    free(tracker);
}

static void image_take(const myo_tracker *self, const myo_frame *frame, float *image)
{
    const size_t width = self->config.width;
    for (uint32_t row = 0; row < self->config.height; row++, image += width) {
        if (frame->pixel == MYO_PIXEL_F32) {
            memcpy(image, (const float *)frame->pixels + row * frame->stride,
                   width * sizeof *image);
            continue;
        }
        const uint8_t *from = (const uint8_t *)frame->pixels + row * frame->stride;
        for (size_t i = 0; i < width; i++) {
            image[i] = (float)from[i];
        }
    }
}

/* Rows of (1 4 6 4 1) / 16; the border's two pixels stay. Gauss-Newton needs it: gradients of the noise
 * make its steps too short, and linear interpolation is poor at high frequencies. */
static void line_smooth(const float *restrict x, size_t count, float *restrict y)
{
    y[0] = x[0];
    y[1] = x[1];
    for (size_t i = 2; i + 2 < count; i++) {
        y[i] = ((x[i - 2] + x[i + 2]) + 4.0f * (x[i - 1] + x[i + 1]) + 6.0f * x[i]) * 0.0625f;
    }
    y[count - 2] = x[count - 2];
    y[count - 1] = x[count - 1];
}

static void column_smooth(const float *const x[5], size_t count, float *restrict y)
{
    for (size_t i = 0; i < count; i++) {
        y[i] = ((x[0][i] + x[4][i]) + 4.0f * (x[1][i] + x[3][i]) + 6.0f * x[2][i]) * 0.0625f;
    }
}

static void image_smooth(myo_tracker *self, float *image)
{
    const size_t width = self->config.width, height = self->config.height;
    for (size_t row = 0; row < height; row++) {
        line_smooth(self->raw + row * width, width, self->across + row * width);
    }
    for (size_t row = 0; row < height; row++) {
        const float *x[5];
        for (size_t k = 0; k < 5; k++) {
            const size_t at = row + k < 2 ? 0 : row + k - 2;
            x[k] = self->across + (at < height ? at : height - 1) * width;
        }
        column_smooth(x, width, image + row * width);
    }
}

static void image_halve(const myo_tracker *self, const float *image)
{
    const size_t width = self->config.width;
    for (uint32_t row = 0; row < self->half_height; row++) {
        const float *a = image + 2 * row * width, *b = a + width;
        float *half = self->half + (size_t)row * self->half_width;
        for (uint32_t i = 0; i < self->half_width; i++) {
            half[i] = ((a[2 * i] + a[2 * i + 1]) + (b[2 * i] + b[2 * i + 1])) * 0.25f;
        }
    }
}

/* On the half image: gradients of single pixels are mostly noise. */
static double focus_of(const myo_tracker *self)
{
    double sum = 0.0, square = 0.0, slope = 0.0;
    for (uint32_t row = 0; row < self->half_height; row++) {
        const float *x = self->half + (size_t)row * self->half_width;
        float s = x[0], q = x[0] * x[0], g = 0.0f;
        for (uint32_t i = 1; i < self->half_width; i++) {
            const float d = x[i] - x[i - 1];
            s += x[i];
            q += x[i] * x[i];
            g += d * d;
        }
        sum += (double)s;
        square += (double)q;
        slope += (double)g;
    }
    const double count = (double)self->half_width * self->half_height;
    const double variance = square / count - sum / count * (sum / count);
    return variance > 0.0 ? slope / count / variance : 0.0;
}

/* Spectrum of the tile of the half image that begins at (x, y), mean removed, under the window. */
static void tile_transform(myo_tracker *self, uint32_t x, uint32_t y)
{
    const float *from = self->half + (size_t)y * self->half_width + x;
    float sums[HALF] = {0};
    for (int row = 0; row < HALF; row++) {
        for (int i = 0; i < HALF; i++) {
            sums[i] += from[(size_t)row * self->half_width + (size_t)i];
        }
    }
    float mean = 0.0f;
    for (int i = 0; i < HALF; i++) {
        mean += sums[i];
    }
    mean /= (float)(HALF * HALF);
    float *to = self->fft.real;
    for (int row = 0; row < HALF; row++, from += self->half_width, to += HALF) {
        const float w = self->window[row];
        for (int i = 0; i < HALF; i++) {
            to[i] = (from[i] - mean) * (w * self->window[i]);
        }
    }
    myo_tile_fft_forward(&self->fft);
}

/* R = after conj(before), times low-pass |R|^(-3/4): x^(-3/8) of x = |R|^2 is three square roots and
 * a division, exact on every machine. */
static void cross_power(const myo_bin *restrict before, const myo_bin *restrict after,
                        const float *restrict low_pass, myo_bin *restrict product)
{
    for (int k = 0; k < BINS; k++) {
        const float re = after[k].re * before[k].re + after[k].im * before[k].im;
        const float im = after[k].im * before[k].re - after[k].re * before[k].im;
        const float x2 = sqrtf(re * re + im * im + 1e-12f); /* |R|, never 0 */
        const float x8 = sqrtf(sqrtf(x2));
        const float gain = low_pass[k] * x8 / x2; /* |R|^(1/4) / |R| */
        product[k].re = re * gain;
        product[k].im = im * gain;
    }
}

static float surface_at(const float *surface, int x, int y)
{
    return surface[(y & (HALF - 1)) * HALF + (x & (HALF - 1))];
}

/* Top of a parabola through three values, within half a step; the middle one is the largest. */
static double parabola(float left, float middle, float right)
{
    const double curve = (double)left - 2.0 * (double)middle + (double)right;
    return curve < 0.0 ? 0.5 * ((double)left - (double)right) / curve : 0.0;
}

/* The largest value within reach; a sixteenth of a pixel hides that FFTW's sums differ in the last
 * bits between processors. */
static void peak_find(const float *surface, double *dx, double *dy)
{
    int best_x = 0, best_y = 0;
    float best = surface[0];
    for (int y = -HALF_REACH; y <= HALF_REACH; y++) {
        for (int x = -HALF_REACH; x <= HALF_REACH; x++) {
            if (surface_at(surface, x, y) > best) {
                best = surface_at(surface, x, y);
                best_x = x;
                best_y = y;
            }
        }
    }
    const double fx = parabola(surface_at(surface, best_x - 1, best_y), best,
                               surface_at(surface, best_x + 1, best_y));
    const double fy = parabola(surface_at(surface, best_x, best_y - 1), best,
                               surface_at(surface, best_x, best_y + 1));
    *dx = round(32.0 * (best_x + fx)) / 16.0;
    *dy = round(32.0 * (best_y + fy)) / 16.0;
}

/* One side of the window: [*from, *from + *length) such that it, its neighbours, and itself moved by
 * @p shift (and one more) lie in [0, size). */
static void side_clip(uint32_t size, int shift, int *from, int *length)
{
    const int lowest = shift < -1 ? -shift : 1;
    const int highest = (int)size - 1 - (shift > 0 ? shift : 0);
    const int end = *from + *length < highest ? *from + *length : highest;
    *from = *from > lowest ? *from : lowest;
    *length = end > *from ? end - *from : 0;
}

/* The window of the tile at (x, y) moved by (dx, dy); false when too little of it is in the image. */
static bool pair_set(const myo_tracker *self, uint32_t x, uint32_t y, const double shift[2],
                     myo_tile_pair *pair)
{
    const int whole[2] = {(int)floor(shift[0]), (int)floor(shift[1])};
    int left = (int)x, top = (int)y, width = MYO_TRACKER_TILE, height = MYO_TRACKER_TILE;
    side_clip(self->config.width, whole[0], &left, &width);
    side_clip(self->config.height, whole[1], &top, &height);
    width -= width % MYO_TILE_LANES;
    if (width < NARROWEST || height < NARROWEST) {
        return false;
    }
    const ptrdiff_t stride = (ptrdiff_t)self->config.width;
    const float fx = (float)(shift[0] - whole[0]), fy = (float)(shift[1] - whole[1]);
    *pair = (myo_tile_pair){
        .before = self->image[0] + top * stride + left,
        .after = self->image[1] + (top + whole[1]) * stride + left + whole[0],
        .stride = self->config.width,
        .width = (uint32_t)width,
        .height = (uint32_t)height,
        .weight = {(1.0f - fx) * (1.0f - fy), fx * (1.0f - fy), (1.0f - fx) * fy, fx * fy}};
    return true;
}

/* Solves the normal equations with the mean of the error taken out; false without texture. */
static bool step_solve(const myo_tile_slopes *s, const myo_tile_errors *e, double count,
                       double step[2])
{
    const double xx = s->xx - s->x * s->x / count, yy = s->yy - s->y * s->y / count;
    const double xy = s->xy - s->x * s->y / count;
    const double xe = e->xe - s->x * e->e / count, ye = e->ye - s->y * e->e / count;
    const double det = xx * yy - xy * xy;
    if (!(det > 1e-4 * xx * yy) || !(xx > 0.0)) {
        return false;
    }
    step[0] = -(yy * xe - xy * ye) / det;
    step[1] = -(xx * ye - xy * xe) / det;
    return true;
}

/* Standard error of the less certain direction: the largest eigenvalue of the inverse normal matrix
 * times the variance of the error, as if the pixels' errors were independent. They are not, for the
 * image is smooth: on real muscle with added noise the errors were 2.5 times as large. */
static float spread_of(const myo_tile_slopes *s, double count, double error)
{
    const double xx = s->xx - s->x * s->x / count, yy = s->yy - s->y * s->y / count;
    const double xy = s->xy - s->x * s->y / count;
    const double smallest = 0.5 * (xx + yy) - sqrt(0.25 * (xx - yy) * (xx - yy) + xy * xy);
    return smallest > 0.0 ? (float)(SPREAD_SCALE * sqrt(error / smallest)) : INFINITY;
}

/* Correlation of two images of like variance whose difference has the variance @p error. */
static float quality_of(double variance, double error)
{
    const double q = variance > 0.0 ? 1.0 - 0.5 * error / variance : 0.0;
    return (float)myo_greater(q, 0.0);
}

/* What Gauss-Newton makes of a displacement d(u, v) that is not the same everywhere: H^-1 sum(g g' d).
 * The window begins at (u, v) from the tile's middle. */
static void lean_set(const myo_tile_slopes *s, double u, double v, myo_tile *tile)
{
    const double det = s->xx * s->yy - s->xy * s->xy;
    if (!(det > 0.0)) {
        return;
    }
    const double sum[3] = {s->xx, s->xy, s->yy};
    double side[2][3]; /* gx gx, gx gy, gy gy times u, times v */
    for (int k = 0; k < 3; k++) {
        side[0][k] = s->column[k] + u * sum[k];
        side[1][k] = s->row[k] + v * sum[k];
    }
    for (int k = 0; k < 4; k++) { /* a, b weigh gx; c, d weigh gy */
        const double x = side[k % 2][k / 2], y = side[k % 2][k / 2 + 1];
        tile->lean[0][k] = (float)((s->yy * x - s->xy * y) / det);
        tile->lean[1][k] = (float)((s->xx * y - s->xy * x) / det);
    }
}

/* Where the window of @p pair begins, from the middle of the tile at (x, y). */
static void lean_take(const myo_tracker *self, const myo_tile_pair *pair,
                      const myo_tile_slopes *slopes, uint32_t x, uint32_t y, myo_tile *tile)
{
    const ptrdiff_t at = pair->before - self->image[0], stride = (ptrdiff_t)self->config.width;
    const double half = 0.5 * MYO_TRACKER_TILE;
    const ptrdiff_t line = at / stride, column = at % stride;
    lean_set(slopes, (double)column - x - half, (double)line - y - half, tile);
}

static void refine(const myo_tracker *self, uint32_t x, uint32_t y, double shift[2], myo_tile *tile)
{
    *tile = (myo_tile){.dx = (float)shift[0], .dy = (float)shift[1], .spread = INFINITY};
    const double first[2] = {shift[0], shift[1]};
    double step[2] = {0.0, 0.0};
    myo_tile_pair last = {0};
    myo_tile_slopes slopes = {0};
    for (uint32_t i = 0; i <= self->config.refinements; i++) {
        myo_tile_pair pair;
        myo_tile_errors errors;
        if (!pair_set(self, x, y, shift, &pair)) {
            return;
        }
        if (pair.before != last.before || pair.width != last.width || pair.height != last.height) {
            self->kern->slopes(&pair, &slopes);
            last = pair;
        }
        self->kern->errors(&pair, &errors);
        const double count = (double)pair.width * pair.height;
        const double variance = slopes.bb / count - slopes.b / count * (slopes.b / count);
        const double error = errors.ee / count - errors.e / count * (errors.e / count);
        lean_take(self, &pair, &slopes, x, y, tile);
        tile->spread = spread_of(&slopes, count, error);
        tile->quality = variance > FLAT ? quality_of(variance, error) : 0.0f;
        tile->dx = (float)shift[0];
        tile->dy = (float)shift[1];
        if (i == self->config.refinements || variance <= FLAT ||
            !step_solve(&slopes, &errors, count, step)) {
            return;
        }
        shift[0] += step[0];
        shift[1] += step[1];
        if (hypot(shift[0] - first[0], shift[1] - first[1]) > LARGEST_STEP) {
            tile->quality = 0.0f; /* ran away: the peak was not this tile's */
            return;
        }
    }
}

static void tile_follow(myo_tracker *self, uint32_t index, myo_tile *tile)
{
    uint32_t x, y;
    double shift[2];
    myo_tracker_place(self, index % self->columns, index / self->columns, &x, &y);
    myo_bin *spectrum = self->spectra + (size_t)index * BINS;
    tile_transform(self, x / 2, y / 2);
    if (tile) {
        cross_power(spectrum, self->fft.spectrum, self->low_pass, self->fft.product);
        myo_tile_fft_backward(&self->fft);
        peak_find(self->fft.real, &shift[0], &shift[1]);
        refine(self, x, y, shift, tile);
    }
    memcpy(spectrum, self->fft.spectrum, BINS * sizeof *spectrum);
}

bool myo_tracker_process(myo_tracker *tracker, const myo_frame *frame, myo_tile *tiles)
{
    float *before = tracker->image[0];
    tracker->image[0] = tracker->image[1];
    tracker->image[1] = before;
    image_take(tracker, frame, tracker->raw);
    image_smooth(tracker, tracker->image[1]);
    image_halve(tracker, tracker->raw);
    tracker->focus = focus_of(tracker);
    const bool compare = tracker->started;
    tracker->started = true;
    for (uint32_t i = 0; i < tracker->columns * tracker->rows; i++) {
        tile_follow(tracker, i, compare ? &tiles[i] : NULL);
    }
    return compare;
}
