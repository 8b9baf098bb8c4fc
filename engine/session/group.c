/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Multi-channel merging. A group opens with the first channel's burst, gathers the others that begin
 * within 50 ms, and goes out when all of them have settled or the slow ones were waited for. */
#include "session/group.h"

#include "session/side.h"
#include "session/told.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Conduction (0-10 ms), a contralateral copy (5-20 ms) and onset error fit in here. */
static const double join_ms = 50.0;
/* A channel that is still active keeps the others' event waiting no longer than this. */
static const double patience_ms = 60.0;
/* A twitch has more than that of its energy in the detect band (classify.c). */
static const double slow_fraction = 0.42;
/* What was heralded opens within this time, or was nothing. */
static const double herald_ms = 30.0;

enum { MUSCLE, ARTEFACT, SIDES };
enum { OPEN_PER_CHANNEL = 12 };

typedef struct {
    bool used;
    uint64_t id;
    int64_t onset_frame; /* of the burst that opened it */
    int64_t reported_frame;
    bool announced;        /* a provisional event is out and neither confirmed nor withdrawn */
    uint32_t open;         /* channels that have not settled */
    int64_t settled_frame; /* when the last channel settled, -1 = none yet */
    myo_side sides[SIDES];
} group;

typedef struct {
    uint64_t serial;
    int32_t group; /* -1 = free place */
} open_burst;

typedef struct {
    open_burst open[OPEN_PER_CHANNEL];
    int64_t events[MYO_EVENT_TYPE_COUNT];
    int64_t merged;
} channel_state;

/* A provisional event is out for which no burst has opened yet. */
typedef struct {
    bool waits;
    uint64_t id;
    int64_t onset_frame, reported_frame;
} herald;

struct myo_grouper {
    uint32_t channels;
    int64_t join_frames, patience_frames, herald_frames;
    herald herald;
    group groups[MYO_GROUPS];
    channel_state *channel;
    myo_event *queue;
    size_t capacity, first, count;
    myo_told told; /* muscle events that went out */
    int32_t open_groups;
    int64_t due_frame; /* no group has waited for long enough before it */
    uint64_t next_id;
};

static void push(myo_grouper *self, const myo_event *event)
{
    self->queue[(self->first + self->count) % self->capacity] = *event;
    self->count++;
    if (event->stage == MYO_CONFIRMED && event->channel < self->channels) {
        self->channel[event->channel].events[event->type]++;
    }
}

/* --- opening ------------------------------------------------------------------------------- */

static group *find_group(myo_grouper *self, int64_t onset_frame)
{
    for (int g = 0; g < MYO_GROUPS; g++) {
        group *candidate = &self->groups[g];
        const int64_t apart = onset_frame - candidate->onset_frame;
        if (candidate->used && apart <= self->join_frames && -apart <= self->join_frames) {
            return candidate;
        }
    }
    return NULL;
}

static group *new_group(myo_grouper *self, int64_t onset_frame, int64_t now_frame)
{
    for (int g = 0; g < MYO_GROUPS; g++) {
        if (!self->groups[g].used) {
            memset(&self->groups[g], 0, sizeof self->groups[g]);
            self->groups[g].used = true;
            self->open_groups++;
            self->groups[g].id = ++self->next_id;
            self->groups[g].onset_frame = onset_frame;
            self->groups[g].reported_frame = now_frame;
            self->groups[g].settled_frame = -1;
            return &self->groups[g];
        }
    }
    return NULL;
}

static void announce(myo_grouper *self, uint64_t id, uint32_t channel, const myo_news *news)
{
    myo_event event = {
        .id = id,
        .type = MYO_EVENT_LTR,
        .stage = MYO_PROVISIONAL,
        .onset_frame = news->onset_frame,
        .offset_frame = news->now_frame + 1,
        .reported_frame = news->now_frame,
        .confirmed_frame = -1,
        .channel = channel,
        .confidence = 0.5,
    };
    myo_event_add_channel(&event, channel);
    push(self, &event);
}

static void withdraw(myo_grouper *self, uint64_t id, int64_t onset_frame, int64_t reported_frame,
                     int64_t now_frame)
{
    const myo_event event = {
        .id = id,
        .type = MYO_EVENT_LTR,
        .stage = MYO_WITHDRAWN,
        .onset_frame = onset_frame,
        .offset_frame = now_frame + 1,
        .reported_frame = reported_frame,
        .confirmed_frame = now_frame,
        .channel = MYO_ALL_CHANNELS,
    };
    push(self, &event);
}

static void take_herald(myo_grouper *self, uint32_t channel, const myo_news *news)
{
    if (self->herald.waits || find_group(self, news->onset_frame) != NULL) {
        return; /* it is told already */
    }
    self->herald = (herald){true, ++self->next_id, news->onset_frame, news->now_frame};
    announce(self, self->herald.id, channel, news);
}

static void withdraw_herald(myo_grouper *self, int64_t now_frame)
{
    const herald *h = &self->herald;
    withdraw(self, h->id, h->onset_frame, h->reported_frame, now_frame);
    self->herald.waits = false;
}

