/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the desk's feed and keeps the sound process supplied. */
#include "live/sound.h"

#include "live/child.h"
#include "live/clock.h"
#include "live/sound_share.h"
#include "live/sound_voice.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reserve against the unevenness of two devices' blocks: so much at first, more after it ran empty. */
static const double reserve_s = 0.03, reserve_more_s = 0.02, reserve_most_s = 0.25;

/* The loudspeaker's clock is followed within 0.5 %, which nobody hears. */
static const double speed_most = 0.005;

enum { OPEN_MS = 10000, END_MS = 1000, WAIT_MS = 100, PIECE = 256, OUT_MOST = 65536 };

struct myo_sound {
    myo_sound_options options;
    const myo_desk *desk;
    myo_feed *feed;
    myo_child *child;
    sound_share *share;
    sound_voice *voice;
    int fd;
    pthread_t thread;
    bool has_thread;
    atomic_bool stopping;
    uint32_t channel;   /* that was played last */
    int64_t next_frame; /* that is expected */
    uint32_t starved;
    float out[OUT_MOST];
};

/* ---- the thread ---- */

static void reserve_set(myo_sound *self, double seconds)
{
    const double rate = self->share->rate_hz;
    atomic_store_explicit(&self->share->reserve, (uint32_t)(seconds * rate), memory_order_relaxed);
}

/* A reserve that proved too small grows; +-0.5 % of speed brings the fill back to it. */
static double speed_find(myo_sound *self, uint64_t fill)
{
    sound_share *share = self->share;
    const uint32_t starved = atomic_load_explicit(&share->starved, memory_order_relaxed);
    double reserve = (double)atomic_load_explicit(&share->reserve, memory_order_relaxed);
    if (starved != self->starved) {
        self->starved = starved;
        const double more = reserve / share->rate_hz + reserve_more_s;
        reserve_set(self, more < reserve_most_s ? more : reserve_most_s);
        reserve = (double)atomic_load_explicit(&share->reserve, memory_order_relaxed);
    }
    const double missing = (reserve - (double)fill) / reserve;
    const double speed = speed_most * missing;
    return 1.0 + (speed > speed_most ? speed_most : speed < -speed_most ? -speed_most : speed);
}

/* What does not fit is dropped: it would be heard too late. */
static void ring_put(sound_share *share, const float *samples, size_t count, uint64_t room)
{
    const uint64_t written = atomic_load_explicit(&share->written, memory_order_relaxed);
    const uint64_t part = count < room ? count : room;
    for (uint64_t i = 0; i < part; i++) {
        share->ring[(written + i) % SOUND_RING] = samples[i];
    }
    atomic_store_explicit(&share->written, written + part, memory_order_release);
}

static void trace_play(myo_sound *self, const myo_feed_trace *trace)
{
    sound_share *share = self->share;
    myo_desk_sound sound;
    myo_desk_sound_get(self->desk, &sound);
    if (sound.channel != self->channel || trace->start != self->next_frame) {
        sound_voice_reset(self->voice);
        self->channel = sound.channel;
    }
    self->next_frame = trace->start + trace->frames;
    for (uint32_t f = 0; f < trace->frames; f += PIECE) {
        const uint32_t part = trace->frames - f < PIECE ? trace->frames - f : PIECE;
        const uint64_t fill = atomic_load_explicit(&share->written, memory_order_relaxed) -
                              atomic_load_explicit(&share->taken, memory_order_acquire);
        const uint64_t most =
            4 * (uint64_t)atomic_load_explicit(&share->reserve, memory_order_relaxed);
        const size_t made = sound_voice_run(
            self->voice, trace->samples + (size_t)f * trace->channels + sound.channel,
            trace->channels, part, sound.gain_db, speed_find(self, fill), self->out, OUT_MOST);
        const uint64_t limit = most < SOUND_RING ? most : SOUND_RING;
        ring_put(share, self->out, made, fill < limit ? limit - fill : 0);
    }
}

static void message_take(myo_sound *self, const myo_feed_message *message)
{
    if (message->kind == MYO_FEED_TRACE && !self->options.tones_only) {
        trace_play(self, &message->trace);
    }
    const myo_event *event = &message->event;
    if (message->kind == MYO_FEED_EVENT && event->stage == MYO_PROVISIONAL &&
        event->type == MYO_EVENT_LTR) {
        atomic_fetch_add_explicit(&self->share->tones, 1, memory_order_release);
    }
}

