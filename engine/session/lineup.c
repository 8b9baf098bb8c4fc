/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every hop needs is done by kernels for all channels at once; a channel is asked itself only when
 * it is awake: not armed, in a burst, flagged, or over a threshold. */
#include "session/lineup.h"

#include "emg/floor.h"
#include "emg/octet.h"
#include "emg/octet_kern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Filters are given this long after a start or a gap before their output counts. */
static const double settle_ms = 40.0;
/* Turns smaller than this many SD of the noise are the noise's. */
static const double turn_sigmas = 3.0;

struct myo_lineup {
    uint32_t lanes;
    unsigned used; /* bit of each channel */
    const myo_octet_kernels *kernels;
    myo_octet *octet;
    myo_channel *channel[MYO_OCTET];
    size_t done;                    /* hops of the last call gone through */
    bool tells;                     /* the last of them has news */
    unsigned awake;                 /* bit of each channel that looks at every hop itself */
    int64_t due[MYO_OCTET];         /* hop at which each that rests is to look */
    int64_t next_due;               /* the first of these */
    unsigned needles;               /* bit of each channel that is a needle's */
    bool lost;                      /* no channel has a number in the frames of the last call */
    uint8_t usual_flags[MYO_OCTET]; /* of a hop that is no news */
    myo_board board;
};

size_t myo_lineup_process(myo_lineup *self, const float *x, size_t stride, size_t frames, bool lost)
{
    self->done = 0;
    self->board.floor.busy = false;
    self->lost = lost;
    return myo_octet_process(self->octet, x, stride, frames);
}

size_t myo_lineup_lose(myo_lineup *self, int32_t frames)
{
    self->done = 0;
    self->lost = true;
    return myo_octet_lose(self->octet, frames);
}

/* Bits of the channels whose flags are not what they were. */
static unsigned flagged(const myo_lineup *self, const uint8_t *flags)
{
    unsigned bits = 0;
    if (memcmp(flags, self->usual_flags, sizeof self->usual_flags) != 0) {
        for (uint32_t lane = 0; lane < self->lanes; lane++) {
            bits |= flags[lane] != self->usual_flags[lane] ? 1u << lane : 0u;
        }
    }
    return bits;
}

/* The board has the hop; whatever is more than usual is looked at by the channel itself. */
static void ask_awake(myo_lineup *self, const uint8_t *flags, const float *edges)
{
    uint32_t lane = 0;
    for (unsigned left = self->awake; left != 0; left >>= 1, lane++) {
        if (left & 1u) {
            myo_channel_add(self->channel[lane], edges[lane], self->lost);
            self->usual_flags[lane] = flags[lane] & MYO_HOP_HUM;
        }
    }
}

bool myo_lineup_in_gap(const myo_lineup *self)
{
    bool in_gap = false;
    for (uint32_t lane = 0; self->awake >> lane != 0; lane++) {
        in_gap = in_gap || ((self->awake >> lane & 1u) && myo_channel_in_gap(self->channel[lane]));
    }
    return in_gap;
}

/* Calls @p tell for each channel of those bits. */
static void each(const myo_lineup *self, unsigned bits, MYO_RT void (*tell)(myo_channel *channel))
{
    for (uint32_t lane = 0; bits != 0; bits >>= 1, lane++) {
        if (bits & 1u) {
            tell(self->channel[lane]);
        }
    }
}

/* Bits of the channels that are to look at the next hop. */
static unsigned due_now(const myo_lineup *self)
{
    unsigned bits = 0;
    for (uint32_t lane = 0; self->next_due <= self->board.rows.end && lane < self->lanes; lane++) {
        bits |= self->due[lane] <= self->board.rows.end ? 1u << lane : 0u;
    }
    return bits;
}

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Hops before the one with which the block of a channel in a burst is whole. */
static int64_t before_floor(const myo_lineup *self)
{
    const myo_floor_sums *sums = &self->board.floor.sums;
    int64_t hops = INT64_MAX;
    for (unsigned left = self->board.followed.channels; left != 0; left &= left - 1) {
        const double missing = sums->block_hops - sums->hops[__builtin_ctz(left)];
        hops = lesser(hops, (int64_t)missing - 1);
    }
    return hops;
}

/* Hops from the present one on that the kernel may go through: all channels sleep, and nothing is
 * flagged or due. */
