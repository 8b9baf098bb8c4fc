/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The events that went out last, by which a channel that comes late is known to tell nothing new. */
#ifndef MYO_SESSION_TOLD_H
#define MYO_SESSION_TOLD_H

#include "myotwitch/event.h"

enum { MYO_TOLD = 32 };

typedef struct {
    myo_event_type type;
    int64_t onset_frame;
    uint32_t channel;
} myo_told_event;

/** All zero is empty. */
typedef struct {
    myo_told_event event[MYO_TOLD]; /**< ring */
    size_t count;
} myo_told;

MYO_RT void myo_told_add(myo_told *told, const myo_event *event);

/** The same twitch, longer on @p channel than the others could wait for, or opened apart from them: whether one
 *  of this type went out for another channel with an onset @p within frames of this one. */
MYO_RT bool myo_told_elsewhere(const myo_told *told, myo_event_type type, uint32_t channel,
                               int64_t onset_frame, int64_t within);

#endif
