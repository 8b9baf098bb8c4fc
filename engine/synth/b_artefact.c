/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks, ramps, splines, chirps, charges, lifted electrodes. */
#include "synth/b_artefact.h"

#include "synth/detmath.h"

#include <math.h>

#define MOST_KNOTS 12

/* A lead that is pulled, held and let go. */
typedef struct {
    myo_range rise_s, hold_s, fall_s;
} pull;

static const pull motion_pull = {{0.04, 0.25}, {0.02, 0.4}, {0.06, 0.4}};
static const pull contact_pull = {{0.02, 0.06}, {0.02, 0.1}, {0.05, 0.15}};
static const myo_range motion_uv = {100.0, 3000.0};
static const myo_range contact_uv = {20.0, 200.0};
static const myo_range pop_uv = {50.0, 1000.0};
/* Above every full scale that the converter draws. */
static const double far_beyond_uv = 50000.0;

static double sign(myo_rng *rng)
{
    return myo_rng_chance(rng, 0.5) ? 1.0 : -1.0;
}

/* One statement a draw, here and below: compilers differ in which operand or argument they evaluate
 * first. */
static double signed_uv(myo_rng *rng, myo_range range)
{
    const double direction = sign(rng);
    return direction * myo_rng_log_in(rng, range);
}

static void scale_to(myo_scene *scene, size_t length, double peak_uv)
{
    double peak = 1e-12;
    for (size_t i = 0; i < length; i++) {
        peak = fmax(peak, fabs(scene->clip[i]));
    }
    for (size_t i = 0; i < length; i++) {
        scene->clip[i] *= peak_uv / peak;
    }
}

/* Uniform cubic B-spline: smooth to the second derivative, 0 at both ends by its outer knots. */
static size_t draw_spline(myo_scene *scene, double length_s, const double *knot, int count)
{
    const size_t length = myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, length_s));
    const int pieces = count - 3;
    for (size_t i = 0; i < length; i++) {
        const double at = (double)i * pieces / (double)length;
        const int k = (int)at;
        const double u = at - k;
        const double v = 1.0 - u;
        scene->clip[i] = (v * v * v * knot[k] + (3.0 * u * u * (u - 2.0) + 4.0) * knot[k + 1] +
                          (3.0 * v * v * (v - 2.0) + 4.0) * knot[k + 2] + u * u * u * knot[k + 3]) /
                         6.0;
    }
    return length;
}

static size_t draw_excursion(myo_scene *scene, myo_rng *rng)
{
    double knot[MOST_KNOTS] = {0};
    const int inner = myo_rng_int(rng, 3, MOST_KNOTS - 6);
    for (int i = 0; i < inner; i++) {
        knot[3 + i] = myo_rng_normal(rng);
    }
    const double length_s = (inner + 3) * myo_rng_in(rng, (myo_range){0.05, 0.2});
    return draw_spline(scene, length_s, knot, inner + 6);
}

/* A walk through two leaky sums, bridged so that it ends where it began. */
static size_t draw_walk(myo_scene *scene, myo_rng *rng)
{
    const size_t length = myo_scene_clear_clip(
        scene, (size_t)myo_scene_frames(scene, myo_rng_in(rng, (myo_range){0.4, 1.5})));
    const double keep =
        myo_det_exp(-2.0 * MYO_PI * myo_rng_in(rng, (myo_range){2.0, 8.0}) / scene->rate_hz);
    double walk = 0.0;
    double once = 0.0;
    double twice = 0.0;
    for (size_t i = 0; i < length; i++) {
        walk += myo_rng_normal(rng);
        once = keep * once + (1.0 - keep) * walk;
        twice = keep * twice + (1.0 - keep) * once;
        scene->clip[i] = twice;
    }
    for (size_t i = 0; i < length; i++) {
        const double part = (double)i / (double)length;
        const double ends = fmin(fmin(part, 1.0 - part) / 0.1, 1.0);
        scene->clip[i] = (scene->clip[i] - part * twice) * ends * ends * (3.0 - 2.0 * ends);
    }
    return length;
}

/* The running mean rounds the corners. */
static void smooth(myo_scene *scene, size_t length, size_t width)
{
    double keep = 1.0 - 1.0 / (double)(width > 1 ? width : 1);
    for (int pass = 0; pass < 2; pass++) {
        double y = 0.0;
        for (size_t i = 0; i < length; i++) {
            y = keep * y + (1.0 - keep) * scene->clip[i];
            scene->clip[i] = y;
        }
    }
}

static size_t draw_pull(myo_scene *scene, myo_rng *rng, const pull *range)
{
    const double fall_s = myo_rng_in(rng, range->fall_s);
    const double hold_s = myo_rng_in(rng, range->hold_s);
    const double rise_s = myo_rng_in(rng, range->rise_s);
    const double round_s = 0.2 * fmin(rise_s, fall_s) + 0.002;
    const size_t length = myo_scene_clear_clip(
        scene, (size_t)myo_scene_frames(scene, rise_s + hold_s + fall_s + 14.0 * round_s));
    const double sag = myo_rng_in(rng, (myo_range){0.6, 1.1});
    for (size_t i = 0; i < length; i++) {
        const double t = (double)i / scene->rate_hz;
        const double held = fmin(fmax(t - rise_s, 0.0) / hold_s, 1.0);
        const double back = fmin(fmax(t - rise_s - hold_s, 0.0) / fall_s, 1.0);
        scene->clip[i] = fmin(t / rise_s, 1.0) * (1.0 + held * (sag - 1.0)) * (1.0 - back);
    }
    smooth(scene, length, (size_t)myo_scene_frames(scene, round_s));
    return length;
}