/* The first word of a group: now, or what was heralded. */
static void announce_group(myo_grouper *self, group *g, uint32_t channel, const myo_news *news)
{
    g->announced = true;
    if (self->herald.waits) {
        g->id = self->herald.id;
        g->reported_frame = self->herald.reported_frame;
        self->herald.waits = false;
        return;
    }
    announce(self, g->id, channel, news);
}

static void take_opened(myo_grouper *self, uint32_t channel, const myo_news *news)
{
    group *g = find_group(self, news->onset_frame);
    if (g == NULL) {
        g = new_group(self, news->onset_frame, news->now_frame);
        if (g == NULL) {
            return; /* every group is open: this channel's event is told when it settles */
        }
        announce_group(self, g, channel, news);
    }
    open_burst *open = self->channel[channel].open;
    for (int i = 0; i < OPEN_PER_CHANNEL; i++) {
        if (open[i].group < 0) {
            open[i] = (open_burst){news->serial, (int32_t)(g - self->groups)};
            g->open++;
            return;
        }
    }
}

/* --- settling ------------------------------------------------------------------------------ */

static void emit_side(myo_grouper *self, group *g, myo_side *s, int64_t now_frame)
{
    myo_event *event = &s->event;
    event->id = g->announced ? g->id : ++self->next_id;
    event->reported_frame = g->reported_frame;
    event->confirmed_frame = now_frame;
    if (event->channel_count > 1 && myo_side_is_muscle(event->type)) {
        event->reasons |= 1u << MYO_REASON_SECOND_CHANNEL;
        event->confidence = 1.0 - 0.5 * (1.0 - event->confidence);
    }
    g->announced = false;
    if (myo_side_is_muscle(event->type)) {
        myo_told_add(&self->told, event);
    }
    push(self, event);
    s->any = false;
}

/* A channel on which too few beats come over the threshold knows no rhythm: what is slow there while a channel that
 * shows it higher calls it a beat, is that beat. A twitch there has its energy in the detect band. */
static void join_beat(myo_grouper *self, group *g)
{
    const myo_side *muscle = &g->sides[MUSCLE];
    myo_side *beat = &g->sides[ARTEFACT];
    if (muscle->any && beat->any && beat->event.type == MYO_EVENT_CARDIAC &&
        muscle->event.type == MYO_EVENT_LTR && beat->level_db > muscle->level_db &&
        muscle->event.features[MYO_FEATURE_BAND_FRACTION] < slow_fraction) {
        myo_event_add_channel(&beat->event, muscle->event.channel);
        self->channel[muscle->event.channel].merged++;
        g->sides[MUSCLE].any = false;
    }
}

/* Tells what has settled; what is still open goes on under another id. */
static void emit(myo_grouper *self, group *g, int64_t now_frame)
{
    join_beat(self, g);
    for (int i = 0; i < SIDES; i++) {
        if (g->sides[i].any) {
            emit_side(self, g, &g->sides[i], now_frame);
        }
    }
    if (g->open == 0) {
        if (g->announced) {
            withdraw(self, g->id, g->onset_frame, g->reported_frame, now_frame);
        }
        g->used = false;
        self->open_groups--;
    }
    g->settled_frame = -1;
}

static group *close_open(myo_grouper *self, uint32_t channel, uint64_t serial)
{
    open_burst *open = self->channel[channel].open;
    for (int i = 0; i < OPEN_PER_CHANNEL; i++) {
        if (open[i].group >= 0 && open[i].serial == serial) {
            group *g = &self->groups[open[i].group];
            open[i].group = -1;
            g->open--;
            return g;
        }
    }
    return NULL;
}

static void wait_for(myo_grouper *self, const group *g)
{
    const int64_t due = g->settled_frame + self->patience_frames;
    self->due_frame = due < self->due_frame ? due : self->due_frame;
}

static void take_settled(myo_grouper *self, uint32_t channel, const myo_news *news)
{
    group *g = close_open(self, channel, news->serial);
    if (g == NULL) {
        g = new_group(self, news->onset_frame, news->now_frame);
        if (g == NULL) {
            return;
        }
    }
    const bool told = myo_told_elsewhere(&self->told, news->verdict.type, channel,
                                         news->onset_frame, self->join_frames);
    if (!news->refused && (told || news->outshone)) {
        self->channel[channel].merged++;
    } else if (!news->refused) {
        const int which = myo_side_is_muscle(news->verdict.type) ? MUSCLE : ARTEFACT;
        const uint32_t silent = myo_side_join(&g->sides[which], channel, news);
        if (silent != MYO_ALL_CHANNELS) {
            self->channel[silent].merged++;
        }
    }
    g->settled_frame = news->now_frame;
    if (g->open == 0) {
        emit(self, g, news->now_frame);
    } else {
        wait_for(self, g);
    }
}

