/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signal quality of every channel, second by second, with a verdict that the other parts honour.
 *
 * A channel's seconds begin a little later than those of the channel before it, so that no block
 * carries all channels' conclusions. Results do not depend on how the recording is cut. */
#ifndef MYOTWITCH_QUALITY_H
#define MYOTWITCH_QUALITY_H

#include "myotwitch/event.h"
#include "myotwitch/status.h"

MYO_BEGIN

typedef struct {
    double rate_hz;       /**< frames a second, 500 to 100000 */
    uint32_t channels;    /**< 1 to MYO_MAX_CHANNELS */
    double full_scale_uv; /**< uV of a sample of 1.0; 0 = not known, limits in uV are then off */
    double hum_doubtful;  /**< hum over floor, RMS; default 1: removing hum pays from there */
    double hum_unusable;  /**< default 10 */
    double hum_open_uv;   /**< hum of an electrode that is off, default 200 */
    double floor_doubtful_uv; /**< resting skin gives 1.3-5 (emg.md 8); default 20 */
    double motion_ratio;      /**< slow part (0.5-20 Hz) over floor, RMS; default 30 */
    double drift_ratio;       /**< change of the mean in a second over floor; default 100 */
    double ecg_ratio;         /**< beat's peak over floor; default 5 */
    double clip_share; /**< of frames at the rail that make a second unusable, default 0.01 */
} myo_quality_config;

typedef enum { MYO_QUALITY_USABLE, MYO_QUALITY_DOUBTFUL, MYO_QUALITY_UNUSABLE } myo_verdict;

/** Why; bits. In brackets the worst verdict that it can give. */
enum {
    MYO_QUALITY_FLAT = 1u << 0, /**< no change for half a second: lead off, dead input (unusable) */
    MYO_QUALITY_LEAD_OFF = 1u << 1,   /**< at a rail for half the second, or hum of an open input
                                         (unusable) */
    MYO_QUALITY_CLIPPED = 1u << 2,    /**< frames at the rail (unusable from clip_share on) */
    MYO_QUALITY_GAP = 1u << 3,        /**< frames missing or not numbers (unusable from half on) */
    MYO_QUALITY_HUM = 1u << 4,        /**< (unusable) */
    MYO_QUALITY_STIMULATOR = 1u << 5, /**< pulses of constant period (unusable) */
    MYO_QUALITY_MOTION = 1u << 6,     /**< (doubtful) */
    MYO_QUALITY_DRIFT = 1u << 7,      /**< (doubtful) */
    MYO_QUALITY_ECG = 1u << 8,  /**< heart beats stand out (no worse verdict: they are gated) */
    MYO_QUALITY_NOISY = 1u << 9 /**< floor above floor_doubtful_uv (doubtful) */
};

/** One second of one channel. Amplitudes in the unit of the samples. */
typedef struct {
    uint32_t channel;
    int64_t frame; /**< first */
    myo_verdict verdict;
    uint32_t reasons;
    double floor_rms;     /**< quiet fifth of 25 ms RMS in the measure band, hum removed */
    double rms;           /**< measure band */
    double slow_rms;      /**< below 20 Hz, trend removed */
    double drift;         /**< change of the mean since the second before */
    double hum_hz;        /**< 50 or 60, 0 = none */
    double hum_rms;       /**< with its second and third harmonic */
    double stimulator_hz; /**< 0 = none */
    int32_t clipped_frames, gap_frames;
} myo_quality_second;

/** Seconds of a channel so far by verdict. */
typedef struct {
    int64_t seconds[3];
    uint32_t reasons; /**< all that ever applied */
    double floor_rms; /**< median over time (running) of usable and doubtful seconds */
} myo_quality_summary;

typedef struct myo_quality myo_quality;

MYO_API void myo_quality_config_default(myo_quality_config *config, double rate_hz,
                                        uint32_t channels);
MYO_API myo_status myo_quality_new(const myo_quality_config *config, myo_quality **quality);

/** Tells the converter's rails of @p channel in samples; equal = not known, then runs of three
 *  equal extreme values far outside the floor count as clipping. */
MYO_API MYO_RT void myo_quality_set_rails(myo_quality *quality, uint32_t channel, double low,
                                          double high);

/** Tells the peak of the mean heart beat in the measure band (myo_ecg_amplitude). */
MYO_API MYO_RT void myo_quality_set_ecg(myo_quality *quality, uint32_t channel, double peak);

/** @p raw: interleaved samples as recorded; not finite = gap. @p measure: the same frames in the
 *  measure band, finite. Seconds that nobody takes are dropped, oldest first, after 8 a channel;
 *  the summary has them all. */
MYO_API MYO_RT void myo_quality_process(myo_quality *quality, const float *raw,
                                        const float *measure, size_t frames);

/** @p frames frames are missing here; seconds that it touches count them. */
MYO_API MYO_RT void myo_quality_gap(myo_quality *quality, int64_t frames);

/** Takes out the next second; false when there is none. */
MYO_API MYO_RT bool myo_quality_next(myo_quality *quality, myo_quality_second *second);

MYO_API MYO_RT void myo_quality_summary_get(const myo_quality *quality, uint32_t channel,
                                            myo_quality_summary *summary);

/** "usable", "doubtful", "unusable". Any thread. */
MYO_API MYO_CONST const char *myo_verdict_name(myo_verdict verdict);

/** A phrase for one bit of reasons. Any thread. */
MYO_API MYO_CONST const char *myo_quality_reason_text(uint32_t bit);

MYO_API MYO_RT void myo_quality_reset(myo_quality *quality);
MYO_API void myo_quality_free(myo_quality *quality);

MYO_END
#endif
