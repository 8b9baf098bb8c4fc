/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's front door: blocks of EMG go in, events come out.
 *
 * @code
 * myo_config config;
 * myo_config_default(&config, 2000.0, channels);
 * myo_pipeline *pipeline = NULL;
 * if (myo_pipeline_new(&config, &pipeline) != MYO_OK) return;
 * while (more) {
 *     size_t done = 0;
 *     while (done < frames) {
 *         done += myo_pipeline_process(pipeline, samples + done * channels, frames - done);
 *         while (myo_pipeline_next(pipeline, &event)) use(&event);
 *     }
 * }
 * do {
 *     while (myo_pipeline_next(pipeline, &event)) use(&event);
 * } while (!myo_pipeline_finish(pipeline));
 * while (myo_pipeline_next(pipeline, &event)) use(&event);
 * myo_pipeline_free(pipeline);
 * @endcode
 */
#ifndef MYOTWITCH_PIPELINE_H
#define MYOTWITCH_PIPELINE_H

#include "myotwitch/event.h"
#include "myotwitch/status.h"

MYO_BEGIN

typedef enum { MYO_PROFILE_SURFACE, MYO_PROFILE_NEEDLE } myo_profile;

/** Everything that decides anything. Fill with myo_config_default, then change fields. */
typedef struct {
    double rate_hz;                    /**< frames a second, 500 to 100000 */
    uint32_t channels;                 /**< 1 to MYO_MAX_CHANNELS */
    uint8_t profile[MYO_MAX_CHANNELS]; /**< myo_profile of each channel */
    double rail_low[MYO_MAX_CHANNELS], rail_high[MYO_MAX_CHANNELS]; /**< converter's limits in
                          samples; equal = not known, then they are found */

    double false_alarms_per_hour; /**< per channel in stationary noise, 0.01 to 3600; default 1 */
    double measure_low_hz, measure_high_hz; /**< default 20-450 (needle: to 2000) */
    double detect_low_hz, detect_high_hz;   /**< default 60-300 (needle: 100-2000) */
    double ltr_max_ms;                      /**< longest twitch, default 400 (emg.md 7.5) */
    double merge_gap_ms;                    /**< bursts closer than this are one, default 30 */
    double refractory_ms;  /**< no new event for so long after an end, default 150 */
    double floor_window_s; /**< memory of the noise floor, default 8 */
    double arm_s;          /**< shortest baseline before anything is reported, default 2 */
    bool hum_cancel;       /**< look for mains hum and remove it where it pays, default true */
    bool blank_edges;      /**< hold the input over stimulus edges, default true */
    uint32_t cpu_mask;     /**< instruction sets that may be used; see myo_config_set_cpu */
} myo_config;

/** What is known of one channel after the blocks so far. Amplitudes in the unit of the samples. */
typedef struct {
    double floor_rms; /**< noise in the measure band, hum and bursts excluded; 0 = not armed */
    double detect_floor_rms;              /**< the same in the detect band */
    double hum_hz;                        /**< mains frequency found, 0 = none worth cancelling */
    double hum_rms;                       /**< its size, all harmonics together */
    int64_t saturated_frames;             /**< to a hop of 1 ms */
    int64_t gap_frames;                   /**< frames that were missing or not numbers */
    int64_t events[MYO_EVENT_TYPE_COUNT]; /**< confirmed, with this channel as the strongest */
    int64_t refusals[MYO_REFUSAL_COUNT];
} myo_channel_summary;

/** Bits of myo_meter.flags, of the last hop (1 ms) that was looked at. */
enum {
    MYO_METER_ARMED = 1u << 0,     /**< the noise floor is known: events can come */
    MYO_METER_ACTIVE = 1u << 1,    /**< a burst is open */
    MYO_METER_BLANKED = 1u << 2,   /**< gap, settling, or held over an edge: no statement */
    MYO_METER_SATURATED = 1u << 3, /**< at the converter's rail */
    MYO_METER_HUM = 1u << 4        /**< heavy hum is being taken away */
};

/** The detector's own view of one channel now, RMS in the unit of the samples, detect band; all 0
 *  until it is armed. A burst opens exactly when envelope exceeds threshold. */
