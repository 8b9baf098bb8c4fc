/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Butterworth sections of the measure band by the bilinear transform. */
#include "synth/band.h"

#include "synth/detmath.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* 1/Q of the two sections of a fourth-order Butterworth filter: 2 cos(pi/8), 2 cos(3 pi/8). */
static const double damping[2] = {1.8477590650225735, 0.76536686473017956};

/* s = (1 - 1/z)/(1 + 1/z) / k with k = tan(pi f / rate), so that f stays where it is. */
static myo_label_band_section design_section(double corner_hz, double rate_hz, double d,
                                             bool high_pass)
{
    const double turns = 0.5 * corner_hz / rate_hz;
    const double k = myo_det_sin_turns(turns) / myo_det_cos_turns(turns);
    const double norm = 1.0 / (1.0 + d * k + k * k);
    const double b0 = high_pass ? norm : k * k * norm;
    return (myo_label_band_section){.b0 = b0,
                                    .b1 = high_pass ? -2.0 * b0 : 2.0 * b0,
                                    .b2 = b0,
                                    .a1 = 2.0 * (k * k - 1.0) * norm,
                                    .a2 = (1.0 - d * k + k * k) * norm};
}

void myo_label_band_design(myo_label_band *band, double rate_hz)
{
    const double top = 0.45 * rate_hz < 450.0 ? 0.45 * rate_hz : 450.0;
    for (size_t i = 0; i < 2; i++) {
        band->section[i] = design_section(20.0, rate_hz, damping[i], true);
        band->section[2 + i] = design_section(top, rate_hz, damping[i], false);
    }
}

double myo_label_band_next(const myo_label_band *band, myo_label_band_state *state, double x)
{
    for (size_t i = 0; i < MYO_LABEL_BAND_SECTIONS; i++) {
        const myo_label_band_section *c = &band->section[i];
        const double y = c->b0 * x + state->s1[i];
        state->s1[i] = c->b1 * x - c->a1 * y + state->s2[i];
        state->s2[i] = c->b2 * x - c->a2 * y;
        x = y;
    }
    return x;
}

/* The energy of the impulse response, summed for the second in which it dies away. */
double myo_label_band_gain_of_white(const myo_label_band *band, double rate_hz)
{
    const size_t frames = (size_t)rate_hz;
    myo_label_band_state state = {0};
    double energy = 0.0;
    for (size_t i = 0; i < frames; i++) {
        const double y = myo_label_band_next(band, &state, i == 0 ? 1.0 : 0.0);
        energy += y * y;
    }
    return sqrt(energy);
}
