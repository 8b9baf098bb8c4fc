/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Up to eight channels from samples to news: an octet, a board, and the channels one by one, where
 * something happens with them. */
#ifndef MYO_SESSION_LINEUP_H
#define MYO_SESSION_LINEUP_H

#include "core/octet.h"
#include "session/channel.h"

typedef struct myo_lineup myo_lineup;

/** Channels [first, first + 8) of the recording, or as many as there are. MYO_ERR_NO_MEMORY,
 *  MYO_ERR_BAD_ARG. @p like: by profile, the channel made last or NULL; its tables are used again.
 *  Not real-time. */
myo_status myo_lineup_new(const myo_config *config, uint32_t first, myo_channel *like[2],
                          myo_lineup **lineup);
void myo_lineup_free(myo_lineup *lineup);
MYO_RT void myo_lineup_reset(myo_lineup *lineup);

/** Takes samples as myo_octet_process does. The hops that ended are then gone through with
 *  myo_lineup_run. @p lost: not one channel of the recording has a number in these frames. */
MYO_RT size_t myo_lineup_process(myo_lineup *lineup, const float *x, size_t stride, size_t frames,
                                 bool lost);
/** Whether a channel is in a gap that is not told yet. */
MYO_RT bool myo_lineup_in_gap(const myo_lineup *lineup);
/** Frames of this hop are lost, as in myo_octet_lose. */
MYO_RT size_t myo_lineup_lose(myo_lineup *lineup, int32_t frames);
/** Goes on through the hops before @p end of those that ended, until one in which channels may have
 *  news. Returns its index, @p end if there is none. When it was come to and its news were taken, call
 *  myo_lineup_settle, then this again. */
MYO_RT size_t myo_lineup_run(myo_lineup *lineup, size_t end);
/** A bit for each channel that may have news of the hop that myo_lineup_run named. */
MYO_RT unsigned myo_lineup_telling(const myo_lineup *lineup);
/** All news of the hop were taken out: channels with which nothing goes on need not be asked again. */
MYO_RT void myo_lineup_settle(myo_lineup *lineup);
/** Lets as many hops pass without looking; only after long enough of lost ones. */
MYO_RT void myo_lineup_skip(myo_lineup *lineup, int64_t hops);
/** Small turns do not count: tells the octet how small, by the noise as it is now. */
MYO_RT void myo_lineup_tell_noise(myo_lineup *lineup);

MYO_RT myo_channel *myo_lineup_channel(const myo_lineup *lineup, size_t lane);
MYO_RT void myo_lineup_summarise(const myo_lineup *lineup, size_t lane,
                                 myo_channel_summary *summary);

#endif
