/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The swing of resting activity with the breath, taken out of a series. */
#ifndef MYO_EMG_RELAX_BREATH_H
#define MYO_EMG_RELAX_BREATH_H

#include "myotwitch/api.h"

#include <stddef.h>

/** Finds the sinusoid of 0.05 to 0.3 Hz that explains most of @p rest (white noise but for it) and
 *  takes it out of @p values when it stands out from what noise makes; both have @p count values,
 *  @p value_s apart. Cost grows with the
 *  square of count. */
MYO_RT void myo_relax_breath_remove(double *values, const double *rest, size_t count,
                                    double value_s);

#endif
