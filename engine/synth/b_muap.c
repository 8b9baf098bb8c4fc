/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Travelling dipoles in a volume conductor. Lengths in mm, speeds in m/s = mm/ms. */
#include "synth/b_muap.h"

#include "synth/detmath.h"

#include <math.h>
#include <stdlib.h>

#define STEP_MS     (1000.0 * MYO_B_WAVE_STEP_S)
#define MOST_FIBRES 24

/* Behind this distance from its front the action potential's slope is below 1e-3 of its peak. */
static const double action_length_mm = 14.0;
/* Conductivity along over across the fibres (Andreassen and Rosenfalck 1981). */
static const double anisotropy = 5.0;
static const double half_pole_distance_mm = 10.0;
/* A needle's cannula is the reference of its tip: it sees every fibre from further away. */
static const double cannula_mm = 3.0;
/* emg.md 1.1: one unit at the skin, median 48 (8-327) uV; in a needle 0.3-3 mV. */
static const myo_range skin_uv = {8.0, 327.0};
static const myo_range needle_uv = {300.0, 3000.0};

typedef struct {
    double offset_mm;   /**< endplate from the middle of the endplate zone */
    double distance_mm; /**< from the electrode, across */
    double half_mm[2];  /**< endplate to each end */
} fibre;

typedef struct {
    fibre fibres[MOST_FIBRES];
    int count;
    double speed;
    double electrode_mm; /**< along the fibres, from the endplate zone */
    bool needle;
} motor_unit;

/* Slope of the action potential, mV/mm, s mm behind the front. */
static double action_slope(double s)
{
    return 96.0 * s * s * (3.0 - s) * myo_det_exp(-s);
}

/* Potential of a unit dipole along the fibre, seen from along, across. */
static double dipole_potential(double along, double across)
{
    const double r2 = along * along + anisotropy * across * across;
    return along / (r2 * sqrt(r2));
}

static double seen(const motor_unit *mu, double along, double across)
{
    if (mu->needle) {
        return dipole_potential(along, across) - dipole_potential(along, across + cannula_mm);
    }
    return dipole_potential(along - half_pole_distance_mm, across) -
           dipole_potential(along + half_pole_distance_mm, across);
}

/* What the electrode sees of one dipole on each fibre, u mm from the endplates, both ways. */
static double seen_at(const motor_unit *mu, double u)
{
    double sum = 0.0;
    for (int f = 0; f < mu->count; f++) {
        const fibre *fb = &mu->fibres[f];
        const double along = mu->electrode_mm - fb->offset_mm;
        if (u < fb->half_mm[0]) {
            sum += seen(mu, along - u, fb->distance_mm);
        }
        if (u < fb->half_mm[1]) {
            sum -= seen(mu, along + u, fb->distance_mm);
        }
    }
    return sum;
}

/* The row of dipoles slides past: a convolution of its shape with what one of them is seen as. */
static void compute_wave(const motor_unit *mu, myo_b_unit *unit)
{
    const double step_mm = mu->speed * STEP_MS;
    const size_t action = (size_t)(action_length_mm / step_mm);
    double view[MYO_B_WAVE_LENGTH];
    for (size_t i = 0; i < MYO_B_WAVE_LENGTH; i++) {
        view[i] = seen_at(mu, (double)i * step_mm);
    }
    for (size_t k = 0; k < action; k++) {
        const double slope = action_slope((double)k * step_mm);
        for (size_t i = k; i < MYO_B_WAVE_LENGTH; i++) {
            unit->wave[i] += slope * view[i - k];
        }
    }
}

static void scale_wave(myo_b_unit *unit, double peak_to_peak_uv)
{
    double low = 0.0;
    double high = 0.0;
    for (size_t i = 0; i < MYO_B_WAVE_LENGTH; i++) {
        low = fmin(low, unit->wave[i]);
        high = fmax(high, unit->wave[i]);
    }
    const double gain = peak_to_peak_uv / (high - low);
    for (size_t i = 0; i < MYO_B_WAVE_LENGTH; i++) {
        unit->wave[i] *= gain;
        if (fabs(unit->wave[i]) > 1e-4 * peak_to_peak_uv) {
            unit->length = i + 1;
        }
    }
    unit->peak_to_peak_uv = peak_to_peak_uv;
}