static void *thread_run(void *argument)
{
    myo_sound *self = argument;
    struct pollfd wait = {.fd = myo_feed_fd(self->feed), .events = POLLIN};
    bool ended = false;
    while (!ended && !atomic_load_explicit(&self->stopping, memory_order_acquire)) {
        myo_feed_message message;
        myo_desk_sound sound;
        (void)poll(&wait, 1, WAIT_MS);
        myo_desk_sound_get(self->desk, &sound);
        atomic_store_explicit(&self->share->muted, sound.muted, memory_order_relaxed);
        while (!ended && myo_feed_next(self->feed, &message)) {
            message_take(self, &message);
            ended = message.kind == MYO_FEED_END;
        }
        myo_child_listen(self->child);
    }
    return NULL;
}

/* ---- opening and closing ---- */

static myo_status opened_wait(myo_sound *self, myo_why *why)
{
    myo_why how = {""};
    for (int waited = 0; waited < OPEN_MS; waited++) {
        myo_child_listen(self->child);
        const int state = atomic_load_explicit(&self->share->state, memory_order_acquire);
        if (state == SOUND_OPEN) {
            return MYO_OK;
        }
        if (state == SOUND_FAILED) {
            return myo_why_set(why, MYO_ERR_OPEN, "%.190s", self->share->text);
        }
        if (myo_child_ended(self->child, &how)) {
            return myo_why_set(why, MYO_ERR_OPEN, "the sound process %.100s", how.text);
        }
        myo_clock_sleep_us(1000);
    }
    return myo_why_set(why, MYO_ERR_OPEN, "the output does not open within 10 s");
}

static myo_status process_start(myo_sound *self, myo_why *why)
{
    const char *const arguments[] = {"myotwitch", MYO_SOUND_COMMAND, self->options.device, NULL};
    self->share = sound_share_new(&self->fd);
    if (self->share == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    const myo_status status =
        myo_child_start(self->options.program, arguments, self->fd, &self->child, why);
    return status == MYO_OK ? opened_wait(self, why) : status;
}

static myo_status voice_start(myo_sound *self, myo_why *why)
{
    const myo_feed_head *head = myo_feed_head_get(self->feed);
    self->voice = sound_voice_new(head->rate_hz, self->share->rate_hz);
    reserve_set(self, reserve_s);
    self->has_thread =
        self->voice != NULL && pthread_create(&self->thread, NULL, thread_run, self) == 0;
    return self->has_thread ? MYO_OK : myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
}

myo_status myo_sound_new(const myo_sound_options *options, const myo_desk *desk, myo_feed *feed,
                         myo_sound **sound, myo_why *why)
{
    myo_sound *self = calloc(1, sizeof *self);
    *sound = NULL;
    if (self == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->options = *options;
    self->desk = desk;
    self->feed = feed;
    self->fd = -1;
    myo_status status = process_start(self, why);
    if (status == MYO_OK) {
        status = voice_start(self, why);
    }
    if (status != MYO_OK) {
        myo_sound_free(self);
        return status;
    }
    *sound = self;
    return MYO_OK;
}

const char *myo_sound_device(const myo_sound *self, double *latency_s)
{
    const double latency = self->share->latency_s;
    *latency_s = latency > 0.0 && latency < 10.0 ? latency : 0.0; /* some hosts say nonsense */
    return self->share->device;
}

uint32_t myo_sound_tones(const myo_sound *self)
{
    return atomic_load_explicit(&self->share->tones, memory_order_relaxed);
}

void myo_sound_why(const myo_sound *self, myo_why *why)
{
    const bool failed =
        atomic_load_explicit(&self->share->state, memory_order_acquire) == SOUND_FAILED;
    (void)myo_why_set(why, MYO_OK, "%.190s", failed ? self->share->text : "");
}

void myo_sound_free(myo_sound *self)
{
    if (self == NULL) {
        return;
    }
    atomic_store_explicit(&self->stopping, true, memory_order_release);
    if (self->has_thread) {
        (void)pthread_join(self->thread, NULL);
    }
    if (self->share != NULL) {
        atomic_store_explicit(&self->share->stop, true, memory_order_release);
    }
    myo_child_end(self->child, END_MS);
    sound_voice_free(self->voice);
    sound_share_free(self->share);
    if (self->fd >= 0) {
        (void)close(self->fd);
    }
    free(self);
}
