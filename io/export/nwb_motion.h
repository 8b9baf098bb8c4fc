/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ultrasound showed beside the EMG, in an NWB file. Private.
 *
 * /intervals/ultrasound, a TimeIntervals, holds the motions and who saw each twitch;
 * /processing/ultrasound/motion, a TimeSeries, the speed of the place that moved most, image by image.
 */
#ifndef MYO_IO_NWB_MOTION_H
#define MYO_IO_NWB_MOTION_H

#include "nwb_table.h"
#include "sink.h"

#include "myotwitch/fusion.h"

/** Onsets of the EMG's twitches. Zero-initialise; free onsets with free(). */
typedef struct {
    myo_moment *onsets;
    size_t count, room;
    bool failed; /**< memory ran out */
} nwb_twitches;

void nwb_twitches_add(nwb_twitches *twitches, double onset_s);

/** Writes both; @p twitches are put into order. Failures are kept in @p nwb. */
void nwb_motion_write(nwb_file *nwb, const myo_cine_findings *cine, nwb_twitches *twitches);

#endif