static double fibre_distance(const motor_unit *mu, myo_rng *rng, int index, double depth_mm)
{
    if (mu->needle) {
        return index < 3 ? myo_rng_in(rng, (myo_range){0.3, 1.0})
                         : myo_rng_in(rng, (myo_range){1.5, 8.0});
    }
    const double radius_mm = 4.0 * sqrt(myo_rng_uniform(rng));
    const double turns = myo_rng_uniform(rng);
    const double down = fmax(depth_mm + radius_mm * myo_det_sin_turns(turns), 2.0);
    const double side = radius_mm * myo_det_cos_turns(turns);
    return sqrt(down * down + side * side);
}

static void draw_motor_unit(motor_unit *mu, myo_rng *rng)
{
    mu->count = MOST_FIBRES;
    mu->speed = myo_rng_in(rng, (myo_range){3.2, 5.0});
    mu->electrode_mm =
        myo_rng_in(rng, mu->needle ? (myo_range){3.0, 20.0} : (myo_range){14.0, 36.0});
    const double depth_mm = myo_rng_in(rng, (myo_range){4.0, 13.0});
    const double half_mm = myo_rng_in(rng, (myo_range){42.0, 65.0});
    /* One unit in eight has its endplates far apart: a polyphasic potential. */
    const double zone_mm =
        myo_rng_chance(rng, 0.12) ? 24.0 : myo_rng_in(rng, (myo_range){3.0, 9.0});
    const double tendon_mm = myo_rng_in(rng, (myo_range){4.0, 12.0});
    for (int f = 0; f < mu->count; f++) {
        fibre *fb = &mu->fibres[f];
        fb->offset_mm = zone_mm * (myo_rng_uniform(rng) - 0.5);
        fb->distance_mm = fibre_distance(mu, rng, f, depth_mm);
        fb->half_mm[0] = half_mm - fb->offset_mm + tendon_mm * (myo_rng_uniform(rng) - 0.5);
        fb->half_mm[1] = half_mm + fb->offset_mm + tendon_mm * (myo_rng_uniform(rng) - 0.5);
    }
}

static int compare_size(const void *a, const void *b)
{
    const double x = ((const myo_b_unit *)a)->peak_to_peak_uv;
    const double y = ((const myo_b_unit *)b)->peak_to_peak_uv;
    return (x > y) - (x < y);
}

void myo_b_library_make(myo_b_library *library, myo_rng *rng, bool needle)
{
    for (size_t i = 0; i < MYO_B_UNITS; i++) {
        motor_unit mu = {.needle = needle};
        draw_motor_unit(&mu, rng);
        library->unit[i] = (myo_b_unit){0};
        compute_wave(&mu, &library->unit[i]);
        const double size_uv = needle ? myo_rng_log_normal_in(rng, 900.0, 0.6, needle_uv)
                                      : myo_rng_log_normal_in(rng, 48.0, 0.7, skin_uv);
        scale_wave(&library->unit[i], size_uv);
    }
    qsort(library->unit, MYO_B_UNITS, sizeof library->unit[0], compare_size);
}

void myo_b_fibre_make(myo_b_unit *unit, myo_rng *rng, bool at_endplate)
{
    motor_unit mu = {.needle = true, .count = 1};
    mu.speed = myo_rng_in(rng, (myo_range){2.5, 4.0});
    mu.electrode_mm = at_endplate ? 0.5 : myo_rng_in(rng, (myo_range){8.0, 20.0});
    mu.fibres[0] =
        (fibre){.distance_mm = myo_rng_in(rng, (myo_range){0.3, 0.8}), .half_mm = {50.0, 50.0}};
    *unit = (myo_b_unit){0};
    compute_wave(&mu, unit);
    scale_wave(unit, 1.0);
}

void myo_b_unit_add(const myo_b_unit *unit, double rate_hz, double at_s, double gain, double *x,
                    size_t frames)
{
    const double step = 1.0 / (rate_hz * MYO_B_WAVE_STEP_S);
    const double first = ceil(at_s * rate_hz);
    double at = (first - at_s * rate_hz) * step;
    for (size_t i = (size_t)first; i < frames && at < (double)(unit->length - 1); i++) {
        const size_t k = (size_t)at;
        const double part = at - (double)k;
        x[i] += gain * (unit->wave[k] + part * (unit->wave[k + 1] - unit->wave[k]));
        at += step;
    }
}
