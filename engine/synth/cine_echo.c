/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Baseband echoes: a scatterer at y gives a g(m - y) exp(2 pi i (f - F)(m - y)) exp(-2 pi i F y), with g a
 * Gaussian, F the demodulation frequency, and f the echo's own, which attenuation lowers with depth. */
#include "synth/cine_echo.h"

#include "synth/detmath.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Standard deviation of the pulse in samples: half its spectrum within 2.5 MHz at 20 MHz sampling. */
#define PULSE 3.0
/* Beyond this many samples of its middle a pulse is nothing. */
#define REACH 11.0
/* Scatterers a sample: twelve within a pulse make fully developed speckle (Wagner 1983). */
#define DENSITY 1.5
/* Tissue beyond both ends of the line that motion may bring in, samples. */
#define MARGIN 48.0
/* At the far end of the line the echoes' frequency is lower by this share of the carrier: 0.5 MHz in 4 cm
 * for a pulse of that bandwidth. */
#define LOWER 0.1

myo_status myo_echo_init(myo_echo *echo, uint32_t height, uint64_t seed)
{
    const double depth = height + 2.0 * MARGIN;
    /* A density of echoes of power 1 each, times the sum of the pulse's squares. */
    const double scale = MYO_ECHO_RMS / sqrt(2.0 * DENSITY * PULSE * sqrt(MYO_PI));
    *echo = (myo_echo){.height = height, .count = (size_t)(DENSITY * depth)};
    echo->scatterers = calloc(echo->count, sizeof *echo->scatterers);
    if (!echo->scatterers) {
        return MYO_ERR_NO_MEMORY;
    }
    myo_rng rng;
    myo_rng_start(&rng, seed, 7, 0);
    for (size_t i = 0; i < echo->count; i++) {
        myo_scatterer *s = &echo->scatterers[i];
        s->at = depth * myo_rng_uniform(&rng) - MARGIN;
        s->re = scale * myo_rng_normal(&rng);
        s->im = scale * myo_rng_normal(&rng);
    }
    return MYO_OK;
}

void myo_echo_clean(myo_echo *echo)
{
    free(echo->scatterers);
    *echo = (myo_echo){.height = 0};
}

static void pulse_add(const myo_echo *echo, const myo_scatterer *s, double y, float *pairs)
{
    const double first = fmax(ceil(y - REACH), 0.0);
    const double last = fmin(floor(y + REACH), (double)echo->height - 1.0);
    const double off = -LOWER * MYO_ECHO_CARRIER * s->at / echo->height;
    const double x = first - y, turns = off * x - MYO_ECHO_CARRIER * y;
    const double c = myo_det_cos_turns(off), d = myo_det_sin_turns(off);
    const double p = myo_det_cos_turns(turns), q = myo_det_sin_turns(turns);
    double re = s->re * p - s->im * q, im = s->re * q + s->im * p;
    /* g(x + 1) / g(x) = exp(-(x + 1/2) / sd^2), which itself falls by exp(-1 / sd^2) a step. */
    double g = myo_det_exp(-0.5 * x * x / (PULSE * PULSE));
    double ratio = myo_det_exp(-(x + 0.5) / (PULSE * PULSE));
    const double fall = myo_det_exp(-1.0 / (PULSE * PULSE));
    for (double m = first; m <= last; m += 1.0) {
        float *pair = pairs + 2 * (size_t)m;
        pair[0] += (float)(g * re);
        pair[1] += (float)(g * im);
        const double turned = re * c - im * d;
        im = re * d + im * c;
        re = turned;
        g *= ratio;
        ratio *= fall;
    }
}

void myo_echo_line(const myo_echo *echo, const myo_cine_motion *motion, const myo_motion_now *now,
                   float *pairs)
{
    memset(pairs, 0, 2 * (size_t)echo->height * sizeof *pairs);
    for (size_t i = 0; i < echo->count; i++) {
        const myo_scatterer *s = &echo->scatterers[i];
        double dx, dy;
        myo_cine_motion_at(motion, now, 0.0, s->at, &dx, &dy);
        pulse_add(echo, s, s->at + dy, pairs);
    }
}
