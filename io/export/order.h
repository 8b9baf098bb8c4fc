/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts confirmed events, which are settled in any order, into the order of their onsets. */
#ifndef MYO_IO_ORDER_H
#define MYO_IO_ORDER_H

#include "myotwitch/event.h"
#include "myotwitch/status.h"

/** Zero-initialise. Holds only what is not settled yet, so it does not grow with the recording. */
typedef struct {
    myo_event *items;
    size_t first, count, capacity;
} myo_order;

myo_status myo_order_push(myo_order *order, const myo_event *event);

/** Takes out the event with the earliest onset (then the smallest id) if that is before
 *  @p settled. */
bool myo_order_pop(myo_order *order, int64_t settled, myo_event *event);

void myo_order_free(myo_order *order);

#endif
