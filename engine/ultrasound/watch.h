/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the statistic to events: opens one when a place does what it does not usually do, follows it,
 * settles what it was. */
#ifndef MYO_ULTRASOUND_WATCH_H
#define MYO_ULTRASOUND_WATCH_H

#include "ultrasound/normal.h"
#include "ultrasound/needle.h"
#include "ultrasound/shape.h"
#include "ultrasound/source.h"

typedef enum {
    MYO_WATCH_IDLE, /**< nothing unusual */
    MYO_WATCH_OPEN, /**< a motion is watched for collect_s */
    MYO_WATCH_LONG, /**< it did not end within that: until it does */
    MYO_WATCH_PAUSE /**< refractory */
} myo_watch_state;

/** One motion that is followed. */
typedef struct {
    myo_watch_state state;
    myo_usual *usual; /**< as it was when the motion was first seen */
    myo_shape_view view;
    myo_motion_event event;
    double opened_s; /**< when the motion was first seen */
    double moved_s;  /**< when its place was last at or over off */
    double freed_s;  /**< end of the pause */
    double after_s;  /**< it must have begun later: another one was seen then */
} myo_watched;

/** A twitch may come while something else still moves, elsewhere. */
enum { MYO_WATCH_MOTIONS = 2 };

typedef struct {
    const myo_ultrasound_config *config;
    const myo_history *history;
    const myo_normal *normal;
    const myo_motion_source *source;
    const myo_needle *needle; /**< NULL = none is looked for */
    double *work;             /**< of the views, one after the other */
    myo_watched motions[MYO_WATCH_MOTIONS];
    float beyond;   /**< the largest statistic out of reach of what is followed, one step ago */
    double armed_s; /**< not before this time */
    int64_t refused;
    uint64_t next_id;
    myo_motion_event queue[MYO_ULTRASOUND_QUEUE];
    uint32_t queued, taken; /**< counts, modulo the length of the queue */
} myo_watch;

myo_status myo_watch_init(myo_watch *watch, const myo_ultrasound_config *config,
                          const myo_history *history, const myo_normal *normal,
                          const myo_motion_source *source);
void myo_watch_clean(myo_watch *watch);

/** Forgets what is open and what waits. */
MYO_RT void myo_watch_reset(myo_watch *watch);

/** Looks at the newest step, whose largest statistic is at @p best. */
MYO_RT void myo_watch_step(myo_watch *watch, uint32_t best);

/** Sight is lost or the recording ends: settles what is open. */
MYO_RT void myo_watch_stop(myo_watch *watch);

/** Puts an event into the queue; gives it an id when it has none. */
MYO_RT void myo_watch_push(myo_watch *watch, myo_motion_event *event);

MYO_RT bool myo_watch_next(myo_watch *watch, myo_motion_event *event);

#endif
