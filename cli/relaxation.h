/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The closer look of an analysis: signal quality, relaxation after a hold, series of twitches. */
#ifndef MYO_CLI_RELAXATION_H
#define MYO_CLI_RELAXATION_H

#include "segments.h"

#include "export/sink.h"

/** As the command line gives it. */
typedef struct {
    bool quality;                /**< look even where no stretch is given */
    segment_texts segments;      /**< instead of the recording's marks */
    const char *control_channel; /**< its number in the recording; NULL = none */
} relaxation_settings;

typedef struct relaxation relaxation;

/** Gives NULL with MYO_OK when nothing is asked for. @p info and @p marks are borrowed. */
myo_status relaxation_new(const relaxation_settings *settings, const myo_source_info *info,
                          const myo_mark *marks, size_t mark_count, relaxation **result,
                          myo_why *why);

/** Whether verdicts on rest may come. NULL: false. */
bool relaxation_asked(const relaxation *self);

/** Takes frames before the events found in them. */
myo_status relaxation_push(relaxation *self, const float *samples, size_t frames, myo_why *why);

/** Takes a confirmed event: it is no rest, and a twitch belongs to its channel's series. */
myo_status relaxation_event(relaxation *self, const myo_event *event, myo_why *why);

/** Answers what can be: events that come later begin at or after @p settled; INT64_MAX at the end
 *  of the recording. */
myo_status relaxation_settle(relaxation *self, int64_t settled, myo_why *why);

/** Every answer still to come has its onset at or after this frame. */
int64_t relaxation_pending(const relaxation *self);

/** Takes out the next answer in order of onset, if its onset is at or before @p frame. */
bool relaxation_next(relaxation *self, int64_t frame, myo_rest_event *rest);

/** What is known of @p channel at the end, @p frames frames in. */
void relaxation_look(const relaxation *self, uint32_t channel, const myo_channel_summary *summary,
                     int64_t frames, myo_channel_look *look);

/** NULL is fine. */
void relaxation_free(relaxation *self);

#endif
