/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desk's thread: from the intake through the engine to recorder and readers.
 *
 * It alone touches pipeline, meters, intake and the producing side of feeds and recorder. What other
 * threads want comes through atomics and the journal, and is looked at once a block. */
#include "live/clock.h"
#include "live/desk_self.h"
#include "record/recorder.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Below the capture process (60): it must never wait for this thread. */
enum { PRIORITY = 40, NOTHING_US = 1000, FULL_US = 2000 };
static const double state_s = 0.5;
static const double clock_s = 1.0;
static const double tick_s = 0.05;
static const double loud_db = 18.0;
/* A replay without pace waits while the recorder's queue is fuller than this. */
static const double room_least = 0.5;

/* Without permission it runs as any other thread. */
static void prefer_this_thread(void)
{
    const struct sched_param priority = {.sched_priority = PRIORITY};
    (void)pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority);
}

void desk_tell(myo_desk *self, const myo_feed_message *message)
{
    self->told = true;
    for (uint32_t i = 0; i < self->feeds; i++) {
        (void)myo_feed_push(self->feed[i], message);
    }
}

/* Once for all messages of a block. */
static void wake(myo_desk *self)
{
    for (uint32_t i = 0; self->told && i < self->feeds; i++) {
        myo_feed_wake(self->feed[i]);
    }
    self->told = false;
}

static int64_t frame_now(const myo_desk *self)
{
    return atomic_load_explicit(&self->frames, memory_order_relaxed);
}

void desk_warn(myo_desk *self, myo_feed_warn kind, const char *text)
{
    myo_feed_message message = {
        .kind = MYO_FEED_WARNING,
        .warning = {.frame = frame_now(self), .kind = kind, .channel = MYO_ALL_CHANNELS}};
    (void)snprintf(message.warning.text, sizeof message.warning.text, "%.191s", text);
    desk_tell(self, &message);
}

/* --- events -------------------------------------------------------------------------------- */

static void count_twitch(myo_desk *self, const myo_event *event)
{
    desk_twitches *t = &self->twitches;
    const double detect_s =
        (double)(event->reported_frame - event->onset_frame) / self->info.rate_hz;
    myo_histogram_add(&self->detect_us, (int64_t)(1e6 * detect_s));
    if (event->snr_db >= loud_db) {
        myo_histogram_add(&self->detect_18db_us, (int64_t)(1e6 * detect_s));
    }
    if (t->count == t->capacity) {
        const size_t capacity = 2 * t->capacity + 64;
        int64_t *onset = realloc(t->onset, capacity * sizeof *onset);
        if (onset == NULL) {
            return; /* the count of the insertion stays behind; the event itself is told */
        }
        t->onset = onset;
        t->capacity = capacity;
    }
    t->onset[t->count++] = event->onset_frame;
}

static void take_events(myo_desk *self)
{
    myo_feed_message message = {.kind = MYO_FEED_EVENT};
    while (myo_pipeline_next(self->pipeline, &message.event)) {
        const myo_event *event = &message.event;
        desk_tell(self, &message);
        if (self->recorder != NULL) {
            (void)myo_recorder_event(self->recorder, event);
        }
        if (self->options.record_on_twitch && event->type == MYO_EVENT_LTR) {
            atomic_store_explicit(&self->record_asked, true, memory_order_relaxed);
        }
        if (event->stage == MYO_CONFIRMED && event->type == MYO_EVENT_LTR) {
            count_twitch(self, event);
        }
        myo_meters_event(self->meters, event);
    }
}

/* --- marks --------------------------------------------------------------------------------- */

static void tell_mark(myo_desk *self, const myo_feed_mark *mark)
{
    const myo_feed_message message = {.kind = MYO_FEED_MARK, .mark = *mark};
    desk_tell(self, &message);
    if (self->recorder != NULL) {
        char text[sizeof MYO_MARK_UNDONE + sizeof mark->kind + sizeof mark->label];
        myo_feed_mark_text(mark, text, sizeof text);
        (void)myo_recorder_mark(self->recorder, mark->frame, text);
    }
}

/* Marks of people, and those of the file that is replayed, as they are reached. */
static void take_marks(myo_desk *self)
{
    myo_feed_mark mark;
    size_t count = 0;
    const myo_mark *marks = self->source == NULL ? NULL : myo_source_marks(self->source, &count);
    while (self->next_mark < count && marks[self->next_mark].frame <= frame_now(self)) {
        mark = (myo_feed_mark){.frame = marks[self->next_mark].frame, .kind = "recording"};
        (void)snprintf(mark.label, sizeof mark.label, "%s", marks[self->next_mark++].label);
        tell_mark(self, &mark);
    }
    while (myo_journal_next(self->journal, &mark)) {
        tell_mark(self, &mark);
    }
}

