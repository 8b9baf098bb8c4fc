/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of conjugate products over windows of two frames; their angles are motion and frequency. */
#include "myotwitch/axial.h"

#include "core/minmax.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
/* Echoes keep within the bandwidth of the probe: a mean frequency further than this share from the
 * carrier is one of noise, and the carrier is the better guess. */
#define MOST_OFF 0.5
/* Quality from which a window is asked whether it turned too far: in noise of seven independent samples
 * one in 2000 windows reaches it. */
#define SURE 0.8

struct myo_axial {
    myo_axial_config config;
    uint32_t columns, rows, windows;
    float *before, *now; /* the frame before and the last one, pairs, line after line */
    double *moved;       /* of every window in the last pairs of frames */
    double *times;       /* of the last pairs + 1 frames */
    uint32_t *aliased;   /* windows in each of the last pairs of frames */
    uint64_t taken;      /* frames */
};

void myo_axial_config_default(myo_axial_config *config, uint32_t width, uint32_t height,
                              double carrier)
{
    *config = (myo_axial_config){.width = width,
                                 .height = height,
                                 .window = 32,
                                 .step = 16,
                                 .lines = width < 8 ? width : 8,
                                 .pairs = 1,
                                 .carrier = carrier};
}

static bool config_is_valid(const myo_axial_config *c)
{
    return c->width >= 1 && c->width <= 4096 && c->window >= 8 && c->window <= 256 &&
           c->height > c->window && c->height <= 65536 && c->step >= 4 && c->step <= 64 &&
           c->lines >= 1 && c->lines <= 64 && c->lines <= c->width && c->pairs >= 1 &&
           c->pairs <= 256 && c->carrier >= 0.01 && c->carrier <= 4.0;
}

