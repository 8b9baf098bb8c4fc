/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of conjugate products over windows of two frames; their angles are motion and frequency. */
#include "myotwitch/axial.h"

#include "core/minmax.h"
#include "ultrasound/tile_kern.h"

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

/* A frame, line after line, for windows run down the lines; and the sums of its blocks. */
typedef struct {
    double *re, *im;
    myo_tile_turns *blocks; /* of each column, those of a block of samples in its lines */
} echoes;

struct myo_axial {
    myo_axial_config config;
    uint32_t columns, rows, windows;
    uint32_t block;     /* samples of a block: windows begin and end between two */
    uint32_t blocks;    /* of a column */
    echoes before, now; /* the frame before and the last one */
    const myo_tile_kern *kern;
    double *moved;     /* of every window in the last pairs of frames */
    double *times;     /* of the last pairs + 1 frames */
    uint32_t *aliased; /* windows in each of the last pairs of frames */
    uint64_t taken;    /* frames */
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
                                 .carrier = carrier,
                                 .cpu_mask = MYO_CPU_ALL};
}

static bool config_is_valid(const myo_axial_config *c)
{
    return c->width >= 1 && c->width <= 4096 && c->window >= 8 && c->window <= 256 &&
           c->height > c->window && c->height <= 65536 && c->step >= 4 && c->step <= 64 &&
           c->lines >= 1 && c->lines <= 64 && c->lines <= c->width && c->pairs >= 1 &&
           c->pairs <= 256 && c->carrier >= 0.01 && c->carrier <= 4.0;
}

static uint32_t largest_common(uint32_t a, uint32_t b)
{
    while (b > 0) {
        const uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static bool echoes_new(const myo_axial *self, echoes *frame)
{
    const size_t samples = (size_t)self->config.width * self->config.height;
    frame->re = calloc(samples, sizeof *frame->re);
    frame->im = calloc(samples, sizeof *frame->im);
    frame->blocks = calloc((size_t)self->columns * self->blocks, sizeof *frame->blocks);
    return frame->re && frame->im && frame->blocks;
}

static void echoes_free(echoes *frame)
{
    free(frame->re);
    free(frame->im);
    free(frame->blocks);
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
    self->config = *config;
    self->columns = config->width / config->lines;
    self->rows = (config->height - config->window - 1) / config->step + 1;
    self->windows = self->columns * self->rows;
    self->block = largest_common(config->window, config->step);
    self->blocks = ((self->rows - 1) * config->step + config->window) / self->block;
    self->kern = myo_tile_kern_choose(config->cpu_mask);
    self->moved = calloc((size_t)self->windows * config->pairs, sizeof *self->moved);
    self->times = calloc(config->pairs + 1, sizeof *self->times);
    self->aliased = calloc(config->pairs, sizeof *self->aliased);
    if (!echoes_new(self, &self->before) || !echoes_new(self, &self->now) || !self->moved ||
        !self->times || !self->aliased) {
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

static void frame_keep(const myo_axial *self, const myo_frame *frame)
{
    const uint32_t height = self->config.height;
    const float *from = frame->pixels;
    for (uint32_t l = 0; l < self->config.width; l++) {
        double *re = self->now.re + (size_t)l * height, *im = self->now.im + (size_t)l * height;
        for (uint32_t m = 0; m < height; m++) {
            const float *pair = from + 2 * ((size_t)m * frame->stride + l);
            re[m] = (double)pair[0];
            im[m] = (double)pair[1];
        }
    }
}

/* All blocks of a column, from the frame before to the last one. */
static void column_sum(myo_axial *self, uint32_t column)
{
    const myo_axial_config *c = &self->config;
    const echoes *before = &self->before, *now = &self->now;
    for (uint32_t k = 0; k < self->blocks; k++) {
        myo_tile_turns *sums = &now->blocks[(size_t)column * self->blocks + k];
        *sums = (myo_tile_turns){.energy = 0.0};
        for (uint32_t l = column * c->lines; l < (column + 1) * c->lines; l++) {
            const size_t top = (size_t)l * c->height + (size_t)k * self->block;
            self->kern->turns(&(myo_tile_echoes){{before->re + top, before->im + top},
                                                 {now->re + top, now->im + top},
                                                 self->block},
                              sums);
        }
    }
}

/* Of one window: R_t, R_z, the energies of both frames. */
typedef struct {
    double t[2], z[2], before, after;
} sums;

static sums sums_take(const myo_axial *self, uint32_t column, uint32_t row)
{
    const uint32_t first = row * (self->config.step / self->block);
    const uint32_t count = self->config.window / self->block;
    const size_t at = (size_t)column * self->blocks;
    sums s = {.before = 0.0};
    for (uint32_t k = first; k < first + count; k++) {
        const myo_tile_turns *b = &self->before.blocks[at + k], *a = &self->now.blocks[at + k];
        s.t[0] += a->turned[0];
        s.t[1] += a->turned[1];
        s.z[0] += b->next[0] + a->next[0];
        s.z[1] += b->next[1] + a->next[1];
        s.before += b->energy;
        s.after += a->energy;
    }
    return s;
}

/* Squares of sums of squares of floats stay within a double. */
static double length_of(const double pair[2])
{
    return sqrt(pair[0] * pair[0] + pair[1] * pair[1]);
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
    const double quality = myo_lesser(length_of(s.t) / energy, 1.0);
    const double near = length_of(s.z) / (s.before + s.after);
    const double error = (1.0 - quality * quality) /
                         (2.0 * quality * quality * independent(&self->config, near) + 1e-12);
    tile->quality = (float)quality;
    tile->spread = (float)(sqrt(error) / (2.0 * PI * mean));
    *aliased += quality >= SURE && fabs(turn) > MYO_AXIAL_ALIAS * PI;
    return -turn / (2.0 * PI * mean);
}

/* The displacements of all windows since the frame before; of the first frame they mean nothing. */
static void pair_follow(myo_axial *self, myo_tile *tiles)
{
    const size_t pair = self->taken % self->config.pairs;
    double *moved = self->moved + pair * self->windows;
    self->aliased[pair] = 0;
    for (uint32_t column = 0; column < self->columns; column++) {
        column_sum(self, column);
        for (uint32_t row = 0; row < self->rows; row++) {
            const uint32_t w = row * self->columns + column;
            moved[w] = window_follow(self, column, row, &tiles[w], &self->aliased[pair]);
        }
    }
}

bool myo_axial_process(myo_axial *axial, const myo_frame *frame, myo_tile *tiles, double *span_s)
{
    const uint64_t pairs = axial->config.pairs, kept = pairs + 1;
    const echoes free_one = axial->before;
    axial->before = axial->now;
    axial->now = free_one;
    frame_keep(axial, frame);
    axial->times[axial->taken % kept] = frame->time_s;
    pair_follow(axial, tiles);
    axial->aliased[0] = axial->taken == 0 ? 0 : axial->aliased[0]; /* there was none before it */
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
    echoes_free(&axial->before);
    echoes_free(&axial->now);
    free(axial->moved);
    free(axial->times);
    free(axial->aliased);
    free(axial);
}
