/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The front door: tiles of frames through the lineups, hop by hop into their channels, their news into
 * events. Order of work is hop first, channel second, so it does not depend on the blocks. */
#include "myotwitch/pipeline.h"

#include "core/cpu.h"
#include "emg/octet.h"
#include "session/group.h"
#include "session/lineup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A gap is looked at for this long; the rest of a longer one is skipped. */
static const double gap_seen_s = 6.0;

/* Noise is told to the lineups each time that so many frames' hops are through: no tile goes beyond, so
 * that what a lineup does with a frame does not depend on the blocks. */
enum { BEAT_FRAMES = MYO_OCTET_FRAMES };

struct myo_pipeline {
    myo_config config;
    int32_t hop_frames;
    int64_t frames;              /* taken, gaps included */
    int32_t in_hop;              /* frames in the present hop */
    int64_t gap_left;            /* lost frames not yet gone through */
    int64_t gap_seen;            /* frames of this gap gone through */
    int32_t beat_hops, in_beat;  /* hops between the times at which the octets are told the noise */
    size_t tile_hops, tile_done; /* hops that the octets ended with the last tile; gone through */
    int32_t tile_rest;           /* frames of that tile behind its last hop */
    uint32_t news_from; /* lineups before this one have told their news of the present hop */
    bool hop_ended;     /* the present hop's news are being taken */
    bool spans_due;     /* its spans first */
    bool beat_due;      /* the noise is to be told */
    bool finished;
    uint32_t lineups;
    myo_lineup **lineup;
    size_t tells_at[MYO_MAX_CHANNELS / MYO_OCTET]; /* hop of the tile at which each has news */
    myo_grouper *grouper;
};

/* A channel that shows the same so much higher is the nearer one... */
static const double outshone_db = 10.0;
/* ...if it rises by as much as the weaker one does, which has its own noise in what it rises from. */
static const double outshone_rise_db = 3.0;

/* Free places for the events of one piece of news and of advancing. */
enum { RESERVE = 2 * MYO_GROUPS + 4 };

static myo_channel *channel_at(const myo_pipeline *self, uint32_t index)
{
    return myo_lineup_channel(self->lineup[index / MYO_OCTET], index % MYO_OCTET);
}

/* The channels of a lineup that have something to tell at the present hop. */
static unsigned telling_of(const myo_pipeline *self, uint32_t lineup)
{
    return self->tells_at[lineup] == self->tile_done ? myo_lineup_telling(self->lineup[lineup]) : 0;
}

/* Whether there is room for the spans of all channels at once: the grouper joins like ones only while
 * they wait with it. */
static bool has_room_for_spans(const myo_pipeline *self)
{
    return myo_grouper_room(self->grouper) >
           RESERVE + (size_t)MYO_CHANNEL_SPANS * self->config.channels;
}

static void take_spans_of(myo_pipeline *self, uint32_t channel)
{
    myo_news news;
    while (myo_channel_next_span(channel_at(self, channel), &news)) {
        myo_grouper_take(self->grouper, channel, &news);
    }
}

static void take_spans(myo_pipeline *self)
{
    for (uint32_t i = 0; i < self->lineups; i++) {
        for (unsigned left = telling_of(self, i); left != 0; left &= left - 1) {
            take_spans_of(self, i * MYO_OCTET + (uint32_t)__builtin_ctz(left));
        }
    }
    self->spans_due = false;
}

/* Crosstalk of a contraction comes over the threshold in pieces that look like twitches. It is what a nearer
 * electrode shows much higher, in a burst that began no later and still lasts; a twitch of its own finds
 * the other channel as it was before, however tense. */
static bool is_outshone(const myo_pipeline *self, uint32_t channel, const myo_news *news)
{
    const bool brief =
        news->verdict.type == MYO_EVENT_LTR || news->verdict.type == MYO_EVENT_SINGLE_UNIT;
    if (news->kind != MYO_NEWS_SETTLED || news->refused || !brief) {
        return false;
    }
    const myo_rise own = myo_channel_rise(channel_at(self, channel), news);
    for (uint32_t c = 0; c < self->config.channels; c++) {
        if (c == channel || self->config.profile[c] != self->config.profile[channel] ||
            !myo_channel_lasts(channel_at(self, c), news)) {
            continue;
        }
        const myo_rise other = myo_channel_rise(channel_at(self, c), news);
        if (other.level_db > own.level_db + outshone_db &&
            other.rise_db > own.rise_db - outshone_rise_db) {
            return true;
        }
    }
    return false;
}

