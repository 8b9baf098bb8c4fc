/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An upper quantile of the power of short pieces. */
#include "emg/needle_ground.h"

#include "emg/hop.h"

#include <string.h>

/* A piece is as long as an endplate spike and its filter ring (3-5 ms: emg.md 1.2), so that a train of
 * them from some 12 Hz on fills its share of the pieces; 128 of them are 1.5 s, of which a twitch of
 * 200 ms is less than the share. */
static const double piece_ms = 12.0;
static const double quantile = 0.85;
static const int32_t least_pieces = 40;

void myo_needle_ground_reset(myo_needle_ground *ground, double hop_ms)
{
    memset(ground, 0, sizeof *ground);
    ground->piece_hops = myo_hops(piece_ms, hop_ms);
    myo_sorted_clear(ground->sorted, MYO_SORTED_PLACES(MYO_GROUND_PIECES));
}

void myo_needle_ground_add(myo_needle_ground *ground, double energy, int32_t frames)
{
    ground->sum += energy;
    ground->in_piece++;
    if (ground->in_piece < ground->piece_hops) {
        return;
    }
    const float power = (float)(ground->sum / (ground->piece_hops * frames));
    ground->sum = 0.0;
    ground->in_piece = 0;
    if (ground->count < MYO_GROUND_PIECES) {
        myo_sorted_insert(ground->sorted, ground->count++, power);
    } else {
        myo_sorted_replace(ground->sorted, MYO_GROUND_PIECES, ground->piece[ground->next], power);
    }
    ground->piece[ground->next] = power;
    ground->next = (ground->next + 1) % MYO_GROUND_PIECES;
}

double myo_needle_ground_power(const myo_needle_ground *ground)
{
    return ground->count < least_pieces
               ? 0.0
               : myo_sorted_quantile(ground->sorted, ground->count, quantile);
}
