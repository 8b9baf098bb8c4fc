/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Model A: Gaussian-derivative motor unit potentials and the artefacts that go with them. */
#include "synth/generator.h"

#include "synth/a_activity.h"
#include "synth/a_artefact.h"
#include "synth/a_floor.h"
#include "synth/a_heart.h"
#include "synth/a_hum.h"
#include "synth/a_layout.h"
#include "synth/a_needle.h"
#include "synth/a_stimulator.h"
#include "synth/a_voluntary.h"
#include "synth/relax_course.h"

#include <math.h>

typedef struct {
    myo_a_layout layout;
    myo_a_floor floor[MYO_SYNTH_CHANNELS];
    myo_a_tonic tonic[MYO_SYNTH_CHANNELS];
    myo_a_hum hum;
    myo_a_heart heart;
    myo_a_artefacts artefacts;
    myo_a_stimulator stimulator;
    myo_a_needle needle;
    myo_a_activity activity;
} a_state;

static void start(void *state, myo_scene *scene)
{
    a_state *a = state;
    myo_a_layout_start(&a->layout, scene);
    for (uint32_t c = 0; c < scene->channels; c++) {
        myo_a_floor_start(&a->floor[c], scene, c);
        scene->noise_uv[c] = a->floor[c].sigma;
        myo_a_tonic_start(&a->tonic[c], scene, c);
    }
    myo_a_hum_start(&a->hum, scene);
    myo_a_heart_start(&a->heart, scene);
    myo_a_artefacts_start(&a->artefacts, scene);
    myo_a_stimulator_start(&a->stimulator, scene);
    myo_a_needle_start(&a->needle, scene);
    myo_a_activity_start(&a->activity, scene);
}

/* The background first: events are scaled to the noise of their block. */
static void background(a_state *a, myo_scene *scene)
{
    const double endplate = myo_a_needle_block(&a->needle, scene);
    for (uint32_t c = 0; c < scene->channels; c++) {
        double *row = myo_scene_row(scene, c);
        const double floor_uv = myo_a_floor_block(&a->floor[c], scene, row);
        const double tonic_uv = myo_a_tonic_block(&a->tonic[c], scene, row);
        const double needle_uv = c == 0 ? endplate : 0.0;
        scene->noise_uv[c] =
            sqrt(floor_uv * floor_uv + tonic_uv * tonic_uv + needle_uv * needle_uv);
    }
    myo_a_hum_block(&a->hum, scene);
}

static void block(void *state, myo_scene *scene)
{
    a_state *a = state;
    background(a, scene);
    myo_a_heart_block(&a->heart, scene, &a->layout);
    myo_a_artefacts_block(&a->artefacts, scene, &a->layout);
    myo_a_stimulator_block(&a->stimulator, scene);
    myo_a_activity_block(&a->activity, scene, &a->layout);
    myo_relax_course_label(scene);
}

const myo_generator myo_generator_a = {
    .name = 'a', .state_size = sizeof(a_state), .start = start, .block = block};
