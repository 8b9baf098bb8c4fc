/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of the chain: lost packets, the converter's steps and its rails. Common to all
 * generators.
 *
 * A lost packet holds the last sample, as most devices' software does; its label is a gap. Three or
 * more samples at a rail are labelled as saturation; runs less than 10 ms apart are one.
 */
#ifndef MYO_SYNTH_CONVERTER_H
#define MYO_SYNTH_CONVERTER_H

#include "synth/scene.h"

typedef struct {
    int64_t first, last; /**< first and last sample of the open run at a rail; first -1: none */
    int64_t count;
    double held; /**< the last sample before a gap */
} myo_converter_lane;

typedef struct {
    double full_scale_uv; /**< of one polarity */
    double step_uv;
    myo_rng gap_rng;
    int64_t gap_frame, gap_end_frame; /**< of the next or running gap; INT64_MAX: none */
    myo_converter_lane lane[MYO_SYNTH_CHANNELS];
} myo_converter;

/** @p full_scale_uv 0: drawn. */
void myo_converter_start(myo_converter *converter, const myo_scene *scene, double full_scale_uv);

/** Turns the scene's block into MYO_SYNTH_BLOCK interleaved frames. */
void myo_converter_block(myo_converter *converter, myo_scene *scene, float *frames);

/** No saturation that is still going on began before this frame. */
int64_t myo_converter_settled(const myo_converter *converter);

#endif