/* Takes a channel's bursts; false when the queue has no room. */
static bool take_bursts(myo_pipeline *self, uint32_t channel)
{
    myo_news news;
    while (myo_grouper_room(self->grouper) > RESERVE &&
           myo_channel_next(channel_at(self, channel), &news)) {
        news.outshone = is_outshone(self, channel, &news);
        myo_grouper_take(self->grouper, channel, &news);
    }
    return myo_grouper_room(self->grouper) > RESERVE;
}

/* Takes the news of the hop that just ended; false when the queue has no room: come again. */
static bool take_news(myo_pipeline *self)
{
    if (self->spans_due) {
        if (!has_room_for_spans(self)) {
            return false;
        }
        take_spans(self);
    }
    for (; self->news_from < self->lineups; self->news_from++) {
        const unsigned telling = telling_of(self, self->news_from);
        for (unsigned left = telling; left != 0; left &= left - 1) {
            const uint32_t lane = (uint32_t)__builtin_ctz(left);
            if (!take_bursts(self, self->news_from * MYO_OCTET + lane)) {
                return false;
            }
        }
        if (self->tells_at[self->news_from] == self->tile_done) {
            myo_lineup_settle(self->lineup[self->news_from]);
        }
    }
    myo_grouper_advance(self->grouper, self->frames - 1);
    self->hop_ended = false;
    self->tile_done++;
    return true;
}

static void tell_noise(myo_pipeline *self)
{
    for (uint32_t i = 0; i < self->lineups; i++) {
        myo_lineup_tell_noise(self->lineup[i]);
    }
    self->beat_due = false;
}

/* Time goes on by so many hops. */
static void end_hops(myo_pipeline *self, size_t hops)
{
    self->frames += (int64_t)hops * self->hop_frames - self->in_hop;
    self->in_hop = 0;
    self->in_beat += (int32_t)hops;
    if (self->in_beat == self->beat_hops) {
        self->in_beat = 0;
        self->beat_due = true;
    }
}

/* Goes to a hop of the tile before which nobody has news; events that the grouper keeps waiting may go
 * out at any of them. */
static void pass_hops(myo_pipeline *self, size_t next)
{
    while (self->tile_done < next) {
        const size_t hops = myo_grouper_waits(self->grouper) ? 1 : next - self->tile_done;
        end_hops(self, hops);
        myo_grouper_advance(self->grouper, self->frames - 1);
        self->tile_done += hops;
    }
}

/* Goes through the hops that the lineups ended; false when events wait. A lineup may be ahead of the
 * others: it has nothing to tell until the hop that it names. */
static bool work_off_hops(myo_pipeline *self)
{
    while (self->tile_done < self->tile_hops) {
        size_t next = self->tile_hops;
        for (uint32_t i = 0; i < self->lineups; i++) {
            self->tells_at[i] = myo_lineup_run(self->lineup[i], self->tile_hops);
            next = self->tells_at[i] < next ? self->tells_at[i] : next;
        }
        pass_hops(self, next);
        if (next < self->tile_hops) {
            end_hops(self, 1);
            self->hop_ended = self->spans_due = true;
            self->news_from = 0;
            if (!take_news(self)) {
                return false;
            }
        }
    }
    if (self->beat_due) {
        tell_noise(self);
    }
    return true;
}

/* Goes on with the tile; false when events wait. */
static bool work_off_tile(myo_pipeline *self)
{
    if (!work_off_hops(self)) {
        return false;
    }
    self->frames += self->tile_rest;
    self->in_hop += self->tile_rest;
    self->tile_rest = 0;
    return true;
}

/* Jumps over the rest of a long gap: all that was open before it has settled by now. */
static void skip_gap(myo_pipeline *self)
{
    const int64_t hops = self->gap_left / self->hop_frames;
    for (uint32_t i = 0; i < self->lineups; i++) {
        myo_lineup_skip(self->lineup[i], hops);
    }
    self->gap_left -= hops * self->hop_frames;
    self->frames += hops * self->hop_frames;
}

