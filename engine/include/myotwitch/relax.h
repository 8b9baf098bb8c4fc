/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Did the muscle let go, when, and how sure is that: resting amplitude before against after.
 *
 * @code
 * myo_relax_set_floor(relax, channel, amplifier_rms);
 * while (more) {
 *     myo_ecg_process(ecg, raw, measure, frames, clean, flags);
 *     myo_relax_process(relax, clean, flags, frames);
 *     while (myo_relax_next(relax, &alarm)) show(&alarm);
 * }
 * myo_relax_exclude(relax, channel, ltr_onset, ltr_offset);
 * myo_relax_compare(relax, channel, control, &baseline, &after, &verdict);
 * @endcode
 *
 * Input is the measure band (20-450 Hz) without heart beats. The signal is kept as powers of slots
 * of 125 ms, eight of them a block of 1 s; both lie on a grid that starts at frame 0, so results do
 * not depend on how the recording is cut into calls. Frames count as they were pushed: subtract
 * myo_ecg_delay where the input comes from there. */
#ifndef MYOTWITCH_RELAX_H
#define MYOTWITCH_RELAX_H

#include "myotwitch/event.h"
#include "myotwitch/status.h"

MYO_BEGIN

typedef struct {
    double rate_hz;    /**< frames a second, 500 to 100000 */
    uint32_t channels; /**< 1 to MYO_MAX_CHANNELS */
    double memory_s;   /**< length that is kept, 60 to 36000; default 1800 (72 kB a channel) */
    double slot_s;     /**< finest step, 0.02 to 0.25; default 0.125 */
    double min_s;      /**< blocks that a verdict needs on both sides, s, 8 to 600; default 30 */
    double discard_s;  /**< left out at the begin of "after": the hand goes; 0 to 60; default 5 */
    double relaxed_below; /**< RELAXED needs a ratio below this, default 0.90 */
    double
        relaxed_upper; /**< and the interval's upper end below this. Default 0.995: certain that it
                               fell, by 10 % at best estimate. emg.md 7.7 has 0.90: certain of 10 %;
                               with 60 + 60 s, block CV 20 % and AR(1) 0.5 no estimator then has a
                               power of more than 0.46 at -20 % (docs/relaxation.md). by_margin tells
                               whether that holds too. */
    double control_below; /**< and, adjusted by the control channel, below this; default 0.95 */
    double unchanged_low, unchanged_high; /**< UNCHANGED: interval inside, default 0.90 to 1.11 */
    double rest_level;  /**< RMS below which the muscle rests (0.5 % of MVE, Veiersted 2013); 0 =
                              take the baseline's P10, "relative" */
    double gap_s;       /**< shortest gap, default 0.2 (Veiersted 1990) */
    double level;       /**< of the interval, default 0.95 */
    uint32_t resamples; /**< of the bootstrap, 99 to 9999; default 1999 */
    uint64_t seed;      /**< default 1 */
    double watch_ratio; /**< change that the watch is tuned to, 0.5 to 0.95; default 0.90 */
    double watch_arl_s; /**< run length between its false alarms if the baseline were known exactly,
                                60 to 36000; default 2400. With a baseline of 60 s: mean 80 min, median
                                14 min (bench/relax_campaign) */
} myo_relax_config;

/** Frames [from, to). */
typedef struct {
    int64_t from, to;
} myo_span;

typedef enum {
    MYO_RELAX_NOT_ASSESSED,  /**< too few usable blocks */
    MYO_RELAX_INDETERMINATE, /**< neither can be said */
    MYO_RELAX_UNCHANGED,
    MYO_RELAX_RELAXED,
    MYO_RELAX_INCREASED
} myo_relax_state;

/** Why it is not RELAXED or not assessed; bits. */
enum {
    MYO_RELAX_TOO_SHORT = 1u << 0,       /**< fewer blocks than min_s */
    MYO_RELAX_AT_FLOOR = 1u << 1,        /**< baseline within 1.2 x the amplifier's floor */
    MYO_RELAX_WIDE = 1u << 2,            /**< the interval holds more than one answer */
    MYO_RELAX_CONTROL_TOO = 1u << 3,     /**< the control channel changed as well */
    MYO_RELAX_CONTROL_MISSING = 1u << 4, /**< the control channel cannot be assessed */
    MYO_RELAX_FORGOTTEN = 1u << 5        /**< part of a span is older than memory_s */
};

/** Amplitude over a span, in the unit of the samples; floor not subtracted. */
typedef struct {
    int64_t blocks;       /**< usable blocks of 1 s */
    int64_t missing;      /**< blocks left out: beats, events, gaps */
    double rms;           /**< median of the blocks */
    double p10, p50, p90; /**< APDF of the slots (Jonsson 1982) */
    double rest_share;    /**< of slots below the rest level, 0..1 */
    double gaps_minute;   /**< runs of at least gap_s below it */
    double rest_level;    /**< the level that was used */
    bool relative;        /**< it is the baseline's own P10 */
} myo_relax_activity;

typedef struct {
    myo_relax_state state;
    uint32_t reasons;
    double ratio;          /**< after / before, geometric mean RMS (outliers held) */
    double low, high;      /**< its interval */
    double hodges_lehmann; /**< ratio by the Hodges-Lehmann shift of log RMS */
    double median_ratio;   /**< ratio of the median RMS */
    double cliff;          /**< Cliff's delta, -1 = every block after lies below every one before */
    double control_ratio;  /**< the same ratio of the control channel, NAN without one */
    double adjusted;       /**< ratio / control_ratio, NAN without control */
    bool by_margin;        /**< the whole interval is below relaxed_below */
    bool after_at_floor;   /**< after lies within 1.2 x the floor: the ratio is an upper bound */
    myo_relax_activity before, after;
} myo_relax_verdict;

