/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Release of a muscle: a factor on its resting activity over time. */
#include "synth/relax_course.h"

#include "synth/detmath.h"

#include <math.h>

static bool is_other_side(const myo_scene *scene, uint32_t channel)
{
    return scene->channels > 1 && channel == scene->channels - 1;
}

double myo_relax_course(const myo_scene *scene, uint32_t channel, double seconds)
{
    const myo_relaxation *r = &scene->scenario->relaxation;
    const double since = seconds - r->at_s;
    if (r->to <= 0.0 || since < 0.0) {
        return 1.0;
    }
    const double share = is_other_side(scene, channel) ? r->shared : 1.0;
    const double done = r->tau_s > 0.0 ? 1.0 - myo_det_exp(-since / r->tau_s) : 1.0;
    return myo_det_pow(r->to, share * done);
}

void myo_relax_course_fluctuation(double *breath_depth, double *wander_sd, double *wander_memory)
{
    const double cv = 0.2;
    *breath_depth *= 2.0 / 3.0;
    *wander_sd = sqrt(cv * cv - 0.5 * *breath_depth * *breath_depth);
    *wander_memory = 0.5;
}

void myo_relax_course_label(myo_scene *scene)
{
    const myo_relaxation *r = &scene->scenario->relaxation;
    const int64_t frame = myo_scene_frames(scene, r->at_s);
    if (r->to <= 0.0 || r->to == 1.0 || frame < scene->first_frame ||
        frame >= scene->first_frame + MYO_SYNTH_BLOCK || frame >= scene->total_frames) {
        return;
    }
    const myo_truth truth = {
        .type = MYO_EVENT_RELEASE, .onset_frame = frame, .offset_frame = frame + 1};
    myo_scene_label(scene, &truth);
}
