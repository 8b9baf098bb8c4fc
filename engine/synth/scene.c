/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ring of future frames, measuring and placing of clips, list of labels. */
#include "synth/scene.h"

#include "synth/detmath.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The measure band's high-pass has died away to below 1e-3 of a clip's peak after this long. */
static const double filter_tail_s = 0.06;

/* A wave of nothing is not infinitely quiet: keeps the logarithm finite. */
static const double least_ratio = 1e-6;

myo_status myo_scene_init(myo_scene *scene, const myo_scenario *scenario,
                          const myo_synth_config *config)
{
    *scene = (myo_scene){.scenario = scenario,
                         .seed = config->seed,
                         .rate_hz = config->rate_hz,
                         .channels = config->channels,
                         .snr_db = config->snr_db,
                         .status = MYO_OK};
    scene->total_frames = myo_scene_frames(scene, config->duration_s);
    scene->clip_frames = (size_t)myo_scene_frames(scene, MYO_CLIP_S);
    const size_t reach = scene->clip_frames + (size_t)myo_scene_frames(scene, MYO_DELAY_S);
    scene->ring_frames = (reach / MYO_SYNTH_BLOCK + 2) * MYO_SYNTH_BLOCK;
    myo_label_band_design(&scene->band, scene->rate_hz);
    scene->clip = calloc(scene->clip_frames, sizeof *scene->clip);
    scene->ring = calloc(scene->ring_frames * scene->channels, sizeof *scene->ring);
    if (scene->clip == NULL || scene->ring == NULL) {
        myo_scene_clean(scene);
        return MYO_ERR_NO_MEMORY;
    }
    return MYO_OK;
}

void myo_scene_clean(myo_scene *scene)
{
    free(scene->clip);
    free(scene->ring);
    free(scene->truth);
    scene->clip = NULL;
    scene->ring = NULL;
    scene->truth = NULL;
}

int64_t myo_scene_frames(const myo_scene *scene, double seconds)
{
    return (int64_t)floor(seconds * scene->rate_hz + 0.5);
}

size_t myo_scene_clear_clip(myo_scene *scene, size_t length)
{
    const size_t bounded = length < scene->clip_frames ? length : scene->clip_frames;
    memset(scene->clip, 0, bounded * sizeof *scene->clip);
    return bounded;
}

static double largest_magnitude(const double *x, size_t length)
{
    double peak = 0.0;
    for (size_t i = 0; i < length; i++) {
        peak = fmax(peak, fabs(x[i]));
    }
    return peak;
}

static void find_edges(const double *x, size_t length, myo_clip_size *size)
{
    const double edge = MYO_EDGE_FRACTION * largest_magnitude(x, length);
    if (edge <= 0.0) {
        return;
    }
    while (fabs(x[size->first]) < edge) {
        size->first++;
    }
    size->last = length;
    while (fabs(x[size->last - 1]) < edge) {
        size->last--;
    }
}

myo_clip_size myo_scene_measure(const myo_scene *scene, size_t length)
{
    myo_clip_size size = {0};
    find_edges(scene->clip, length, &size);
    if (size.last == size.first) {
        return size;
    }
    const size_t total = length + (size_t)myo_scene_frames(scene, filter_tail_s);
    myo_label_band_state state = {0};
    double energy = 0.0;
    for (size_t i = 0; i < total; i++) {
        const double y =
            myo_label_band_next(&scene->band, &state, i < length ? scene->clip[i] : 0.0);
        size.peak = fmax(size.peak, fabs(y));
        energy += y * y;
    }
    size.rms = sqrt(energy / (double)(size.last - size.first));
    return size;
}

double myo_scene_gain_for_snr(const myo_scene *scene, uint32_t channel, double peak, double snr_db)
{
    return peak > 0.0 ? scene->noise_uv[channel] * myo_det_from_db(snr_db) / peak : 0.0;
}

