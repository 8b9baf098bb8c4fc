/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scalar reference kernel: what every other kernel must equal bit by bit.
 *
 * Compiled once plainly, where fma() may be a call, and on x86 once more with -mfma, where it is
 * one instruction; the results are the same, for fma() rounds once by definition (C11 7.12.13.1).
 */
#include "dsp/kern_list.h"

#include <math.h>

/* Transposed direct form II with numerator 1 - z^-2 (zeros re-paired, see band.h):
 * y = x + s1, s1 = s2 - a1 y, s2 = -a2 y - x. */
static double section(const double *rows, double *state, int k, double x)
{
    const double a1 = rows[MYO_ROW_A1(k) * MYO_LANES], a2 = rows[MYO_ROW_A2(k) * MYO_LANES];
    double *s = state + 2 * k;
    const double y = x + s[0];
    s[0] = fma(a1, y, s[1]);
    s[1] = fma(a2, y, -x);
    return y;
}

static void lane_run(double *rows, const double *x, size_t x_step, size_t frames, double *y,
                     size_t y_step)
{
    double state[2 * MYO_BAND_SECTIONS];
    for (int i = 0; i < 2 * MYO_BAND_SECTIONS; i++) {
        state[i] = rows[(MYO_ROW_STATE + i) * MYO_LANES];
    }
    for (size_t n = 0; n < frames; n++) {
        double v = x[n * x_step] * rows[MYO_ROW_GAIN];
        for (int k = 0; k < MYO_BAND_SECTIONS; k++) {
            v = section(rows, state, k, v);
        }
        y[n * y_step] = v;
    }
    for (int i = 0; i < 2 * MYO_BAND_SECTIONS; i++) {
        rows[(MYO_ROW_STATE + i) * MYO_LANES] = state[i];
    }
}

void MYO_KERN(double *restrict rows, const double *restrict x, size_t x_step, size_t frames,
              double *restrict y, size_t y_step)
{
    for (size_t lane = 0; lane < MYO_LANES; lane++) {
        lane_run(rows + lane, x, x_step, frames, y + lane, y_step);
    }
}
