/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds frames that a device lost from when its blocks came: flags lie (overflow without loss, loss
 * without overflow), counts cannot tell.
 *
 * A block that ends with frame n comes at offset + n / rate, or later; never earlier. The earliest ones
 * therefore show the device's clock, which is followed by an alpha-beta filter over the earliest of
 * each second (drift of the device's clock up to 3000 ppm). A block that comes late by half a period
 * and more is suspect. If the lateness goes away within a quarter of a second, the blocks were
 * only held up; if it stays, that much was lost before the first late block. So a suspect block
 * has to wait for the verdict, and no other.
 *
 * Plain data, no clock of its own: the same blocks give the same verdicts.
 */
#ifndef MYO_IO_LIVE_PACE_H
#define MYO_IO_LIVE_PACE_H

#include "myotwitch/api.h"

typedef enum {
    MYO_PACE_FINE, /**< this block, and all that waited, may go on */
    MYO_PACE_WAIT, /**< not known yet */
    MYO_PACE_LOST /**< myo_pace.lost frames are missing before the first block that waited; the blocks
                        that waited must be shown again, from that one on */
} myo_pace_verdict;

/** What the clock of the device looks like. */
typedef struct {
    int64_t start_ns;
    double rate_hz;
    double offset_s, slope; /**< of arrival over frames / rate, at window_s */
    double window_s;        /**< begin of the present window */
    double earliest_s;      /**< least lateness in the window */
    int64_t period;         /**< frames of the longest of the last blocks */
    int64_t blocks;         /**< in the window */
    bool started, learned;
} myo_pace_clock;

typedef struct {
    myo_pace_clock clock;
    bool waiting;
    myo_pace_clock before; /**< the clock before the first block that waits */
    double since_s;        /**< last time that the least lateness fell */
    double first_s;        /**< when waiting began */
    double least_s;        /**< least lateness since then */
    int64_t waited;        /**< blocks */
    int64_t lost;
} myo_pace;

void myo_pace_start(myo_pace *pace, double rate_hz);

/** A block of @p frames came at @p stamp_ns; with it @p end frames came, losses found so far not
 *  counted. */
myo_pace_verdict myo_pace_add(myo_pace *pace, int64_t end, int64_t frames, int64_t stamp_ns);

/** Parts per million by which the device is slower than its rate says. */
double myo_pace_drift_ppm(const myo_pace *pace);

#endif
