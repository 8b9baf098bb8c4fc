/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The front door: tiles of frames through the octets, hop by hop into the channels, their news into
 * events. Order of work is hop first, channel second, so it does not depend on the blocks. */
#include "myotwitch/pipeline.h"

#include "core/cpu.h"
#include "emg/octet.h"
#include "session/channel.h"
#include "session/group.h"

#include <stdlib.h>
#include <string.h>

/* A gap is looked at for this long; the rest of a longer one is skipped. */
static const double gap_seen_s = 6.0;
/* Filters are given this long after a start or a gap before their output counts. */
static const double settle_ms = 40.0;

/* Noise is told to the octets each time that so many frames' hops are through: no tile goes beyond, so
 * that what an octet does with a frame does not depend on the blocks. */
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
    uint32_t news_from; /* channels before this one have told their news of the present hop */
    bool hop_ended;     /* the present hop's news are being taken */
    bool spans_due;     /* its spans first */
    bool finished;
    uint32_t octets;
    myo_octet **octet;
    myo_grouper *grouper;
    myo_channel **channel;
};

/* Free places for the events of one piece of news and of advancing. */
enum { RESERVE = 2 * MYO_GROUPS + 4 };

/* Takes the spans of all channels at once: the grouper joins like ones only while they wait with it.
 * False when the queue has no room. */
static bool take_spans(myo_pipeline *self)
{
    const uint32_t channels = self->config.channels;
    if (myo_grouper_room(self->grouper) <= RESERVE + (size_t)MYO_CHANNEL_SPANS * channels) {
        return false;
    }
    for (uint32_t c = 0; c < channels; c++) {
        myo_news news;
        while (myo_channel_next_span(self->channel[c], &news)) {
            myo_grouper_take(self->grouper, c, &news);
        }
    }
    self->spans_due = false;
    return true;
}

/* Takes the news of the hop that just ended; false when the queue has no room: come again. */
static bool take_news(myo_pipeline *self)
{
    if (self->spans_due && !take_spans(self)) {
        return false;
    }
    for (; self->news_from < self->config.channels; self->news_from++) {
        myo_news news;
        while (myo_grouper_room(self->grouper) > RESERVE &&
               myo_channel_next(self->channel[self->news_from], &news)) {
            myo_grouper_take(self->grouper, self->news_from, &news);
        }
        if (myo_grouper_room(self->grouper) <= RESERVE) {
            return false;
        }
    }
    myo_grouper_advance(self->grouper, self->frames - 1);
    self->hop_ended = false;
    return true;
}

/* Tells the octets how large the noise is by now. */
static void tell_noise(myo_pipeline *self)
{
    for (uint32_t c = 0; c < self->config.channels; c++) {
        myo_octet_set_turn(self->octet[c / MYO_OCTET], c % MYO_OCTET,
                           myo_channel_turn_limit(self->channel[c]));
    }
    self->in_beat = 0;
}

/* The hop that the octets hold at this place goes into the channels; false when events wait. */
static bool end_hop(myo_pipeline *self, size_t index)
{
    for (uint32_t c = 0; c < self->config.channels; c++) {
        myo_hop hop;
        myo_octet_hop(self->octet[c / MYO_OCTET], index, c % MYO_OCTET, &hop);
        myo_channel_add(self->channel[c], &hop);
    }
    if (++self->in_beat == self->beat_hops) {
        tell_noise(self);
    }
    self->in_hop = 0;
    self->hop_ended = self->spans_due = true;
    self->news_from = 0;
    return take_news(self);
}

