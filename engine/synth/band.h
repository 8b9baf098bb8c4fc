/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The measure band of the labels, 20-450 Hz: causal Butterworth, fourth order at each side.
 *
 * A design of its own, apart from dsp/: labels must not depend on the machine's libm.
 */
#ifndef MYO_SYNTH_BAND_H
#define MYO_SYNTH_BAND_H

#define MYO_LABEL_BAND_SECTIONS 4

typedef struct {
    double b0, b1, b2, a1, a2;
} myo_label_band_section;

typedef struct {
    myo_label_band_section section[MYO_LABEL_BAND_SECTIONS];
} myo_label_band;

/** Zero-initialise to reset. */
typedef struct {
    double s1[MYO_LABEL_BAND_SECTIONS], s2[MYO_LABEL_BAND_SECTIONS];
} myo_label_band_state;

/** 20 Hz to the lower of 450 Hz and 0.45 of @p rate_hz. */
void myo_label_band_design(myo_label_band *band, double rate_hz);

double myo_label_band_next(const myo_label_band *band, myo_label_band_state *state, double x);

/** RMS in the band of white noise with standard deviation 1 at @p rate_hz. */
double myo_label_band_gain_of_white(const myo_label_band *band, double rate_hz);

#endif
