/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A band-pass around the centre frequency, whose output is turned back by it. */
#include "myotwitch/quadrature.h"

#include "core/minmax.h"
#include "ultrasound/tile_kern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
/* The low-pass, as shares of the distance from the carrier to a constant or to half way to the image,
 * whichever is nearer: -6 dB here, all of its stop band beyond 1. */
#define CUT 0.6
/* Half the transition of a Hamming window of so many taps is this over their number. */
#define TRANSITION 1.65
/* Wavelengths of a window: those of axial.h's 32 samples at a quarter of a cycle each. */
#define WAVES 8.0
/* Smallest step of the detector, samples. */
enum { LEAST_STEP = 8, MOST_STEP = 64 };

struct myo_quadrature {
    uint32_t width, height;
    myo_quadrature_shape shape;
    const myo_tile_kern *kern;
    uint32_t taps, ahead; /* of the filter; samples before its middle */
    float *re, *im;       /* taps: h(j) exp(-2 pi i c j) */
    float *turn;          /* pairs, of each sample that comes out: exp(-2 pi i c n k) */
    float *line; /* one line and room for the filter on either side: every n-th sample, from the
                             first on, then from the second on, and so forth, part by part */
    size_t part; /* length of a part */
    const float **from; /* of each tap: where in the line its first sample is */
    float *out[2];      /* of a line */
    float *pairs;       /* what comes out, row after row */
};

/* exp(-2 pi i turns); whole turns are taken off first, or they would cost digits. */
static void turn_of(double turns, float pair[2])
{
    const double angle = 2.0 * PI * (turns - floor(turns));
    pair[0] = (float)cos(angle);
    pair[1] = (float)-sin(angle);
}

/* Of the windowed sinc, @p x samples from its middle. */
static double low_pass(double x, double cut, uint32_t count)
{
    const double sinc = x == 0.0 ? 2.0 * cut : sin(2.0 * PI * cut * x) / (PI * x);
    return sinc * (0.54 + 0.46 * cos(2.0 * PI * x / count));
}

/* Scaled so that an echo's length is its amplitude: half of a real wave is at its carrier. */
static void taps_design(myo_quadrature *self, double carrier, uint32_t count, double cut)
{
    double sum = 0.0;
    for (uint32_t j = 0; j < count; j++) {
        sum += low_pass((double)j - self->ahead, cut, count);
    }
    for (uint32_t j = 0; j < count; j++) {
        const double x = (double)j - self->ahead;
        const double h = 2.0 * low_pass(x, cut, count) / sum;
        float pair[2];
        turn_of(carrier * x, pair);
        self->re[j] = (float)h * pair[0];
        self->im[j] = (float)h * pair[1];
    }
}

static void shape_choose(myo_quadrature *self, double carrier)
{
    myo_quadrature_shape *shape = &self->shape;
    const double every =
        floor(0.5 / carrier + 0.05); /* 0.05: a quarter is one, however it is rounded */
    shape->every = every < 1.0 ? 1 : (uint32_t)every;
    shape->height = (self->height - 1) / shape->every + 1;
    shape->carrier = carrier * shape->every;
    const double step = floor(0.5 * WAVES / shape->carrier + 0.5);
    shape->step = (uint32_t)myo_greater(LEAST_STEP, myo_lesser(step, MOST_STEP));
}

