/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the channels of a group saw of one kind, muscle or artefact: one event, and who else saw it. */
#ifndef MYO_SESSION_SIDE_H
#define MYO_SESSION_SIDE_H

#include "session/news.h"

#include <stdbool.h>

/** All zero is empty. */
typedef struct {
    bool any;
    double level_db; /**< of the channel that has the word */
    myo_event event;
} myo_side;

MYO_RT bool myo_side_is_muscle(myo_event_type type);

/** The confirmed event of one channel's news. */
MYO_RT myo_event myo_side_event(const myo_news *news, uint32_t channel);

MYO_RT void myo_event_add_channel(myo_event *event, uint32_t channel);

/** Takes the news of @p channel in. Returns the channel that does not have the word then, MYO_ALL_CHANNELS if
 *  this one is alone. */
MYO_RT uint32_t myo_side_join(myo_side *side, uint32_t channel, const myo_news *news);

#endif
