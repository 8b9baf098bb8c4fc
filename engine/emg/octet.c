/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the kernels over tiles of eight channels. A channel with which something happens that the
 * kernels leave alone goes through the tile once more, sample by sample. */
#include "emg/octet.h"

#include "emg/front.h"
#include "emg/octet_kern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TILE = MYO_OCTET_FRAMES };

/* Hum of this share of the noise's power spoils a floor that was learned with it. */
static const double heavy_hum = 1.0;
/* front.c asks 40 scales of a rail that it finds; a scale grows by less than a third within a tile. */
static const double far_scales = 30.0;
static const uint8_t frozen = MYO_HOP_HELD | MYO_HOP_SATURATED | MYO_HOP_INVALID;

struct myo_octet {
    const myo_octet_kernels *kernels;
    uint32_t lanes;
    unsigned used; /* bit of each channel */
    bool hum_cancel;
    int32_t hop_frames, settle_frames, quarter_left;
    myo_front_config front_config[MYO_OCTET];
    myo_hum_config hum_config;
    size_t ended;   /* hops that ended in the last call */
    unsigned calm;  /* channels that the front's kernel may take */
    unsigned state; /* which of the two is the present one */
    myo_front_lanes front_lanes[2];
    myo_front front[MYO_OCTET]; /* all else that front.c keeps */
    int32_t settle_left[MYO_OCTET];
    myo_hum hum;
    myo_bands bands;
    MYO_ALIGNED float x[TILE * MYO_OCTET];
    MYO_ALIGNED double z[TILE * MYO_OCTET];
    double learns[TILE * MYO_OCTET];
    uint8_t flags[TILE + 1][MYO_OCTET]; /* by hop; the last one begun is the next call's first */
    float edge[TILE + 1][MYO_OCTET];
    myo_hop_row rows[TILE];
};

/* --- front --------------------------------------------------------------------------------- */

static size_t hop_of(const myo_octet *self, size_t frame)
{
    return ((size_t)self->bands.in_hop + frame) / (size_t)self->hop_frames;
}

static void lanes_read(const myo_front_lanes *lanes, size_t lane, myo_front *front)
{
    myo_edge *edge = &front->edge;
    front->level = lanes->level[lane];
    front->low = lanes->low[lane];
    front->high = lanes->high[lane];
    edge->x1 = lanes->x1[lane];
    edge->x2 = lanes->x2[lane];
    edge->scale = lanes->scale[lane];
    edge->offset = lanes->offset[lane];
    edge->flat = (int32_t)lanes->flat[lane];
    for (size_t i = 0; i < 4; i++) {
        edge->recent[i] = lanes->recent[i][lane];
    }
}

static void lanes_write(myo_front_lanes *lanes, size_t lane, const myo_front *front)
{
    const myo_edge *edge = &front->edge;
    lanes->level[lane] = front->level;
    lanes->low[lane] = front->low;
    lanes->high[lane] = front->high;
    lanes->x1[lane] = edge->x1;
    lanes->x2[lane] = edge->x2;
    lanes->scale[lane] = edge->scale;
    lanes->offset[lane] = edge->offset;
    lanes->flat[lane] = edge->flat;
    for (size_t i = 0; i < 4; i++) {
        lanes->recent[i][lane] = edge->recent[i];
    }
}

/* How many frames of the quarter of the look-back are left, @p frames later; for all channels alike. */
static int32_t quarter_after(const myo_octet *self, size_t frames)
{
    const int32_t length = self->front_config[0].edge.look_back;
    const int32_t left = (self->quarter_left - (int32_t)frames) % length;
    return left < 0 ? left + length : left;
}

static void settle(myo_octet *self, size_t lane, myo_front_result *result)
{
    if (result->flags & MYO_HOP_INVALID) {
        result->flags |= MYO_HOP_LOST;
        self->front[lane].started = false;
        self->settle_left[lane] = self->settle_frames;
    }
    if (self->settle_left[lane] > 0) {
        self->settle_left[lane]--;
        result->flags |= MYO_HOP_INVALID;
    }
}

/* One channel sample by sample. Returns whether the kernel may take it from here on. */
static bool lane_run(myo_octet *self, size_t lane, const float *x, size_t stride, size_t frames)
{
    const myo_front_config *config = &self->front_config[lane];
    myo_front *front = &self->front[lane];
    lanes_read(&self->front_lanes[self->state], lane, front);
    for (size_t n = 0; n < frames; n++) {
        front->edge.quarter_left = quarter_after(self, n);
        myo_front_result result = myo_front_process(config, front, x[n * stride + lane]);
        settle(self, lane, &result);
        const size_t hop = hop_of(self, n);
        self->flags[hop][lane] |= result.flags;
        self->edge[hop][lane] = fmaxf(self->edge[hop][lane], result.edge);
        self->z[n * MYO_OCTET + lane] = result.y;
        self->learns[n * MYO_OCTET + lane] = result.flags & frozen ? 0.0 : 1.0;
    }
    lanes_write(&self->front_lanes[!self->state], lane, front);
    return front->started && front->edge.hold == 0 && self->settle_left[lane] == 0 &&
           front->edge.seen == config->edge.learned_frames && config->blank_edges;
}