myo_status myo_quadrature_new(uint32_t width, uint32_t height, double carrier, uint32_t cpu_mask,
                              myo_quadrature **quadrature)
{
    *quadrature = NULL;
    if (width < 1 || width > 4096 || height < 1 || height > 65536 ||
        !(carrier >= MYO_QUADRATURE_LOW && carrier <= MYO_QUADRATURE_HIGH)) {
        return MYO_ERR_BAD_ARG;
    }
    myo_quadrature *self = calloc(1, sizeof *self);
    if (!self) {
        return MYO_ERR_NO_MEMORY;
    }
    const double near = myo_lesser(carrier, 0.5 - carrier);
    const uint32_t count = (uint32_t)ceil(TRANSITION / ((1.0 - CUT) * near)) | 1u;
    self->kern = myo_tile_kern_choose(cpu_mask);
    self->width = width;
    self->height = height;
    self->ahead = count / 2;
    self->taps = count;
    shape_choose(self, carrier);
    const size_t places =
        ((size_t)self->shape.height + MYO_TILE_LANES - 1) / MYO_TILE_LANES * MYO_TILE_LANES;
    self->part = places + count / self->shape.every + 1;
    self->re = calloc(count, sizeof *self->re);
    self->im = calloc(count, sizeof *self->im);
    self->turn = calloc(self->shape.height, 2 * sizeof *self->turn);
    self->line = calloc(self->part * self->shape.every, sizeof *self->line);
    self->from = calloc(count, sizeof *self->from);
    self->out[0] = calloc(places, sizeof *self->out[0]);
    self->out[1] = calloc(places, sizeof *self->out[1]);
    self->pairs = calloc((size_t)width * self->shape.height, 2 * sizeof *self->pairs);
    if (!self->re || !self->im || !self->turn || !self->line || !self->from || !self->out[0] ||
        !self->out[1] || !self->pairs) {
        myo_quadrature_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    for (uint32_t t = 0; t < count; t++) {
        self->from[t] = self->line + t % self->shape.every * self->part + t / self->shape.every;
    }
    taps_design(self, carrier, count, CUT * near);
    for (uint32_t k = 0; k < self->shape.height; k++) {
        turn_of(self->shape.carrier * k, self->turn + 2 * (size_t)k);
    }
    *quadrature = self;
    return MYO_OK;
}

void myo_quadrature_shape_get(const myo_quadrature *quadrature, myo_quadrature_shape *shape)
{
    *shape = quadrature->shape;
}

static float sample(const myo_frame *echoes, size_t at)
{
    return echoes->pixel == MYO_PIXEL_F32 ? ((const float *)echoes->pixels)[at]
                                          : (float)((const uint8_t *)echoes->pixels)[at];
}

/* Deals the samples of a line out to its parts. */
static void line_take(const myo_quadrature *self, const myo_frame *echoes, uint32_t l)
{
    const uint32_t every = self->shape.every;
    for (uint32_t p = 0; p < every; p++) {
        float *to = self->line + (self->ahead + p) % every * self->part + (self->ahead + p) / every;
        for (uint32_t m = p; m < self->height; m += every) {
            *to++ = sample(echoes, (size_t)m * echoes->stride + l);
        }
    }
}

void myo_quadrature_process(myo_quadrature *quadrature, const myo_frame *echoes, myo_frame *iq)
{
    const myo_quadrature *self = quadrature;
    const myo_tile_filter taps = {self->from, self->re, self->im, self->taps};
    for (uint32_t l = 0; l < self->width; l++) {
        line_take(self, echoes, l);
        for (uint32_t k = 0; k < self->shape.height; k += MYO_TILE_LANES) {
            self->kern->filter(&taps, k, self->out[0] + k, self->out[1] + k);
        }
        for (uint32_t k = 0; k < self->shape.height; k++) {
            const float re = self->out[0][k], im = self->out[1][k];
            const float *turn = self->turn + 2 * (size_t)k;
            float *to = self->pairs + 2 * ((size_t)k * self->width + l);
            to[0] = re * turn[0] - im * turn[1];
            to[1] = re * turn[1] + im * turn[0];
        }
    }
    *iq = (myo_frame){.pixels = self->pairs,
                      .pixel = MYO_PIXEL_IQ,
                      .stride = self->width,
                      .width = self->width,
                      .height = self->shape.height,
                      .time_s = echoes->time_s,
                      .sequence = echoes->sequence};
}

void myo_quadrature_free(myo_quadrature *quadrature)
{
    if (!quadrature) {
        return;
    }
    free(quadrature->re);
    free(quadrature->im);
    free(quadrature->turn);
    free(quadrature->line);
    free(quadrature->from);
    free(quadrature->out[0]);
    free(quadrature->out[1]);
    free(quadrature->pairs);
    free(quadrature);
}

static double power_at(const myo_frame *iq, uint32_t y, uint32_t x)
{
    const float *pair = (const float *)iq->pixels + 2 * ((size_t)y * iq->stride + x);
    return (double)pair[0] * (double)pair[0] + (double)pair[1] * (double)pair[1];
}

double myo_envelope_peak(const myo_frame *iq)
{
    double most = 0.0;
    for (uint32_t y = 0; y < iq->height; y++) {
        for (uint32_t x = 0; x < iq->width; x++) {
            most = myo_greater(most, power_at(iq, y, x));
        }
    }
    return sqrt(most);
}

void myo_envelope_take(const myo_frame *iq, double peak, uint8_t *gray)
{
    const double whole = peak * peak, least = pow(10.0, -0.1 * MYO_ENVELOPE_DB);
    for (uint32_t y = 0; y < iq->height; y++) {
        for (uint32_t x = 0; x < iq->width; x++) {
            const double share = whole > 0.0 ? power_at(iq, y, x) / whole : 0.0;
            const double db = share > least ? 10.0 * log10(share) : -MYO_ENVELOPE_DB;
            *gray++ = (uint8_t)(255.0 * myo_lesser(1.0 + db / MYO_ENVELOPE_DB, 1.0) + 0.5);
        }
    }
}
