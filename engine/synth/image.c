/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lanczos' kernel with three lobes (C. E. Duchon, "Lanczos filtering in one and two dimensions",
 * 1979), its taps scaled to a sum of 1. */
#include "synth/image.h"

#include "synth/detmath.h"

#include <math.h>

enum { LOBES = 3, TAPS = MYO_IMAGE_TAPS };

static const double pi = 3.14159265358979323846;

static double lanczos(double t)
{
    if (fabs(t) < 1e-9) {
        return 1.0;
    }
    return LOBES * myo_det_sin_turns(0.5 * t) * myo_det_sin_turns(0.5 * t / LOBES) /
           (pi * pi * t * t);
}

void myo_image_taps(double fraction, double *taps)
{
    double sum = 0.0;
    for (int i = 0; i < TAPS; i++) {
        taps[i] = lanczos(fraction - (i - LOBES + 1));
        sum += taps[i];
    }
    for (int i = 0; i < TAPS; i++) {
        taps[i] /= sum;
    }
}

static uint32_t clamped(int64_t i, uint32_t size)
{
    return i < 0 ? 0 : i >= (int64_t)size ? size - 1 : (uint32_t)i;
}

double myo_image_at(const myo_image *image, double x, double y)
{
    const double left = floor(x), top = floor(y);
    double across[TAPS], down[TAPS], sum = 0.0;
    myo_image_taps(x - left, across);
    myo_image_taps(y - top, down);
    for (int row = 0; row < TAPS; row++) {
        const uint32_t at = clamped((int64_t)top + row - LOBES + 1, image->height);
        const float *pixels = image->pixels + (size_t)at * image->width;
        double line = 0.0;
        for (int i = 0; i < TAPS; i++) {
            line +=
                across[i] * (double)pixels[clamped((int64_t)left + i - LOBES + 1, image->width)];
        }
        sum += down[row] * line;
    }
    return sum;
}
