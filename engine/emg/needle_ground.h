/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes on around the tip of a needle all the time: how strong the endplate's activity of the last
 * seconds is, so that a twitch is looked for above it and not above the noise between its spikes. */
#ifndef MYO_EMG_NEEDLE_GROUND_H
#define MYO_EMG_NEEDLE_GROUND_H

#include "emg/sorted.h"

/* Pieces that it remembers. */
enum { MYO_GROUND_PIECES = 128 };

typedef struct {
    float piece[MYO_GROUND_PIECES]; /* mean square of a sample, in order of arrival */
    float sorted[MYO_SORTED_PLACES(MYO_GROUND_PIECES)];
    double sum; /* of the piece so far */
    int32_t in_piece, piece_hops, count, next;
} myo_needle_ground;

MYO_RT void myo_needle_ground_reset(myo_needle_ground *ground, double hop_ms);

/** The next hop's energy in the detect band and its number of frames. */
MYO_RT void myo_needle_ground_add(myo_needle_ground *ground, double energy, int32_t frames);

/** Mean square of a sample that a sixth of the last pieces exceed; 0 before there were enough. */
MYO_RT double myo_needle_ground_power(const myo_needle_ground *ground);

#endif