/* What the front's kernel leaves to be done: how many equal samples the tile ends with. */
static void count_equal(myo_octet *self, size_t lane, const float *x, size_t stride, size_t frames)
{
    myo_front *front = &self->front[lane];
    size_t run = 1;
    x += lane;
    const float last = x[(frames - 1) * stride];
    while (run < frames && x[(frames - 1 - run) * stride] == last) {
        run++;
    }
    const bool goes_on = run == frames && front->last == (double)last;
    front->equal = (goes_on ? front->equal : 0) + (int32_t)run;
    front->last = (double)last;
}

/* All channels through the front. Returns whether every frame of every channel may teach the hum. */
static bool front_run(myo_octet *self, const float *x, size_t stride, size_t frames)
{
    unsigned slow = self->used & ~self->calm;
    if (self->calm != 0) {
        slow |= self->used &
                self->kernels->front(&self->front_config[0].edge, &self->front_lanes[self->state],
                                     &self->front_lanes[!self->state], self->quarter_left, x,
                                     stride, frames, self->lanes, self->z);
    }
    for (size_t i = 0; slow != 0 && i < frames * MYO_OCTET; i++) {
        self->learns[i] = 1.0;
    }
    for (size_t lane = 0; lane < self->lanes; lane++) {
        if (!(slow >> lane & 1u)) {
            count_equal(self, lane, x, stride, frames);
        } else if (lane_run(self, lane, x, stride, frames) && self->kernels->front) {
            self->calm |= 1u << lane;
        } else {
            self->calm &= ~(1u << lane);
        }
    }
    self->quarter_left = quarter_after(self, frames);
    self->state = !self->state;
    return slow == 0;
}

/* --- hum ----------------------------------------------------------------------------------- */

static void mark_hum(myo_octet *self, size_t from, size_t to)
{
    for (size_t lane = 0; lane < self->lanes; lane++) {
        if (!(self->hum.weight[lane] > heavy_hum)) {
            continue;
        }
        for (size_t hop = hop_of(self, from); from < to && hop <= hop_of(self, to - 1); hop++) {
            self->flags[hop][lane] |= MYO_HOP_HUM;
        }
    }
}

static void hum_run(myo_octet *self, size_t frames, bool learns)
{
    for (size_t at = 0; at < frames;) {
        const size_t room = myo_hum_room(&self->hum_config, &self->hum);
        const size_t count = frames - at < room ? frames - at : room;
        const bool decides = count == room;
        mark_hum(self, at, at + count - decides); /* a decision counts from its own frame on */
        myo_hum_process(&self->hum_config, &self->hum, self->kernels->hum, self->z + at * MYO_OCTET,
                        learns ? NULL : self->learns + at * MYO_OCTET, count, self->lanes);
        at += count;
        mark_hum(self, at - decides, at);
    }
}

/* --- tiles --------------------------------------------------------------------------------- */

/* The hop that was begun is the first one now. */
static void carry_flags(myo_octet *self, size_t hops)
{
    memmove(self->flags[0], self->flags[hops], sizeof self->flags[0]);
    memmove(self->edge[0], self->edge[hops], sizeof self->edge[0]);
}

static void clear_flags(myo_octet *self, size_t from, size_t to)
{
    memset(self->flags[from], 0, (to - from) * sizeof self->flags[0]);
    memset(self->edge[from], 0, (to - from) * sizeof self->edge[0]);
}

/* Kernels read whole rows: rows of fewer than eight channels are laid out anew. */
static const float *widen(myo_octet *self, const float *x, size_t stride, size_t frames)
{
    for (size_t lane = 0; lane < self->lanes; lane++) {
        for (size_t n = 0; n < frames; n++) {
            self->x[n * MYO_OCTET + lane] = x[n * stride + lane];
        }
    }
    return self->x;
}

size_t myo_octet_process(myo_octet *self, const float *x, size_t stride, size_t frames)
{
    if (self->lanes < MYO_OCTET) {
        x = widen(self, x, stride, frames);
        stride = MYO_OCTET;
    }
    const size_t hops = hop_of(self, frames);
    carry_flags(self, self->ended);
    clear_flags(self, 1, hops + 1);
    const bool learns = front_run(self, x, stride, frames);
    if (self->hum_cancel) {
        hum_run(self, frames, learns);
    }
    self->kernels->bands(&self->bands, self->z, frames, self->hop_frames, self->lanes, self->rows);
    self->ended = hops;
    return hops;
}