typedef struct {
    double envelope;  /**< RMS of the window that is nearest to firing, scaled to the threshold of
                           the 25 ms window: six windows of 5 to 100 ms have one threshold each */
    double threshold; /**< of the 25 ms window */
    double floor;     /**< noise */
    uint32_t flags;
} myo_meter;

typedef struct myo_pipeline myo_pipeline;

/** Defaults for a surface recording. @p config->profile may be set to needle afterwards, then
 *  bands that are still the surface defaults become the needle's for those channels. */
MYO_API void myo_config_default(myo_config *config, double rate_hz, uint32_t channels);

/** Checks every range. On refusal @p where (may be NULL) points at the name of the field. */
MYO_API myo_status myo_config_check(const myo_config *config, const char **where);

/** Allows only the instruction sets named in @p list: "auto", or some of "c,sse2,avx2,avx512,neon".
 *  MYO_ERR_BAD_ARG for an unknown name. Results are the same on all but sse2. */
MYO_API myo_status myo_config_set_cpu(myo_config *config, const char *list);

/** Writes the whole configuration as "key=value\n" lines, NUL-terminated, truncated to @p size;
 *  returns the length that it needs. The same configuration gives the same bytes. */
MYO_API size_t myo_config_print(const myo_config *config, char *text, size_t size);

/** 64-bit FNV-1a hash of what myo_config_print writes. */
MYO_API uint64_t myo_config_hash(const myo_config *config);

/** Allocates all that is ever needed. MYO_ERR_NO_MEMORY, MYO_ERR_BAD_ARG. Not real-time. */
MYO_API myo_status myo_pipeline_new(const myo_config *config, myo_pipeline **pipeline);

/** Takes up to @p frames frames of interleaved samples and returns how many it took. It takes
 *  fewer only when events wait: drain them with myo_pipeline_next and call again with the rest.
 *  Samples that are not finite count as a gap of that channel. Events do not depend on how the
 *  recording is cut into calls. */
MYO_API MYO_RT size_t myo_pipeline_process(myo_pipeline *pipeline, const float *samples,
                                           size_t frames);

/** Frames that a recording may come to by gaps: beyond it a double no longer tells frames apart. */
#define MYO_MAX_FRAMES (INT64_C(1) << 53)

/** Says that @p frames frames are missing here (lost by the device). Time goes on, filters and
 *  detectors start anew, and a gap event is made. Zero and less is no gap; with more than is left to
 *  MYO_MAX_FRAMES the gap ends there. */
MYO_API MYO_RT void myo_pipeline_gap(myo_pipeline *pipeline, int64_t frames);

/** Takes the next event out; false when there is none. Provisional, confirmed and withdrawn
 *  events come in the order in which they were decided. */
MYO_API MYO_RT bool myo_pipeline_next(myo_pipeline *pipeline, myo_event *event);

/** Ends the recording: what is still open is settled with what was seen. Returns true when all is
 *  queued; false when the queue was full: drain it and call again. */
MYO_API MYO_RT bool myo_pipeline_finish(myo_pipeline *pipeline);

/** Every confirmed event that was not yet taken out has its onset at or after this frame. */
MYO_API MYO_RT int64_t myo_pipeline_settled(const myo_pipeline *pipeline);

/** Frames taken so far, gaps included. */
MYO_API MYO_RT int64_t myo_pipeline_frames(const myo_pipeline *pipeline);

/** Fills @p summary for @p channel. */
MYO_API MYO_RT void myo_pipeline_summary(const myo_pipeline *pipeline, uint32_t channel,
                                         myo_channel_summary *summary);

/** Fills @p meter for @p channel as of the last hop that was decided on. */
MYO_API MYO_RT void myo_pipeline_meter(const myo_pipeline *pipeline, uint32_t channel,
                                       myo_meter *meter);

/** As new. */
MYO_API MYO_RT void myo_pipeline_reset(myo_pipeline *pipeline);

/** Frames from an onset to the earliest report that the filters allow. */
MYO_API MYO_RT int64_t myo_pipeline_delay(const myo_pipeline *pipeline);

MYO_API void myo_pipeline_free(myo_pipeline *pipeline);

MYO_END
#endif
