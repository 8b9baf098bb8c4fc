/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stretches that are told whole: gaps, time at the rail, trains of stimulus edges. */
#ifndef MYO_SESSION_SPANS_H
#define MYO_SESSION_SPANS_H

#include "emg/hop.h"
#include "emg/rhythm.h"
#include "emg/span.h"
#include "session/news.h"

typedef struct {
    double hop_ms;
    int32_t hop_frames;
    myo_span gap, rail, train;
    myo_rhythm edges;
    int64_t gap_frames, saturated_frames;
    myo_news told[MYO_CHANNEL_SPANS];
    int32_t count; /* told and not taken out yet */
} myo_spans;

void myo_spans_init(myo_spans *spans, double hop_ms, int32_t hop_frames);
MYO_RT void myo_spans_reset(myo_spans *spans);

/** Takes the hop at @p at with these flags; @p edge: height of the edge whose hold ended in it. While
 *  all channels are @p lost the gap is not told in pieces: there is nothing that could wait for it. */
MYO_RT void myo_spans_follow(myo_spans *spans, uint8_t flags, float edge, int64_t at, bool lost);
/** The @p hops before @p end are lost, and nobody looked at them. */
MYO_RT void myo_spans_skip(myo_spans *spans, int64_t hops, int64_t end);
/** Ends what is open at @p at, the last hop. */
MYO_RT void myo_spans_end(myo_spans *spans, int64_t at);
MYO_RT bool myo_spans_next(myo_spans *spans, myo_news *news);
/** Nothing is open and nothing is left to tell: hops without flags need not be shown. */
static inline bool myo_spans_quiet(const myo_spans *spans)
{
    return !spans->gap.open && !spans->rail.open && !spans->train.open && spans->count == 0;
}
static inline bool myo_spans_in_gap(const myo_spans *spans)
{
    return spans->gap.open;
}
/** First hop of those that are open, INT64_MAX if none is. */
MYO_RT int64_t myo_spans_open_hop(const myo_spans *spans);

/** Whether edges come so densely, or so evenly, around @p at_ms that a stimulator is on. */
MYO_RT bool myo_spans_stimulator_on(const myo_spans *spans, double at_ms);

#endif
