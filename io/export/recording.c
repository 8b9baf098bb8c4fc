/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What writers of recordings share. */
#include "recording.h"

#include <math.h>

double myo_recording_step(double peak, double codes)
{
    static const double steps[] = {1.0, 2.0, 5.0, 10.0};
    double power = peak > 0.0 ? pow(10.0, floor(log10(peak / codes))) : 1.0 / codes;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (steps[i] * power * codes >= peak) {
            return steps[i] * power;
        }
    }
    return 10.0 * power;
}