size_t myo_octet_lose(myo_octet *self, int32_t frames)
{
    carry_flags(self, self->ended);
    self->ended = 0;
    self->calm = 0;
    memset(self->bands.s1, 0, sizeof self->bands.s1);
    memset(self->bands.s2, 0, sizeof self->bands.s2);
    for (size_t lane = 0; lane < self->lanes; lane++) {
        self->flags[0][lane] |= MYO_HOP_LOST | MYO_HOP_INVALID;
        self->front[lane].started = false;
        self->settle_left[lane] = self->settle_frames;
    }
    self->bands.in_hop += frames;
    if (self->bands.in_hop < self->hop_frames) {
        return 0;
    }
    for (size_t lane = 0; lane < self->lanes; lane++) {
        for (int band = 0; band < MYO_LANE_COUNT; band++) {
            self->rows[0].energy[band][lane] = (float)self->bands.energy[band][lane];
        }
        self->rows[0].peak[lane] = (float)self->bands.peak[lane];
        self->rows[0].turns[lane] = (float)self->bands.turns[lane];
    }
    memset(self->bands.energy, 0, sizeof self->bands.energy);
    memset(self->bands.peak, 0, sizeof self->bands.peak);
    memset(self->bands.turns, 0, sizeof self->bands.turns);
    self->bands.in_hop = 0;
    clear_flags(self, 1, 2);
    self->ended = 1;
    return 1;
}

const myo_hop_row *myo_octet_rows(const myo_octet *self)
{
    return self->rows;
}

const uint8_t (*myo_octet_flags(const myo_octet *self))[MYO_OCTET]
{
    return (const uint8_t(*)[MYO_OCTET])self->flags;
}

const float (*myo_octet_edges(const myo_octet *self))[MYO_OCTET]
{
    return (const float(*)[MYO_OCTET])self->edge;
}

void myo_octet_set_turn(myo_octet *self, size_t lane, double limit)
{
    self->bands.turn_limit[lane] = limit;
}

double myo_octet_hum_hz(const myo_octet *self, size_t lane)
{
    return myo_hum_hz(&self->hum, lane);
}

double myo_octet_hum_rms(const myo_octet *self, size_t lane)
{
    return myo_hum_rms(&self->hum, lane);
}

/* --- life ---------------------------------------------------------------------------------- */

void myo_octet_reset(myo_octet *self)
{
    self->calm = 0;
    self->ended = 0;
    self->quarter_left = 0;
    memset(self->flags, 0, sizeof self->flags);
    memset(self->edge, 0, sizeof self->edge);
    for (size_t lane = 0; lane < MYO_OCTET; lane++) {
        myo_front_reset(&self->front[lane]);
        self->settle_left[lane] = self->settle_frames;
        self->bands.turn_from[lane] = 0.0;
        self->bands.turn_way[lane] = -1.0;
    }
    memset(self->bands.s1, 0, sizeof self->bands.s1);
    memset(self->bands.s2, 0, sizeof self->bands.s2);
    memset(self->bands.energy, 0, sizeof self->bands.energy);
    memset(self->bands.peak, 0, sizeof self->bands.peak);
    memset(self->bands.turns, 0, sizeof self->bands.turns);
    memset(self->bands.turn_limit, 0, sizeof self->bands.turn_limit);
    self->bands.in_hop = 0;
    myo_hum_reset(&self->hum_config, &self->hum);
}

static void set_band(myo_bands *bands, size_t lane, int band, const myo_band *design)
{
    bands->gain[band][lane] = design->gain;
    for (size_t k = 0; k < MYO_BAND_SECTIONS; k++) {
        bands->a1[band][k][lane] = -design->section[k].a1;
        bands->a2[band][k][lane] = -design->section[k].a2;
    }
}

static void set_lane(myo_octet *self, const myo_octet_config *config, size_t lane)
{
    myo_front_config *front = &self->front_config[lane];
    myo_front_config_default(front, config->rate_hz);
    front->blank_edges = config->blank_edges;
    front->rail_low = config->rail_low[lane];
    front->rail_high = config->rail_high[lane];
    const bool known = front->rail_low < front->rail_high;
    self->front_lanes[0].far[lane] = self->front_lanes[1].far[lane] = known ? -1.0 : far_scales;
    for (int band = 0; band < MYO_LANE_COUNT; band++) {
        set_band(&self->bands, lane, band, &config->bands[lane][band]);
    }
}

myo_status myo_octet_new(const myo_octet_config *config, myo_octet **octet)
{
    myo_octet *self = aligned_alloc(_Alignof(myo_octet), sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    memset(self, 0, sizeof *self);
    self->kernels = myo_octet_choose(config->cpu_mask, config->lanes);
    self->lanes = config->lanes;
    self->used = (1u << config->lanes) - 1;
    self->hum_cancel = config->hum_cancel;
    self->hop_frames = myo_hop_frames(config->rate_hz);
    self->settle_frames = config->settle_frames;
    for (size_t lane = 0; lane < config->lanes; lane++) {
        set_lane(self, config, lane);
    }
    myo_hum_config_default(&self->hum_config, config->rate_hz, config->high_hz);
    myo_octet_reset(self);
    *octet = self;
    return MYO_OK;
}

void myo_octet_free(myo_octet *self)
{
    free(self);
}