myo_status myo_axial_new(const myo_axial_config *config, myo_axial **axial)
{
    *axial = NULL;
    if (!config_is_valid(config)) {
        return MYO_ERR_BAD_ARG;
    }
    myo_axial *self = calloc(1, sizeof *self);
    if (!self) {
        return MYO_ERR_NO_MEMORY;
    }
    const size_t samples = (size_t)config->width * config->height;
    self->config = *config;
    self->columns = config->width / config->lines;
    self->rows = (config->height - config->window - 1) / config->step + 1;
    self->windows = self->columns * self->rows;
    self->before = calloc(samples, 2 * sizeof *self->before);
    self->now = calloc(samples, 2 * sizeof *self->now);
    self->moved = calloc((size_t)self->windows * config->pairs, sizeof *self->moved);
    self->times = calloc(config->pairs + 1, sizeof *self->times);
    self->aliased = calloc(config->pairs, sizeof *self->aliased);
    if (!self->before || !self->now || !self->moved || !self->times || !self->aliased) {
        myo_axial_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    *axial = self;
    return MYO_OK;
}

void myo_axial_size(const myo_axial *axial, uint32_t *columns, uint32_t *rows)
{
    *columns = axial->columns;
    *rows = axial->rows;
}

void myo_axial_place(const myo_axial *axial, uint32_t column, uint32_t row, double *line,
                     double *sample)
{
    *line = ((double)column + 0.5) * axial->config.lines - 0.5;
    *sample = (double)row * axial->config.step + 0.5 * axial->config.window;
}

/* Keeps it line after line, for windows run down the lines. */
static void frame_keep(const myo_axial *self, const myo_frame *frame)
{
    const uint32_t height = self->config.height;
    const float *from = frame->pixels;
    for (uint32_t m = 0; m < height; m++) {
        for (uint32_t l = 0; l < self->config.width; l++) {
            const float *pair = from + 2 * ((size_t)m * frame->stride + l);
            float *to = self->now + 2 * ((size_t)l * height + m);
            to[0] = pair[0];
            to[1] = pair[1];
        }
    }
}

/* Of one window: R_t, R_z, the energies of both frames. */
typedef struct {
    double t[2], z[2], before, after;
} sums;

/* Adds conj(a) b. */
static void product_add(double sum[2], const float a[2], const float b[2])
{
    sum[0] += (double)a[0] * (double)b[0] + (double)a[1] * (double)b[1];
    sum[1] += (double)a[0] * (double)b[1] - (double)a[1] * (double)b[0];
}

static double energy_of(const float a[2])
{
    return (double)a[0] * (double)a[0] + (double)a[1] * (double)a[1];
}

static sums sums_take(const myo_axial *self, uint32_t column, uint32_t row)
{
    const myo_axial_config *c = &self->config;
    sums s = {.before = 0.0};
    for (uint32_t l = column * c->lines; l < (column + 1) * c->lines; l++) {
        const size_t top = 2 * ((size_t)l * c->height + (size_t)row * c->step);
        const float *b = self->before + top, *a = self->now + top;
        for (uint32_t m = 0; m < c->window; m++, a += 2, b += 2) {
            product_add(s.t, b, a);
            product_add(s.z, b, b + 2);
            product_add(s.z, a, a + 2);
            s.before += energy_of(b);
            s.after += energy_of(a);
        }
    }
    return s;
}

/* Independent samples in a window: its length over that of the square of the autocorrelation, a Gaussian
 * r^(k^2) whose first value is @p r. */
static double independent(const myo_axial_config *c, double r)
{
    const double length = r > 0.05 && r < 0.9999 ? sqrt(PI / (-2.0 * log(r))) : 1.0;
    return myo_greater((double)c->lines * c->window / myo_greater(length, 1.0), 1.0);
}

/* One window: what it moved between the last two frames. */
static double window_follow(const myo_axial *self, uint32_t column, uint32_t row, myo_tile *tile,
                            uint32_t *aliased)
{
    const sums s = sums_take(self, column, row);
    const double energy = sqrt(s.before * s.after);
    *tile = (myo_tile){.spread = INFINITY};
    if (!(energy > 0.0)) {
        return 0.0;
    }
    const double carrier = self->config.carrier, turn = atan2(s.t[1], s.t[0]);
    const double off = atan2(s.z[1], s.z[0]) / (2.0 * PI);
    const double mean = fabs(off) <= MOST_OFF * carrier ? carrier + off : carrier;
    const double quality = myo_lesser(hypot(s.t[0], s.t[1]) / energy, 1.0);
    const double near = hypot(s.z[0], s.z[1]) / (s.before + s.after);
    const double error = (1.0 - quality * quality) /
                         (2.0 * quality * quality * independent(&self->config, near) + 1e-12);
    tile->quality = (float)quality;
    tile->spread = (float)(sqrt(error) / (2.0 * PI * mean));
    *aliased += quality >= SURE && fabs(turn) > MYO_AXIAL_ALIAS * PI;
    return -turn / (2.0 * PI * mean);
}

/* The displacements of all windows since the frame before. */
static void pair_follow(myo_axial *self, myo_tile *tiles)
{
    const size_t pair = self->taken % self->config.pairs;
    double *moved = self->moved + pair * self->windows;
    self->aliased[pair] = 0;
    for (uint32_t w = 0; w < self->windows; w++) {
        moved[w] = window_follow(self, w % self->columns, w / self->columns, &tiles[w],
                                 &self->aliased[pair]);
    }
}

bool myo_axial_process(myo_axial *axial, const myo_frame *frame, myo_tile *tiles, double *span_s)
{
    const uint64_t pairs = axial->config.pairs, kept = pairs + 1;
    float *free_one = axial->before;
    axial->before = axial->now;
    axial->now = free_one;
    frame_keep(axial, frame);
    axial->times[axial->taken % kept] = frame->time_s;
    if (axial->taken > 0) {
        pair_follow(axial, tiles);
    }
    axial->taken++;
    if (axial->taken < kept) {
        return false;
    }
    for (uint32_t w = 0; w < axial->windows; w++) {
        double sum = 0.0;
        for (size_t p = 0; p < pairs; p++) {
            sum += axial->moved[p * axial->windows + w];
        }
        tiles[w].dy = (float)sum;
    }
    *span_s = frame->time_s - axial->times[axial->taken % kept]; /* the oldest that is kept */
    return true;
}

uint32_t myo_axial_aliased(const myo_axial *axial)
{
    uint32_t sum = 0;
    for (uint32_t p = 0; p < axial->config.pairs; p++) {
        sum += axial->aliased[p];
    }
    return sum;
}

void myo_axial_reset(myo_axial *axial)
{
    axial->taken = 0;
    memset(axial->aliased, 0, axial->config.pairs * sizeof *axial->aliased);
}

void myo_axial_free(myo_axial *axial)
{
    if (!axial) {
        return;
    }
    free(axial->before);
    free(axial->now);
    free(axial->moved);
    free(axial->times);
    free(axial->aliased);
    free(axial);
}