/* A cable that swings faster as the swing shrinks. */
static size_t draw_whip(myo_scene *scene, myo_rng *rng)
{
    const size_t length = myo_scene_clear_clip(
        scene, (size_t)myo_scene_frames(scene, myo_rng_in(rng, (myo_range){0.4, 1.2})));
    const double from_hz = myo_rng_in(rng, (myo_range){2.0, 5.0});
    const double to_hz = myo_rng_in(rng, (myo_range){6.0, 14.0});
    const double length_s = (double)length / scene->rate_hz;
    for (size_t i = 0; i < length; i++) {
        const double u = (double)i / (double)length;
        const double turns = length_s * u * (from_hz + 0.5 * u * (to_hz - from_hz));
        const double shape = fmin(u / 0.1, 1.0);
        scene->clip[i] = shape * (1.0 - u) * (1.0 - u) * myo_det_sin_turns(turns);
    }
    return length;
}

size_t myo_b_motion_draw(myo_scene *scene, myo_rng *rng)
{
    size_t length = 0;
    switch (myo_rng_int(rng, 0, 3)) {
    case 0:
        length = draw_walk(scene, rng);
        break;
    case 1:
        length = draw_pull(scene, rng, &motion_pull);
        break;
    case 2:
        length = draw_excursion(scene, rng);
        break;
    default:
        length = draw_whip(scene, rng);
        break;
    }
    scale_to(scene, length, signed_uv(rng, motion_uv));
    return length;
}

size_t myo_b_contact_draw(myo_scene *scene, myo_rng *rng)
{
    const size_t length = draw_pull(scene, rng, &contact_pull);
    scale_to(scene, length, signed_uv(rng, contact_uv));
    return length;
}

static void add_charge(myo_scene *scene, myo_rng *rng, size_t at, size_t length, double size)
{
    const double rise_s = myo_rng_log_in(rng, (myo_range){0.0001, 0.002});
    const double fast_s = myo_rng_in(rng, (myo_range){0.008, 0.03});
    const double slow_s = myo_rng_in(rng, (myo_range){0.08, 0.25});
    const double slow_part = myo_rng_in(rng, (myo_range){0.2, 0.8});
    for (size_t i = at; i < length; i++) {
        const double t = (double)(i - at) / scene->rate_hz;
        const double recovery =
            slow_part * myo_det_exp(-t / slow_s) + (1.0 - slow_part) * myo_det_exp(-t / fast_s);
        scene->clip[i] += size * recovery * (1.0 - myo_det_exp(-t / rise_s));
    }
}

size_t myo_b_pop_draw(myo_scene *scene, myo_rng *rng)
{
    const size_t length = myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, 1.5));
    const int bounces = myo_rng_chance(rng, 0.25) ? myo_rng_int(rng, 1, 3) : 0;
    double at_s = 0.0;
    add_charge(scene, rng, 0, length, 1.0);
    for (int i = 0; i < bounces; i++) {
        at_s += myo_rng_in(rng, (myo_range){0.004, 0.015});
        const double direction = sign(rng);
        const double size = direction * myo_rng_in(rng, (myo_range){0.2, 0.7});
        add_charge(scene, rng, (size_t)myo_scene_frames(scene, at_s), length, size);
    }
    scale_to(scene, length, signed_uv(rng, pop_uv));
    return length;
}

size_t myo_b_lift_draw(myo_scene *scene, myo_rng *rng)
{
    const double swell_s = myo_rng_in(rng, (myo_range){0.1, 0.4});
    const double off_s = myo_rng_in(rng, (myo_range){0.2, 2.0});
    const double back_s = myo_rng_in(rng, (myo_range){0.05, 0.15});
    const double slide_s = myo_rng_in(rng, (myo_range){0.005, 0.05});
    const double hum_uv = myo_rng_in(rng, (myo_range){100.0, 600.0});
    const double hum_hz = myo_rng_chance(rng, 0.5) ? 50.0 : 60.0;
    const double rail = sign(rng) * far_beyond_uv;
    const double on_s = swell_s + off_s;
    const size_t length =
        myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, on_s + 20.0 * back_s));
    for (size_t i = 0; i < length; i++) {
        const double t = (double)i / scene->rate_hz;
        const double loose = t < on_s ? fmin(t / swell_s, 1.0) : myo_det_exp(-(t - on_s) / back_s);
        const double gone = t < swell_s ? 0.0
                            : t < on_s  ? fmin((t - swell_s) / slide_s, 1.0)
                                        : myo_det_exp(-(t - on_s) / back_s);
        scene->clip[i] = loose * loose * hum_uv * myo_det_sin_turns(hum_hz * t) + gone * rail;
    }
    return length;
}
