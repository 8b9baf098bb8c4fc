/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slots are cleared by the clock first, then cut into blocks; between them go the gaps. */
#include "live/intake.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double block_s = 0.004;
/* Reported within 2 s: a fifth of a second is left for everything else. */
static const double stall_s = 1.8;
static const double silence_s = 1.6;
/* A device may take so much longer for its first block. */
static const double start_s = 1.0;

struct myo_intake {
    myo_intake_config config;
    myo_ring *ring;
    myo_pace pace;
    size_t cleared; /* slots that may be taken out */
    size_t
        shown; /* slots behind them that the clock has seen and not cleared; 0 while cleared > 0 */
    int64_t call_frames; /* of the device's call that is being shown */
    int64_t period;
    int64_t line;     /* next frame to hand out */
    int64_t expected; /* number that the ring gives to the next frame */
    uint32_t used;    /* frames of the next slot that were handed out already */
    size_t block_frames;
    float *block;
    float last[MYO_MAX_CHANNELS]; /* last frame handed out, for silence */
    int64_t same_frames;
    int64_t seen_ns;
    bool over;
};

myo_status myo_intake_new(const myo_intake_config *config, myo_ring *ring, myo_intake **intake)
{
    myo_intake *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    self->config = *config;
    self->ring = ring;
    self->block_frames = (size_t)fmax(1.0, floor(block_s * config->rate_hz));
    self->block = malloc(self->block_frames * config->channels * sizeof *self->block);
    if (self->block == NULL) {
        free(self);
        return MYO_ERR_NO_MEMORY;
    }
    myo_pace_start(&self->pace, config->rate_hz);
    *intake = self;
    return MYO_OK;
}

void myo_intake_free(myo_intake *self)
{
    if (self != NULL) {
        free(self->block);
        free(self);
    }
}

void myo_intake_begin(myo_intake *self, int64_t now_ns)
{
    self->seen_ns = now_ns + (int64_t)(1e9 * start_s);
}

/* --- what may be taken out ----------------------------------------------------------------- */

static void begin_showing(myo_intake *self)
{
    self->shown = 0;
    self->call_frames = 0;
}

static myo_pace_verdict judge(myo_intake *self, const myo_slot *slot)
{
    self->call_frames += slot->frames;
    if (!(slot->flags & MYO_SLOT_LAST)) {
        return MYO_PACE_WAIT;
    }
    const int64_t frames = self->call_frames;
    self->call_frames = 0;
    self->period = frames > self->period ? frames : self->period;
    return self->config.paced
               ? myo_pace_add(&self->pace, slot->first + slot->frames, frames, slot->stamp_ns)
               : MYO_PACE_FINE;
}

/* Shows new slots to the clock until it clears some; true when it found a loss before the next slot. */
static bool clear_some(myo_intake *self, int64_t now_ns)
{
    myo_slot slot;
    while (self->cleared == 0 && myo_ring_peek(self->ring, self->shown, &slot)) {
        self->seen_ns = now_ns > self->seen_ns ? now_ns : self->seen_ns;
        self->shown++;
        switch (judge(self, &slot)) {
        case MYO_PACE_FINE:
            self->cleared = self->shown;
            begin_showing(self);
            break;
        case MYO_PACE_LOST:
            begin_showing(self);
            return true;
        default:
            break;
        }
    }
    return false;
}

/* --- blocks and gaps ----------------------------------------------------------------------- */

static void gap(myo_intake *self, int64_t frames, const char *text, myo_intake_item *item)
{
    *item = (myo_intake_item){.kind = MYO_INTAKE_GAP, .frame = self->line, .frames = frames};
    (void)myo_why_set(&item->text, MYO_OK, "%s", text);
    self->line += frames;
    self->same_frames = 0;
}

static void copy(const myo_intake *self, const myo_slot *slot, size_t done, size_t frames)
{
    const uint32_t channels = self->config.channels;
    const uint32_t stride = self->config.ring_channels;
    const float *from = slot->samples + (size_t)self->used * stride;
    float *to = self->block + done * channels;
    for (size_t i = 0; i < frames; i++, from += stride) {
        for (uint32_t c = 0; c < channels; c++) {
            *to++ = from[self->config.pick[c]];
        }
    }
}

/* Frames [first, frames) of the block are all like the one before. */
static bool nothing_changes(myo_intake *self, size_t frames)
{
    const uint32_t channels = self->config.channels;
    for (size_t i = 0; i < frames; i++) {
        if (memcmp(self->block + i * channels, self->last, channels * sizeof *self->last) != 0) {
            return false;
        }
    }
    return true;
}

static void watch_silence(myo_intake *self, size_t frames)
{
    const uint32_t channels = self->config.channels;
    self->same_frames = nothing_changes(self, frames) ? self->same_frames + (int64_t)frames : 0;
    memcpy(self->last, self->block + (frames - 1) * channels, channels * sizeof *self->last);
}

