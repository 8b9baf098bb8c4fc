/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Discharge times of reflex bursts and of a pool with the size principle. */
#include "synth/b_activity.h"

#include "synth/detmath.h"

#include <math.h>

static const double wave_s = MYO_B_WAVE_LENGTH * MYO_B_WAVE_STEP_S;
/* A potential's main part at the skin; a twitch's last discharge is this before its end. */
static const double body_s = 0.012;
/* Long enough for a second volley: a single one would be a single_unit. */
static const double least_volleys_s = 0.018;

/* Pool after Fuglevand, Winter and Patla 1993: thresholds spread exponentially over a range of 30,
 * all units in at 70 % of effort, rates rise from 8 Hz with the effort above the threshold. */
static const double threshold_range = 30.0;
static const double last_threshold = 0.7;
static const double least_rate_hz = 8.0;
static const double rate_gain_hz = 30.0;
static const double most_rate_hz = 35.0;
static const double steady_shape = 25.0; /* coefficient of variation 0.2 */
static const double look_s = 0.004;

typedef struct {
    double start_s, end_s;           /**< first discharge, last moment of a discharge */
    double silence_s, silence_end_s; /**< no discharge in between */
    double spread_s;                 /**< of the units' first discharges */
    double interval_s, slowing;      /**< first interval, and its growth per discharge */
} volley;

static volley draw_volley(myo_rng *rng, double at_s, double duration_s)
{
    volley v = {.start_s = at_s, .end_s = at_s + fmax(duration_s - body_s, least_volleys_s)};
    v.spread_s = fmin(0.005, 0.1 * duration_s);
    v.interval_s = myo_rng_in(rng, (myo_range){0.007, 0.013});
    v.slowing = myo_rng_in(rng, (myo_range){1.1, 1.5});
    v.silence_s = v.end_s;
    v.silence_end_s = v.end_s;
    if (duration_s > 0.08 && myo_rng_chance(rng, 0.4)) {
        v.silence_s = at_s + myo_rng_in(rng, (myo_range){0.25, 0.45}) * duration_s;
        v.silence_end_s = v.silence_s + body_s + myo_rng_in(rng, (myo_range){0.010, 0.025});
    }
    return v;
}

/* A discharge that would fall into the silence comes after it, with the others nearly together. */
static double skip_silence(const volley *v, myo_rng *rng, double t)
{
    if (t < v->silence_s || t >= v->silence_end_s) {
        return t;
    }
    return v->silence_end_s + myo_rng_gamma(rng, 2.0, 0.5 * v->spread_s);
}

/* The intervals grow and become less regular: the tail falls out of step. */
static void add_train(const myo_b_canvas *c, myo_rng *rng, const volley *v, double first_s,
                      const myo_b_unit *unit, double gain)
{
    double mean_s = v->interval_s;
    double shape = 20.0;
    double t = first_s;
    while (t < v->end_s) {
        myo_b_unit_add(unit, c->rate_hz, t, gain, c->x, c->frames);
        t = skip_silence(v, rng, t + 0.004 + myo_rng_gamma(rng, shape, mean_s / shape));
        mean_s *= v->slowing;
        shape = fmax(0.6 * shape, 2.0);
    }
}

void myo_b_twitch_add(const myo_b_canvas *c, myo_rng *rng, double at_s, double duration_s)
{
    const volley v = draw_volley(rng, at_s, duration_s);
    const int units = myo_rng_int(rng, 2, 12);
    const int dominating = myo_rng_chance(rng, 0.2) ? myo_rng_int(rng, 0, units - 1) : -1;
    for (int i = 0; i < units; i++) {
        const myo_b_unit *unit = &c->library->unit[myo_rng_int(rng, 0, MYO_B_UNITS - 1)];
        const double later_s = i == 0 ? 0.0 : myo_rng_gamma(rng, 2.0, 0.5 * v.spread_s);
        add_train(c, rng, &v, at_s + later_s, unit, i == dominating ? 3.0 : 1.0);
    }
}

void myo_b_discharge_add(const myo_b_canvas *c, myo_rng *rng)
{
    const myo_b_unit *unit = &c->library->unit[myo_rng_int(rng, 0, MYO_B_UNITS - 1)];
    myo_b_unit_add(unit, c->rate_hz, 0.0, 1.0, c->x, c->frames);
}

