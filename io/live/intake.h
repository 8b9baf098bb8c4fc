/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames out of the ring, on one time line: what was lost is a gap, and time never shifts.
 *
 * @code
 * for (;;) {
 *     myo_intake_next(intake, myo_clock_ns(), &item);
 *     if (item.kind == MYO_INTAKE_BLOCK) use(item.samples, item.frames);
 *     ...
 * }
 * @endcode
 *
 * Loss is found from the numbers of the slots (the program was too slow) and from time (pace.h; the
 * device lost). One thread.
 */
#ifndef MYO_IO_LIVE_INTAKE_H
#define MYO_IO_LIVE_INTAKE_H

#include "live/pace.h"
#include "live/ring.h"

typedef struct {
    double rate_hz;
    uint32_t ring_channels;          /**< in a slot */
    uint32_t channels;               /**< to be taken out */
    uint32_t pick[MYO_MAX_CHANNELS]; /**< which of the ring's */
    bool paced;                      /**< frames come in real time: find losses from time */
    bool watched;                    /**< no frames for 1.8 s: the device has stalled */
    bool allow_silence;              /**< else 1.6 s without any change: the device is dead */
} myo_intake_config;

typedef enum {
    MYO_INTAKE_NOTHING, /**< come again in a millisecond */
    MYO_INTAKE_BLOCK,   /**< frame, frames, samples, stamp_ns, adc_s */
    MYO_INTAKE_GAP,     /**< frame, frames, text */
    MYO_INTAKE_END,     /**< no more will come, and nothing is wrong; text if the file is damaged */
    MYO_INTAKE_LOST     /**< the device is lost: text */
} myo_intake_kind;

typedef struct {
    myo_intake_kind kind;
    int64_t frame; /**< on the time line, gaps included */
    int64_t frames;
    const float *samples; /**< interleaved, 4 ms at most; valid until the next call */
    int64_t stamp_ns;     /**< when the last of the frames had come */
    int64_t oldest_ns;    /**< when the first of the frames had come */
    double adc_s;         /**< of the first frame by the device's clock */
    bool damaged;
    myo_why text;
} myo_intake_item;

typedef struct myo_intake myo_intake;

/** @p ring is borrowed. MYO_ERR_NO_MEMORY. */
myo_status myo_intake_new(const myo_intake_config *config, myo_ring *ring, myo_intake **intake);
void myo_intake_free(myo_intake *intake);

/** The device was started at @p now_ns: from here on its silence counts. */
void myo_intake_begin(myo_intake *intake, int64_t now_ns);

/** The next piece. @p child_gone: the capture process has ended. After END and LOST no more. */
void myo_intake_next(myo_intake *intake, int64_t now_ns, bool child_gone, myo_intake_item *item);

/** Frames of the device's longest block so far. */
int64_t myo_intake_period(const myo_intake *intake);
double myo_intake_drift_ppm(const myo_intake *intake);

#endif