/* Joins what is cleared up to a block; stops where frames are missing. */
static void block(myo_intake *self, myo_intake_item *item)
{
    myo_slot slot;
    size_t done = 0;
    *item = (myo_intake_item){.kind = MYO_INTAKE_BLOCK, .frame = self->line};
    while (self->cleared > 0 && done < self->block_frames && myo_ring_peek(self->ring, 0, &slot) &&
           slot.first + self->used == self->expected) {
        const size_t left = slot.frames - self->used;
        const size_t room = self->block_frames - done;
        const size_t part = left < room ? left : room;
        copy(self, &slot, done, part);
        if (done == 0) {
            item->oldest_ns = slot.stamp_ns;
            item->adc_s = slot.adc_s + self->used / self->config.rate_hz;
        }
        item->stamp_ns = slot.stamp_ns;
        done += part;
        self->expected += (int64_t)part;
        self->used += (uint32_t)part;
        if (self->used == slot.frames) {
            self->used = 0;
            self->cleared--;
            myo_ring_release(self->ring);
        }
    }
    item->frames = (int64_t)done;
    item->samples = self->block;
    self->line += (int64_t)done;
    if (done > 0) {
        watch_silence(self, done);
    }
}

/* Takes out what is cleared; false when that is nothing. */
static bool take(myo_intake *self, myo_intake_item *item)
{
    myo_slot slot;
    if (self->cleared == 0 || !myo_ring_peek(self->ring, 0, &slot)) {
        return false;
    }
    const int64_t missing = slot.first + self->used - self->expected;
    if (missing > 0) {
        self->expected += missing;
        gap(self, missing, "the program was too slow for the device", item);
        return true;
    }
    block(self, item);
    return item->frames > 0;
}

/* --- the end ------------------------------------------------------------------------------- */

static void end(myo_intake *self, myo_intake_kind kind, const char *text, myo_intake_item *item)
{
    *item = (myo_intake_item){.kind = kind, .frame = self->line};
    (void)myo_why_set(&item->text, MYO_OK, "%s", text);
    self->over = true;
}

/* The producer has said or shown that it is done, and the ring is empty. */
static bool ended(myo_intake *self, bool child_gone, myo_intake_item *item)
{
    myo_why text = {""};
    switch (myo_ring_state(self->ring)) {
    case MYO_CAPTURE_ENDED:
        end(self, MYO_INTAKE_END, "", item);
        return true;
    case MYO_CAPTURE_DAMAGED:
        myo_ring_text(self->ring, &text);
        end(self, MYO_INTAKE_END, text.text, item);
        item->damaged = true;
        return true;
    case MYO_CAPTURE_FAILED:
        myo_ring_text(self->ring, &text);
        end(self, MYO_INTAKE_LOST, text.text, item);
        return true;
    default:
        break;
    }
    if (child_gone) {
        end(self, MYO_INTAKE_LOST, "the capture process ended", item);
    }
    return child_gone;
}

static bool is_over(const myo_intake *self, bool child_gone)
{
    const myo_capture_state state = myo_ring_state(self->ring);
    return child_gone || state == MYO_CAPTURE_ENDED || state == MYO_CAPTURE_DAMAGED ||
           state == MYO_CAPTURE_FAILED;
}

static bool is_stalled(const myo_intake *self, int64_t now_ns)
{
    const double period_s = (double)self->period / self->config.rate_hz;
    const double silent_s = 1e-9 * (double)(now_ns - self->seen_ns);
    return self->config.watched && silent_s > fmax(stall_s, 2.2 * period_s);
}

static bool is_silent(const myo_intake *self)
{
    return self->config.watched && !self->config.allow_silence &&
           (double)self->same_frames > silence_s * self->config.rate_hz;
}

static void nothing(myo_intake *self, int64_t now_ns, bool over, bool child_gone,
                    myo_intake_item *item)
{
    *item = (myo_intake_item){.kind = MYO_INTAKE_NOTHING, .frame = self->line};
    if (over && self->shown > 0) {
        /* No more will come to judge these by. */
        self->cleared = self->shown;
        begin_showing(self);
        (void)take(self, item);
    } else if (over) {
        (void)ended(self, child_gone, item);
    } else if (is_stalled(self, now_ns)) {
        end(self, MYO_INTAKE_LOST, "the device stalled: no block for 1.8 s", item);
    }
}

void myo_intake_next(myo_intake *self, int64_t now_ns, bool child_gone, myo_intake_item *item)
{
    *item = (myo_intake_item){.kind = MYO_INTAKE_NOTHING, .frame = self->line};
    if (self->over) {
        return;
    }
    if (is_silent(self)) {
        end(self, MYO_INTAKE_LOST, "the device is dead: no sample changed for 1.6 s", item);
        return;
    }
    /* Asked before the ring is looked at: what was written before that was said is there. */
    const bool over = is_over(self, child_gone);
    if (clear_some(self, now_ns)) {
        gap(self, self->pace.lost, "the device lost frames", item);
    } else if (!take(self, item)) {
        nothing(self, now_ns, over, child_gone, item);
    }
}

int64_t myo_intake_period(const myo_intake *self)
{
    return self->period;
}

double myo_intake_drift_ppm(const myo_intake *self)
{
    return myo_pace_drift_ppm(&self->pace);
}
