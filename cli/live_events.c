/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events and marks come as they are decided and leave in the order of onset, as analyze writes them. */
#include "live_events.h"

#include "export/order.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Marks wait until every event before them is settled. */
typedef struct {
    myo_mark *items;
    size_t first, count, capacity;
} waiting_marks;

struct live_events {
    const analysis_settings *settings;
    myo_session_head head;
    char *config_text;
    outputs outputs;
    myo_order order;
    waiting_marks marks;
};

static bool config_text_make(live_events *self, const myo_config *config)
{
    const size_t size = myo_config_print(config, NULL, 0) + 1;
    self->config_text = malloc(size);
    if (self->config_text != NULL) {
        (void)myo_config_print(config, self->config_text, size);
    }
    return self->config_text != NULL;
}

myo_status live_events_new(const live_events_source *source, live_events **events, myo_why *why)
{
    live_events *self = calloc(1, sizeof *self);
    if (self == NULL || !config_text_make(self, source->config)) {
        live_events_free(self);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->settings = source->settings;
    self->head = (myo_session_head){.recording = source->recording,
                                    .info = source->info,
                                    .config_text = self->config_text,
                                    .provisional = source->settings->provisional};
    (void)snprintf(self->head.config_hash, sizeof self->head.config_hash, "%016" PRIx64,
                   myo_config_hash(source->config));
    const myo_status status =
        outputs_open(&self->outputs, source->settings, source->input, &self->head, why);
    if (status != MYO_OK) {
        live_events_free(self);
        return status;
    }
    *events = self;
    return MYO_OK;
}

/* Kept in the order of frame; a mark of now mostly comes last. */
static myo_status mark_keep(live_events *self, const myo_feed_mark *mark, myo_why *why)
{
    waiting_marks *m = &self->marks;
    if (m->count == m->capacity) {
        const size_t capacity = 2 * m->capacity + 16;
        myo_mark *items = realloc(m->items, capacity * sizeof *items);
        if (items == NULL) {
            return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
        }
        m->items = items;
        m->capacity = capacity;
    }
    size_t at = m->count++;
    for (; at > m->first && m->items[at - 1].frame > mark->frame; at--) {
        m->items[at] = m->items[at - 1];
    }
    m->items[at] = (myo_mark){.frame = mark->frame};
    myo_feed_mark_text(mark, m->items[at].label, sizeof m->items[at].label);
    return MYO_OK;
}

static myo_status marks_until(live_events *self, int64_t frame, myo_why *why)
{
    waiting_marks *m = &self->marks;
    myo_status status = MYO_OK;
    while (status == MYO_OK && m->first < m->count && m->items[m->first].frame <= frame) {
        status = outputs_mark(&self->outputs, &m->items[m->first++], why);
    }
    return status;
}

static myo_status event_write(live_events *self, const myo_event *event, myo_why *why)
{
    const myo_status status = marks_until(self, event->onset_frame, why);
    return status == MYO_OK ? outputs_event(&self->outputs, event, why) : status;
}

static myo_status write_until(live_events *self, int64_t settled, myo_why *why)
{
    myo_event event;
    myo_status status = MYO_OK;
    while (status == MYO_OK && myo_order_pop(&self->order, settled, &event)) {
        status = event_write(self, &event, why);
    }
    if (status == MYO_OK && settled != INT64_MAX) {
        status = marks_until(self, settled - 1, why);
    }
    /* Who reads along wants to see it now. */
    if (self->settings->events != NULL || self->settings->tsv != NULL) {
        (void)fflush(stdout);
    }
    return status;
}

myo_status live_events_take(live_events *self, const myo_feed_message *message, myo_why *why)
{
    switch (message->kind) {
    case MYO_FEED_EVENT:
        if (self->settings->provisional) {
            const myo_status status = event_write(self, &message->event, why);
            (void)fflush(stdout);
            return status;
        }
        return message->event.stage == MYO_CONFIRMED ? myo_order_push(&self->order, &message->event)
                                                     : MYO_OK;
    case MYO_FEED_MARK:
        return mark_keep(self, &message->mark, why);
    case MYO_FEED_STATE:
        return write_until(self, message->state.settled, why);
    default:
        return MYO_OK;
    }
}

myo_status live_events_finish(live_events *self, const myo_session_tail *tail, myo_why *why)
{
    myo_status status = write_until(self, INT64_MAX, why);
    if (status == MYO_OK) {
        status = marks_until(self, INT64_MAX, why);
    }
    return status == MYO_OK ? outputs_finish(&self->outputs, tail, why) : status;
}

void live_events_free(live_events *self)
{
    if (self == NULL) {
        return;
    }
    outputs_free(&self->outputs);
    myo_order_free(&self->order);
    free(self->marks.items);
    free(self->config_text);
    free(self);
}
