/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labelled synthetic sessions: the same seed gives the same samples on every machine.
 *
 * Two generators that share no wave shapes and no artefact family, so that a detector tuned on one
 * can be tried on the other. Both stream: memory does not grow with the length.
 */
#ifndef MYOTWITCH_SYNTH_H
#define MYOTWITCH_SYNTH_H

#include "myotwitch/event.h"
#include "myotwitch/status.h"

MYO_BEGIN

/** One labelled event of a synthetic session. */
typedef struct {
    myo_event_type type;
    int64_t onset_frame;
    int64_t offset_frame;
    uint32_t channel;    /**< strongest channel */
    double peak_uv;      /**< largest magnitude of the clean event, 20-450 Hz */
    double snr_db;       /**< peak_uv over the RMS of the noise in 20-450 Hz */
    double burst_snr_db; /**< RMS of the clean event over that of the noise, 20-450 Hz */
} myo_truth;

typedef struct {
    char scenario[32]; /**< a name of myo_synth_scenario_name */
    char generator;    /**< 'a' or 'b' */
    uint64_t seed;
    double rate_hz;       /**< 500 to 50000 */
    uint32_t channels;    /**< 1 to 16 */
    double duration_s;    /**< more than 0, to 100 h */
    double snr_db;        /**< peak SNR of the twitches; NAN = as the scenario draws it */
    double full_scale_uv; /**< rail of the converter, to 1e9; 0 = drawn, 1500 to 16000 */
} myo_synth_config;

typedef struct myo_synth myo_synth;

/** Name of scenario @p index, NULL past the last; @p about (may be NULL) gets one line on it. */
MYO_API const char *myo_synth_scenario_name(size_t index, const char **about);

/** The scenario's own rate, channels and duration; generator 'a', seed 1.
 *  MYO_ERR_BAD_ARG for an unknown name. */
MYO_API myo_status myo_synth_config_default(myo_synth_config *config, const char *scenario);

MYO_API myo_status myo_synth_new(const myo_synth_config *config, myo_synth **synth);

/** Writes up to @p frames interleaved frames in uV; returns how many, 0 at the end or when memory
 *  for labels ran out (myo_synth_status tells). Take the labels out as you read: those not yet
 *  taken are kept, which is the only memory that grows. */
MYO_API size_t myo_synth_read(myo_synth *synth, float *samples_uv, size_t frames);

/** Rail of the converter: no sample is larger. */
MYO_API double myo_synth_full_scale_uv(const myo_synth *synth);

/** RMS in 20-450 Hz of the noise floor and of resting activity of @p channel at the moment; before
 *  the first read that of the floor alone. Labels' SNR refers to it; hum and heart do not count. */
MYO_API double myo_synth_noise_uv(const myo_synth *synth, uint32_t channel);

/** MYO_OK, or MYO_ERR_NO_MEMORY once a label could not be kept. */
MYO_API myo_status myo_synth_status(const myo_synth *synth);

/** Takes out the next label whose event lies wholly in what was read, in order of onset. */
MYO_API bool myo_synth_next_truth(myo_synth *synth, myo_truth *truth);

MYO_API void myo_synth_free(myo_synth *synth);

MYO_END
#endif
