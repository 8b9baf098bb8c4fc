/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of marks under one lock, which is held for a copy or a short search only. */
#include "live/journal.h"

#include "signal/utf8.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    myo_feed_mark *items;
    size_t count, capacity;
} list;

struct myo_journal {
    pthread_mutex_t lock;
    list all;
    list news; /* copies, in the order of what happened */
    size_t taken;
    list undone; /* copies, the one to bring back first at the end */
};

static bool append(list *to, const myo_feed_mark *mark)
{
    if (to->count == to->capacity) {
        const size_t capacity = 2 * to->capacity + 16;
        myo_feed_mark *items = realloc(to->items, capacity * sizeof *items);
        if (items == NULL) {
            return false;
        }
        to->items = items;
        to->capacity = capacity;
    }
    to->items[to->count++] = *mark;
    return true;
}

/* Whole letters of it: a mark goes into files and to pages, whoever typed it. */
static void text_set(char *to, size_t size, const char *from)
{
    size_t used = 0;
    while (*from != '\0') {
        const size_t letter = myo_utf8_length(from), taken = letter == 0 ? 1 : letter;
        if (used + taken >= size) {
            break;
        }
        const bool control = letter == 1 && ((unsigned char)*from < ' ' || *from == 127);
        memcpy(to + used, letter == 0 ? "?" : control ? " " : from, taken);
        used += taken;
        from += taken;
    }
    to[used] = '\0';
}

static uint64_t add(myo_journal *self, myo_feed_mark *mark, const char *kind, const char *label)
{
    text_set(mark->kind, sizeof mark->kind, kind);
    text_set(mark->label, sizeof mark->label, label);
    (void)pthread_mutex_lock(&self->lock);
    mark->id = self->all.count + 1;
    const bool added = append(&self->all, mark);
    if (added) {
        (void)append(&self->news, mark);
        self->undone.count = mark->machine ? self->undone.count : 0;
    }
    (void)pthread_mutex_unlock(&self->lock);
    return added ? mark->id : 0;
}

uint64_t myo_journal_add(myo_journal *self, int64_t frame, const char *kind, const char *label)
{
    return add(self, &(myo_feed_mark){.frame = frame}, kind, label);
}

uint64_t myo_journal_tell(myo_journal *self, int64_t frame, const char *kind, const char *label)
{
    return add(self, &(myo_feed_mark){.frame = frame, .machine = true}, kind, label);
}

/* The last mark of a person that stands, or NULL. */
static myo_feed_mark *last_standing(myo_journal *self)
{
    for (size_t i = self->all.count; i > 0; i--) {
        if (!self->all.items[i - 1].undone && !self->all.items[i - 1].machine) {
            return &self->all.items[i - 1];
        }
    }
    return NULL;
}

bool myo_journal_undo(myo_journal *self, myo_feed_mark *mark)
{
    (void)pthread_mutex_lock(&self->lock);
    myo_feed_mark *last = last_standing(self);
    if (last != NULL) {
        last->undone = true;
        *mark = *last;
        (void)append(&self->undone, last);
        (void)append(&self->news, last);
    }
    (void)pthread_mutex_unlock(&self->lock);
    return last != NULL;
}

bool myo_journal_redo(myo_journal *self, myo_feed_mark *mark)
{
    (void)pthread_mutex_lock(&self->lock);
    const bool there = self->undone.count > 0;
    if (there) {
        /* Ids count from 1 in the order of the list. */
        const uint64_t id = self->undone.items[--self->undone.count].id;
        myo_feed_mark *back = &self->all.items[id - 1];
        back->undone = false;
        *mark = *back;
        (void)append(&self->news, back);
    }
    (void)pthread_mutex_unlock(&self->lock);
    return there;
}

int myo_journal_last(myo_journal *self, const char *kind, char *label, int64_t *frame)
{
    int count = 0;
    label[0] = '\0';
    (void)pthread_mutex_lock(&self->lock);
    for (size_t i = 0; i < self->all.count; i++) {
        const myo_feed_mark *mark = &self->all.items[i];
        if (!mark->undone && strcmp(mark->kind, kind) == 0) {
            count++;
            (void)snprintf(label, sizeof mark->label, "%s", mark->label);
            if (frame != NULL) {
                *frame = mark->frame;
            }
        }
    }
    (void)pthread_mutex_unlock(&self->lock);
    return count;
}

bool myo_journal_next(myo_journal *self, myo_feed_mark *mark)
{
    (void)pthread_mutex_lock(&self->lock);
    const bool there = self->taken < self->news.count;
    if (there) {
        *mark = self->news.items[self->taken++];
    }
    if (self->taken == self->news.count) {
        self->taken = self->news.count = 0;
    }
    (void)pthread_mutex_unlock(&self->lock);
    return there;
}

myo_status myo_journal_new(myo_journal **journal)
{
    myo_journal *self = calloc(1, sizeof *self);
    if (self == NULL || pthread_mutex_init(&self->lock, NULL) != 0) {
        free(self);
        return MYO_ERR_NO_MEMORY;
    }
    *journal = self;
    return MYO_OK;
}

void myo_journal_free(myo_journal *self)
{
    if (self == NULL) {
        return;
    }
    (void)pthread_mutex_destroy(&self->lock);
    free(self->all.items);
    free(self->news.items);
    free(self->undone.items);
    free(self);
}
