/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter bank: lays the lanes out in the groups of its kernel and runs them tile by tile. */
#include "dsp/bank.h"

#include "myotwitch/event.h"

#include <stdlib.h>

/* Frames that go through one group before the next group's turn: long enough that loading the
 * states costs little, short enough that a tile of 64 channels stays in the second-level cache. */
#define TILE 64

/* Values that one channel takes in its group. */
#define CHANNEL_VALUES (MYO_ROWS * MYO_LANES)

/* Kernels ask for no alignment; whole cache lines are faster. */
#define ALIGNMENT 64

struct myo_bank {
    uint32_t channels;
    const myo_kern_table *table;
    double *rows; /* group after group, each [MYO_ROWS][lanes of the group] */
};

/* The kernel for the group that begins at this channel: the widest that still fits. */
static const myo_kern_step *step_at(const myo_bank *bank, uint32_t channel)
{
    const myo_kern_step *step = bank->table->steps;
    while (step->channels > bank->channels - channel) {
        step++;
    }
    return step;
}

/* Where row 0 of the channel's first lane is; *row gets the distance between rows. */
static double *channel_rows(const myo_bank *bank, uint32_t channel, size_t *row)
{
    uint32_t first = 0;
    const myo_kern_step *step = step_at(bank, first);
    while (first + step->channels <= channel) {
        first += step->channels;
        step = step_at(bank, first);
    }
    *row = (size_t)step->channels * MYO_LANES;
    return bank->rows + (size_t)first * CHANNEL_VALUES + (size_t)(channel - first) * MYO_LANES;
}

static void set_coefficients(myo_bank *bank, uint32_t channel, const myo_band *bands)
{
    size_t row;
    double *rows = channel_rows(bank, channel, &row);
    for (size_t lane = 0; lane < MYO_LANES; lane++) {
        rows[MYO_ROW_GAIN * row + lane] = bands[lane].gain;
        for (size_t k = 0; k < MYO_BAND_SECTIONS; k++) {
            rows[MYO_ROW_A1(k) * row + lane] = -bands[lane].section[k].a1;
            rows[MYO_ROW_A2(k) * row + lane] = -bands[lane].section[k].a2;
        }
    }
}

myo_status myo_bank_new(uint32_t channels, const myo_band *bands, uint32_t cpu_mask,
                        myo_bank **bank)
{
    if (channels == 0 || channels > MYO_MAX_CHANNELS) {
        return MYO_ERR_BAD_ARG;
    }
    myo_bank *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    const size_t bytes = (size_t)channels * CHANNEL_VALUES * sizeof(double);
    self->rows = aligned_alloc(ALIGNMENT, (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    if (self->rows == NULL) {
        myo_bank_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    self->channels = channels;
    self->table = myo_kern_choose(cpu_mask);
    for (uint32_t channel = 0; channel < channels; channel++) {
        set_coefficients(self, channel, bands + (size_t)channel * MYO_BANK_BANDS);
    }
    myo_bank_reset(self);
    *bank = self;
    return MYO_OK;
}

/* One tile through all groups. */
static void tile_run(myo_bank *bank, const double *x, size_t frames, double *y)
{
    const size_t lanes = (size_t)bank->channels * MYO_LANES;
    for (uint32_t channel = 0; channel < bank->channels;) {
        const myo_kern_step *step = step_at(bank, channel);
        step->run(bank->rows + (size_t)channel * CHANNEL_VALUES, x + channel, bank->channels,
                  frames, y + (size_t)channel * MYO_LANES, lanes);
        channel += step->channels;
    }
}

void myo_bank_process(myo_bank *bank, const double *x, size_t frames, double *y)
{
    const uint64_t saved = myo_cpu_flush_begin();
    while (frames > 0) {
        const size_t tile = frames < TILE ? frames : TILE;
        tile_run(bank, x, tile, y);
        x += tile * bank->channels;
        y += tile * bank->channels * MYO_LANES;
        frames -= tile;
    }
    myo_cpu_flush_end(saved);
}

void myo_bank_reset_channel(myo_bank *bank, uint32_t channel)
{
    size_t row;
    double *rows = channel_rows(bank, channel, &row);
    for (size_t i = MYO_ROW_STATE; i < MYO_ROWS; i++) {
        for (size_t lane = 0; lane < MYO_LANES; lane++) {
            rows[i * row + lane] = 0.0;
        }
    }
}

void myo_bank_reset(myo_bank *bank)
{
    for (uint32_t channel = 0; channel < bank->channels; channel++) {
        myo_bank_reset_channel(bank, channel);
    }
}

const char *myo_bank_kernel(const myo_bank *bank)
{
    return bank->table->name;
}

void myo_bank_free(myo_bank *bank)
{
    if (bank == NULL) {
        return;
    }
    free(bank->rows);
    free(bank);
}
