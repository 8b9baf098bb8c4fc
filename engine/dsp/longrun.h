/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standard error of a difference of means of two stretches whose values depend on each other. */
#ifndef MYO_DSP_LONGRUN_H
#define MYO_DSP_LONGRUN_H

#include <stddef.h>

/** Values in time order, 8 or more. */
typedef struct {
    const double *values;
    size_t count;
} myo_longrun_stretch;

/** Standard error of mean(after) - mean(before), and its degrees of freedom in @p degrees. Values are
 *  @p value_s apart; @p work has room for the longer stretch. */
double myo_longrun_error(const myo_longrun_stretch *before, const myo_longrun_stretch *after,
                         double value_s, double *work, double *degrees);

#endif
