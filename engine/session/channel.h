/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One EMG channel from hops to verdicts: bursts, edges, gaps, classification. */
#ifndef MYO_SESSION_CHANNEL_H
#define MYO_SESSION_CHANNEL_H

#include "emg/burst.h"
#include "myotwitch/pipeline.h"
#include "session/channel_bands.h"
#include "session/news.h"

typedef struct myo_channel myo_channel;

/** Hops that the board has to hold. */
int32_t myo_channel_hops(const myo_config *config);
/** @p bands: MYO_LANE_COUNT bands as designed for this channel; @p board: borrowed, with the channel's
 *  hops at @p lane; @p like: NULL, or a channel that was made before, for tables that both need. */
myo_status myo_channel_new(const myo_config *config, uint32_t index, const myo_band *bands,
                           myo_board *board, size_t lane, const myo_channel *like,
                           myo_channel **channel);
void myo_channel_free(myo_channel *channel);
MYO_RT void myo_channel_reset(myo_channel *channel);

/** Takes the hop that was pushed and gathered last, before the windows slide over it. @p edge: height of
 *  the edge whose hold ended in it. A channel at rest only looks at its floor, when a block of it ended;
 *  that may end its rest: then it returns true. @p lost: in it all channels of the recording are. */
MYO_RT void myo_channel_add(myo_channel *channel, float edge, bool lost);
/** Whether it is in a gap that is not told yet. */
MYO_RT bool myo_channel_in_gap(const myo_channel *channel);
MYO_RT bool myo_channel_block(myo_channel *channel);
/** Goes to rest if nothing is left to tell and the kernels see what comes next. */
MYO_RT bool myo_channel_rest(myo_channel *channel);
/** The hop at which one that rests is to be shown the hop in any case; INT64_MAX: none. */
MYO_RT int64_t myo_channel_due(const myo_channel *channel);
/** Ends the rest at the hop that was pushed last: the kernels say that it is to be asked. */
MYO_RT void myo_channel_wake(myo_channel *channel);
/** Of a needle's channel: whether the needle moves in the last hop. At every hop, before all else. */
MYO_RT void myo_channel_watch_needle(myo_channel *channel);
/** Lets as many hops pass without looking; only after long enough of lost ones. */
MYO_RT void myo_channel_skip(myo_channel *channel, int64_t hops);

/** The next span that ended, then the next news of a burst. Spans are taken out first, of all channels. */
MYO_RT bool myo_channel_next_span(myo_channel *channel, myo_news *news);
MYO_RT bool myo_channel_next(myo_channel *channel, myo_news *news);
/** Ends the spans that are open. */
MYO_RT void myo_channel_end_spans(myo_channel *channel);
/** Settles the bursts that are open; false: take the news out and call again. */
MYO_RT bool myo_channel_finish(myo_channel *channel);
/** News to come begin at or after this frame. */
MYO_RT int64_t myo_channel_settled(const myo_channel *channel);
/** Group delay of the detect band in frames. */
MYO_RT int64_t myo_channel_delay(const myo_channel *channel);
/** How high a channel stands in the frames of some news, highest 10 ms of the detect band. */
typedef struct {
    double level_db; /**< over the noise */
    double rise_db;  /**< over the mean of the 100 ms before, or over the noise if that is more */
} myo_rise;

/** Whether a burst is open that began no later than @p news of another channel. Like the rise, to be asked at the hop
 *  at which the news are told. */
MYO_RT bool myo_channel_lasts(const myo_channel *channel, const myo_news *news);
MYO_RT myo_rise myo_channel_rise(const myo_channel *channel, const myo_news *news);

MYO_RT void myo_channel_meter(const myo_channel *channel, myo_meter *meter);
MYO_RT void myo_channel_summarise(const myo_channel *channel, myo_channel_summary *summary);

#endif
