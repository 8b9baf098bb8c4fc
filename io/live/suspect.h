/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says when a channel shows what electrodes and sound cards do wrong; once, and again when it came
 * back after ten seconds without. */
#ifndef MYO_IO_LIVE_SUSPECT_H
#define MYO_IO_LIVE_SUSPECT_H

#include "live/feed.h"

enum { MYO_SUSPECT_LEVELS = 40, MYO_SUSPECT_KINDS = MYO_WARN_OTHER + 1 };

/** One channel. Zero-initialise. */
typedef struct {
    float level[MYO_SUSPECT_LEVELS]; /**< RMS of the last 2 s, 50 ms each */
    uint32_t levels;
    double before_loud;   /**< level before the last loud event, 0 = none is being looked at */
    int64_t look_at;      /**< frame from which the level behind it counts */
    int32_t ducked, loud; /**< loud events behind which the level was low; all of them */
    int32_t flat, railed; /**< meters in a row without any change; at the rail */
    double density_low, density_high; /**< mean power below and above the corner of a sound card */
    int32_t spectra;
    int64_t last_seen[MYO_SUSPECT_KINDS]; /**< frame + 1 */
    bool told[MYO_SUSPECT_KINDS];
} myo_suspect;

/** Takes a meter. Sets MYO_FEED_LEAD_OFF in it where that is so. Bits (1u << myo_feed_warn) of what is to
 *  be told now. @p full_scale_uv 0 = not known. */
uint32_t myo_suspect_meter(myo_suspect *suspect, double rate_hz, double full_scale_uv,
                           myo_feed_meter *meter);

/** Takes a spectrum; densities in dB. */
uint32_t myo_suspect_spectrum(myo_suspect *suspect, double rate_hz,
                              const myo_feed_spectrum *spectrum);

/** Takes a confirmed event of this channel. */
void myo_suspect_event(myo_suspect *suspect, double rate_hz, const myo_event *event);

/** What is said, without the channel. */
const char *myo_suspect_text(myo_feed_warn kind);

#endif
