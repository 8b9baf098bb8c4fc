/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mechanical artefacts of model A: motion, tremor, clicks, open electrodes, needle contact. */
#ifndef MYO_SYNTH_A_ARTEFACT_H
#define MYO_SYNTH_A_ARTEFACT_H

#include "synth/a_layout.h"
#include "synth/a_timeline.h"

typedef struct {
    myo_a_timeline motion, tremor, click, lead_off;
} myo_a_artefacts;

void myo_a_artefacts_start(myo_a_artefacts *artefacts, const myo_scene *scene);
void myo_a_artefacts_block(myo_a_artefacts *artefacts, myo_scene *scene,
                           const myo_a_layout *layout);

/** The pull of a needle stroke on skin and cable, at @p frame. */
void myo_a_contact_place(myo_scene *scene, const myo_a_layout *layout, myo_rng *rng, int64_t frame);

#endif
