/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of the periodogram, as fine as four to the resolution. */
#include "dsp/breath.h"

#include <math.h>

#define LOW_HZ  0.05 /* the rates of breathing at rest that emg.md 8 has */
#define HIGH_HZ 0.30
#define FINE    4.0

typedef struct {
    double cosine, sine; /* sums of products with the values */
    double turn;         /* radians a value */
} line;

static line line_of(const double *x, size_t count, double turn)
{
    line l = {.turn = turn};
    const double step_re = cos(turn), step_im = sin(turn);
    double re = 1.0, im = 0.0;
    for (size_t i = 0; i < count; i++) {
        l.cosine += x[i] * re;
        l.sine += x[i] * im;
        const double next = re * step_re - im * step_im;
        im = im * step_re + re * step_im;
        re = next;
    }
    return l;
}

static double explained(const line *l, size_t count)
{
    return 2.0 * (l->cosine * l->cosine + l->sine * l->sine) / (double)count;
}

bool myo_breath_remove(double *values, const double *rest, size_t count, double value_s,
                       double least)
{
    const double pi = 3.14159265358979323846;
    const double step_hz = 1.0 / (FINE * (double)count * value_s);
    line best = {0};
    for (double hz = LOW_HZ; hz <= HIGH_HZ; hz += step_hz) {
        const line l = line_of(rest, count, 2.0 * pi * hz * value_s);
        best = explained(&l, count) > explained(&best, count) ? l : best;
    }
    double squares = 0.0;
    for (size_t i = 0; i < count; i++) {
        squares += rest[i] * rest[i];
    }
    const double gain = explained(&best, count);
    if (gain * (double)count <= least * (squares - gain)) {
        return false;
    }
    const double scale = 2.0 / (double)count;
    for (size_t i = 0; i < count; i++) {
        const double at = best.turn * (double)i;
        values[i] -= scale * (best.cosine * cos(at) + best.sine * sin(at));
    }
    return true;
}
