/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The swing of resting activity with the breath, taken out of a series. */
#ifndef MYO_DSP_BREATH_H
#define MYO_DSP_BREATH_H

#include "myotwitch/api.h"

#include <stddef.h>

/** Finds the sinusoid of 0.05 to 0.3 Hz that explains most of @p rest (white noise but for it), and
 *  takes it out of @p values when it explains more than @p least times the noise's power: noise alone
 *  does so at one of exp(least / 2) places, of which there are count x value_s. Both have @p count
 *  values, @p value_s apart, and may be the same. True when it was taken out. Cost grows with the
 *  square of count. */
MYO_RT bool myo_breath_remove(double *values, const double *rest, size_t count, double value_s,
                              double least);

#endif