/* Goes on with the tile; false when events wait. */
static bool work_off_tile(myo_pipeline *self)
{
    while (self->tile_done < self->tile_hops) {
        self->frames += self->hop_frames - self->in_hop;
        if (!end_hop(self, self->tile_done++)) {
            return false;
        }
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
    for (uint32_t c = 0; c < self->config.channels; c++) {
        myo_channel_skip(self->channel[c], hops);
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
        for (uint32_t i = 0; i < self->octets; i++) {
            myo_octet_lose(self->octet[i], (int32_t)frames);
        }
        self->gap_left -= frames;
        self->gap_seen += frames;
        self->frames += frames;
        self->in_hop += (int32_t)frames;
        if (self->in_hop == self->hop_frames && !end_hop(self, 0)) {
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

/* Most frames that the octets may take now. */
static size_t tile_room(const myo_pipeline *self)
{
    const int32_t left = (self->beat_hops - self->in_beat) * self->hop_frames - self->in_hop;
    return left < BEAT_FRAMES ? (size_t)left : BEAT_FRAMES;
}

static void fill_tile(myo_pipeline *self, const float *samples, size_t frames)
{
    const size_t channels = self->config.channels;
    for (uint32_t i = 0; i < self->octets; i++) {
        self->tile_hops =
            myo_octet_process(self->octet[i], samples + (size_t)i * MYO_OCTET, channels, frames);
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
        const size_t tile = left < most ? left : most;
        fill_tile(self, samples + taken * self->config.channels, tile);
        taken += tile;
        room = work_off_tile(self);
    }
    myo_cpu_flush_end(saved);
    return taken;
}

void myo_pipeline_gap(myo_pipeline *self, int64_t frames)
{
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
    for (uint32_t c = 0; c < self->config.channels; c++) {
        myo_channel_end_spans(self->channel[c]);
    }
    if (!take_spans(self)) {
        return false;
    }
    for (uint32_t c = 0; c < self->config.channels; c++) {
        bool done = false;
        while (!done) {
            myo_news news;
            done = myo_channel_finish(self->channel[c]);
            while (myo_grouper_room(self->grouper) > RESERVE &&
                   myo_channel_next(self->channel[c], &news)) {
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
        frame = earlier(frame, myo_channel_settled(self->channel[c]));
    }
    return frame < 0 ? 0 : frame;
}

int64_t myo_pipeline_frames(const myo_pipeline *self)
{
    return self->frames;
}

void myo_pipeline_summary(const myo_pipeline *self, uint32_t channel, myo_channel_summary *summary)
{
    myo_channel_summarise(self->channel[channel], summary);
    summary->hum_hz = myo_octet_hum_hz(self->octet[channel / MYO_OCTET], channel % MYO_OCTET);
    summary->hum_rms = myo_octet_hum_rms(self->octet[channel / MYO_OCTET], channel % MYO_OCTET);
    memcpy(summary->events, myo_grouper_events(self->grouper, channel), sizeof summary->events);
    summary->refusals[MYO_REFUSED_MERGED] = myo_grouper_merged(self->grouper, channel);
}

void myo_pipeline_meter(const myo_pipeline *self, uint32_t channel, myo_meter *meter)
{
    myo_channel_meter(self->channel[channel], meter);
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
    for (uint32_t i = 0; i < self->octets; i++) {
        myo_octet_reset(self->octet[i]);
    }
    for (uint32_t c = 0; c < self->config.channels; c++) {
        myo_channel_reset(self->channel[c]);
    }
    tell_noise(self);
}

int64_t myo_pipeline_delay(const myo_pipeline *self)
{
    return myo_channel_delay(self->channel[0]);
}

/* The eight channels from @p first on, or as many as there are. */
static myo_status make_octet(myo_pipeline *self, uint32_t first, myo_octet **octet)
{
    const myo_config *c = &self->config;
    myo_octet_config config = {.rate_hz = c->rate_hz,
                               .cpu_mask = c->cpu_mask,
                               .blank_edges = c->blank_edges,
                               .hum_cancel = c->hum_cancel,
                               .settle_frames = (int32_t)(settle_ms * c->rate_hz / 1000.0)};
    for (uint32_t lane = 0; lane < MYO_OCTET && first + lane < c->channels; lane++) {
        const uint32_t channel = first + lane;
        config.lanes = lane + 1;
        config.rail_low[lane] = c->rail_low[channel];
        config.rail_high[lane] = c->rail_high[channel];
        myo_status status =
            myo_channel_design(c, channel, config.bands[lane], &config.high_hz[lane]);
        if (status == MYO_OK) {
            status = myo_channel_new(c, channel, config.bands[lane], &self->channel[channel]);
        }
        if (status != MYO_OK) {
            return status;
        }
    }
    return myo_octet_new(&config, octet);
}

static myo_status make(myo_pipeline *self)
{
    const uint32_t channels = self->config.channels;
    self->octets = (channels + MYO_OCTET - 1) / MYO_OCTET;
    self->channel = calloc(channels, sizeof(myo_channel *));
    self->octet = calloc(self->octets, sizeof(myo_octet *));
    if (self->channel == NULL || self->octet == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    for (uint32_t i = 0; i < self->octets; i++) {
        const myo_status status = make_octet(self, i * MYO_OCTET, &self->octet[i]);
        if (status != MYO_OK) {
            return status;
        }
    }
    tell_noise(self);
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
    for (uint32_t c = 0; self->channel != NULL && c < self->config.channels; c++) {
        myo_channel_free(self->channel[c]);
    }
    for (uint32_t i = 0; self->octet != NULL && i < self->octets; i++) {
        myo_octet_free(self->octet[i]);
    }
    myo_grouper_free(self->grouper);
    free(self->channel);
    free(self->octet);
    free(self);
}
