/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What writers of recordings share. */
#include "recording.h"

#include <math.h>

/* Smallest of 1, 2, 5 times a power of ten of which @p codes reach @p peak: more digits do not fit
 * the fields of EDF. */
static double step_choose(double peak, double codes)
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

myo_scale myo_scale_choose(double low, double high, double codes)
{
    static const double grid = 1000.0; /* steps: keeps the limits of the format short numbers */
    double around = step_choose(fmax(fabs(low), fabs(high)), codes);
    double apart = step_choose((high - low) / 2.0, codes);
    if (!(apart < around)) {
        return (myo_scale){around, 0.0};
    }
    return (myo_scale){apart, round((low + high) / 2.0 / (apart * grid)) * apart * grid};
}
