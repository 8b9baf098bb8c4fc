/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The most likely moment of a lasting fall in a series of slots. */
#ifndef MYO_EMG_RELAX_STEP_H
#define MYO_EMG_RELAX_STEP_H

#include "emg/relax_store.h"

typedef struct {
    int64_t slot; /**< first slot of the lower level; -1 = no fall */
    double t;     /**< size of the fall over its standard error */
} myo_relax_fall;

/** How to look. */
typedef struct {
    int64_t first, end; /**< slots */
    int64_t width;      /**< slots that make one value */
    double phi, theta;  /**< the values' noise is AR(1) of phi and what measuring adds: its
                             innovations are e[t] = y[t] - phi y[t-1] + theta e[t-1]; both 0 to 1 */
    int64_t edge;       /**< values that must lie on both sides of the step */
    bool breathes; /**< a sinusoid of 0.05 to 0.3 Hz that stands out is taken away first; its cost
                             grows with the square of the range */
} myo_relax_search;

/** The most likely step; @p work has room for 2 (end - first) / width values. */
MYO_RT myo_relax_fall myo_relax_step_find(const myo_relax_store *store, uint32_t channel,
                                          const myo_relax_search *search, double *work);

/** Where the step is, slot by slot: the median of what the values leave probable. Ends nearer than
 *  8 s are left out of a long range, and a breath that stands out is taken away. */
myo_relax_fall myo_relax_step_locate(const myo_relax_store *store, uint32_t channel, int64_t first,
                                     int64_t end, double *work);

/** The same for a fall that may have begun just now: half a second is left out, the breath stays. */
MYO_RT myo_relax_fall myo_relax_step_locate_late(const myo_relax_store *store, uint32_t channel,
                                                 int64_t first, int64_t end, double *work);

/** Whether there is one: by blocks, whose fluctuation is about AR(1) 0.5. */
MYO_RT myo_relax_fall myo_relax_step_test(const myo_relax_store *store, uint32_t channel,
                                          int64_t first, int64_t end, double *work);

#endif
