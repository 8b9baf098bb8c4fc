/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standard error of a difference of means of two stretches whose values depend on each other. */
#ifndef MYO_DSP_LONGRUN_H
#define MYO_DSP_LONGRUN_H

#include <stddef.h>

/** Standard error of mean(after) - mean(before), and its degrees of freedom in @p degrees.
 *  @p work has room for the longer stretch; each has at least 8 values. */
double myo_longrun_error(const double *before, size_t before_count, const double *after,
                         size_t after_count, double *work, double *degrees);

#endif