/* Answers that another thread has found: on rest, and of the technique model. */
static void take_answers(myo_desk *self)
{
    /* Partner: release stores in myo_desk_tell_rest and _guide. */
    if (!atomic_exchange_explicit(&self->answered, false, memory_order_acquire)) {
        return;
    }
    for (uint32_t c = 0; c < self->info.channels; c++) {
        myo_feed_message message = {.kind = MYO_FEED_RELAX};
        (void)pthread_mutex_lock(&self->shared);
        const bool due = self->rest_due[c];
        message.relax = self->rest[c];
        self->rest_due[c] = false;
        (void)pthread_mutex_unlock(&self->shared);
        if (due) {
            desk_tell(self, &message);
        }
    }
    myo_feed_message message = {.kind = MYO_FEED_GUIDE};
    (void)pthread_mutex_lock(&self->shared);
    const bool due = self->guide_due;
    message.guide = self->guide;
    self->guide_due = false;
    (void)pthread_mutex_unlock(&self->shared);
    if (due) {
        desk_tell(self, &message);
    }
}

/* --- frames -------------------------------------------------------------------------------- */

static void tell_meters(myo_desk *self)
{
    myo_feed_message message;
    while (myo_meters_next(self->meters, &message)) {
        desk_tell(self, &message);
    }
}

static void tell_trace(myo_desk *self, const myo_intake_item *item)
{
    union {
        const float *given;
        float *wanted;
    } samples = {.given = item->samples}; /* the feed copies them */
    const myo_feed_message message = {.kind = MYO_FEED_TRACE,
                                      .trace = {.start = item->frame,
                                                .frames = (uint32_t)item->frames,
                                                .channels = self->info.channels,
                                                .samples = samples.wanted}};
    desk_tell(self, &message);
}

static void record(myo_desk *self, const myo_intake_item *item)
{
    if (self->recorder == NULL) {
        return;
    }
    if (atomic_exchange_explicit(&self->record_asked, false, memory_order_relaxed)) {
        myo_recorder_trigger(self->recorder);
    }
    (void)myo_recorder_frames(self->recorder, item->samples, (size_t)item->frames);
    if (item->frame >= self->next_clock) {
        (void)myo_recorder_clock(self->recorder, item->frame, item->oldest_ns, item->adc_s);
        self->next_clock = item->frame + (int64_t)(clock_s * self->info.rate_hz);
    }
}

/* Through the engine. A frame waits for it by the clock on the wall; what it costs is the thread's own time. */
static void detect(myo_desk *self, const myo_intake_item *item)
{
    const int64_t begun = myo_clock_ns();
    int64_t waited = begun - item->oldest_ns, spent = 0;
    for (size_t done = 0; done < (size_t)item->frames;) {
        const int64_t from = myo_clock_ns(), computed = myo_clock_thread_ns();
        done += myo_pipeline_process(self->pipeline, item->samples + done * self->info.channels,
                                     (size_t)item->frames - done);
        spent += myo_clock_thread_ns() - computed;
        waited += myo_clock_ns() - from;
        take_events(self);
    }
    myo_histogram_add(&self->compute_ns, spent);
    myo_histogram_add(&self->wait_ns, waited);
}

static void take_block(myo_desk *self, myo_intake_item *item)
{
    const double most = self->options.duration_s * self->info.rate_hz;
    if (most > 0.0 && (double)(item->frame + item->frames) >= most) {
        item->frames = (int64_t)most - item->frame;
        myo_desk_stop(self);
    }
    if (item->frames <= 0) {
        return;
    }
    record(self, item);
    tell_trace(self, item);
    detect(self, item);
    atomic_store_explicit(&self->frames, item->frame + item->frames, memory_order_relaxed);
    myo_meters_process(self->meters, self->pipeline, item->samples, (size_t)item->frames);
    tell_meters(self);
}

