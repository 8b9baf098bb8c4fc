/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring of the last events. */
#include "session/told.h"

#include <stdlib.h>

void myo_told_add(myo_told *self, const myo_event *event)
{
    self->event[self->count++ % MYO_TOLD] =
        (myo_told_event){event->type, event->onset_frame, event->channel};
}

bool myo_told_elsewhere(const myo_told *self, myo_event_type type, uint32_t channel,
                        int64_t onset_frame, int64_t within)
{
    for (size_t i = 0; i < MYO_TOLD && i < self->count; i++) {
        const myo_told_event *told = &self->event[i];
        if (told->type == type && told->channel != channel &&
            llabs(told->onset_frame - onset_frame) <= within) {
            return true;
        }
    }
    return false;
}
