/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sorted window of events: insertion from the back, where late events are nearly always put. */
#include "order.h"

#include <stdlib.h>
#include <string.h>

static bool comes_before(const myo_event *a, const myo_event *b)
{
    return a->onset_frame != b->onset_frame ? a->onset_frame < b->onset_frame : a->id < b->id;
}

static myo_status room_make(myo_order *order)
{
    if (order->first > 0) {
        memmove(order->items, order->items + order->first, order->count * sizeof *order->items);
        order->first = 0;
    }
    if (order->count < order->capacity) {
        return MYO_OK;
    }
    size_t capacity = order->capacity == 0 ? 16 : 2 * order->capacity;
    myo_event *items = realloc(order->items, capacity * sizeof *items);
    if (items == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    order->items = items;
    order->capacity = capacity;
    return MYO_OK;
}

myo_status myo_order_push(myo_order *order, const myo_event *event)
{
    if (order->first + order->count == order->capacity && room_make(order) != MYO_OK) {
        return MYO_ERR_NO_MEMORY;
    }
    myo_event *at = order->items + order->first + order->count;
    while (at > order->items + order->first && comes_before(event, at - 1)) {
        *at = at[-1];
        at--;
    }
    *at = *event;
    order->count++;
    return MYO_OK;
}

bool myo_order_pop(myo_order *order, int64_t settled, myo_event *event)
{
    if (order->count == 0 || order->items[order->first].onset_frame >= settled) {
        return false;
    }
    *event = order->items[order->first++];
    order->count--;
    return true;
}

void myo_order_free(myo_order *order)
{
    free(order->items);
    *order = (myo_order){0};
}
