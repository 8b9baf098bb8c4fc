/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules of thumb over meters and spectra. */
#include "live/suspect.h"

#include <math.h>
#include <stdlib.h>

static const double quiet_again_s = 10.0;
/* Half a second at the rail: the electrode is off (quality.h). Without any change too, but it takes
 * longer until zeros are known to be zeros. */
enum { RAIL_METERS = 10, FLAT_METERS = 24, ZERO_METERS = 20, SPECTRA_LEAST = 20, LOUD_LEAST = 3 };
static const double hum_open_uv = 200.0;
static const double hum_ratio = 3.0;
/* A first-order corner at 20 Hz takes 9 dB at 8 Hz; skin and amplifier noise rise towards 0 Hz. */
static const double roll_off_ratio = 0.2;
/* Automatic gain: behind a loud event the noise is down by half and comes back within seconds. */
static const double loud_db = 20.0;
static const double ducked_ratio = 0.6;
static const double duck_from_s = 0.15;

const char *myo_suspect_text(myo_feed_warn kind)
{
    switch (kind) {
    case MYO_WARN_CLIPPING:
        return "the signal is cut off at the converter's limit: lower the gain";
    case MYO_WARN_HUM:
        return "strong mains hum: check the electrodes and the reference, unplug the charger";
    case MYO_WARN_LEAD_OFF:
        return "an electrode seems to be off";
    case MYO_WARN_ROLL_OFF:
        return "little is left below 20 Hz, as with the inputs of sound cards: sizes of slow "
               "activity are not to be trusted";
    case MYO_WARN_AGC:
        return "the noise goes down behind loud twitches, as with automatic gain: switch off all "
               "enhancements of the input";
    case MYO_WARN_ZERO:
        return "nothing but zeros";
    case MYO_WARN_PHANTOM:
        return "a microphone input may feed 48 V into the electrodes: isolated amplifier only, "
               "phantom power off, computer on battery";
    default:
        return "";
    }
}

/* Whether it is to be told: newly there, or back after a while. */
static uint32_t tell(myo_suspect *self, double rate_hz, int64_t frame, myo_feed_warn kind,
                     bool there)
{
    if (!there) {
        const double since_s = (double)(frame - self->last_seen[kind]) / rate_hz;
        self->told[kind] = self->told[kind] && since_s < quiet_again_s;
        return 0;
    }
    const bool news = !self->told[kind];
    self->told[kind] = true;
    self->last_seen[kind] = frame;
    return news ? 1u << kind : 0;
}

static int ascending(const void *a, const void *b)
{
    const float x = *(const float *)a;
    const float y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Median of the last @p count levels. */
static double median_level(const myo_suspect *self, uint32_t count)
{
    float sorted[MYO_SUSPECT_LEVELS];
    const uint32_t held = self->levels < MYO_SUSPECT_LEVELS ? self->levels : MYO_SUSPECT_LEVELS;
    count = count < held ? count : held;
    if (count == 0) {
        return 0.0;
    }
    for (uint32_t i = 0; i < count; i++) {
        sorted[i] = self->level[(self->levels - 1 - i) % MYO_SUSPECT_LEVELS];
    }
    qsort(sorted, count, sizeof sorted[0], ascending);
    return (double)sorted[count / 2];
}

/* Half a second behind a loud event: its noise against that of before. */
static bool is_ducked(myo_suspect *self, double rate_hz, int64_t frame)
{
    if (self->before_loud <= 0.0 || (double)(frame - self->look_at) < 0.5 * rate_hz) {
        return false;
    }
    self->loud++;
    self->ducked += median_level(self, 8) < ducked_ratio * self->before_loud;
    self->before_loud = 0.0;
    return self->ducked >= LOUD_LEAST && 2 * self->ducked > self->loud;
}

uint32_t myo_suspect_meter(myo_suspect *self, double rate_hz, double full_scale_uv,
                           myo_feed_meter *meter)
{
    const bool zero = meter->flags & MYO_FEED_ZERO;
    const bool railed = meter->flags & MYO_FEED_SATURATED;
    const double hum = (double)meter->hum_rms;
    self->level[self->levels++ % MYO_SUSPECT_LEVELS] = meter->rms;
    self->flat = meter->rms > 0.0f ? 0 : self->flat + 1;
    self->railed = railed ? self->railed + 1 : 0;
    const bool off = (self->flat >= FLAT_METERS && !zero) || self->railed >= RAIL_METERS ||
                     (full_scale_uv > 0.0 && hum * full_scale_uv > hum_open_uv);
    meter->flags |= off ? MYO_FEED_LEAD_OFF : 0;
    const bool heavy = meter->floor > 0.0f && hum > hum_ratio * (double)meter->floor;
    const int64_t frame = meter->frame;
    return tell(self, rate_hz, frame, MYO_WARN_CLIPPING, railed) |
           tell(self, rate_hz, frame, MYO_WARN_LEAD_OFF, off) |
           tell(self, rate_hz, frame, MYO_WARN_HUM, heavy) |
           tell(self, rate_hz, frame, MYO_WARN_ZERO, zero && self->flat >= ZERO_METERS) |
           (is_ducked(self, rate_hz, frame) ? tell(self, rate_hz, frame, MYO_WARN_AGC, true) : 0);
}

uint32_t myo_suspect_spectrum(myo_suspect *self, double rate_hz, const myo_feed_spectrum *spectrum)
{
    double low = 0.0;
    double high = 0.0;
    int lows = 0;
    int highs = 0;
    for (uint32_t k = 1; k < spectrum->bins; k++) {
        const double hz = k * (double)spectrum->bin_hz;
        const double power = pow(10.0, 0.1 * (double)spectrum->db[k]);
        if (hz >= 4.0 && hz <= 12.0) {
            low += power;
            lows++;
        } else if (hz >= 26.0 && hz <= 42.0) { /* below the mains */
            high += power;
            highs++;
        }
    }
    if (lows == 0 || highs == 0) {
        return 0;
    }
    self->density_low += low / lows;
    self->density_high += high / highs;
    self->spectra++;
    const bool there = self->spectra >= SPECTRA_LEAST && self->density_low > 0.0 &&
                       self->density_low < roll_off_ratio * self->density_high;
    return there ? tell(self, rate_hz, spectrum->frame, MYO_WARN_ROLL_OFF, true) : 0;
}

void myo_suspect_event(myo_suspect *self, double rate_hz, const myo_event *event)
{
    if (event->snr_db >= loud_db && self->before_loud <= 0.0 &&
        self->levels >= MYO_SUSPECT_LEVELS) {
        self->before_loud = median_level(self, MYO_SUSPECT_LEVELS);
        self->look_at = event->offset_frame + (int64_t)(duck_from_s * rate_hz);
    }
}
