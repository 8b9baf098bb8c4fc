/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Heart beats in the EMG: found, counted, taken out, so that resting amplitude can be judged.
 *
 * @code
 * while (more) {
 *     myo_ecg_process(ecg, raw, measure, frames, clean, flags);
 *     while (myo_ecg_next(ecg, &beat)) use(&beat);
 * }
 * @endcode
 *
 * Amplitude at rest: leave out every frame with a flag (gate of -50 to +80 ms about each beat; with
 * no beat in it the RMS is unbiased). Where every frame is needed, clean has the beats' mean shape
 * subtracted, but what varies from beat to beat stays in it. Results do not depend on how the
 * recording is cut into calls. */
#ifndef MYOTWITCH_ECG_H
#define MYOTWITCH_ECG_H

#include "myotwitch/event.h"
#include "myotwitch/status.h"

MYO_BEGIN

typedef struct {
    double rate_hz;    /**< frames a second, 500 to 100000 */
    uint32_t channels; /**< 1 to MYO_MAX_CHANNELS */
    double before_ms;  /**< gate before the R wave, 20 to 80; default 50 (emg.md 7.7) */
    double after_ms;   /**< gate behind it, 40 to 150; default 80 (emg.md 7.7) */
    double match;      /**< likeness of a beat to the mean beat, 0.5 to 0.95; default 0.75 */
    double settle_s;   /**< time in which a rhythm must be found, 3 to 30; default 6 */
} myo_ecg_config;

/** Bits of a frame's flag. */
enum {
    MYO_ECG_BEAT = 1u << 0,     /**< inside the gate of a beat */
    MYO_ECG_UNSETTLED = 1u << 1 /**< start, or after a gap: beats are not told apart yet */
};

typedef struct {
    int64_t frame;   /**< R wave */
    double rr_s;     /**< since the beat before it; 0 when that is not known */
    double likeness; /**< correlation with the mean beat */
} myo_beat;

/** What is known now. */
typedef struct {
    bool present;      /**< a rhythm was found and goes on */
    int64_t beats;     /**< counted since the start */
    double heart_bpm;  /**< median of the last 15 intervals, 0 = none */
    double confidence; /**< mean likeness times share of intervals within 25 % of the median */
} myo_ecg_summary;

typedef struct myo_ecg myo_ecg;

MYO_API void myo_ecg_config_default(myo_ecg_config *config, double rate_hz, uint32_t channels);
MYO_API myo_status myo_ecg_new(const myo_ecg_config *config, myo_ecg **ecg);

/** @p raw: interleaved samples with their low frequencies, for finding the beats. @p measure: the
 *  same frames in the band that is to be cleaned; may be raw itself. Both finite. Writes @p frames
 *  frames to @p clean (interleaved; may be measure itself) and one flag a frame to @p flags, each
 *  belonging to the frame myo_ecg_delay earlier. Beats that nobody takes are dropped, oldest
 *  first, after 64. */
MYO_API MYO_RT void myo_ecg_process(myo_ecg *ecg, const float *raw, const float *measure,
                                    size_t frames, float *clean, uint8_t *flags);

/** @p frames frames are missing here: time goes on, the rhythm is looked for anew. Output frames
 *  that were on their way are lost. */
MYO_API MYO_RT void myo_ecg_gap(myo_ecg *ecg, int64_t frames);

/** Takes out the next beat; false when there is none. */
MYO_API MYO_RT bool myo_ecg_next(myo_ecg *ecg, myo_beat *beat);

MYO_API MYO_RT void myo_ecg_summary_get(const myo_ecg *ecg, myo_ecg_summary *summary);

/** Largest magnitude of the mean beat of @p channel in the measure band; 0 = none. */
MYO_API MYO_RT double myo_ecg_amplitude(const myo_ecg *ecg, uint32_t channel);

MYO_API MYO_RT void myo_ecg_reset(myo_ecg *ecg);

/** Frames by which clean and flags lag behind the input: about 0.4 s. */
MYO_API MYO_RT int64_t myo_ecg_delay(const myo_ecg *ecg);

MYO_API void myo_ecg_free(myo_ecg *ecg);

MYO_END
#endif
