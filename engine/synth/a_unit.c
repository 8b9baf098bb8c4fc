/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Motor unit action potentials.
 *
 * Surface: 5-17 ms in all, median 11 (median EMG duration of 16 units 10.9 ms, 5.0-17.0:
 * PMC1779696 table 1). Needle: 2-15 ms with a spike that rises in 0.5-2 ms. 10-15 % of units are
 * polyphasic: later, smaller copies, a surface potential being no longer for them.
 */
#include "synth/a_unit.h"

#include "synth/detmath.h"

#include <math.h>

/* Beyond 4 sd a Gaussian's derivatives are below 1 % of their peak, far under the label's edge. */
static const double reach_sd = 4.0;
static const double sqrt_e = 1.6487212707001282;

/* Later, smaller copies; all of them end before @p longest_s. */
static void draw_copies(myo_a_unit *unit, myo_rng *rng, double longest_s)
{
    const bool polyphasic = myo_rng_chance(rng, 0.12);
    const unsigned wanted = polyphasic ? (unsigned)myo_rng_int(rng, 3, 4) : 1;
    unit->lag_s[0] = 0.0;
    unit->height[0] = 1.0;
    for (unit->copies = 1; unit->copies < wanted; unit->copies++) {
        const unsigned i = unit->copies;
        const double lag_s = unit->lag_s[i - 1] + myo_rng_in(rng, (myo_range){0.001, 0.004});
        unit->lag_s[i] = fmin(lag_s, longest_s);
        unit->height[i] = myo_rng_in(rng, (myo_range){-0.8, 0.8});
    }
}

static void draw_surface(myo_a_unit *unit, myo_rng *rng)
{
    const double total_s = myo_rng_log_normal_in(rng, 0.011, 0.3, (myo_range){0.005, 0.017});
    draw_copies(unit, rng, 0.6 * total_s);
    unit->sd_s = (total_s - unit->lag_s[unit->copies - 1]) / 6.0;
    unit->first = myo_rng_uniform(rng);
    unit->slow_s = 0.0;
    unit->slow = 0.0;
}

/* The rise from trough to peak of a Gaussian's second derivative takes sqrt(3) sd. */
static void draw_needle(myo_a_unit *unit, myo_rng *rng)
{
    const double total_s = myo_rng_in(rng, (myo_range){0.002, 0.015});
    draw_copies(unit, rng, 0.6 * total_s);
    unit->sd_s = myo_rng_in(rng, (myo_range){0.0005, 0.002}) / 1.7320508;
    unit->first = myo_rng_in(rng, (myo_range){0.0, 0.5});
    unit->slow_s = fmax(total_s / 6.0, unit->sd_s);
    unit->slow = myo_rng_in(rng, (myo_range){-0.3, 0.3});
}

void myo_a_unit_draw(myo_a_unit *unit, myo_rng *rng, bool needle)
{
    if (needle) {
        draw_needle(unit, rng);
    } else {
        draw_surface(unit, rng);
    }
}

double myo_a_unit_half_s(const myo_a_unit *unit)
{
    return 3.0 * fmax(unit->sd_s, unit->slow_s);
}

double myo_a_unit_duration_s(const myo_a_unit *unit)
{
    return 2.0 * myo_a_unit_half_s(unit) + unit->lag_s[unit->copies - 1];
}

/* Both derivatives scaled to a largest magnitude of 1. */
static double spike(const myo_a_unit *unit, double t)
{
    const double u = t / unit->sd_s;
    const double bell = myo_det_exp(-0.5 * u * u);
    return bell * (unit->first * sqrt_e * u + (1.0 - unit->first) * (1.0 - u * u));
}

static double slow_wave(const myo_a_unit *unit, double t)
{
    const double u = t / unit->slow_s;
    return unit->slow * sqrt_e * u * myo_det_exp(-0.5 * u * u);
}

static void add_copy(const myo_a_unit *unit, double gain, double centre_s, double rate_hz,
                     double *clip, size_t length)
{
    const double reach = reach_sd * fmax(unit->sd_s, unit->slow_s);
    const double begin = ceil((centre_s - reach) * rate_hz);
    const double end = floor((centre_s + reach) * rate_hz);
    const size_t first = begin > 0.0 ? (size_t)begin : 0;
    for (size_t i = first; i < length && (double)i <= end; i++) {
        const double t = (double)i / rate_hz - centre_s;
        clip[i] += gain * (spike(unit, t) + (unit->slow_s > 0.0 ? slow_wave(unit, t) : 0.0));
    }
}

void myo_a_unit_add(const myo_a_unit *unit, double gain, double centre_s, double rate_hz,
                    double *clip, size_t length)
{
    for (unsigned i = 0; i < unit->copies; i++) {
        add_copy(unit, gain * unit->height[i], centre_s + unit->lag_s[i], rate_hz, clip, length);
    }
}
