/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Five queues, one lock held for one copy at a time: the oldest of a lossy queue gives way, the kept
 * queue grows.
 *
 * The lock inherits priority, so that a producer with real-time priority waits for the copy of one
 * message at most, whoever is preempted. */
#include "live/feed.h"

#include "signal/utf8.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A display that is two seconds behind has lost its user anyway. */
static const double kept_s = 2.0;
static const double block_s = 0.004;
static const double meter_s = 0.05;

enum { SPECTRUM_BINS = 1024, KEPT_FIRST = 64, KEPT_MOST = 65536 };

typedef enum { TRACES, METERS, SPECTRA, STATES, KEPT, QUEUES } queue_name;

typedef struct {
    myo_feed_message *items;
    float *samples; /* payload of each item */
    size_t stride;  /* floats of a payload */
    size_t capacity, first, count;
} queue;

struct myo_feed {
    myo_feed_head head;
    pthread_mutex_t lock; /* of all below */
    queue queues[QUEUES];
    uint64_t pushed, dropped;
    float *taken; /* payload of the message that the reader has */
    int fd;
};

static queue_name queue_of(myo_feed_kind kind)
{
    switch (kind) {
    case MYO_FEED_TRACE:
        return TRACES;
    case MYO_FEED_METER:
        return METERS;
    case MYO_FEED_SPECTRUM:
        return SPECTRA;
    case MYO_FEED_STATE:
        return STATES;
    default:
        return KEPT;
    }
}

static bool grow(queue *q)
{
    const size_t capacity = 2 * q->capacity;
    myo_feed_message *items = capacity > KEPT_MOST ? NULL : malloc(capacity * sizeof *items);
    if (items == NULL) {
        return false;
    }
    for (size_t i = 0; i < q->count; i++) {
        items[i] = q->items[(q->first + i) % q->capacity];
    }
    free(q->items);
    q->items = items;
    q->capacity = capacity;
    q->first = 0;
    return true;
}

/* Payload of a message: where, and how many floats. */
static const float *payload(const myo_feed_message *message, size_t *count)
{
    if (message->kind == MYO_FEED_TRACE) {
        *count = (size_t)message->trace.frames * message->trace.channels;
        return message->trace.samples;
    }
    if (message->kind == MYO_FEED_SPECTRUM) {
        *count = message->spectrum.bins;
        return message->spectrum.db;
    }
    *count = 0;
    return NULL;
}

static void payload_set(myo_feed_message *message, float *samples)
{
    if (message->kind == MYO_FEED_TRACE) {
        message->trace.samples = samples;
    } else if (message->kind == MYO_FEED_SPECTRUM) {
        message->spectrum.db = samples;
    }
}

static bool push_locked(myo_feed *self, const myo_feed_message *message)
{
    const queue_name name = queue_of(message->kind);
    queue *q = &self->queues[name];
    if (q->count == q->capacity) {
        if (name == KEPT) {
            if (!grow(q)) {
                return false;
            }
        } else {
            q->first = (q->first + 1) % q->capacity;
            q->count--;
            self->dropped += name == TRACES;
        }
    }
    const size_t at = (q->first + q->count) % q->capacity;
    size_t count = 0;
    const float *from = payload(message, &count);
    q->items[at] = *message;
    q->items[at].number = self->pushed++;
    if (count > 0) {
        memcpy(q->samples + at * q->stride, from, count * sizeof *from);
    }
    q->count++;
    return true;
}

bool myo_feed_push(myo_feed *self, const myo_feed_message *message)
{
    size_t count = 0;
    (void)payload(message, &count);
    assert(count <= self->queues[queue_of(message->kind)].stride);
    (void)pthread_mutex_lock(&self->lock);
    const bool taken = push_locked(self, message);
    (void)pthread_mutex_unlock(&self->lock);
    return taken;
}

void myo_feed_wake(myo_feed *self)
{
    const uint64_t one = 1;
    /* A full counter is readable already. */
    (void)!write(self->fd, &one, sizeof one);
}

uint64_t myo_feed_dropped(const myo_feed *self)
{
    myo_feed *own = (myo_feed *)(uintptr_t)self; /* the lock is not part of what is const */
    (void)pthread_mutex_lock(&own->lock);
    const uint64_t dropped = own->dropped;
    (void)pthread_mutex_unlock(&own->lock);
    return dropped;
}

