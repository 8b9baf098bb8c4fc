/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules in the order of their force: the needle and rhythms explain a motion whatever its shape; then
 * extent and return tell a twitch from a contraction. Figures and sources: docs/ultrasound.md. */
#include "ultrasound/verdict.h"

#include "core/minmax.h"

#include <math.h>

enum { FEWEST_IMAGES = 4 };

#define PULSE_LOW   0.7
#define PULSE_HIGH  2.5
#define TREMOR_LOW  4.0
#define TREMOR_HIGH 12.0
/* A statistic less than this much over the threshold is called weak. */
#define WEAK 1.3
/* Seconds: a return that was watched for less is a guess. */
#define WATCHED_S 0.2

static uint32_t bit(myo_motion_reason reason)
{
    return 1u << reason;
}

/* 0.5 at the threshold, 1 as far beyond it as it goes. */
static double margin(double value, double threshold, double best)
{
    const double m = (value - threshold) / (best - threshold);
    return 0.5 + 0.5 * myo_greater(0.0, myo_lesser(1.0, m));
}

/* A contraction, too, can fall in with a rhythm that was there: what rises for longer than a twitch
 * and half a period is no beat. */
static bool rhythm(const myo_ultrasound_config *config, const myo_shape *shape,
                   myo_motion_event *event)
{
    const double hz = event->features[MYO_MOTION_REPEAT_HZ];
    const double strength = event->features[MYO_MOTION_REPEAT];
    if (strength < config->repeat) {
        return false;
    }
    const bool beat = shape->rise_s <= myo_greater(0.5 / hz, config->ltr_rise_s);
    const bool pulse = beat && hz >= PULSE_LOW && hz <= PULSE_HIGH;
    const bool tremor = hz >= TREMOR_LOW && hz <= TREMOR_HIGH;
    if (pulse || tremor) {
        event->type = pulse ? MYO_EVENT_CARDIAC : MYO_EVENT_MOTION;
        event->reasons |= bit(pulse ? MYO_MOTION_PULSE_RHYTHM : MYO_MOTION_TREMOR_RHYTHM);
        event->confidence = margin(strength, config->repeat, 1.0);
    }
    return pulse || tremor;
}

static bool needle(const myo_ultrasound_config *config, myo_motion_event *event)
{
    const double follow = event->features[MYO_MOTION_NEEDLE];
    if (follow < config->needle_follow) {
        return false;
    }
    event->type = MYO_EVENT_INSERTIONAL;
    event->reasons |= bit(MYO_MOTION_WITH_NEEDLE);
    event->confidence = margin(follow, config->needle_follow, 1.0);
    return true;
}

static void twitch_or_not(const myo_ultrasound_config *config, const myo_shape *shape,
                          bool still_moving, myo_motion_event *event)
{
    const bool returns = shape->back >= config->ltr_return && shape->watched_s >= WATCHED_S;
    const bool local = shape->area <= config->ltr_area;
    const bool wide = shape->area >= config->wide_area;
    const bool brief = shape->rise_s <= config->ltr_rise_s && !still_moving;
    event->reasons |= local ? bit(MYO_MOTION_LOCAL) : 0;
    event->reasons |= wide ? bit(MYO_MOTION_WIDE) : 0;
    event->reasons |= returns ? 0 : bit(MYO_MOTION_NO_RETURN);
    event->reasons |= brief ? 0 : bit(MYO_MOTION_TOO_LONG);
    if (returns && local && brief) {
        event->type = MYO_EVENT_LTR;
        event->reasons |= bit(MYO_MOTION_BIPHASIC);
        const double a = margin(shape->back, config->ltr_return, 1.0);
        const double b = margin(shape->area, config->ltr_area, 0.0);
        const double c = margin(event->features[MYO_MOTION_STRENGTH], config->on, 2.0 * config->on);
        event->confidence = myo_lesser(a, myo_lesser(b, c));
    } else if (shape->probe >= 1.0 && !wide) {
        event->type = MYO_EVENT_MOTION;
        event->reasons |= bit(MYO_MOTION_PROBE_MOVED);
        event->confidence = 0.5;
    } else {
        const double a = margin(shape->area, config->ltr_area, 1.0);
        const double b = margin(shape->back, config->ltr_return, 0.0);
        event->type = wide || !brief ? MYO_EVENT_CONTRACTION : MYO_EVENT_MOTION;
        event->confidence = myo_greater(a, b);
    }
}

void myo_verdict_give(const myo_ultrasound_config *config, const myo_shape *shape,
                      bool still_moving, myo_motion_event *event)
{
    event->reasons = 0;
    if (!needle(config, event) && !rhythm(config, shape, event)) {
        twitch_or_not(config, shape, still_moving, event);
    }
    if (event->features[MYO_MOTION_STRENGTH] < WEAK * config->on) {
        event->reasons |= bit(MYO_MOTION_WEAK);
    }
    if (shape->images < FEWEST_IMAGES) {
        event->reasons |= bit(MYO_MOTION_FEW_IMAGES);
        event->confidence *= 0.7;
    }
}