/* Goes through lost frames; false when events wait. */
static bool work_off_gap(myo_pipeline *self)
{
    while (self->gap_left > 0) {
        if (self->in_hop == 0 && (double)self->gap_seen > gap_seen_s * self->config.rate_hz &&
            self->gap_left >= self->hop_frames) {
            skip_gap(self);
            continue;
        }
        int64_t frames = self->hop_frames - self->in_hop;
        if (frames > self->gap_left) {
            frames = self->gap_left;
        }
        for (uint32_t i = 0; i < self->lineups; i++) {
            self->tile_hops = myo_lineup_lose(self->lineup[i], (int32_t)frames);
        }
        self->tile_done = 0;
        self->tile_rest = self->tile_hops > 0 ? 0 : (int32_t)frames;
        self->gap_left -= frames;
        self->gap_seen += frames;
        if (!work_off_tile(self)) {
            return false;
        }
    }
    return true;
}

/* What an earlier call left undone. */
static bool work_off(myo_pipeline *self)
{
    if (self->hop_ended && !take_news(self)) {
        return false;
    }
    return work_off_tile(self) && work_off_gap(self);
}

/* Most frames that the lineups may take now. */
static size_t tile_room(const myo_pipeline *self)
{
    const int32_t left = (self->beat_hops - self->in_beat) * self->hop_frames - self->in_hop;
    return left < BEAT_FRAMES ? (size_t)left : BEAT_FRAMES;
}

static bool in_gap(const myo_pipeline *self)
{
    bool any = false;
    for (uint32_t i = 0; i < self->lineups; i++) {
        any = any || myo_lineup_in_gap(self->lineup[i]);
    }
    return any;
}

static bool has_number(const float *frame, uint32_t channels)
{
    uint32_t c = 0;
    while (c < channels && !isfinite(frame[c])) {
        c++;
    }
    return c < channels;
}

/* How many of these frames, from the first on, are like it: with a number in some channel, or lost. */
static size_t alike(const myo_pipeline *self, const float *samples, size_t frames, bool *lost)
{
    const uint32_t channels = self->config.channels;
    size_t same = 1;
    *lost = !has_number(samples, channels);
    while (same < frames && has_number(samples + same * channels, channels) != *lost) {
        same++;
    }
    return same;
}

static void fill_tile(myo_pipeline *self, const float *samples, size_t frames, bool lost)
{
    const size_t channels = self->config.channels;
    for (uint32_t i = 0; i < self->lineups; i++) {
        self->tile_hops = myo_lineup_process(self->lineup[i], samples + (size_t)i * MYO_OCTET,
                                             channels, frames, lost);
    }
    self->tile_done = 0;
    const size_t reached = (size_t)self->in_hop + frames;
    self->tile_rest = (int32_t)(self->tile_hops > 0 ? reached % (size_t)self->hop_frames : frames);
}

size_t myo_pipeline_process(myo_pipeline *self, const float *samples, size_t frames)
{
    size_t taken = 0;
    const uint64_t saved = myo_cpu_flush_begin();
    bool room = work_off(self);
    while (room && taken < frames) {
        const size_t left = frames - taken;
        const size_t most = tile_room(self);
        const float *from = samples + taken * self->config.channels;
        size_t tile = left < most ? left : most;
        bool lost = false;
        /* It matters to a gap that is 10 s long, so to none that began in this tile. */
        if (in_gap(self)) {
            tile = alike(self, from, tile, &lost);
        }
        fill_tile(self, from, tile, lost);
        taken += tile;
        room = work_off_tile(self);
    }
    myo_cpu_flush_end(saved);
    return taken;
}

void myo_pipeline_gap(myo_pipeline *self, int64_t frames)
{
    const int64_t left = MYO_MAX_FRAMES - self->frames - self->gap_left;
    frames = frames < left ? frames : left;
    if (frames <= 0) {
        return;
    }
    if (self->gap_left == 0) {
        self->gap_seen = 0;
    }
    self->gap_left += frames;
    work_off(self);
}

bool myo_pipeline_next(myo_pipeline *self, myo_event *event)
{
    return myo_grouper_next(self->grouper, event);
}

