/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A twitch put into an image by moving its pixels.
 *
 * Sizes: an evoked twitch of the gastrocnemius moves 0.65 to 1.35 mm at 7 to 19 mm/s (published curves
 * of MotorEndplate, 1500 images/s); the source of a twitch is some 4 mm wide (Sikdar 2009). */
#include "myotwitch/cine_synth.h"

#include "synth/detmath.h"
#include "synth/image.h"

#include <math.h>
#include <string.h>

/* Beyond so many standard deviations nothing moves. */
#define REACH 3.5

void myo_cine_twitch_default(myo_cine_twitch *twitch, double mm_per_px, double size_mm)
{
    *twitch = (myo_cine_twitch){.rise_s = 0.06,
                                .half_s = 0.1,
                                .size_px = size_mm / mm_per_px,
                                .along_px = 3.0 / mm_per_px,
                                .across_px = 1.5 / mm_per_px};
}

double myo_cine_twitch_course(const myo_cine_twitch *twitch, double time_s)
{
    const double t = time_s - twitch->onset_s;
    if (t <= 0.0) {
        return 0.0;
    }
    if (t < twitch->rise_s) {
        const double s = myo_det_sin_turns(0.25 * t / twitch->rise_s);
        return s * s;
    }
    return myo_det_pow(0.5, (t - twitch->rise_s) / twitch->half_s);
}

/* Displacement at (x, y) for a course of 1. */
static double extent(const myo_cine_twitch *twitch, double c, double s, double x, double y)
{
    const double dx = x - twitch->x_px, dy = y - twitch->y_px;
    const double along = (dx * c + dy * s) / twitch->along_px;
    const double across = (dy * c - dx * s) / twitch->across_px;
    const double square = along * along + across * across;
    return square > REACH * REACH ? 0.0 : twitch->size_px * myo_det_exp(-0.5 * square);
}

static uint32_t clamped(double at, uint32_t size)
{
    return at < 0.0 ? 0 : at > (double)size ? size : (uint32_t)at;
}

/* Pixel p shows what was at q with q + u(q) = p: three rounds of q = p - u(q). */
static void one_insert(const myo_cine_twitch *twitch, double share, const myo_image *from,
                       float *to)
{
    const double c = myo_det_cos_turns(twitch->angle_deg / 360.0);
    const double s = myo_det_sin_turns(twitch->angle_deg / 360.0);
    const double reach =
        REACH * fmax(twitch->along_px, twitch->across_px) + fabs(twitch->size_px) + 1.0;
    const uint32_t right = clamped(twitch->x_px + reach, from->width);
    const uint32_t bottom = clamped(twitch->y_px + reach, from->height);
    for (uint32_t y = clamped(twitch->y_px - reach, from->height); y < bottom; y++) {
        for (uint32_t x = clamped(twitch->x_px - reach, from->width); x < right; x++) {
            double u = share * extent(twitch, c, s, x, y);
            for (int i = 0; i < 3; i++) {
                u = share * extent(twitch, c, s, x - u * c, y - u * s);
            }
            if (fabs(u) > 1e-4) {
                to[(size_t)y * from->width + x] = (float)myo_image_at(from, x - u * c, y - u * s);
            }
        }
    }
}

void myo_cine_twitch_insert(const myo_cine_twitch *twitches, size_t count, double time_s,
                            const float *from, uint32_t width, uint32_t height, float *to)
{
    const myo_image image = {from, width, height};
    memcpy(to, from, (size_t)width * height * sizeof *to);
    for (size_t i = 0; i < count; i++) {
        const double share = myo_cine_twitch_course(&twitches[i], time_s);
        if (share > 1e-3) {
            one_insert(&twitches[i], share, &image, to);
        }
    }
}
