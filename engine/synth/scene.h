/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a generator puts what it makes: channel buffers for the near future, and the labels.
 *
 * A record is made block by block. For each block the generator adds its continuous signals to
 * myo_scene_row, and every event that begins in the block as a clip: one wave, in uV, which goes to
 * each channel with a gain and a delay and may reach up to MYO_CLIP_S beyond the block. Memory
 * is fixed when the scene is made; only the list of labels not yet taken grows.
 */
#ifndef MYO_SYNTH_SCENE_H
#define MYO_SYNTH_SCENE_H

#include "synth/band.h"
#include "synth/scenario.h"

#include "myotwitch/synth.h"

/** Frames per block, whatever the caller of myo_synth_read asks for. */
#define MYO_SYNTH_BLOCK    1024
#define MYO_SYNTH_CHANNELS 16   /**< most channels of a synthetic session */
#define MYO_CLIP_S         12.0 /**< longest clip */
#define MYO_DELAY_S        0.25 /**< longest delay of a channel */

/** Part of a clean event's largest magnitude at which it begins and ends for its label: a motor
 *  unit potential modelled as a Gaussian derivative of total duration 6 sd is at 5.5 % of its
 *  peak at both its ends, so an event begins where its first discharge does. */
#define MYO_EDGE_FRACTION 0.05

typedef struct {
    /* fixed when made; generators read them */
    const myo_scenario *scenario;
    uint64_t seed;
    double rate_hz;
    uint32_t channels;
    int64_t total_frames;
    double snr_db; /**< asked for by the user for all twitches; NAN = draw from the scenario */
    myo_label_band band; /**< 20-450 Hz at this rate */
    double *clip; /**< scratch for one wave, clip_frames long; cleared by myo_scene_clear_clip */
    size_t clip_frames;

    /** RMS of noise floor and resting activity in 20-450 Hz, as it is now: kept by the generator.
     */
    double noise_uv[MYO_SYNTH_CHANNELS];

    /* the scene's own */
    double *ring; /**< channels rows of ring_frames, a multiple of MYO_SYNTH_BLOCK */
    size_t ring_frames;
    int64_t first_frame; /**< of the block that is being made */
    myo_truth *truth;    /**< not yet taken, in order of onset */
    size_t truth_count, truth_capacity;
    myo_status status; /**< MYO_ERR_NO_MEMORY once a label could not be kept */
} myo_scene;

/** A wave's size and extent. */
typedef struct {
    double peak;  /**< largest magnitude in 20-450 Hz */
    double rms;   /**< over [first, last) in 20-450 Hz */
    size_t first; /**< first sample over MYO_EDGE_FRACTION of the wave's largest magnitude */
    size_t last;  /**< one past the last such sample; first == last: nothing there */
} myo_clip_size;

/** How scene->clip goes to the channels. Zero-initialise. */
typedef struct {
    int64_t frame; /**< of the first sample of the clip; not before scene->first_frame */
    size_t length; /**< samples of the clip that are used */
    double gain[MYO_SYNTH_CHANNELS];
    double delay_s[MYO_SYNTH_CHANNELS]; /**< 0 to MYO_DELAY_S */
    bool labelled;                      /**< write a label of this type */
    myo_event_type type;
} myo_placement;

myo_status myo_scene_init(myo_scene *scene, const myo_scenario *scenario,
                          const myo_synth_config *config);
void myo_scene_clean(myo_scene *scene);

/** Frames of @p seconds, rounded to the nearest. */
int64_t myo_scene_frames(const myo_scene *scene, double seconds);

/** Zeroes the first @p length samples of the scratch clip; returns min(length, clip_frames). */
size_t myo_scene_clear_clip(myo_scene *scene, size_t length);

/** Size of the first @p length samples of the clip. */
myo_clip_size myo_scene_measure(const myo_scene *scene, size_t length);

/** Gain that brings a wave of peak @p peak to @p snr_db over the noise of @p channel now. */
double myo_scene_gain_for_snr(const myo_scene *scene, uint32_t channel, double peak, double snr_db);

/** Adds the clip to the channels. The label speaks of the channel with the largest gain. */
void myo_scene_place(myo_scene *scene, const myo_placement *placement);

/** Adds a label for something that was not placed as one clip. */
void myo_scene_label(myo_scene *scene, const myo_truth *truth);

/** The MYO_SYNTH_BLOCK frames of @p channel from scene->first_frame on, to add to. */
double *myo_scene_row(myo_scene *scene, uint32_t channel);

/** Clears the block and goes on to the next. */
void myo_scene_advance(myo_scene *scene);

#endif
