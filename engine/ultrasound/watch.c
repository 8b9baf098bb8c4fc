/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One motion at a time; thresholds with hysteresis. */
#include "ultrasound/watch.h"

#include "core/minmax.h"
#include "ultrasound/verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Seconds in which the strongest place may still move while a motion builds up. */
#define SETTLE_PLACE_S 0.06
/* Longest motion that is waited for. */
#define LONGEST_S 10.0
/* Pixels: three standard errors of a tile; what peaks below was noise. */
#define SMALLEST_PEAK 0.15

myo_status myo_watch_init(myo_watch *watch, const myo_ultrasound_config *config,
                          const myo_history *history, const myo_normal *normal,
                          const myo_motion_source *source)
{
    *watch = (myo_watch){.config = config, .history = history, .normal = normal, .source = source};
    const double steps = config->rate_hz * (config->collect_s + 1.0) * 1.25 + 16.0;
    watch->view.capacity = (int32_t)steps;
    watch->usual = calloc(history->places, sizeof *watch->usual);
    watch->view.work = calloc((size_t)watch->view.capacity, 3 * sizeof(double));
    if (!watch->usual || !watch->view.work) {
        myo_watch_clean(watch);
        return MYO_ERR_NO_MEMORY;
    }
    watch->view.history = history;
    watch->view.usual = watch->usual;
    return MYO_OK;
}

void myo_watch_clean(myo_watch *watch)
{
    free(watch->usual);
    free(watch->view.work);
    watch->usual = NULL;
    watch->view.work = NULL;
}

void myo_watch_reset(myo_watch *watch)
{
    watch->state = MYO_WATCH_IDLE;
    watch->armed_s = -INFINITY;
    watch->refused = 0;
    watch->next_id = 0;
    watch->queued = watch->taken = 0;
}

void myo_watch_push(myo_watch *watch, myo_motion_event *event)
{
    if (event->id == 0) {
        event->id = ++watch->next_id;
    }
    watch->queue[watch->queued++ % MYO_ULTRASOUND_QUEUE] = *event;
    if (watch->queued - watch->taken > MYO_ULTRASOUND_QUEUE) {
        watch->taken++;
    }
}

bool myo_watch_next(myo_watch *watch, myo_motion_event *event)
{
    if (watch->queued == watch->taken) {
        return false;
    }
    *event = watch->queue[watch->taken++ % MYO_ULTRASOUND_QUEUE];
    return true;
}

static double newest(const myo_watch *watch)
{
    return myo_history_time(watch->history, watch->history->end - 1);
}

static void features_set(myo_watch *watch, const myo_shape *shape)
{
    const double mm = watch->config->mm_per_px > 0.0 ? watch->config->mm_per_px : 1.0;
    double *f = watch->event.features;
    f[MYO_MOTION_PEAK] = shape->peak_px * mm;
    f[MYO_MOTION_SPEED] = shape->speed_px_s * mm;
    f[MYO_MOTION_RISE_MS] = shape->rise_s * 1e3;
    f[MYO_MOTION_HALF_MS] = shape->half_s * 1e3;
    f[MYO_MOTION_RETURN] = shape->back;
    f[MYO_MOTION_DURATION_MS] = shape->duration_s * 1e3;
    f[MYO_MOTION_AREA] = shape->area;
    f[MYO_MOTION_ANISOTROPY] = shape->anisotropy;
    f[MYO_MOTION_PROBE] = shape->probe;
    myo_motion_event *event = &watch->event;
    myo_motion_source_place(watch->source, watch->view.place, &event->x_px, &event->y_px);
    const double away = myo_needle_away(watch->needle, event->x_px, event->y_px);
    f[MYO_MOTION_NEEDLE_AWAY] = away < 0.0 ? -1.0 : away * mm;
    watch->event.onset_s = shape->onset_s;
    watch->event.offset_s = shape->offset_s;
    watch->event.interval_s = shape->interval_s;
}

/* Pulse and tremor, Hz. */
static const double repeat_hz[][2] = {{0.7, 2.5}, {4.0, 12.0}};

/* Rhythm and likeness to the needle, from the last seconds of the place. */
static void rhythm_measure(myo_watch *watch, const myo_shape *shape)
{
    double *f = watch->event.features;
    myo_repeat signal;
    myo_shape_signal(&watch->view, shape->away, &signal);
    myo_repeat_level(&signal);
    f[MYO_MOTION_REPEAT] = f[MYO_MOTION_REPEAT_HZ] = 0.0;
    for (int i = 0; i < 2; i++) {
        double hz;
        const double strength = myo_repeat_find(&signal, repeat_hz[i][0], repeat_hz[i][1], &hz);
        if (strength > f[MYO_MOTION_REPEAT]) {
            f[MYO_MOTION_REPEAT] = strength;
            f[MYO_MOTION_REPEAT_HZ] = hz;
        }
    }
    const myo_repeat *strokes = myo_needle_signal(watch->needle);
    f[MYO_MOTION_NEEDLE] = strokes ? myo_repeat_follow(&signal, strokes) : 0.0;
}