static void mix(myo_scene *scene, uint32_t channel, int64_t frame, size_t length, double gain)
{
    double *row = scene->ring + channel * scene->ring_frames;
    size_t at = (size_t)(frame % (int64_t)scene->ring_frames);
    for (size_t i = 0; i < length; i++) {
        row[at] += gain * scene->clip[i];
        at = at + 1 < scene->ring_frames ? at + 1 : 0;
    }
}

static uint32_t strongest(const myo_scene *scene, const double *gain)
{
    uint32_t best = 0;
    for (uint32_t c = 1; c < scene->channels; c++) {
        if (fabs(gain[c]) > fabs(gain[best])) {
            best = c;
        }
    }
    return best;
}

static double db_over_noise(const myo_scene *scene, uint32_t channel, double level)
{
    return myo_det_to_db(fmax(level / scene->noise_uv[channel], least_ratio));
}

static void label_clip(myo_scene *scene, const myo_placement *p)
{
    const myo_clip_size size = myo_scene_measure(scene, p->length);
    const uint32_t channel = strongest(scene, p->gain);
    const double gain = fabs(p->gain[channel]);
    if (size.last == size.first || gain <= 0.0) {
        return;
    }
    const int64_t start = p->frame + myo_scene_frames(scene, p->delay_s[channel]);
    const myo_truth truth = {.type = p->type,
                             .onset_frame = start + (int64_t)size.first,
                             .offset_frame = start + (int64_t)size.last,
                             .channel = channel,
                             .peak_uv = gain * size.peak,
                             .snr_db = db_over_noise(scene, channel, gain * size.peak),
                             .burst_snr_db = db_over_noise(scene, channel, gain * size.rms)};
    myo_scene_label(scene, &truth);
}

void myo_scene_place(myo_scene *scene, const myo_placement *p)
{
    assert(p->frame >= scene->first_frame);
    assert(p->frame < scene->first_frame + MYO_SYNTH_BLOCK);
    assert(p->length <= scene->clip_frames);
    for (uint32_t c = 0; c < scene->channels; c++) {
        assert(p->delay_s[c] >= 0.0 && p->delay_s[c] <= MYO_DELAY_S);
        if (p->gain[c] != 0.0) {
            mix(scene, c, p->frame + myo_scene_frames(scene, p->delay_s[c]), p->length, p->gain[c]);
        }
    }
    if (p->labelled) {
        label_clip(scene, p);
    }
}

static bool make_room(myo_scene *scene)
{
    if (scene->truth_count < scene->truth_capacity) {
        return true;
    }
    const size_t capacity = scene->truth_capacity > 0 ? 2 * scene->truth_capacity : 256;
    myo_truth *larger = realloc(scene->truth, capacity * sizeof *larger);
    if (larger == NULL) {
        scene->status = MYO_ERR_NO_MEMORY;
        return false;
    }
    scene->truth = larger;
    scene->truth_capacity = capacity;
    return true;
}

void myo_scene_label(myo_scene *scene, const myo_truth *truth)
{
    if (truth->onset_frame >= scene->total_frames || !make_room(scene)) {
        return;
    }
    size_t at = scene->truth_count;
    while (at > 0 && scene->truth[at - 1].onset_frame > truth->onset_frame) {
        scene->truth[at] = scene->truth[at - 1];
        at--;
    }
    scene->truth[at] = *truth;
    if (truth->offset_frame > scene->total_frames) {
        scene->truth[at].offset_frame = scene->total_frames;
    }
    scene->truth_count++;
}

double *myo_scene_row(myo_scene *scene, uint32_t channel)
{
    const size_t at = (size_t)(scene->first_frame % (int64_t)scene->ring_frames);
    return scene->ring + channel * scene->ring_frames + at;
}

void myo_scene_advance(myo_scene *scene)
{
    for (uint32_t c = 0; c < scene->channels; c++) {
        memset(myo_scene_row(scene, c), 0, MYO_SYNTH_BLOCK * sizeof *scene->ring);
    }
    scene->first_frame += MYO_SYNTH_BLOCK;
}
