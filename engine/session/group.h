/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One twitch is one event, however many channels saw it: gathers the news of all channels.
 *
 * Bursts that begin within 50 ms of each other belong together. What muscle did and what was an
 * artefact are kept apart: a pop on one channel does not swallow a twitch on another. What is heralded is
 * told as a provisional event, which the next group takes over if it opens within 30 ms; else it is
 * withdrawn. A channel on which
 * the burst lasts longer than the others can wait for adds nothing of the same type. */
#ifndef MYO_SESSION_GROUP_H
#define MYO_SESSION_GROUP_H

#include "session/channel.h"

typedef struct myo_grouper myo_grouper;

myo_status myo_grouper_new(uint32_t channels, double rate_hz, myo_grouper **grouper);
void myo_grouper_free(myo_grouper *grouper);
MYO_RT void myo_grouper_reset(myo_grouper *grouper);

/** One piece of news of @p channel. */
MYO_RT void myo_grouper_take(myo_grouper *grouper, uint32_t channel, const myo_news *news);

/** Time has come to @p now_frame: events whose last channels keep them waiting go out. */
MYO_RT void myo_grouper_advance(myo_grouper *grouper, int64_t now_frame);

/** The recording is over: everything goes out. */
MYO_RT void myo_grouper_finish(myo_grouper *grouper, int64_t now_frame);

/** Whether events wait for their channels: only then advancing does anything. */
MYO_RT bool myo_grouper_waits(const myo_grouper *grouper);

/** Free places for events; each piece of news takes at most two, advance at most as many as there
 *  are open groups (MYO_GROUPS) times two, and one. */
MYO_RT size_t myo_grouper_room(const myo_grouper *grouper);

MYO_RT bool myo_grouper_next(myo_grouper *grouper, myo_event *event);

/** Onset of the earliest event that is still gathered or waits to be taken out; INT64_MAX if none. */
MYO_RT int64_t myo_grouper_settled(const myo_grouper *grouper);

/** Confirmed events with @p channel as the strongest, by type; and channels merged away. */
MYO_RT const int64_t *myo_grouper_events(const myo_grouper *grouper, uint32_t channel);
MYO_RT int64_t myo_grouper_merged(const myo_grouper *grouper, uint32_t channel);

enum { MYO_GROUPS = 32 };

#endif