static void take_gap(myo_desk *self, const myo_intake_item *item)
{
    myo_feed_message message = {.kind = MYO_FEED_GAP,
                                .gap = {.frame = item->frame, .frames = item->frames}};
    (void)snprintf(message.gap.why, sizeof message.gap.why, "%.63s", item->text.text);
    self->end.gaps++;
    self->end.lost_frames += item->frames;
    if (self->recorder != NULL) {
        (void)myo_recorder_gap(self->recorder, item->frame, item->frames, item->text.text);
    }
    myo_pipeline_gap(self->pipeline, item->frames);
    myo_meters_gap(self->meters, item->frames);
    atomic_store_explicit(&self->frames, item->frame + item->frames, memory_order_relaxed);
    desk_tell(self, &message);
    take_events(self);
}

/* --- the loop ------------------------------------------------------------------------------ */

/* Now and then, whatever comes: the child's words, and what people want. */
static bool tick(myo_desk *self, int64_t now_ns)
{
    const bool due = 1e-9 * (double)(now_ns - self->last_tick_ns) >= tick_s;
    if (due) {
        self->last_tick_ns = now_ns;
        myo_child_listen(self->child);
    }
    return due && myo_child_ended(self->child, NULL);
}

static void tell_state(myo_desk *self)
{
    const int64_t frame = frame_now(self);
    const bool asked = atomic_exchange_explicit(&self->state_due, false, memory_order_relaxed);
    if (asked || frame >= self->next_state) {
        self->next_state = frame + (int64_t)(state_s * self->info.rate_hz);
        desk_state(self);
    }
}

/* The disk is behind and the file can wait. */
static bool must_wait(const myo_desk *self)
{
    return self->recorder != NULL && self->options.replay != NULL && self->options.speed <= 0.0 &&
           myo_recorder_room(self->recorder) < room_least;
}

/* Nobody wakes this thread: the capture process may not call the system. */
static void pause_for(const myo_desk *self)
{
    const bool fast =
        self->options.unpaced || (self->options.replay != NULL && self->options.speed <= 0.0);
    myo_clock_sleep_us(fast ? NOTHING_US / 10 : NOTHING_US);
}

/* What does not come with frames. */
static void tell_beside(myo_desk *self)
{
    take_marks(self);
    take_answers(self);
    tell_state(self);
    wake(self);
}

/* Takes one piece; false when there will be no more. */
static bool take(myo_desk *self, bool gone)
{
    myo_intake_item item;
    myo_intake_next(self->intake, myo_clock_ns(), gone, &item);
    switch (item.kind) {
    case MYO_INTAKE_BLOCK:
        take_block(self, &item);
        break;
    case MYO_INTAKE_GAP:
        take_gap(self, &item);
        break;
    case MYO_INTAKE_END:
    case MYO_INTAKE_LOST:
        self->end.lost = item.kind == MYO_INTAKE_LOST;
        self->end.damaged = item.damaged;
        self->end.why = item.text;
        return false;
    default:
        tell_beside(self);
        pause_for(self);
        return true;
    }
    tell_beside(self);
    return true;
}

static void finish(myo_desk *self)
{
    bool finished = false;
    while (!finished) {
        finished = myo_pipeline_finish(self->pipeline);
        take_events(self);
    }
    for (uint32_t c = 0; c < self->info.channels; c++) {
        myo_pipeline_summary(self->pipeline, c, &self->summaries[c]);
    }
    take_marks(self);
    self->end.frames = frame_now(self);
    self->end.tail = (myo_session_tail){.frames = self->end.frames,
                                        .complete = !self->end.lost && !self->end.damaged,
                                        .channels = self->summaries};
    desk_latency(self, &self->end.latency);
    if (self->end.lost) {
        desk_warn(self, MYO_WARN_DEVICE, self->end.why.text);
    }
    desk_state(self);
    myo_feed_message message = {.kind = MYO_FEED_END,
                                .end = {.frames = self->end.frames, .lost = self->end.lost}};
    (void)snprintf(message.end.text, sizeof message.end.text, "%.191s", self->end.why.text);
    desk_tell(self, &message);
    wake(self);
}

void *desk_run(void *desk)
{
    myo_desk *self = desk;
    bool gone = false;
    prefer_this_thread();
    if (self->options.replay == NULL) {
        desk_warn(
            self, MYO_WARN_PHANTOM,
            "isolated amplifier only, never a bare sound card: phantom power off, computer on "
            "battery; research use, not a medical device");
    }
    while (!atomic_load_explicit(&self->stop, memory_order_relaxed)) {
        gone = tick(self, myo_clock_ns()) || gone;
        if (must_wait(self)) {
            myo_clock_sleep_us(FULL_US);
        } else if (!take(self, gone)) {
            break;
        }
    }
    finish(self);
    return NULL;
}
