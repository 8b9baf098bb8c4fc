/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a display and a careful user want to know of every channel: levels every 50 ms, spectra twice a
 * second, and warnings of what is wrong with the signal. Desk's thread. */
#ifndef MYO_IO_LIVE_METERS_H
#define MYO_IO_LIVE_METERS_H

#include "live/feed.h"

#include "myotwitch/pipeline.h"

typedef struct myo_meters myo_meters;

/** Not real-time. MYO_ERR_NO_MEMORY. */
myo_status myo_meters_new(const myo_feed_head *head, myo_meters **meters);
void myo_meters_free(myo_meters *meters);

/** Takes up to 4 ms, after the pipeline took them. */
void myo_meters_process(myo_meters *meters, const myo_pipeline *pipeline, const float *samples,
                        size_t frames);
/** Frames are missing here. */
void myo_meters_gap(myo_meters *meters, int64_t frames);
/** A confirmed event: noise behind loud ones shows automatic gain. */
void myo_meters_event(myo_meters *meters, const myo_event *event);

/** The next message that came of it: METER, SPECTRUM or WARNING. Its bins are valid until the next
 *  call. */
bool myo_meters_next(myo_meters *meters, myo_feed_message *message);

#endif
