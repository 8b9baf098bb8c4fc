/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the pipeline does for relaxation, in its smallest form. */
#include "relax_session.h"

#include "myotwitch/band.h"
#include "myotwitch/ecg.h"
#include "myotwitch/synth.h"

#include <math.h>

#define BLOCK    1000
#define CHANNELS 2
#define FLOOR_UV 3.0  /* of the scenarios relax-*: the amplifier's, as its maker would state it */
#define WATCH_S  40.0 /* baseline of the live watch: the first 40 s */
#define LAST_S   125.0

typedef struct {
    myo_synth *synth;
    myo_ecg *ecg;
    myo_relax *relax;
    myo_band band;
    double state[CHANNELS][MYO_BAND_SECTIONS][2];
    int64_t delay;
} chain;

static bool chain_open(chain *c, const char *scenario, uint64_t seed, double *rate_hz)
{
    *c = (chain){0};
    myo_synth_config config;
    if (myo_synth_config_default(&config, scenario) != MYO_OK || config.channels != CHANNELS) {
        return false;
    }
    config.seed = seed;
    *rate_hz = config.rate_hz;
    myo_ecg_config ecg;
    myo_ecg_config_default(&ecg, config.rate_hz, CHANNELS);
    myo_relax_config relax;
    myo_relax_config_default(&relax, config.rate_hz, CHANNELS);
    relax.discard_s = 0.0; /* no hand was there */
    if (myo_synth_new(&config, &c->synth) != MYO_OK || myo_ecg_new(&ecg, &c->ecg) != MYO_OK ||
        myo_relax_new(&relax, &c->relax) != MYO_OK) {
        return false;
    }
    myo_band_design(config.rate_hz, 20.0, 450.0, &c->band);
    c->delay = myo_ecg_delay(c->ecg);
    for (uint32_t i = 0; i < CHANNELS; i++) {
        myo_relax_set_floor(c->relax, i, FLOOR_UV);
    }
    return true;
}

static void chain_close(chain *c)
{
    myo_synth_free(c->synth);
    myo_ecg_free(c->ecg);
    myo_relax_free(c->relax);
}

/* Frames as relax counts them lie delay behind the recording's. */
static myo_span span_of(const chain *c, double rate_hz, double from_s, double to_s)
{
    return (myo_span){(int64_t)(from_s * rate_hz) + c->delay, (int64_t)(to_s * rate_hz) + c->delay};
}

static void take_alarms(chain *c, double rate_hz, session_result *result)
{
    myo_watch_alarm alarm;
    while (myo_relax_next(c->relax, &alarm)) {
        if (alarm.channel != 0) {
            continue;
        }
        if (alarm.type == MYO_WATCH_SUSTAINED && result->alarmed && !result->sustained) {
            result->sustained = true;
            result->sustained_s = (double)(alarm.frame - c->delay) / rate_hz;
        }
        if (alarm.type != MYO_WATCH_RELEASED) {
            continue;
        }
        const double reported_s = (double)(alarm.reported_frame - c->delay) / rate_hz;
        if (reported_s < SESSION_RELEASE_S) {
            result->false_alarms++;
        } else if (!result->alarmed) {
            result->alarmed = true;
            result->alarm_s = (double)(alarm.frame - c->delay) / rate_hz;
            result->reported_s = reported_s;
        }
    }
}

static void push(chain *c, const float *raw, size_t frames)
{
    static float measure[BLOCK * CHANNELS], clean[BLOCK * CHANNELS];
    static uint8_t flags[BLOCK];
    for (size_t i = 0; i < frames * CHANNELS; i++) {
        measure[i] = (float)myo_band_run(&c->band, c->state[i % CHANNELS], (double)raw[i]);
    }
    myo_ecg_process(c->ecg, raw, measure, frames, clean, flags);
    myo_relax_process(c->relax, clean, flags, frames);
}

static void conclude(chain *c, double rate_hz, session_result *result)
{
    const myo_span before = span_of(c, rate_hz, 0.0, SESSION_RELEASE_S);
    const myo_span after = span_of(c, rate_hz, SESSION_RELEASE_S, 2.0 * SESSION_RELEASE_S);
    const myo_span all = span_of(c, rate_hz, 0.0, LAST_S);
    myo_relax_compare(c->relax, 0, MYO_ALL_CHANNELS, &before, &after, &result->alone);
    myo_relax_compare(c->relax, 0, 1, &before, &after, &result->control);
    myo_relax_find_release(c->relax, 0, &all, &result->release);
    result->release_s = (double)(result->release.frame - c->delay) / rate_hz;
    myo_ecg_summary summary;
    myo_ecg_summary_get(c->ecg, &summary);
    result->beats = summary.beats;
}

bool session_run(const char *scenario, uint64_t seed, session_result *result)
{
    chain c;
    double rate_hz = 0.0;
    *result = (session_result){0};
    const bool open = chain_open(&c, scenario, seed, &rate_hz);
    static float raw[BLOCK * CHANNELS];
    size_t got;
    int64_t frames = 0;
    while (open && (got = myo_synth_read(c.synth, raw, BLOCK)) > 0) {
        push(&c, raw, got);
        const int64_t watch_from = (int64_t)(WATCH_S * rate_hz) + c.delay;
        if (frames < watch_from && frames + (int64_t)got >= watch_from) {
            const myo_span baseline = span_of(&c, rate_hz, 0.0, WATCH_S);
            myo_relax_watch(c.relax, &baseline);
        }
        frames += (int64_t)got;
        take_alarms(&c, rate_hz, result);
    }
    if (open) {
        conclude(&c, rate_hz, result);
    }
    chain_close(&c);
    return open;
}
