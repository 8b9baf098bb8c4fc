/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two motions at a time, at different places; thresholds with hysteresis. */
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
    const int32_t steps = (int32_t)(config->rate_hz * (config->collect_s + 1.0) * 1.25 + 16.0);
    watch->work = calloc((size_t)steps, 3 * sizeof(double));
    bool whole = watch->work != NULL;
    for (int i = 0; i < MYO_WATCH_MOTIONS; i++) {
        myo_watched *m = &watch->motions[i];
        m->usual = calloc(history->places, sizeof *m->usual);
        m->view = (myo_shape_view){
            .history = history, .usual = m->usual, .work = watch->work, .capacity = steps};
        whole = whole && m->usual;
    }
    if (!whole) {
        myo_watch_clean(watch);
        return MYO_ERR_NO_MEMORY;
    }
    return MYO_OK;
}

void myo_watch_clean(myo_watch *watch)
{
    for (int i = 0; i < MYO_WATCH_MOTIONS; i++) {
        free(watch->motions[i].usual);
        watch->motions[i].usual = NULL;
    }
    free(watch->work);
    watch->work = NULL;
}

void myo_watch_reset(myo_watch *watch)
{
    for (int i = 0; i < MYO_WATCH_MOTIONS; i++) {
        watch->motions[i].state = MYO_WATCH_IDLE;
    }
    watch->beyond = 0.0f;
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

static void features_set(const myo_watch *watch, const myo_shape *shape, myo_watched *m)
{
    const double mm = watch->config->mm_per_px > 0.0 ? watch->config->mm_per_px : 1.0;
    double *f = m->event.features;
    f[MYO_MOTION_PEAK] = shape->peak_px * mm;
    f[MYO_MOTION_SPEED] = shape->speed_px_s * mm;
    f[MYO_MOTION_RISE_MS] = shape->rise_s * 1e3;
    f[MYO_MOTION_HALF_MS] = shape->half_s * 1e3;
    f[MYO_MOTION_RETURN] = shape->back;
    f[MYO_MOTION_DURATION_MS] = shape->duration_s * 1e3;
    f[MYO_MOTION_AREA] = shape->area;
    f[MYO_MOTION_ANISOTROPY] = shape->anisotropy;
    f[MYO_MOTION_PROBE] = shape->probe;
    myo_motion_event *event = &m->event;
    myo_motion_source_place(watch->source, m->view.place, &event->x_px, &event->y_px);
    const double away = myo_needle_away(watch->needle, event->x_px, event->y_px);
    f[MYO_MOTION_NEEDLE_AWAY] = away < 0.0 ? -1.0 : away * mm;
    event->onset_s = shape->onset_s;
    event->offset_s = shape->offset_s;
    event->interval_s = shape->interval_s;
}

/* Pulse and tremor, Hz. */
static const double repeat_hz[][2] = {{0.7, 2.5}, {4.0, 12.0}};

/* Rhythm and likeness to the needle, from the last seconds of the place. */
static void rhythm_measure(const myo_watch *watch, const myo_shape *shape, myo_watched *m)
{
    double *f = m->event.features;
    myo_repeat signal;
    myo_shape_signal(&m->view, shape->away, &signal);
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

/* Begins to follow the motion at @p best, unless it began before another one was seen. */
static void begin(myo_watch *watch, uint32_t best, double after_s, myo_watched *m)
{
    const double now = newest(watch);
    memcpy(m->usual, watch->normal->usual, watch->history->places * sizeof *m->usual);
    m->view.place = best;
    m->view.trigger = watch->history->end - 1;
    myo_shape shape;
    myo_shape_measure(&m->view, watch->config, &shape);
    if (shape.onset_s <= after_s) {
        return;
    }
    m->opened_s = m->moved_s = now;
    m->after_s = after_s;
    m->event = (myo_motion_event){.type = MYO_EVENT_LTR,
                                  .stage = MYO_PROVISIONAL,
                                  .reported_s = now,
                                  .confirmed_s = (double)NAN,
                                  .confidence = 0.5};
    m->event.features[MYO_MOTION_STRENGTH] = (double)watch->normal->statistic[best];
    features_set(watch, &shape, m);
    myo_watch_push(watch, &m->event);
    m->state = MYO_WATCH_OPEN;
}

/* What moves beside another motion for a short time, and is no twitch, may be a part of it: the far end
 * of a twitch along a scan line is. It is taken back. */
static bool is_told(const myo_watched *m, const myo_shape *shape)
{
    const bool itself = m->event.type == MYO_EVENT_LTR || m->state == MYO_WATCH_LONG;
    return shape->peak_px >= SMALLEST_PEAK && (!isfinite(m->after_s) || itself) &&
           shape->onset_s > m->after_s;
}

static void settle(myo_watch *watch, bool still_moving, myo_watched *m)
{
    const double now = newest(watch);
    myo_shape shape;
    myo_shape_measure(&m->view, watch->config, &shape);
    features_set(watch, &shape, m);
    rhythm_measure(watch, &shape, m);
    myo_verdict_give(watch->config, &shape, still_moving, &m->event);
    if (m->state == MYO_WATCH_LONG) {
        m->event.offset_s = myo_greater(m->event.offset_s, m->moved_s);
        m->event.features[MYO_MOTION_DURATION_MS] = 1e3 * (m->event.offset_s - m->event.onset_s);
    }
    m->event.stage = is_told(m, &shape) ? MYO_CONFIRMED : MYO_WITHDRAWN;
    m->event.confirmed_s = now;
    myo_watch_push(watch, &m->event);
    m->state = MYO_WATCH_PAUSE;
    m->freed_s = m->event.offset_s + watch->config->refractory_s;
}

/* Places so far apart that their neighbours share no pixel. */
static bool is_beyond(const myo_watch *watch, uint32_t place, uint32_t other)
{
    const int columns = (int)watch->history->columns, p = (int)place, o = (int)other;
    const int tile = watch->config->carrier > 0.0 ? 2 : MYO_TRACKER_TILE / (int)watch->config->step;
    return abs(p % columns - o % columns) >= tile + 2 || abs(p / columns - o / columns) >= tile + 2;
}

/* The strongest place that @p other is not near to; UINT32_MAX = none. */
static uint32_t strongest_beyond(const myo_watch *watch, const myo_watched *other)
{
    const float *statistic = watch->normal->statistic;
    uint32_t found = UINT32_MAX;
    for (uint32_t p = 0; p < watch->history->places; p++) {
        if ((found == UINT32_MAX || statistic[p] > statistic[found]) &&
            is_beyond(watch, p, other->view.place)) {
            found = p;
        }
    }
    return found;
}

static myo_watched *beside(myo_watch *watch, const myo_watched *m)
{
    return &watch->motions[m == &watch->motions[0] ? 1 : 0];
}

/* While a motion builds up its place moves on to the strongest one. */
static void follow(myo_watch *watch, uint32_t best, myo_watched *m)
{
    const myo_watched *other = beside(watch, m);
    if (newest(watch) - m->opened_s > SETTLE_PLACE_S) {
        return;
    }
    const uint32_t place = other->state == MYO_WATCH_IDLE ? best : strongest_beyond(watch, other);
    const double strength = place < UINT32_MAX ? (double)watch->normal->statistic[place] : 0.0;
    if (strength > m->event.features[MYO_MOTION_STRENGTH]) {
        m->view.place = place;
        m->event.features[MYO_MOTION_STRENGTH] = strength;
    }
}

static void motion_step(myo_watch *watch, uint32_t best, myo_watched *m)
{
    const double now = newest(watch), off = watch->config->off;
    if ((double)watch->normal->statistic[m->view.place] >= off) {
        m->moved_s = now;
    }
    switch (m->state) {
    case MYO_WATCH_IDLE:
        break;
    case MYO_WATCH_OPEN:
        follow(watch, best, m);
        if (now - m->opened_s >= watch->config->collect_s) {
            if (now - m->moved_s < 0.5 * watch->config->refractory_s) {
                m->state = MYO_WATCH_LONG;
            } else {
                settle(watch, false, m);
            }
        }
        break;
    case MYO_WATCH_LONG:
        if (now - m->moved_s >= watch->config->refractory_s || now - m->opened_s >= LONGEST_S) {
            settle(watch, true, m);
        }
        break;
    case MYO_WATCH_PAUSE:
        if (now >= m->freed_s && (double)watch->normal->statistic[best] < off) {
            m->state = MYO_WATCH_IDLE;
        }
        break;
    }
}

/* While @p m is open: whether something else begins beyond it. What comes while its place is still
 * looked for may be the same motion, and so may what was over the threshold before. */
static void beyond_look(myo_watch *watch, const myo_watched *m)
{
    const uint32_t place = strongest_beyond(watch, m);
    if (place == UINT32_MAX) {
        return;
    }
    const float strength = watch->normal->statistic[place], on = (float)watch->config->on;
    if (strength >= on && watch->beyond < on && newest(watch) - m->opened_s > SETTLE_PLACE_S) {
        begin(watch, place, m->opened_s, beside(watch, m));
    }
    watch->beyond = strength;
}

void myo_watch_step(myo_watch *watch, uint32_t best)
{
    myo_watched *first = &watch->motions[0], *second = &watch->motions[1];
    const bool one = (first->state == MYO_WATCH_IDLE) != (second->state == MYO_WATCH_IDLE);
    myo_watched *followed = first->state == MYO_WATCH_IDLE ? second : first;
    const bool strong = (double)watch->normal->statistic[best] >= watch->config->on;
    if (one && followed->state == MYO_WATCH_OPEN) {
        beyond_look(watch, followed);
    } else if (one && followed->state == MYO_WATCH_PAUSE) {
        watch->refused += strong;
    } else if (followed->state == MYO_WATCH_IDLE && strong) {
        if (newest(watch) < watch->armed_s) {
            watch->refused++;
        } else {
            begin(watch, best, -INFINITY, first);
            watch->beyond = INFINITY;
        }
    }
    motion_step(watch, best, first);
    motion_step(watch, best, second);
}

void myo_watch_stop(myo_watch *watch)
{
    for (int i = 0; i < MYO_WATCH_MOTIONS; i++) {
        myo_watched *m = &watch->motions[i];
        if (m->state == MYO_WATCH_OPEN || m->state == MYO_WATCH_LONG) {
            settle(watch, m->state == MYO_WATCH_LONG, m);
            watch->queue[(watch->queued - 1) % MYO_ULTRASOUND_QUEUE].reasons |=
                1u << MYO_MOTION_CUT_OFF;
        }
        m->state = MYO_WATCH_IDLE;
    }
}
