/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Design and response of one band: Butterworth high-pass and low-pass in cascade. */
#ifndef MYOTWITCH_BAND_H
#define MYOTWITCH_BAND_H

#include "myotwitch/status.h"

MYO_BEGIN

#define MYO_BAND_SECTIONS 4

/** Transfer function gain * product of (1 - z^-2) / (1 + a1 z^-1 + a2 z^-2).
 *
 *  4th-order high-pass at low_hz and 4th-order low-pass at high_hz, each -3.01 dB at its own
 *  corner. The high-pass has four zeros at z = 1, the low-pass four at z = -1; paired crosswise
 *  they give every section the same numerator 1 - z^-2, which costs no multiplication. */
typedef struct {
    double gain;
    struct {
        double a1, a2;
    } section[MYO_BAND_SECTIONS];
} myo_band;

/** Bilinear transform with both corners prewarped. Needs 0 < low_hz < high_hz < rate_hz / 2 and
 *  finite values, else MYO_ERR_BAD_ARG and @p band is untouched. The coefficients' rounding moves the
 *  response at the lower corner by about 2^-52 (rate_hz / (2 pi low_hz))^2, which is 2e-7 for 0.5 Hz
 *  at 100 kHz. Any thread. */
MYO_API myo_status myo_band_design(double rate_hz, double low_hz, double high_hz, myo_band *band);

/** A band that lets nothing through: gain 0, poles at 0. Any thread. */
MYO_API void myo_band_silence(myo_band *band);

/** One sample through the band: direct form II transposed. @p state is MYO_BAND_SECTIONS pairs, 0
 *  before the first sample, one set for each signal. The engine's kernels do the same for eight
 *  signals and four bands side by side; this is for whoever looks at one beside them. Any thread. */
static inline double myo_band_run(const myo_band *band, double state[][2], double x)
{
    x *= band->gain;
    for (int i = 0; i < MYO_BAND_SECTIONS; i++) {
        const double y = x + state[i][0];
        state[i][0] = state[i][1] - band->section[i].a1 * y;
        state[i][1] = -x - band->section[i].a2 * y;
        x = y;
    }
    return x;
}

/** Magnitude (1 = unchanged) at @p hz, 0 to rate_hz / 2. Any thread. */
MYO_API double myo_band_magnitude(const myo_band *band, double rate_hz, double hz);

/** Group delay in frames at @p hz, 0 to rate_hz / 2. Below the corner of the high-pass it may be
 *  negative. Of a silent band: that of its four numerators, 4. Any thread. */
MYO_API double myo_band_delay(const myo_band *band, double rate_hz, double hz);

MYO_END
#endif
