/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joins what several channels saw into one event. */
#include "session/side.h"

#include <string.h>

bool myo_side_is_muscle(myo_event_type type)
{
    return type == MYO_EVENT_LTR || type == MYO_EVENT_SINGLE_UNIT ||
           type == MYO_EVENT_CONTRACTION || type == MYO_EVENT_INSERTIONAL;
}

void myo_event_add_channel(myo_event *event, uint32_t channel)
{
    const uint64_t bit = UINT64_C(1) << (channel % 64);
    if (!(event->channel_mask[channel / 64] & bit)) {
        event->channel_mask[channel / 64] |= bit;
        event->channel_count++;
    }
}

myo_event myo_side_event(const myo_news *news, uint32_t channel)
{
    myo_event event = {
        .type = news->verdict.type,
        .stage = MYO_CONFIRMED,
        .onset_frame = news->onset_frame,
        .offset_frame = news->offset_frame,
        .reported_frame = news->now_frame,
        .confirmed_frame = news->now_frame,
        .channel = channel,
        .peak = news->peak,
        .snr_db = news->snr_db,
        .confidence = news->verdict.confidence,
        .reasons = news->verdict.reasons,
    };
    memcpy(event.features, news->features, sizeof event.features);
    myo_event_add_channel(&event, channel);
    return event;
}

/* Whose word a side takes: the strongest channel's, but what stands beside a needle's own stir is not that. The
 * skin hardly sees it (emg.md 8: 0 to 10 %), so it has seen a muscle. */
static bool outranks(const myo_news *news, const myo_side *side)
{
    const bool stirs = news->verdict.type == MYO_EVENT_INSERTIONAL;
    if (stirs != (side->event.type == MYO_EVENT_INSERTIONAL)) {
        return !stirs;
    }
    return news->level_db > side->level_db;
}

uint32_t myo_side_join(myo_side *side, uint32_t channel, const myo_news *news)
{
    const bool speaks = !side->any || outranks(news, side);
    uint32_t silent = channel;
    if (speaks) {
        myo_event event = myo_side_event(news, channel);
        silent = side->any ? side->event.channel : MYO_ALL_CHANNELS;
        if (side->any) {
            memcpy(event.channel_mask, side->event.channel_mask, sizeof event.channel_mask);
            event.channel_count = side->event.channel_count;
        }
        side->any = true;
        side->event = event;
        side->level_db = news->level_db;
    }
    myo_event_add_channel(&side->event, channel);
    return silent;
}