static size_t calm_hops(const myo_lineup *self, size_t end)
{
    size_t hop = self->done;
    const int64_t until_due = self->next_due - self->board.rows.end;
    if (self->awake != 0 || self->needles != 0 || until_due <= 0) {
        return 0;
    }
    const int64_t until_floor = before_floor(self);
    const int64_t most = lesser(until_due, until_floor > 0 ? until_floor : 1);
    end = (int64_t)(end - hop) > most ? hop + (size_t)most : end;
    const uint8_t(*flags)[MYO_OCTET] = myo_octet_flags(self->octet);
    while (hop < end && flagged(self, flags[hop]) == 0) {
        hop++;
    }
    return hop - self->done;
}

/* The blocks of these channels are whole; with the last one that it needs, a channel is armed. */
static void take_blocks(myo_lineup *self, unsigned whole)
{
    if (whole != 0) {
        myo_floors_end(&self->board.floor, whole);
    }
    for (uint32_t lane = 0; whole >> lane != 0; lane++) {
        if ((whole >> lane & 1u) && myo_channel_block(self->channel[lane])) {
            self->awake |= 1u << lane;
        }
    }
}

/* The windows of the last hop; channels over a limit wake up. */
static void take_over(myo_lineup *self, unsigned over)
{
    each(self, over & ~self->awake, myo_channel_wake);
    self->awake |= over;
    /* Other channels may ask one that is in a burst for its floor: before it becomes another, they come as far. */
    self->tells = self->awake != 0 || before_floor(self) == 0;
}

/* What is active teaches no floor. */
static void mark_active(myo_lineup *self)
{
    self->board.floor.quiet &= ~self->board.followed.channels;
}

/* Many hops at once, as long as nothing happens in them. */
static void go_on_calm(myo_lineup *self, size_t calm)
{
    const uint8_t(*flags)[MYO_OCTET] = myo_octet_flags(self->octet) + self->done;
    const myo_hop_row *rows = myo_octet_rows(self->octet) + self->done;
    unsigned whole, over;
    self->done += self->kernels->hops(&self->board, rows, flags, calm, self->used, &whole, &over);
    mark_active(self);
    if (whole != 0) {
        take_blocks(self, whole);
        over = self->kernels->slide(&self->board, self->used);
    }
    take_over(self, over);
}

/* One hop in which some channel is awake. */
static void go_on_awake(myo_lineup *self)
{
    const uint8_t *flags = myo_octet_flags(self->octet)[self->done];
    self->awake |= flagged(self, flags) | due_now(self);
    const unsigned whole = self->kernels->gather(
        &self->board, myo_octet_rows(self->octet) + self->done, flags, self->used);
    mark_active(self);
    each(self, self->needles, myo_channel_watch_needle);
    const unsigned blocks = whole & ~self->awake;
    ask_awake(self, flags, myo_octet_edges(self->octet)[self->done]);
    take_blocks(self, blocks);
    self->done++;
    take_over(self, self->kernels->slide(&self->board, self->used));
}

size_t myo_lineup_run(myo_lineup *self, size_t end)
{
    while (!self->tells && self->done < end) {
        const size_t calm = calm_hops(self, end);
        if (calm > 0) {
            go_on_calm(self, calm);
        } else {
            go_on_awake(self);
        }
    }
    if (!self->tells && self->awake == 0) {
        myo_floors_ahead(&self->board.floor);
    }
    return self->tells ? self->done - 1 : end;
}

unsigned myo_lineup_telling(const myo_lineup *self)
{
    return self->awake;
}

void myo_lineup_settle(myo_lineup *self)
{
    self->tells = false;
    for (uint32_t lane = 0; self->awake >> lane != 0; lane++) {
        if ((self->awake >> lane & 1u) && myo_channel_rest(self->channel[lane])) {
            self->awake &= ~(1u << lane);
            self->due[lane] = myo_channel_due(self->channel[lane]);
        }
    }
    self->next_due = INT64_MAX;
    for (uint32_t lane = 0; lane < self->lanes; lane++) {
        self->next_due = lesser(self->next_due, self->due[lane]);
    }
}

void myo_lineup_skip(myo_lineup *self, int64_t hops)
{
    self->board.rows.end += hops;
    for (uint32_t lane = 0; lane < self->lanes; lane++) {
        myo_channel_skip(self->channel[lane], hops);
    }
    self->awake = self->used;
}

void myo_lineup_tell_noise(myo_lineup *self)
{
    for (uint32_t lane = 0; lane < self->lanes; lane++) {
        const double noise = self->board.floor.power[MYO_LANE_MEASURE][lane];
        myo_octet_set_turn(self->octet, lane, turn_sigmas * sqrt(noise));
    }
}

