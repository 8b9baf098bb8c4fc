/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Up to eight channels from samples to hops: conditioning, hum, bands, and what is summed over a hop.
 *
 * What becomes of a channel depends neither on the others nor on the cut into calls. */
#ifndef MYO_EMG_OCTET_H
#define MYO_EMG_OCTET_H

#include "core/octet.h"
#include "emg/ring.h"
#include "myotwitch/band.h"
#include "myotwitch/status.h"

typedef struct {
    double rate_hz;
    uint32_t cpu_mask;
    uint32_t lanes; /**< channels, 1 to MYO_OCTET */
    bool blank_edges, hum_cancel;
    myo_lanes rail_low, rail_high; /**< converter's limits; equal = find them */
    myo_lanes high_hz;             /**< hum above it is left alone */
    int32_t settle_frames;         /**< hops are invalid for so long after a start or a gap */
    myo_band bands[MYO_OCTET][MYO_LANE_COUNT];
} myo_octet_config;

typedef struct myo_octet myo_octet;

/** MYO_ERR_NO_MEMORY. Not real-time. */
myo_status myo_octet_new(const myo_octet_config *config, myo_octet **octet);
void myo_octet_free(myo_octet *octet);
MYO_RT void myo_octet_reset(myo_octet *octet);

/** Turns of a channel smaller than @p limit do not count from now on. */
MYO_RT void myo_octet_set_turn(myo_octet *octet, size_t lane, double limit);

/** Takes @p frames frames, at most MYO_OCTET_FRAMES; the first channel's first sample is at @p x, frames
 *  are @p stride floats apart. Returns how many hops ended; they stay readable until the next call. */
MYO_RT size_t myo_octet_process(myo_octet *octet, const float *x, size_t stride, size_t frames);

/** @p frames frames of this hop are lost, all channels. Returns 1 if the hop ended with them. */
MYO_RT size_t myo_octet_lose(myo_octet *octet, int32_t frames);

/** The hops that ended in the last call. */
MYO_RT const myo_hop_row *myo_octet_rows(const myo_octet *octet);
/** Their flags, by channel, and heights of the edges whose hold ended in them. */
MYO_RT const uint8_t (*myo_octet_flags(const myo_octet *octet))[MYO_OCTET];
MYO_RT const float (*myo_octet_edges(const myo_octet *octet))[MYO_OCTET];

/** Frequency and RMS of the hum that is subtracted; 0 if none is. */
MYO_RT double myo_octet_hum_hz(const myo_octet *octet, size_t lane);
MYO_RT double myo_octet_hum_rms(const myo_octet *octet, size_t lane);

#endif