static void open(myo_watch *watch, uint32_t best)
{
    const double now = newest(watch);
    memcpy(watch->usual, watch->normal->usual, watch->history->places * sizeof *watch->usual);
    watch->view.place = best;
    watch->view.trigger = watch->history->end - 1;
    watch->opened_s = watch->moved_s = now;
    watch->state = MYO_WATCH_OPEN;
    watch->event = (myo_motion_event){.type = MYO_EVENT_LTR,
                                      .stage = MYO_PROVISIONAL,
                                      .reported_s = now,
                                      .confirmed_s = (double)NAN,
                                      .confidence = 0.5};
    watch->event.features[MYO_MOTION_STRENGTH] = (double)watch->normal->statistic[best];
    myo_shape shape;
    myo_shape_measure(&watch->view, watch->config, &shape);
    features_set(watch, &shape);
    myo_watch_push(watch, &watch->event);
}

static void settle(myo_watch *watch, bool still_moving)
{
    const double now = newest(watch);
    myo_shape shape;
    myo_shape_measure(&watch->view, watch->config, &shape);
    features_set(watch, &shape);
    rhythm_measure(watch, &shape);
    myo_verdict_give(watch->config, &shape, still_moving, &watch->event);
    if (watch->state == MYO_WATCH_LONG) {
        watch->event.offset_s = myo_greater(watch->event.offset_s, watch->moved_s);
        watch->event.features[MYO_MOTION_DURATION_MS] =
            1e3 * (watch->event.offset_s - watch->event.onset_s);
    }
    watch->event.stage = shape.peak_px < SMALLEST_PEAK ? MYO_WITHDRAWN : MYO_CONFIRMED;
    watch->event.confirmed_s = now;
    myo_watch_push(watch, &watch->event);
    watch->state = MYO_WATCH_PAUSE;
    watch->freed_s = watch->event.offset_s + watch->config->refractory_s;
}

static void follow(myo_watch *watch, uint32_t best, double strength)
{
    const double now = newest(watch);
    if (now - watch->opened_s <= SETTLE_PLACE_S &&
        strength > watch->event.features[MYO_MOTION_STRENGTH]) {
        watch->view.place = best;
        watch->event.features[MYO_MOTION_STRENGTH] = strength;
    }
}

void myo_watch_step(myo_watch *watch, uint32_t best)
{
    const double now = newest(watch);
    const double strength = (double)watch->normal->statistic[best];
    if ((double)watch->normal->statistic[watch->view.place] >= watch->config->off) {
        watch->moved_s = now;
    }
    switch (watch->state) {
    case MYO_WATCH_IDLE:
        if (strength >= watch->config->on && now < watch->armed_s) {
            watch->refused++;
        } else if (strength >= watch->config->on) {
            open(watch, best);
        }
        break;
    case MYO_WATCH_OPEN:
        follow(watch, best, strength);
        if (now - watch->opened_s >= watch->config->collect_s) {
            const bool moving = now - watch->moved_s < 0.5 * watch->config->refractory_s;
            if (moving) {
                watch->state = MYO_WATCH_LONG;
            } else {
                settle(watch, false);
            }
        }
        break;
    case MYO_WATCH_LONG:
        if (now - watch->moved_s >= watch->config->refractory_s ||
            now - watch->opened_s >= LONGEST_S) {
            settle(watch, true);
        }
        break;
    case MYO_WATCH_PAUSE:
        if (now >= watch->freed_s && strength < watch->config->off) {
            watch->state = MYO_WATCH_IDLE;
        } else if (strength >= watch->config->on) {
            watch->refused++;
        }
        break;
    }
}

void myo_watch_stop(myo_watch *watch)
{
    if (watch->state == MYO_WATCH_OPEN || watch->state == MYO_WATCH_LONG) {
        settle(watch, watch->state == MYO_WATCH_LONG);
        watch->queue[(watch->queued - 1) % MYO_ULTRASOUND_QUEUE].reasons |= 1u
                                                                            << MYO_MOTION_CUT_OFF;
    }
    watch->state = MYO_WATCH_IDLE;
}