myo_channel *myo_lineup_channel(const myo_lineup *self, size_t lane)
{
    return self->channel[lane];
}

void myo_lineup_summarise(const myo_lineup *self, size_t lane, myo_channel_summary *summary)
{
    myo_channel_summarise(self->channel[lane], summary);
    summary->hum_hz = myo_octet_hum_hz(self->octet, lane);
    summary->hum_rms = myo_octet_hum_rms(self->octet, lane);
}

/* --- life ---------------------------------------------------------------------------------- */

void myo_lineup_reset(myo_lineup *self)
{
    myo_board *board = &self->board;
    const double block_hops = board->floor.sums.block_hops;
    board->rows.at = 0;
    board->rows.end = 0;
    memset(&board->floor.sums, 0, sizeof board->floor.sums);
    memset(&board->windows, 0, sizeof board->windows);
    board->floor.sums.block_hops = block_hops;
    board->followed.channels = 0;
    self->next_due = INT64_MAX;
    for (uint32_t lane = 0; lane < self->lanes; lane++) {
        self->due[lane] = INT64_MAX;
    }
    memset(self->usual_flags, 0, sizeof self->usual_flags);
    self->awake = self->used;
    self->done = 0;
    self->tells = false;
    myo_octet_reset(self->octet);
    for (uint32_t lane = 0; lane < self->lanes; lane++) {
        myo_channel_reset(self->channel[lane]);
    }
    myo_lineup_tell_noise(self);
}

static myo_status make_board(myo_lineup *self, const myo_config *config)
{
    myo_hop_rows *rows = &self->board.rows;
    self->board.floor.take = self->kernels->floor_take;
    self->board.floor.tell = self->kernels->floor_tell;
    self->board.floor.ahead = self->kernels->floor_ahead;
    rows->capacity = myo_channel_hops(config);
    const size_t bytes = (size_t)rows->capacity * sizeof *rows->kept;
    rows->kept = aligned_alloc(_Alignof(myo_hop_kept), bytes);
    if (rows->kept == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    memset(rows->kept, 0, bytes);
    return MYO_OK;
}

/* Designs the filters, makes the channels behind them, then the octet before them. */
static myo_status make(myo_lineup *self, const myo_config *c, uint32_t first, myo_channel *like[2])
{
    myo_octet_config config = {.rate_hz = c->rate_hz,
                               .cpu_mask = c->cpu_mask,
                               .lanes = self->lanes,
                               .blank_edges = c->blank_edges,
                               .hum_cancel = c->hum_cancel,
                               .settle_frames = (int32_t)(settle_ms * c->rate_hz / 1000.0)};
    myo_status status = make_board(self, c);
    for (uint32_t lane = 0; status == MYO_OK && lane < self->lanes; lane++) {
        const uint32_t index = first + lane;
        config.rail_low[lane] = c->rail_low[index];
        config.rail_high[lane] = c->rail_high[index];
        self->needles |= c->profile[index] == MYO_PROFILE_NEEDLE ? 1u << lane : 0u;
        status = myo_channel_design(c, index, config.bands[lane], &config.high_hz[lane]);
        if (status == MYO_OK) {
            myo_channel **model = &like[c->profile[index] == MYO_PROFILE_NEEDLE];
            status = myo_channel_new(c, index, config.bands[lane], &self->board, lane, *model,
                                     &self->channel[lane]);
            *model = self->channel[lane];
        }
    }
    return status == MYO_OK ? myo_octet_new(&config, &self->octet) : status;
}

myo_status myo_lineup_new(const myo_config *config, uint32_t first, myo_channel *like[2],
                          myo_lineup **lineup)
{
    myo_lineup *self = aligned_alloc(_Alignof(myo_lineup), sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    memset(self, 0, sizeof *self);
    const uint32_t left = config->channels - first;
    self->lanes = left < MYO_OCTET ? left : MYO_OCTET;
    self->used = (1u << self->lanes) - 1;
    self->kernels = myo_octet_choose(config->cpu_mask, self->lanes);
    const myo_status status = make(self, config, first, like);
    if (status != MYO_OK) {
        myo_lineup_free(self);
        return status;
    }
    myo_lineup_reset(self);
    *lineup = self;
    return MYO_OK;
}

void myo_lineup_free(myo_lineup *self)
{
    if (self == NULL) {
        return;
    }
    for (uint32_t lane = 0; lane < self->lanes; lane++) {
        myo_channel_free(self->channel[lane]);
    }
    myo_octet_free(self->octet);
    myo_floors_free(&self->board.floor);
    free(self->board.rows.kept);
    free(self);
}