bool myo_pipeline_finish(myo_pipeline *self)
{
    if (self->finished) {
        return true;
    }
    if (!work_off(self)) {
        return false;
    }
    if (!has_room_for_spans(self)) {
        return false;
    }
    for (uint32_t c = 0; c < self->config.channels; c++) {
        myo_channel_end_spans(channel_at(self, c));
        take_spans_of(self, c);
    }
    for (uint32_t c = 0; c < self->config.channels; c++) {
        bool done = false;
        while (!done) {
            myo_news news;
            done = myo_channel_finish(channel_at(self, c));
            while (myo_grouper_room(self->grouper) > RESERVE &&
                   myo_channel_next(channel_at(self, c), &news)) {
                myo_grouper_take(self->grouper, c, &news);
                done = false;
            }
            if (myo_grouper_room(self->grouper) <= RESERVE) {
                return false;
            }
        }
    }
    myo_grouper_finish(self->grouper, self->frames - 1);
    self->finished = true;
    return true;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t myo_pipeline_settled(const myo_pipeline *self)
{
    int64_t frame = earlier(self->frames, myo_grouper_settled(self->grouper));
    for (uint32_t c = 0; !self->finished && c < self->config.channels; c++) {
        frame = earlier(frame, myo_channel_settled(channel_at(self, c)));
    }
    return frame < 0 ? 0 : frame;
}

int64_t myo_pipeline_frames(const myo_pipeline *self)
{
    return self->frames;
}

void myo_pipeline_summary(const myo_pipeline *self, uint32_t channel, myo_channel_summary *summary)
{
    myo_lineup_summarise(self->lineup[channel / MYO_OCTET], channel % MYO_OCTET, summary);
    memcpy(summary->events, myo_grouper_events(self->grouper, channel), sizeof summary->events);
    summary->refusals[MYO_REFUSED_MERGED] = myo_grouper_merged(self->grouper, channel);
}

void myo_pipeline_meter(const myo_pipeline *self, uint32_t channel, myo_meter *meter)
{
    myo_channel_meter(channel_at(self, channel), meter);
}

void myo_pipeline_reset(myo_pipeline *self)
{
    self->frames = self->gap_left = 0;
    self->in_hop = 0;
    self->tile_hops = self->tile_done = 0;
    self->tile_rest = 0;
    self->hop_ended = self->spans_due = self->finished = false;
    self->news_from = 0;
    myo_grouper_reset(self->grouper);
    self->in_beat = 0;
    self->beat_due = false;
    for (uint32_t i = 0; i < self->lineups; i++) {
        myo_lineup_reset(self->lineup[i]);
    }
}

int64_t myo_pipeline_delay(const myo_pipeline *self)
{
    return myo_channel_delay(channel_at(self, 0));
}

static myo_status make(myo_pipeline *self)
{
    const uint32_t channels = self->config.channels;
    self->lineups = (channels + MYO_OCTET - 1) / MYO_OCTET;
    self->lineup = calloc(self->lineups, sizeof(myo_lineup *));
    if (self->lineup == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    myo_channel *like[2] = {NULL, NULL};
    for (uint32_t i = 0; i < self->lineups; i++) {
        const myo_status status =
            myo_lineup_new(&self->config, i * MYO_OCTET, like, &self->lineup[i]);
        if (status != MYO_OK) {
            return status;
        }
    }
    return myo_grouper_new(channels, self->config.rate_hz, &self->grouper);
}

myo_status myo_pipeline_new(const myo_config *config, myo_pipeline **out)
{
    myo_status status = myo_config_check(config, NULL);
    if (status != MYO_OK) {
        return status;
    }
    myo_pipeline *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    self->config = *config;
    self->hop_frames = myo_hop_frames(config->rate_hz);
    self->beat_hops = self->hop_frames < BEAT_FRAMES ? BEAT_FRAMES / self->hop_frames : 1;
    status = make(self);
    if (status != MYO_OK) {
        myo_pipeline_free(self);
        return status;
    }
    *out = self;
    return MYO_OK;
}

void myo_pipeline_free(myo_pipeline *self)
{
    if (self == NULL) {
        return;
    }
    for (uint32_t i = 0; self->lineup != NULL && i < self->lineups; i++) {
        myo_lineup_free(self->lineup[i]);
    }
    myo_grouper_free(self->grouper);
    free(self->lineup);
    free(self);
}