/* Gaps, saturation and stimuli are told at once, and once when all channels have them together. */
static void take_span(myo_grouper *self, uint32_t channel, const myo_news *news)
{
    myo_event event = myo_side_event(news, channel);
    for (size_t i = 0; i < self->count; i++) {
        myo_event *waiting = &self->queue[(self->first + i) % self->capacity];
        if (waiting->stage == MYO_CONFIRMED && waiting->type == event.type &&
            waiting->confirmed_frame == event.confirmed_frame &&
            llabs(waiting->onset_frame - event.onset_frame) <= self->join_frames / 5) {
            myo_event_add_channel(waiting, channel);
            self->channel[channel].merged++;
            return;
        }
    }
    event.id = ++self->next_id;
    event.reported_frame = event.onset_frame;
    push(self, &event);
}

void myo_grouper_take(myo_grouper *self, uint32_t channel, const myo_news *news)
{
    if (news->kind == MYO_NEWS_HERALD) {
        take_herald(self, channel, news);
    } else if (news->kind == MYO_NEWS_OPENED) {
        take_opened(self, channel, news);
    } else if (news->kind == MYO_NEWS_SETTLED) {
        take_settled(self, channel, news);
    } else {
        take_span(self, channel, news);
    }
}

void myo_grouper_advance(myo_grouper *self, int64_t now_frame)
{
    if (self->herald.waits && now_frame - self->herald.reported_frame > self->herald_frames) {
        withdraw_herald(self, now_frame);
    }
    if (now_frame <= self->due_frame) {
        return;
    }
    self->due_frame = INT64_MAX;
    for (int i = 0; i < MYO_GROUPS; i++) {
        group *g = &self->groups[i];
        if (!g->used || g->settled_frame < 0) {
            continue;
        }
        if (now_frame - g->settled_frame > self->patience_frames) {
            emit(self, g, now_frame);
        } else {
            wait_for(self, g);
        }
    }
}

void myo_grouper_finish(myo_grouper *self, int64_t now_frame)
{
    if (self->herald.waits) {
        withdraw_herald(self, now_frame);
    }
    for (int i = 0; i < MYO_GROUPS; i++) {
        if (self->groups[i].used) {
            self->groups[i].open = 0;
            emit(self, &self->groups[i], now_frame);
        }
    }
}

bool myo_grouper_waits(const myo_grouper *self)
{
    return self->open_groups > 0 || self->herald.waits;
}

size_t myo_grouper_room(const myo_grouper *self)
{
    return self->capacity - self->count;
}

bool myo_grouper_next(myo_grouper *self, myo_event *event)
{
    if (self->count == 0) {
        return false;
    }
    *event = self->queue[self->first];
    self->first = (self->first + 1) % self->capacity;
    self->count--;
    return true;
}

int64_t myo_grouper_settled(const myo_grouper *self)
{
    int64_t frame = INT64_MAX;
    for (int i = 0; i < MYO_GROUPS; i++) {
        for (int k = 0; k < SIDES && self->groups[i].used; k++) {
            const myo_side *s = &self->groups[i].sides[k];
            if (s->any && s->event.onset_frame < frame) {
                frame = s->event.onset_frame;
            }
        }
    }
    for (size_t i = 0; i < self->count; i++) {
        const myo_event *event = &self->queue[(self->first + i) % self->capacity];
        if (event->stage == MYO_CONFIRMED && event->onset_frame < frame) {
            frame = event->onset_frame;
        }
    }
    return frame;
}

const int64_t *myo_grouper_events(const myo_grouper *self, uint32_t channel)
{
    return self->channel[channel].events;
}

int64_t myo_grouper_merged(const myo_grouper *self, uint32_t channel)
{
    return self->channel[channel].merged;
}

void myo_grouper_reset(myo_grouper *self)
{
    memset(self->groups, 0, sizeof self->groups);
    self->told.count = 0;
    self->first = self->count = 0;
    self->open_groups = 0;
    self->due_frame = INT64_MAX;
    self->next_id = 0;
    self->herald.waits = false;
    for (uint32_t c = 0; c < self->channels; c++) {
        memset(&self->channel[c], 0, sizeof self->channel[c]);
        for (int i = 0; i < OPEN_PER_CHANNEL; i++) {
            self->channel[c].open[i].group = -1;
        }
    }
}

myo_status myo_grouper_new(uint32_t channels, double rate_hz, myo_grouper **out)
{
    myo_grouper *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    self->channels = channels;
    self->join_frames = (int64_t)(join_ms * rate_hz / 1000.0);
    self->patience_frames = (int64_t)(patience_ms * rate_hz / 1000.0);
    self->herald_frames = (int64_t)(herald_ms * rate_hz / 1000.0);
    self->capacity = 8 * (size_t)channels + 8 * MYO_GROUPS;
    self->channel = calloc(channels, sizeof *self->channel);
    self->queue = calloc(self->capacity, sizeof *self->queue);
    if (self->channel == NULL || self->queue == NULL) {
        myo_grouper_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    myo_grouper_reset(self);
    *out = self;
    return MYO_OK;
}

void myo_grouper_free(myo_grouper *self)
{
    if (self == NULL) {
        return;
    }
    free(self->channel);
    free(self->queue);
    free(self);
}
