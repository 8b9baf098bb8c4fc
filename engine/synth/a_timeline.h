/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the next event of a component comes. Each event gets a random stream of its own. */
#ifndef MYO_SYNTH_A_TIMELINE_H
#define MYO_SYNTH_A_TIMELINE_H

#include "synth/scene.h"

typedef struct {
    myo_rng times;      /**< draws the intervals */
    uint64_t component; /**< name of the events' streams */
    uint64_t count;     /**< events so far */
    int64_t next_frame;
} myo_a_timeline;

/** First event at @p first_s. */
void myo_a_timeline_start(myo_a_timeline *line, const myo_scene *scene, uint64_t component,
                          double first_s);

/** Whether the next event begins in the block being made. */
bool myo_a_timeline_is_due(const myo_a_timeline *line, const myo_scene *scene);

/** Stream of the event that is due. */
myo_rng myo_a_timeline_event(const myo_a_timeline *line, const myo_scene *scene);

/** Goes on to the next event, @p interval_s later. */
void myo_a_timeline_step(myo_a_timeline *line, const myo_scene *scene, double interval_s);

/** Interval of a Poisson process of @p per_min, but not below @p least_s. */
double myo_a_timeline_poisson_s(myo_a_timeline *line, double per_min, double least_s);

#endif
