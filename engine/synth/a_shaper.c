/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shaping of white noise to the spectrum of a surface EMG: energy from about 30 to 200 Hz. */
#include "synth/a_shaper.h"

#include "synth/detmath.h"

#include <math.h>

static double pole(double corner_hz, double rate_hz)
{
    return myo_det_exp(-2.0 * MYO_PI * fmin(corner_hz, 0.4 * rate_hz) / rate_hz);
}

/* RMS that the shaper's output has in the band, from the energy of the joint impulse response. */
static double rms_in_band(const myo_a_shaper *shaper, const myo_scene *scene)
{
    myo_a_shaper probe = *shaper;
    myo_label_band_state state = {0};
    double energy = 0.0;
    const int64_t frames = myo_scene_frames(scene, 1.0);
    for (int64_t i = 0; i < frames; i++) {
        const double x = myo_a_shaper_next(&probe, i == 0 ? 1.0 : 0.0);
        const double y = myo_label_band_next(&scene->band, &state, x);
        energy += y * y;
    }
    return sqrt(energy);
}

void myo_a_shaper_start(myo_a_shaper *shaper, const myo_scene *scene, double high_hz, double low_hz)
{
    *shaper = (myo_a_shaper){
        .high = pole(high_hz, scene->rate_hz), .low = pole(low_hz, scene->rate_hz), .scale = 1.0};
    shaper->scale = 1.0 / rms_in_band(shaper, scene);
}

double myo_a_shaper_next(myo_a_shaper *shaper, double white)
{
    shaper->h = shaper->high * (shaper->h + white - shaper->x_last);
    shaper->x_last = white;
    shaper->l1 = shaper->low * shaper->l1 + (1.0 - shaper->low) * shaper->h;
    shaper->l2 = shaper->low * shaper->l2 + (1.0 - shaper->low) * shaper->l1;
    return shaper->scale * shaper->l2;
}
