/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Electrodes 8-20 mm apart along the band; amplitude falls with distance to the power 1.5; the wave
 * travels at 3-5 m/s (Merletti, Parker: Electromyography, 2004). On the other side a response comes
 * smaller and later, if at all (Audette 2004: bilateral in active trigger points). */
#include "synth/a_layout.h"

#include "synth/a_streams.h"
#include "synth/detmath.h"

#include <math.h>

/* Depth of the fibres under the electrode: keeps the nearest channel's gain finite. */
static const double depth_m = 0.012;
static const double falloff = 1.5;
static const double p_bilateral = 0.6;

void myo_a_layout_start(myo_a_layout *layout, const myo_scene *scene)
{
    myo_rng rng;
    myo_rng_start(&rng, scene->seed, MYO_A_LAYOUT, 0);
    layout->velocity_m_s = myo_rng_in(&rng, (myo_range){3.0, 5.0});
    const double pitch = myo_rng_in(&rng, (myo_range){0.008, 0.02});
    const bool other = scene->scenario->contralateral && scene->channels > 1;
    layout->same_side = other ? scene->channels - 1 : scene->channels;
    for (uint32_t c = 0; c < scene->channels; c++) {
        layout->place_m[c] = pitch * c;
        layout->cable[c] = myo_rng_in(&rng, (myo_range){0.3, 1.0});
        layout->heart[c] = myo_rng_in(&rng, (myo_range){0.3, 1.0});
    }
    layout->heart[0] = 1.0;
}

/* The copy on the other side is drawn for every source, so that the draws that follow do not
 * depend on it. */
static void other_side(const myo_a_layout *layout, const myo_scene *scene, myo_rng *rng,
                       myo_placement *placement)
{
    const bool present = myo_rng_chance(rng, p_bilateral);
    const double gain = myo_rng_in(rng, (myo_range){0.1, 0.6});
    const double delay = myo_rng_in(rng, (myo_range){0.005, 0.02});
    for (uint32_t c = layout->same_side; c < scene->channels; c++) {
        placement->gain[c] = present ? gain : 0.0;
        placement->delay_s[c] = delay;
    }
}

void myo_a_layout_muscle(const myo_a_layout *layout, const myo_scene *scene, myo_rng *rng,
                         myo_placement *placement)
{
    const double span = layout->place_m[layout->same_side - 1];
    const double source = span * myo_rng_uniform(rng);
    double nearest = span;
    for (uint32_t c = 0; c < layout->same_side; c++) {
        nearest = fmin(nearest, fabs(layout->place_m[c] - source));
    }
    for (uint32_t c = 0; c < layout->same_side; c++) {
        const double distance = fabs(layout->place_m[c] - source);
        placement->gain[c] = myo_det_pow((depth_m + nearest) / (depth_m + distance), falloff);
        placement->delay_s[c] = (distance - nearest) / layout->velocity_m_s;
    }
    other_side(layout, scene, rng, placement);
}

void myo_a_layout_cable(const myo_a_layout *layout, const myo_scene *scene, myo_rng *rng,
                        double p_all, myo_placement *placement)
{
    const bool all = myo_rng_chance(rng, p_all);
    const uint32_t only = (uint32_t)myo_rng_int(rng, 0, (int)scene->channels - 1);
    for (uint32_t c = 0; c < scene->channels; c++) {
        placement->gain[c] = all ? layout->cable[c] : (c == only ? 1.0 : 0.0);
        placement->delay_s[c] = 0.0;
    }
}

uint32_t myo_a_layout_nearest(const myo_scene *scene, const myo_placement *placement)
{
    uint32_t best = 0;
    for (uint32_t c = 1; c < scene->channels; c++) {
        if (placement->gain[c] > placement->gain[best]) {
            best = c;
        }
    }
    return best;
}

void myo_a_layout_scale(const myo_scene *scene, myo_placement *placement, double gain)
{
    for (uint32_t c = 0; c < scene->channels; c++) {
        placement->gain[c] *= gain;
    }
}
