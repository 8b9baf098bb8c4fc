/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the electrodes lie, and so how strong and how late each channel sees a source. */
#ifndef MYO_SYNTH_A_LAYOUT_H
#define MYO_SYNTH_A_LAYOUT_H

#include "synth/scene.h"

typedef struct {
    double place_m[MYO_SYNTH_CHANNELS]; /**< along the taut band */
    double cable[MYO_SYNTH_CHANNELS];   /**< how much of a cable's movement a channel takes up */
    double heart[MYO_SYNTH_CHANNELS];   /**< how much of the heart it sees */
    double velocity_m_s;                /**< conduction along the fibres */
    uint32_t
        same_side; /**< channels [0, same_side) lie on the band, the others on the other side */
} myo_a_layout;

void myo_a_layout_start(myo_a_layout *layout, const myo_scene *scene);

/** Gains (1 at the nearest electrode) and delays of a source in the taut band. */
void myo_a_layout_muscle(const myo_a_layout *layout, const myo_scene *scene, myo_rng *rng,
                         myo_placement *placement);

/** Gains of something mechanical: one channel alone or, with probability @p p_all, all. */
void myo_a_layout_cable(const myo_a_layout *layout, const myo_scene *scene, myo_rng *rng,
                        double p_all, myo_placement *placement);

/** Channel with the largest gain. */
uint32_t myo_a_layout_nearest(const myo_scene *scene, const myo_placement *placement);

/** Multiplies all gains. */
void myo_a_layout_scale(const myo_scene *scene, myo_placement *placement, double gain);

#endif
