/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last seconds of motion of every place: what the statistic and the waveforms are made of. */
#ifndef MYO_ULTRASOUND_HISTORY_H
#define MYO_ULTRASOUND_HISTORY_H

#include "myotwitch/status.h"

/** Displacement between two images, pixels, what all places share taken out; NAN where it could not
 *  be measured. */
typedef struct {
    float x, y;
} myo_step;

/** Step k leads from the image before to image k. */
typedef struct {
    uint32_t columns, rows, places; /**< places = columns * rows */
    int64_t capacity, end;          /**< steps [end - capacity, end) are held, from 0 on */
    double *time;                   /**< of the image that ends the step */
    double *interval;               /**< between its two images, above 0 */
    myo_step *steps;                /**< capacity * places */
    float *common;                  /**< length of what all places shared, pixels */
} myo_history;

myo_status myo_history_init(myo_history *history, uint32_t columns, uint32_t rows,
                            int64_t capacity);
void myo_history_clean(myo_history *history);

/** Makes room for the next step and returns its places. */
MYO_RT myo_step *myo_history_push(myo_history *history, double time, double interval,
                                  double common);

MYO_RT int64_t myo_history_first(const myo_history *history);
MYO_RT double myo_history_time(const myo_history *history, int64_t k);
MYO_RT double myo_history_interval(const myo_history *history, int64_t k);
MYO_RT double myo_history_common(const myo_history *history, int64_t k);
MYO_RT const myo_step *myo_history_at(const myo_history *history, int64_t k);

/** The first step whose image was taken at or after @p time; end if none. */
MYO_RT int64_t myo_history_since(const myo_history *history, double time);

/** Mean of the up to 3 x 3 places around @p place at step @p k; false when none was measured. */
MYO_RT bool myo_history_around(const myo_history *history, int64_t k, uint32_t place,
                               double mean[2]);

#endif
