/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the relaxation campaign. */
#include "relax_rows.h"

#include "myotwitch/ecg.h"
#include "myotwitch/spectrum.h"

#include "oracle/spectrum.h"
#include "rest_signal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int missed;

static void print_row(const char *what, const char *asked, double measured, int met)
{
    printf("%-46s %-14s %8.4g  %s\n", what, asked, measured,
           met < 0   ? ""
           : met > 0 ? "met"
                     : "MISSED");
    missed += met == 0;
    fflush(stdout);
}

void row_at_most(const char *what, double asked, double measured)
{
    char text[32];
    snprintf(text, sizeof text, "<= %g", asked);
    print_row(what, text, measured, measured <= asked);
}

void row_at_least(const char *what, double asked, double measured)
{
    char text[32];
    snprintf(text, sizeof text, ">= %g", asked);
    print_row(what, text, measured, measured >= asked);
}

void row_within(const char *what, double low, double high, double measured)
{
    char text[32];
    snprintf(text, sizeof text, "%g to %g", low, high);
    print_row(what, text, measured, measured >= low && measured <= high);
}

void row_told(const char *what, double measured)
{
    print_row(what, "-", measured, -1);
}

int rows_missed(void)
{
    return missed;
}

#define HEART_FRAMES 120000
#define HEART_FROM   20000 /* the rhythm is known by then */

/* RMS of frames without flag; flags NULL: of all. */
static double rms_of(const float *x, const uint8_t *flags, int64_t from, int64_t end)
{
    double sum = 0.0;
    int64_t count = 0;
    for (int64_t i = from; i < end; i++) {
        if (!flags || flags[i] == 0) {
            sum += (double)x[i] * (double)x[i];
            count++;
        }
    }
    return sqrt(sum / (double)count);
}

static void make(const rest_config *config, uint64_t seed, float *raw, float *measure)
{
    rest_signal signal;
    double state[MYO_BAND_SECTIONS][2] = {{0}};
    rest_start(&signal, config, seed);
    for (int i = 0; i < HEART_FRAMES; i++) {
        raw[i] = rest_next(&signal);
        measure[i] = (float)myo_band_run(&signal.band, state, (double)raw[i]);
    }
}

/* Gated RMS over that of the same record without a heart, less 1. */
static double heart_bias(uint64_t seed, double ecg_uv)
{
    static float raw[HEART_FRAMES], measure[HEART_FRAMES], clean[HEART_FRAMES];
    static uint8_t flags[HEART_FRAMES];
    rest_config config = {.rate_hz = 2000.0,
                          .floor_uv = 3.0,
                          .heart_bpm = 50.0 + (double)(seed * 7 % 60),
                          .heart_sd = 0.04,
                          .breath_hz = 0.25};
    make(&config, seed, raw, measure);
    myo_ecg_config ecg_config;
    myo_ecg_config_default(&ecg_config, config.rate_hz, 1);
    myo_ecg *ecg = NULL;
    if (myo_ecg_new(&ecg_config, &ecg) != MYO_OK) {
        exit(1);
    }
    const int64_t delay = myo_ecg_delay(ecg);
    const double truth = rms_of(measure, NULL, HEART_FROM - delay, HEART_FRAMES - delay);
    config.ecg_uv = ecg_uv;
    make(&config, seed, raw, measure);
    myo_ecg_process(ecg, raw, measure, HEART_FRAMES, clean, flags);
    myo_ecg_free(ecg);
    return rms_of(clean, flags, HEART_FROM, HEART_FRAMES) / truth - 1.0;
}

void row_heart_bias(void)
{
    const double levels[] = {40.0, 100.0, 160.0};
    for (int l = 0; l < 3; l++) {
        double sum = 0.0, worst = 0.0;
        for (uint64_t seed = 1; seed <= 40; seed++) {
            const double bias = heart_bias(seed, levels[l]);
            sum += bias;
            worst = fmax(worst, fabs(bias));
        }
        char text[64];
        snprintf(text, sizeof text, "bias of resting RMS, ECG %g uV, mean", levels[l]);
        if (levels[l] == 100.0) {
            row_at_most(text, 0.05, fabs(sum) / 40.0);
            row_at_most("  largest of 40 records", 0.05, worst);
        } else {
            row_told(text, fabs(sum) / 40.0);
            row_told("  largest of 40 records", worst);
        }
    }
}

#define WAVE_FRAMES   8192
#define WAVE_CHANNELS 3

/* The signal of tests/oracle/spectrum.py. */
static void fill_wave(float *x)
{
    for (uint32_t c = 0; c < WAVE_CHANNELS; c++) {
        uint32_t state = 12345 + c;
        double y = 0.0;
        for (uint32_t i = 0; i < WAVE_FRAMES; i++) {
            state = 1664525u * state + 1013904223u;
            y = (0.2 + 0.3 * c) * y + ((double)state / 2147483648.0 - 1.0);
            x[i * WAVE_CHANNELS + c] = (float)y;
        }
    }
}

/* Largest error of the windows of one size, in bins. */
static void compare_size(const float *x, uint32_t size, uint32_t hop, double *mean, double *median)
{
    myo_spectrum_config config;
    myo_spectrum_config_default(&config, 2000.0, WAVE_CHANNELS);
    config.size = size;
    config.hop = hop;
    myo_spectrum *spectrum = NULL;
    if (myo_spectrum_new(&config, &spectrum) != MYO_OK) {
        exit(1);
    }
    const double bin = 2000.0 / size;
    for (size_t done = 0; done < WAVE_FRAMES;) {
        myo_spectrum_frame f;
        done += myo_spectrum_process(spectrum, x + done * WAVE_CHANNELS, WAVE_FRAMES - done);
        while (myo_spectrum_next(spectrum, &f)) {
            for (size_t i = 0; i < sizeof oracle_frames / sizeof *oracle_frames; i++) {
                if (oracle_frames[i].size == size && oracle_frames[i].channel == f.channel &&
                    oracle_frames[i].frame == f.frame) {
                    *mean = fmax(*mean, fabs(f.mean_hz - oracle_frames[i].mean_hz) / bin);
                    *median = fmax(*median, fabs(f.median_hz - oracle_frames[i].median_hz) / bin);
                }
            }
        }
    }
    myo_spectrum_free(spectrum);
}

void row_frequencies(void)
{
    static float x[WAVE_FRAMES * WAVE_CHANNELS];
    double mean = 0.0, median = 0.0;
    fill_wave(x);
    compare_size(x, 1024, 512, &mean, &median);
    compare_size(x, 1000, 500, &mean, &median);
    compare_size(x, 360, 180, &mean, &median);
    row_at_most("mean frequency against scipy, bins", 0.1, mean);
    row_at_most("median frequency against scipy, bins", 0.1, median);
}
