/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lost packets, quantisation and rails. */
#include "synth/converter.h"

#include "synth/detmath.h"

#include <math.h>

/* Sub-streams of the converter; generators keep below 900. */
enum { CONVERTER_DEVICE = 900, CONVERTER_GAPS = 901 };

static const myo_range full_scale_range_uv = {1500.0, 16000.0};
static const myo_range gap_s = {0.02, 0.2};
static const double least_between_gaps_s = 2.0;
static const double join_s = 0.010;
static const int64_t least_run = 3;

static void next_gap(myo_converter *conv, const myo_scene *scene, int64_t from)
{
    const double mean_s = fmax(60.0 / scene->scenario->gaps_per_min - least_between_gaps_s, 0.1);
    const double wait_s = least_between_gaps_s + myo_rng_exponential(&conv->gap_rng, mean_s);
    conv->gap_frame = from + myo_scene_frames(scene, wait_s);
    conv->gap_end_frame =
        conv->gap_frame + myo_scene_frames(scene, myo_rng_in(&conv->gap_rng, gap_s));
}

void myo_converter_start(myo_converter *conv, const myo_scene *scene, double full_scale_uv)
{
    myo_rng rng;
    myo_rng_start(&rng, scene->seed, CONVERTER_DEVICE, 0);
    const double drawn_uv = floor(myo_rng_log_in(&rng, full_scale_range_uv));
    const double codes = myo_rng_chance(&rng, 0.5) ? 0x1p15 : 0x1p23;
    conv->full_scale_uv = full_scale_uv > 0.0 ? full_scale_uv : drawn_uv;
    conv->step_uv = conv->full_scale_uv / codes;
    for (size_t c = 0; c < MYO_SYNTH_CHANNELS; c++) {
        conv->lane[c] = (myo_converter_lane){.first = -1};
    }
    conv->gap_frame = INT64_MAX;
    conv->gap_end_frame = INT64_MAX;
    if (scene->scenario->gaps_per_min > 0.0) {
        myo_rng_start(&conv->gap_rng, scene->seed, CONVERTER_GAPS, 0);
        next_gap(conv, scene, 0);
    }
}

static void close_run(const myo_converter *conv, myo_scene *scene, uint32_t channel)
{
    const myo_converter_lane *lane = &conv->lane[channel];
    if (lane->first < 0 || lane->count < least_run) {
        return;
    }
    const double snr_db = myo_det_to_db(conv->full_scale_uv / scene->noise_uv[channel]);
    myo_scene_label(scene, &(myo_truth){.type = MYO_EVENT_SATURATION,
                                        .onset_frame = lane->first,
                                        .offset_frame = lane->last + 1,
                                        .channel = channel,
                                        .peak_uv = conv->full_scale_uv,
                                        .snr_db = snr_db,
                                        .burst_snr_db = snr_db});
}

static void watch_rail(myo_converter *conv, myo_scene *scene, uint32_t channel, int64_t frame,
                       bool at_rail)
{
    myo_converter_lane *lane = &conv->lane[channel];
    if (at_rail) {
        if (lane->first < 0) {
            lane->first = frame;
            lane->count = 0;
        }
        lane->last = frame;
        lane->count++;
    } else if (lane->first >= 0 && frame - lane->last > myo_scene_frames(scene, join_s)) {
        close_run(conv, scene, channel);
        lane->first = -1;
    }
}

/* Two's complement: one code less above zero than below. */
static double convert(myo_converter *conv, myo_scene *scene, uint32_t channel, int64_t frame,
                      double x)
{
    const double top = conv->full_scale_uv - conv->step_uv;
    const double rounded = floor(x / conv->step_uv + 0.5) * conv->step_uv;
    const double y = fmin(fmax(rounded, -conv->full_scale_uv), top);
    watch_rail(conv, scene, channel, frame, y >= top || y <= -conv->full_scale_uv);
    return y;
}

static bool in_gap(myo_converter *conv, myo_scene *scene, int64_t frame)
{
    if (frame == conv->gap_frame) {
        myo_scene_label(scene, &(myo_truth){.type = MYO_EVENT_GAP,
                                            .onset_frame = conv->gap_frame,
                                            .offset_frame = conv->gap_end_frame});
    }
    if (frame >= conv->gap_frame && frame >= conv->gap_end_frame) {
        next_gap(conv, scene, frame);
    }
    return frame >= conv->gap_frame;
}

void myo_converter_block(myo_converter *conv, myo_scene *scene, float *frames)
{
    for (size_t i = 0; i < MYO_SYNTH_BLOCK; i++) {
        const int64_t frame = scene->first_frame + (int64_t)i;
        const bool lost = in_gap(conv, scene, frame);
        for (uint32_t c = 0; c < scene->channels; c++) {
            const double x = convert(conv, scene, c, frame, myo_scene_row(scene, c)[i]);
            if (!lost) {
                conv->lane[c].held = x;
            }
            frames[i * scene->channels + c] = (float)conv->lane[c].held;
        }
    }
    if (scene->first_frame + MYO_SYNTH_BLOCK >= scene->total_frames) {
        for (uint32_t c = 0; c < scene->channels; c++) {
            close_run(conv, scene, c);
            conv->lane[c].first = -1;
        }
    }
}

int64_t myo_converter_settled(const myo_converter *conv)
{
    int64_t settled = INT64_MAX;
    for (size_t c = 0; c < MYO_SYNTH_CHANNELS; c++) {
        const int64_t first = conv->lane[c].first;
        if (first >= 0 && first < settled) {
            settled = first;
        }
    }
    return settled;
}