static bool take_locked(myo_feed *self, myo_feed_message *message)
{
    queue *oldest = NULL;
    for (int i = 0; i < QUEUES; i++) {
        queue *q = &self->queues[i];
        if (q->count > 0 &&
            (oldest == NULL || q->items[q->first].number < oldest->items[oldest->first].number)) {
            oldest = q;
        }
    }
    if (oldest == NULL) {
        return false;
    }
    size_t count = 0;
    *message = oldest->items[oldest->first];
    (void)payload(message, &count);
    if (count > 0) {
        memcpy(self->taken, oldest->samples + oldest->first * oldest->stride,
               count * sizeof *self->taken);
    }
    payload_set(message, self->taken);
    oldest->first = (oldest->first + 1) % oldest->capacity;
    oldest->count--;
    return true;
}

static bool take(myo_feed *self, myo_feed_message *message)
{
    (void)pthread_mutex_lock(&self->lock);
    const bool taken = take_locked(self, message);
    (void)pthread_mutex_unlock(&self->lock);
    return taken;
}

bool myo_feed_next(myo_feed *self, myo_feed_message *message)
{
    uint64_t count = 0;
    if (take(self, message)) {
        return true;
    }
    /* Reset first, then look again: what is pushed in between wakes the reader anew. */
    (void)!read(self->fd, &count, sizeof count);
    return take(self, message);
}

int myo_feed_fd(const myo_feed *self)
{
    return self->fd;
}

const myo_feed_head *myo_feed_head_get(const myo_feed *self)
{
    return &self->head;
}

static bool queue_make(queue *q, double capacity, size_t stride)
{
    q->capacity = (size_t)ceil(capacity);
    q->stride = stride;
    q->items = calloc(q->capacity, sizeof *q->items);
    q->samples = stride > 0 ? calloc(q->capacity * stride, sizeof *q->samples) : NULL;
    return q->items != NULL && (stride == 0 || q->samples != NULL);
}

static bool queues_make(myo_feed *self)
{
    const double channels = self->head.channels;
    const size_t trace = (size_t)ceil(block_s * self->head.rate_hz) * (size_t)self->head.channels;
    self->taken = calloc(trace > SPECTRUM_BINS ? trace : SPECTRUM_BINS, sizeof *self->taken);
    return self->taken != NULL && queue_make(&self->queues[TRACES], kept_s / block_s, trace) &&
           queue_make(&self->queues[METERS], kept_s / meter_s * channels, 0) &&
           queue_make(&self->queues[SPECTRA], 2.0 * channels, SPECTRUM_BINS) &&
           queue_make(&self->queues[STATES], 1.0, 0) &&
           queue_make(&self->queues[KEPT], KEPT_FIRST, 0);
}

static bool lock_make(pthread_mutex_t *lock)
{
    pthread_mutexattr_t how;
    if (pthread_mutexattr_init(&how) != 0) {
        return false;
    }
    (void)pthread_mutexattr_setprotocol(&how, PTHREAD_PRIO_INHERIT);
    const bool made = pthread_mutex_init(lock, &how) == 0;
    (void)pthread_mutexattr_destroy(&how);
    return made;
}

myo_status myo_feed_new(const myo_feed_head *head, myo_feed **feed)
{
    if (head->channels == 0 || head->channels > MYO_MAX_CHANNELS || !(head->rate_hz >= 1.0) ||
        head->rate_hz > 1e6) {
        return MYO_ERR_BAD_ARG;
    }
    myo_feed *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    self->head = *head;
    if (!lock_make(&self->lock)) {
        free(self);
        return MYO_ERR_NO_MEMORY;
    }
    self->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (self->fd < 0 || !queues_make(self)) {
        myo_feed_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    *feed = self;
    return MYO_OK;
}

void myo_feed_free(myo_feed *self)
{
    if (self == NULL) {
        return;
    }
    for (int i = 0; i < QUEUES; i++) {
        free(self->queues[i].items);
        free(self->queues[i].samples);
    }
    if (self->fd >= 0) {
        (void)close(self->fd);
    }
    (void)pthread_mutex_destroy(&self->lock);
    free(self->taken);
    free(self);
}

void myo_feed_mark_text(const myo_feed_mark *mark, char *text, size_t size)
{
    const bool bare = strcmp(mark->kind, "recording") == 0 || strcmp(mark->kind, "mark") == 0;
    (void)snprintf(text, size, "%s%s%s%s", mark->undone ? MYO_MARK_UNDONE : "",
                   bare ? "" : mark->kind, bare ? "" : ": ", mark->label);
    myo_utf8_clean(text); /* it may have been cut within a letter */
}
