/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Model A: Gaussian-derivative motor unit potentials and the artefacts that go with them. */
#include "synth/generator.h"

#include "synth/a_floor.h"

typedef struct {
    myo_a_floor floor[MYO_SYNTH_CHANNELS];
} a_state;

static void start(void *state, myo_scene *scene)
{
    a_state *a = state;
    for (uint32_t c = 0; c < scene->channels; c++) {
        scene->noise_uv[c] = myo_a_floor_start(&a->floor[c], scene, c);
    }
}

static void block(void *state, myo_scene *scene)
{
    a_state *a = state;
    for (uint32_t c = 0; c < scene->channels; c++) {
        myo_a_floor_block(&a->floor[c], myo_scene_row(scene, c));
    }
}

const myo_generator myo_generator_a = {
    .name = 'a', .state_size = sizeof(a_state), .start = start, .block = block};
