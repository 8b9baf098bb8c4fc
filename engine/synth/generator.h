/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a generator is: it draws a record's parameters, then makes the record block by block. */
#ifndef MYO_SYNTH_GENERATOR_H
#define MYO_SYNTH_GENERATOR_H

#include "synth/scene.h"

typedef struct {
    char name;         /**< 'a', 'b' */
    size_t state_size; /**< bytes of state, zeroed before start */

    /** Draws what holds for the whole record and sets scene->noise_uv. Cannot fail: all memory is
     *  in the state. */
    void (*start)(void *state, myo_scene *scene);

    /** Makes the MYO_SYNTH_BLOCK frames from scene->first_frame on: adds everything continuous to
     *  the rows of the scene and places every clip that begins in them. The last block may reach
     *  past the end of the record. No clip or label may begin before the block. */
    void (*block)(void *state, myo_scene *scene);
} myo_generator;

extern const myo_generator myo_generator_a;
extern const myo_generator myo_generator_b;

#endif