/** The muscle during the hold, against the baseline. */
typedef struct {
    bool assessed;
    bool guarding;     /**< ratio > 1.5 or more than half of the blocks above the baseline's P90 */
    double ratio;      /**< median of the hold over median of the baseline */
    double high_share; /**< of blocks above the baseline's P90; 0.1 is expected */
} myo_relax_hold;

/** When and how it let go. */
typedef struct {
    bool found;      /**< the fall exceeds what noise makes of a span of this length */
    int64_t frame;   /**< t_rel */
    double ratio;    /**< median of up to 10 s after over up to 20 s before */
    double tau_s;    /**< time constant of the fall; 0 = a step */
    double lowest;   /**< lowest 10 s median after it, over the level before */
    double rebound;  /**< last 10 s median over the lowest */
    double return_s; /**< until a 10 s median is back at 0.95 of the level before; -1 = never */
} myo_relax_release;

typedef enum {
    MYO_WATCH_RELEASED,  /**< the change detector spoke: frame is the estimated onset */
    MYO_WATCH_SUSTAINED, /**< 10 s later still below relaxed_below; frame is the onset, looked for
                              again with what came since */
    MYO_WATCH_REBOUND    /**< back above 0.95 of the baseline for 10 s after SUSTAINED */
} myo_watch_type;

typedef struct {
    myo_watch_type type;
    uint32_t channel;
    int64_t frame;          /**< when it happened */
    int64_t reported_frame; /**< last frame seen */
    double ratio;           /**< median of the last 10 s (fewer: since frame) over the baseline */
} myo_watch_alarm;

typedef struct myo_relax myo_relax;

MYO_API void myo_relax_config_default(myo_relax_config *config, double rate_hz, uint32_t channels);
MYO_API myo_status myo_relax_new(const myo_relax_config *config, myo_relax **relax);

/** Takes interleaved finite samples; a frame whose flag is not 0 is left out on every channel.
 *  @p flags may be NULL. Alarms that nobody takes are dropped, oldest first, after 64. */
MYO_API MYO_RT void myo_relax_process(myo_relax *relax, const float *samples, const uint8_t *flags,
                                      size_t frames);

/** @p frames frames are missing here. */
MYO_API MYO_RT void myo_relax_gap(myo_relax *relax, int64_t frames);

/** Leaves [from, to) of @p channel (or MYO_ALL_CHANNELS) out of all that is asked later: a twitch,
 *  an artefact, a stretch that signal quality calls unusable. Cost grows with the length. */
MYO_API MYO_RT void myo_relax_exclude(myo_relax *relax, uint32_t channel, int64_t from, int64_t to);

/** RMS of the amplifier's own noise in the measure band; 0 = not known. It is subtracted in power;
 *  what is left is held at 1.2 x the floor at least, which makes ratios err towards 1. */
MYO_API MYO_RT void myo_relax_set_floor(myo_relax *relax, uint32_t channel, double rms);

/** RMS of the last whole slot with something in it; 0 = none yet. For the display. */
MYO_API MYO_RT double myo_relax_level(const myo_relax *relax, uint32_t channel);

/** Starts the live watch of every channel whose @p baseline has at least 20 usable blocks; returns
 *  how many. A page's CUSUM on log RMS, prewhitened (Page 1954; Siegmund 1985). */
MYO_API MYO_RT uint32_t myo_relax_watch(myo_relax *relax, const myo_span *baseline);

/** Holds the watch (hands on the muscle, compression) or lets it go on. */
MYO_API MYO_RT void myo_relax_pause(myo_relax *relax, bool paused);

/** Takes out the next alarm; false when there is none. */
MYO_API MYO_RT bool myo_relax_next(myo_relax *relax, myo_watch_alarm *alarm);

/** The verdict. @p control: a channel far from the treated muscle, best the other side, or
 *  MYO_ALL_CHANNELS for none. The first discard_s of @p after are left out. Not real-time:
 *  about a millisecond for 60 + 60 s. */
MYO_API void myo_relax_compare(myo_relax *relax, uint32_t channel, uint32_t control,
                               const myo_span *baseline, const myo_span *after,
                               myo_relax_verdict *verdict);

/** Guarding during the hold. Not real-time. */
MYO_API void myo_relax_hold_get(myo_relax *relax, uint32_t channel, const myo_span *baseline,
                                const myo_span *hold, myo_relax_hold *result);

/** Looks for the fall in @p span, and at what follows to its end. Not real-time. */
MYO_API void myo_relax_find_release(myo_relax *relax, uint32_t channel, const myo_span *span,
                                    myo_relax_release *release);

/** Finds baseline, hold (20 to 120 s) and after in what is kept, from the signal alone; false when
 *  no stretch stands out from both its sides. Marks are better. Not real-time. */
MYO_API bool myo_relax_find_spans(myo_relax *relax, uint32_t channel, myo_span *baseline,
                                  myo_span *hold, myo_span *after);

/** "not_assessed", "indeterminate", "unchanged", "relaxed", "increased". Any thread. */
MYO_API MYO_CONST const char *myo_relax_state_name(myo_relax_state state);

MYO_API MYO_RT void myo_relax_reset(myo_relax *relax);
MYO_API void myo_relax_free(myo_relax *relax);

MYO_END
#endif
