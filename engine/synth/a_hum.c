/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mains hum: 50 or 60 Hz within 0.2 Hz, third and fifth harmonic of up to 30 %. */
#include "synth/a_hum.h"

#include "synth/a_streams.h"
#include "synth/detmath.h"

#include <math.h>

static const double order[MYO_A_HUM_LINES] = {1.0, 3.0, 5.0};
static const double touches_per_min = 1.5;
/* A touch changes the level within about this time. */
static const double touch_tau_s = 0.02;
static const myo_range level_limits = {0.3, 2.0};

void myo_a_hum_start(myo_a_hum *hum, const myo_scene *scene)
{
    myo_rng rng;
    myo_rng_start(&rng, scene->seed, MYO_A_HUM, 0);
    const double drawn_hz = myo_rng_chance(&rng, 0.5) ? 50.0 : 60.0;
    hum->base_hz = scene->scenario->hum_hz > 0.0 ? scene->scenario->hum_hz : drawn_hz;
    hum->drift_hz = myo_rng_in(&rng, (myo_range){0.0, 0.2});
    hum->drift_rate_hz = 1.0 / myo_rng_in(&rng, (myo_range){20.0, 120.0});
    hum->drift_turns = myo_rng_uniform(&rng);
    for (size_t k = 0; k < MYO_A_HUM_LINES; k++) {
        hum->part[k] = k == 0 ? 1.0 : myo_rng_in(&rng, (myo_range){0.0, 0.3});
        hum->shift[k] = myo_rng_uniform(&rng);
    }
    const double peak = myo_rng_in(&rng, scene->scenario->hum_uv);
    for (uint32_t c = 0; c < scene->channels; c++) {
        hum->peak_uv[c] = peak * (c == 0 ? 1.0 : myo_rng_in(&rng, (myo_range){0.3, 1.0}));
    }
    hum->level = 1.0;
    hum->target = 1.0;
    myo_a_timeline_start(&hum->touches, scene, MYO_A_HUM, 0.0);
    myo_a_timeline_step(&hum->touches, scene,
                        myo_a_timeline_poisson_s(&hum->touches, touches_per_min, 3.0));
}

static void touch(myo_a_hum *hum, const myo_scene *scene)
{
    myo_rng rng = myo_a_timeline_event(&hum->touches, scene);
    const double factor = hum->target * myo_rng_log_in(&rng, (myo_range){0.5, 2.0});
    hum->target = fmin(fmax(factor, level_limits.low), level_limits.high);
    myo_a_timeline_step(&hum->touches, scene,
                        myo_a_timeline_poisson_s(&hum->touches, touches_per_min, 3.0));
}

static double value(const myo_a_hum *hum)
{
    double sum = 0.0;
    for (size_t k = 0; k < MYO_A_HUM_LINES; k++) {
        sum += hum->part[k] * myo_det_sin_turns(order[k] * hum->turns + hum->shift[k]);
    }
    return sum;
}

void myo_a_hum_block(myo_a_hum *hum, myo_scene *scene)
{
    if (hum->peak_uv[0] <= 0.0) {
        return;
    }
    const double now_s = (double)scene->first_frame / scene->rate_hz;
    const double drift = myo_det_sin_turns(hum->drift_turns + hum->drift_rate_hz * now_s);
    const double step = (hum->base_hz + hum->drift_hz * drift) / scene->rate_hz;
    const double ease = 1.0 - myo_det_exp(-1.0 / (touch_tau_s * scene->rate_hz));
    for (size_t i = 0; i < MYO_SYNTH_BLOCK; i++) {
        while (hum->touches.next_frame <= scene->first_frame + (int64_t)i) {
            touch(hum, scene);
        }
        hum->level += ease * (hum->target - hum->level);
        const double x = hum->level * value(hum);
        for (uint32_t c = 0; c < scene->channels; c++) {
            myo_scene_row(scene, c)[i] += hum->peak_uv[c] * x;
        }
        hum->turns += step;
        hum->turns -= floor(hum->turns);
    }
}
