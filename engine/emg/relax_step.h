/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The most likely moment of a lasting fall in a series of slots. */
#ifndef MYO_EMG_RELAX_STEP_H
#define MYO_EMG_RELAX_STEP_H

#include "emg/relax_store.h"

typedef struct {
    int64_t slot; /**< first slot of the lower level; -1 = no fall */
    double t;     /**< size of the fall over its standard error */
} myo_relax_fall;

/** Looks in slots [first, end); @p work has room for end - first values. */
MYO_RT myo_relax_fall myo_relax_step_find(const myo_relax_store *store, uint32_t channel,
                                          int64_t first, int64_t end, double *work);

#endif