static double drive_at(const myo_b_drive *d, double t)
{
    if (t < d->at_s[0] || t >= d->at_s[d->count - 1]) {
        return 0.0;
    }
    int i = 0;
    while (t >= d->at_s[i + 1]) {
        i++;
    }
    const double part = (t - d->at_s[i]) / (d->at_s[i + 1] - d->at_s[i]);
    return d->effort[i] + part * (d->effort[i + 1] - d->effort[i]);
}

static void add_recruited(const myo_b_canvas *c, myo_rng *rng, const myo_b_drive *d,
                          const myo_b_unit *unit, double threshold)
{
    const double end_s = d->at_s[d->count - 1];
    double t = look_s * myo_rng_uniform(rng);
    bool firing = false;
    while (t < end_s) {
        const double effort = drive_at(d, t);
        if (effort <= threshold) {
            firing = false;
            t += look_s;
            continue;
        }
        const double rate_hz =
            fmin(least_rate_hz + rate_gain_hz * (effort - threshold), most_rate_hz);
        /* On recruitment the unit is somewhere within its interval. */
        const double part = firing ? 1.0 : 0.4 * myo_rng_uniform(rng);
        t += part * myo_rng_gamma(rng, steady_shape, 1.0 / (rate_hz * steady_shape));
        firing = true;
        myo_b_unit_add(unit, c->rate_hz, t, 1.0, c->x, c->frames);
    }
}

void myo_b_pool_add(const myo_b_canvas *c, myo_rng *rng, const myo_b_drive *drive)
{
    for (int i = 0; i < MYO_B_UNITS; i++) {
        const double threshold =
            last_threshold * myo_det_pow(threshold_range, (double)i / (MYO_B_UNITS - 1) - 1.0);
        add_recruited(c, rng, drive, &c->library->unit[i], threshold);
    }
}

static void add_point(myo_b_drive *d, double later_s, double effort)
{
    const double last_s = d->count > 0 ? d->at_s[d->count - 1] : 0.0;
    d->at_s[d->count] = last_s + later_s;
    d->effort[d->count] = effort;
    d->count++;
}

void myo_b_drive_contraction(myo_b_drive *d, myo_rng *rng, double hold_s)
{
    const double level = myo_rng_in(rng, (myo_range){0.2, 0.8});
    const int pieces = 1 + (int)(hold_s / 0.25);
    d->count = 0;
    add_point(d, 0.0, 0.0);
    add_point(d, myo_rng_in(rng, (myo_range){0.05, 0.3}), level);
    for (int i = 0; i < pieces && d->count < MYO_B_DRIVE_POINTS - 1; i++) {
        const double now = level * (1.0 + 0.12 * myo_rng_normal(rng));
        add_point(d, hold_s / pieces, fmin(fmax(now, 0.5 * level), 1.0));
    }
    add_point(d, myo_rng_in(rng, (myo_range){0.05, 0.3}), 0.0);
}

void myo_b_drive_brief(myo_b_drive *d, myo_rng *rng)
{
    const double length_s = myo_rng_in(rng, (myo_range){0.15, 0.4});
    const int form = myo_rng_int(rng, 0, 2);
    d->count = 0;
    add_point(d, 0.0, 0.0);
    if (form == 0) { /* cough */
        add_point(d, 0.25 * length_s, myo_rng_in(rng, (myo_range){0.1, 0.3}));
        add_point(d, 0.15 * length_s, 0.05);
        add_point(d, 0.2 * length_s, 1.0);
        add_point(d, 0.15 * length_s, 0.7);
        add_point(d, 0.25 * length_s, 0.0);
    } else if (form == 1) { /* swallow */
        add_point(d, 0.45 * length_s, 0.6);
        add_point(d, 0.2 * length_s, 0.5);
        add_point(d, 0.35 * length_s, 0.0);
    } else { /* startle: a blow and its after-swing */
        add_point(d, 0.3 * length_s, 0.9);
        add_point(d, 0.25 * length_s, 0.2);
        add_point(d, 0.2 * length_s, 0.5);
        add_point(d, 0.25 * length_s, 0.0);
    }
}

double myo_b_drive_end_s(const myo_b_drive *d)
{
    return d->at_s[d->count - 1] + 1.0 / least_rate_hz + wave_s;
}
