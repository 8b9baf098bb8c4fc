/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Timelines of model A. */
#include "synth/a_timeline.h"

/* Index of the stream that draws intervals; events count from 0 and never get there. */
static const uint64_t times_index = UINT64_MAX;

void myo_a_timeline_start(myo_a_timeline *line, const myo_scene *scene, uint64_t component,
                          double first_s)
{
    myo_rng_start(&line->times, scene->seed, component, times_index);
    line->component = component;
    line->count = 0;
    line->next_frame = myo_scene_frames(scene, first_s);
}

bool myo_a_timeline_is_due(const myo_a_timeline *line, const myo_scene *scene)
{
    return line->next_frame < scene->first_frame + MYO_SYNTH_BLOCK;
}

myo_rng myo_a_timeline_event(const myo_a_timeline *line, const myo_scene *scene)
{
    myo_rng rng;
    myo_rng_start(&rng, scene->seed, line->component, line->count);
    return rng;
}

void myo_a_timeline_step(myo_a_timeline *line, const myo_scene *scene, double interval_s)
{
    const int64_t frames = myo_scene_frames(scene, interval_s);
    line->next_frame += frames > 0 ? frames : 1;
    line->count++;
}

double myo_a_timeline_poisson_s(myo_a_timeline *line, double per_min, double least_s)
{
    const double mean = 60.0 / per_min - least_s;
    return least_s + myo_rng_exponential(&line->times, mean > 0.01 ? mean : 0.01);
}
