/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mains hum of one channel: finds 50 or 60 Hz with its harmonics and takes them away, where they
 * are worth it.
 *
 * Each harmonic is a rotating phasor whose amplitude follows the signal slowly (a second), from an
 * error that is clipped to the size of the noise: a burst or an edge moves it by almost nothing, so
 * nothing rings. Two fundamentals are watched; one that carries enough power is subtracted. */
#ifndef MYO_EMG_HUM_H
#define MYO_EMG_HUM_H

#include "myotwitch/api.h"

enum { MYO_HUM_HARMONICS = 6, MYO_HUM_MAINS = 2 };

typedef struct {
    double rate_hz;
    double step[2];    /**< adaption of a phasor a frame: at first, and later on */
    double scale_step; /**< adaption of the scale of the rest a frame */
    double b0, a1, a2; /**< high-pass before the error is clipped: b0 (1 - z^-1)^2 / (1 + a1 .. ) */
    int32_t harmonics[MYO_HUM_MAINS]; /**< how many lie below the upper limit */
    int32_t check_frames;             /**< between two decisions */
    int32_t watch_checks;             /**< decisions in a period of watching for hum... */
    int32_t watch_of; /**< ...of so many: where none is found, most of the time is free */
} myo_hum_config;

/** A rotating phasor: amplitude, oscillator, and its rotation a frame. */
typedef struct {
    double cosine, sine;
    double re, im;
    double turn_re, turn_im;
    double shift_re, shift_im; /**< the high-pass at its frequency, as a rotation */
    double gain;               /**< and its square as a gain in power */
} myo_hum_line;

typedef struct {
    myo_hum_line line[MYO_HUM_MAINS][MYO_HUM_HARMONICS];
    double mains_hz[MYO_HUM_MAINS]; /**< fundamental as tracked */
    double angle[MYO_HUM_MAINS];    /**< phase of the fundamental at the last decision */
    int32_t lines[MYO_HUM_MAINS];   /**< phasors that run now */
    bool active[MYO_HUM_MAINS];     /**< subtracted */
    double s1, s2;                  /**< the high-pass, of the rest */
    double t1, t2;                  /**< the same, of the input */
    double rest_size, input_size;   /**< sums of magnitudes since the last decision, high-passed */
    double scale;                   /**< mean magnitude of the rest */
    double rest_energy;             /**< of the clipped rest since the last decision */
    bool helped;                    /**< the rest was smaller than the input at the last decision */
    double weight;                  /**< power subtracted over power of the rest */
    int32_t since_check, checks;
} myo_hum;

void myo_hum_config_default(myo_hum_config *config, double rate_hz, double high_hz);
void myo_hum_reset(const myo_hum_config *config, myo_hum *hum);

/** Returns @p x without hum. @p frozen: nothing is learned from this frame. */
MYO_RT double myo_hum_process(const myo_hum_config *config, myo_hum *hum, double x, bool frozen);

/** Frequency and RMS of what is subtracted; 0 if nothing is. */
MYO_RT double myo_hum_hz(const myo_hum *hum);
/** Power of what is subtracted over the power of what is left, both above 40 Hz. */
MYO_RT double myo_hum_weight(const myo_hum *hum);
MYO_RT double myo_hum_rms(const myo_hum *hum);

#endif
