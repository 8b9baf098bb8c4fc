/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A resting muscle for the tests: floor, tonic background, respiration, heart; levels in uV.
 *
 * Shapes and ranges of emg.md 8. The tonic part is noise in 20-450 Hz whose logarithm of amplitude
 * is an AR(1) series of 1 s blocks, drawn between linearly, with respiration on top. */
#ifndef MYO_TESTS_REST_SIGNAL_H
#define MYO_TESTS_REST_SIGNAL_H

#include "myotwitch/band.h"
#include "synth/rng.h"

#include <math.h>
#include <string.h>

typedef struct {
    double rate_hz;
    double floor_uv;     /* white amplifier noise, RMS in 20-450 Hz */
    double tonic_uv;     /* muscle, RMS in 20-450 Hz */
    double block_cv;     /* standard deviation of log RMS of 1 s blocks */
    double block_ar;     /* its lag-1 correlation */
    double breath_depth; /* of amplitude, 0 to 0.5 */
    double breath_hz;
    double ecg_uv; /* R wave */
    double heart_bpm;
    double heart_sd; /* of RR, relative */
} rest_config;

typedef struct {
    rest_config config;
    myo_rng noise, slow, heart;
    myo_band band;
    double state[2][MYO_BAND_SECTIONS][2];
    double floor_gain, tonic_gain;
    double log_level, next_level;            /* at the block's begin and end */
    double last_beat_s, beat_s, next_beat_s; /* R waves round now */
    double beat_size;
    double effect; /* factor on the tonic part */
    int64_t frame;
    int64_t beats; /* R waves so far */
} rest_signal;

/* RMS that white noise of 1 has behind the band: measured on its impulse response. */
static inline double rest_band_gain(const myo_band *band)
{
    double state[MYO_BAND_SECTIONS][2] = {{0}};
    double energy = 0.0;
    for (int i = 0; i < 200000; i++) {
        const double y = myo_band_run(band, state, i == 0 ? 1.0 : 0.0);
        energy += y * y;
    }
    return sqrt(energy);
}

static inline double rest_rr(rest_signal *s)
{
    return 60.0 / s->config.heart_bpm * (1.0 + s->config.heart_sd * myo_rng_normal(&s->heart));
}

static inline void rest_start(rest_signal *s, const rest_config *config, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    s->config = *config;
    s->effect = 1.0;
    myo_rng_start(&s->noise, seed, 901, 0);
    myo_rng_start(&s->slow, seed, 902, 0);
    myo_rng_start(&s->heart, seed, 903, 0);
    myo_band_design(config->rate_hz, 20.0, 450.0, &s->band);
    const double gain = rest_band_gain(&s->band);
    s->floor_gain = config->floor_uv / gain;
    s->tonic_gain = config->tonic_uv / gain;
    s->log_level = config->block_cv * myo_rng_normal(&s->slow);
    s->next_level = s->log_level;
    s->last_beat_s = -9.0;
    s->beat_s = config->heart_bpm > 0.0 ? 0.5 * rest_rr(s) : 1e9;
    s->next_beat_s = config->heart_bpm > 0.0 ? s->beat_s + rest_rr(s) : 2e9;
    s->beat_size = 1.0;
}

/* P, Q, R, S, T as Gaussians: time and width in s, height relative to R. */
static inline double rest_wave(double t)
{
    static const double wave[5][3] = {{-0.16, 0.022, 0.12},
                                      {-0.022, 0.007, -0.12},
                                      {0.0, 0.010, 1.0},
                                      {0.024, 0.008, -0.22},
                                      {0.28, 0.050, 0.28}};
    double sum = 0.0;
    for (int i = 0; i < 5; i++) {
        const double u = (t - wave[i][0]) / wave[i][1];
        sum += u * u < 60.0 ? wave[i][2] * exp(-0.5 * u * u) : 0.0;
    }
    return sum;
}

static inline double rest_heart(rest_signal *s, double t)
{
    if (t > s->next_beat_s - 0.25) {
        s->last_beat_s = s->beat_s;
        s->beat_s = s->next_beat_s;
        s->next_beat_s += rest_rr(s);
        s->beats++;
        s->beat_size = 1.0 + 0.1 * sin(2.0 * 3.14159265358979 * s->config.breath_hz * s->beat_s);
    }
    return s->config.ecg_uv * s->beat_size *
           (rest_wave(t - s->beat_s) + rest_wave(t - s->last_beat_s));
}

/* One sample as an electrode gives it (white floor, muscle, heart), uV. */
static inline float rest_next(rest_signal *s)
{
    const int64_t block = (int64_t)s->config.rate_hz;
    if (s->frame % block == 0) {
        const double a = s->config.block_ar;
        s->log_level = s->next_level;
        s->next_level =
            a * s->next_level + sqrt(1.0 - a * a) * s->config.block_cv * myo_rng_normal(&s->slow);
    }
    const double t = (double)s->frame / s->config.rate_hz;
    const double breath =
        1.0 + s->config.breath_depth * sin(2.0 * 3.14159265358979 * s->config.breath_hz * t);
    const double level = exp(s->log_level) * breath * s->effect;
    const double tonic = myo_band_run(&s->band, s->state[0], myo_rng_normal(&s->noise));
    s->frame++;
    return (float)(s->tonic_gain * level * tonic + s->floor_gain * myo_rng_normal(&s->noise) +
                   rest_heart(s, t));
}

#endif
