/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A twitch is a volley of 2-12 motor units, each of which fires 1-6 times ("discharges per LTR",
 * Simons, Dexter 1995) within 20-300 ms: the first unit opens it, a second follows within the attack
 * of at most 10 ms, others come exponentially later, the last one closes it. */
#include "synth/a_twitch.h"

#include "synth/a_unit.h"
#include "synth/detmath.h"

#include <math.h>

static const double attack_s = 0.010;
static const double median_s = 0.060;
static const myo_range duration_s = {0.020, 0.300};
static const double duration_log_sd = 0.6;
static const double amplitude_log_sd = 0.6;
/* One more unit for each such length. */
static const double least_density_s = 0.05;
/* Room for the first potential's flank before the onset. */
static const double lead_s = 0.004;

static bool sees_needle(const myo_scene *scene)
{
    return scene->scenario->needle;
}

double myo_a_twitch_draw_snr_db(const myo_scene *scene, myo_rng *rng)
{
    const double drawn = myo_rng_in(rng, scene->scenario->twitch_snr_db);
    return isnan(scene->snr_db) ? drawn : scene->snr_db;
}

typedef struct {
    double length_s;
    int units;
} volley;

/* As many units at least as keep the discharges dense: their density does not depend on how the
 * twitch was brought about (Simons, Dexter 1995). */
static volley draw_volley(myo_rng *rng)
{
    const double length_s = myo_rng_log_normal_in(rng, median_s, duration_log_sd, duration_s);
    const int least = 2 + (int)floor(length_s / least_density_s);
    const int units = myo_rng_int(rng, 2, 12);
    return (volley){.length_s = length_s, .units = units < least ? least : units};
}

/* When unit @p k first fires; @p last is the latest moment at which it can. */
static double first_discharge_s(myo_rng *rng, const volley *v, int k, double last)
{
    if (k == 0) {
        return 0.0;
    }
    if (k == v->units - 1) {
        return last;
    }
    const double at =
        k == 1 ? attack_s * myo_rng_uniform(rng) : myo_rng_exponential(rng, v->length_s / 3.0);
    return fmin(at, last);
}

/* The first unit is not a small one, or the attack would not be one. */
static double draw_height(myo_rng *rng, int k)
{
    const double log_height = amplitude_log_sd * myo_rng_normal(rng);
    const double height = myo_det_exp(k == 0 ? fabs(log_height) : log_height);
    return myo_rng_chance(rng, 0.5) ? height : -height;
}

static void add_unit(myo_scene *scene, myo_rng *rng, const volley *v, int k, size_t frames)
{
    myo_a_unit unit;
    myo_a_unit_draw(&unit, rng, sees_needle(scene));
    const double height = draw_height(rng, k);
    const double last = fmax(v->length_s - myo_a_unit_duration_s(&unit), 0.0);
    double at = first_discharge_s(rng, v, k, last);
    for (int left = myo_rng_int(rng, 1, 6); left > 0 && at <= last; left--) {
        const double jitter = 1.0 + 0.05 * myo_rng_normal(rng);
        myo_a_unit_add(&unit, height * jitter, lead_s + at + myo_a_unit_half_s(&unit),
                       scene->rate_hz, scene->clip, frames);
        const double interval_s = myo_rng_in(rng, (myo_range){0.010, 0.030});
        at += interval_s + myo_rng_exponential(rng, 0.008);
    }
}

/* Scales the clip to the SNR asked for at the nearest channel, and places it with its label. */
static void place(myo_scene *scene, const myo_a_layout *layout, myo_rng *rng,
                  myo_placement *placement, double snr_db)
{
    myo_a_layout_muscle(layout, scene, rng, placement);
    const double peak = myo_scene_measure(scene, placement->length).peak;
    const uint32_t nearest = myo_a_layout_nearest(scene, placement);
    myo_a_layout_scale(scene, placement, myo_scene_gain_for_snr(scene, nearest, peak, snr_db));
    placement->labelled = true;
    myo_scene_place(scene, placement);
}

double myo_a_twitch_place(myo_scene *scene, const myo_a_layout *layout, myo_rng *rng, int64_t frame,
                          double snr_db)
{
    const volley v = draw_volley(rng);
    const double total_s = v.length_s + 2.0 * lead_s + 0.03;
    myo_placement placement = {.frame = frame, .type = MYO_EVENT_LTR};
    placement.length = myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, total_s));
    for (int k = 0; k < v.units; k++) {
        add_unit(scene, rng, &v, k, placement.length);
    }
    place(scene, layout, rng, &placement, snr_db);
    return total_s;
}

double myo_a_fasciculation_place(myo_scene *scene, const myo_a_layout *layout, myo_rng *rng,
                                 int64_t frame, double snr_db)
{
    myo_a_unit unit;
    myo_a_unit_draw(&unit, rng, sees_needle(scene));
    const double total_s = myo_a_unit_duration_s(&unit) + 2.0 * lead_s;
    myo_placement placement = {.frame = frame, .type = MYO_EVENT_SINGLE_UNIT};
    placement.length = myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, total_s));
    myo_a_unit_add(&unit, 1.0, lead_s + myo_a_unit_half_s(&unit), scene->rate_hz, scene->clip,
                   placement.length);
    place(scene, layout, rng, &placement, snr_db);
    return total_s;
}
