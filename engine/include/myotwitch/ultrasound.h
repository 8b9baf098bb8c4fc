/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Twitches in ultrasound: images or scan lines go in with their times, events come out.
 *
 * @code
 * myo_ultrasound_config config;
 * myo_ultrasound_config_default(&config, width, height, rate_hz);
 * myo_ultrasound *ultrasound = NULL;
 * if (myo_ultrasound_new(&config, &ultrasound) != MYO_OK) return;
 * while (more) {
 *     myo_ultrasound_process(ultrasound, &frame);
 *     while (myo_ultrasound_next(ultrasound, &event)) use(&event);
 * }
 * myo_ultrasound_finish(ultrasound);
 * while (myo_ultrasound_next(ultrasound, &event)) use(&event);
 * myo_ultrasound_free(ultrasound);
 * @endcode
 *
 * Every displacement is divided by the time between its own two images. One thread at a time.
 */
#ifndef MYOTWITCH_ULTRASOUND_H
#define MYOTWITCH_ULTRASOUND_H

#include "myotwitch/event.h"
#include "myotwitch/tracker.h"

MYO_BEGIN

/** Measured on the motion at the strongest place. Lengths and speeds are in mm where the scale is
 *  known, else in pixels. */
typedef enum {
    MYO_MOTION_PEAK,        /**< largest displacement from rest, mm */
    MYO_MOTION_SPEED,       /**< largest speed, mm/s */
    MYO_MOTION_RISE_MS,     /**< onset to largest displacement */
    MYO_MOTION_HALF_MS,     /**< from there until half of it is gone; 0 = not seen */
    MYO_MOTION_RETURN,      /**< share of it that is gone within return_s */
    MYO_MOTION_DURATION_MS, /**< onset until a fifth of it is left, or until last seen */
    MYO_MOTION_AREA,        /**< share of the tiles that reach 15 % of the speed */
    MYO_MOTION_ANISOTROPY,  /**< 1 = along one line, 0 = every way */
    MYO_MOTION_STRENGTH,    /**< of the statistic that crossed the threshold */
    MYO_MOTION_REPEAT_HZ,   /**< of the rhythm of the place in the 5 s before; 0 = none */
    MYO_MOTION_REPEAT,      /**< autocorrelation at that rhythm, 0 to 1 */
    MYO_MOTION_NEEDLE,      /**< correlation with the needle's own movement, 0 to 1 */
    MYO_MOTION_NEEDLE_AWAY, /**< distance from the needle's line, mm; -1 = no needle */
    MYO_MOTION_PROBE,       /**< speed of what all tiles share over the speed of the place */
    MYO_MOTION_FEATURE_COUNT
} myo_motion_feature;

/** Why an event has its type, or why nothing can be said; bits, 1u << reason. */
typedef enum {
    MYO_MOTION_BIPHASIC,      /**< goes and returns within the time of a twitch */
    MYO_MOTION_LOCAL,         /**< a small part of the image */
    MYO_MOTION_WIDE,          /**< a large part of the image */
    MYO_MOTION_NO_RETURN,     /**< stays where it went */
    MYO_MOTION_TOO_LONG,      /**< still moving after the time of a twitch */
    MYO_MOTION_WITH_NEEDLE,   /**< follows the needle's strokes */
    MYO_MOTION_PULSE_RHYTHM,  /**< repeats at 0.7 to 2.5 Hz at one place */
    MYO_MOTION_TREMOR_RHYTHM, /**< repeats at 4 to 12 Hz */
    MYO_MOTION_PROBE_MOVED,   /**< the probe moved as fast */
    MYO_MOTION_WEAK,          /**< close to the threshold */
    MYO_MOTION_FEW_IMAGES,    /**< fewer than 4 images while it rose and fell: timing is weak */
    MYO_MOTION_CUT_OFF,       /**< the recording or the sight ended before it was over */
    MYO_MOTION_BLIND_CHANGE,  /**< blind: the images do not resemble each other */
    MYO_MOTION_BLIND_FOCUS,   /**< blind: the image lost its sharpness: no contact */
    MYO_MOTION_BLIND_FIT,     /**< blind: no common motion explains the tiles */
    MYO_MOTION_BLIND_FROZEN,  /**< blind: the same image again and again */
    MYO_MOTION_BLIND_TIME,    /**< blind: time stood still, went back, or is not known */
    MYO_MOTION_BLIND_ALIAS,   /**< blind: faster than can be followed */
    MYO_MOTION_REASON_COUNT
} myo_motion_reason;

/** One event. Types: ltr; contraction (voluntary or wide); insertional (the needle drags tissue);
 *  cardiac (a pulse); motion (probe, tremor, anything else); gap (blind: no statement is possible). */
typedef struct {
    uint64_t id;
    myo_event_type type;
    myo_event_stage stage;
    double onset_s, offset_s; /**< on the images' clock; the onset lies between images */
    double reported_s;        /**< time of the image at which the first word was given */
    double confirmed_s;       /**< time of the image that settled the type; NAN before */
    double interval_s;        /**< between the two images around the onset: its uncertainty */
    double x_px, y_px;        /**< strongest place; IQ: line and sample */
    double confidence;        /**< that the type is right, 0..1 */
    double features[MYO_MOTION_FEATURE_COUNT];
    uint32_t reasons; /**< bits of myo_motion_reason */
} myo_motion_event;

/** Everything that decides anything. Sources: docs/ultrasound.md. */
typedef struct {
    uint32_t width,
        height;       /**< of every image; width 1: scan lines, height from 66 on; IQ: lines */
    double rate_hz;   /**< images expected a second, 1 to 20000: sizes memory, no time */
    double mm_per_px; /**< 0 = not known; 0 to 10; of IQ along depth */
    uint32_t step;    /**< pixels between tiles, 8 to 64, default 32; lines and IQ 16 */
    double carrier;   /**< of IQ (MYO_PIXEL_IQ): demodulation frequency over the sampling rate along
                         depth, cycles a sample, 0.01 to 4; 0 (default) = amplitudes */
    double needle_deg; /**< angle of the needle in the image, 0 = to the right, positive down;
                                 NAN (default) = no needle is looked for, nor in lines and IQ */
    double needle_mm;  /**< half width of what the needle hides, default 3 (without scale 34 px) */

    double on, off;   /**< thresholds of the statistic, defaults 4.5 and 3 */
    double rest_s;    /**< memory of a place's usual motion, default 0.4 */
    double spread_s;  /**< memory of its spread, default 2 */
    double floor_px;  /**< error of a tile itself, default 0.03 */
    double arm_s;     /**< shortest look before anything is reported, default 0.5 */
    double collect_s; /**< how long a motion is watched before its type is settled, default 0.6 */
    double refractory_s; /**< no new event for so long after an end, default 0.15 */

    double ltr_area;      /**< largest share of tiles of a twitch, default 0.35 */
    double wide_area;     /**< from here on a motion is wide, default 0.4 */
    double ltr_return;    /**< least share that returns, default 0.4 */
    double return_s;      /**< within this time of the largest displacement, default 0.5 */
    double ltr_rise_s;    /**< longest rise of a twitch, default 0.25 */
    double repeat;        /**< autocorrelation that makes a rhythm, default 0.5 */
    double needle_follow; /**< correlation with the needle that makes it the cause, default 0.6 */

    double blind_change; /**< share of tiles that cannot be followed, default 0.6 */
    double blind_focus;  /**< share of the usual sharpness, default 0.65 */
    double blind_fit;    /**< least share of tiles that agree on the probe's motion, default 0.4 */
    double frozen_s;     /**< the same image for so long, default 0.3 */
    uint32_t cpu_mask;   /**< instruction sets that may be used: same events */
} myo_ultrasound_config;

/** Changes whenever the same images and configuration could give other events. */
#define MYO_ULTRASOUND_DETECTOR "myotwitch-ultrasound/3"

typedef struct myo_ultrasound myo_ultrasound;

/** What the images so far came to. */
typedef struct {
    int64_t frames, duplicates;           /**< taken; the same as the one before */
    int64_t lost;                         /**< missing from the sequence numbers */
    double seconds, blind_s;              /**< between first and last image; of that blind */
    double mean_interval_s;               /**< between images, duplicates left out */
    double needle_hz, needle_stroke;      /**< of the needle's strokes; mm or px; 0 = none */
    int64_t events[MYO_EVENT_TYPE_COUNT]; /**< confirmed */
    int64_t refused; /**< crossings before it was armed, blind, or refractory */
} myo_ultrasound_summary;

MYO_API void myo_ultrasound_config_default(myo_ultrasound_config *config, uint32_t width,
                                           uint32_t height, double rate_hz);

/** On refusal @p where (may be NULL) points at the name of the field. */
MYO_API myo_status myo_ultrasound_config_check(const myo_ultrasound_config *config,
                                               const char **where);

/** MYO_ERR_BAD_ARG, MYO_ERR_NO_MEMORY. Not real-time. */
MYO_API myo_status myo_ultrasound_new(const myo_ultrasound_config *config,
                                      myo_ultrasound **ultrasound);

/** Takes one image of the configured size. Drain the events after each: at most
 *  MYO_ULTRASOUND_QUEUE can wait, later ones push the oldest out. */
MYO_API MYO_RT void myo_ultrasound_process(myo_ultrasound *ultrasound, const myo_frame *frame);

#define MYO_ULTRASOUND_QUEUE 16

/** Takes the next event out; false when there is none. Every event comes twice: provisional, then
 *  confirmed or withdrawn under the same id. */
MYO_API MYO_RT bool myo_ultrasound_next(myo_ultrasound *ultrasound, myo_motion_event *event);

/** Ends the recording: what is open is settled with what was seen. */
MYO_API MYO_RT void myo_ultrasound_finish(myo_ultrasound *ultrasound);

/** Tiles of the image taken last, what all share taken out, for showing: columns * rows of them, row
 *  after row; NULL before the second image and for lines. Valid until the next call. */
MYO_API MYO_RT const myo_tile *myo_ultrasound_tiles(const myo_ultrasound *ultrasound,
                                                    uint32_t *columns, uint32_t *rows);

/** The statistic of the image taken last at its strongest place, and where that is. */
MYO_API MYO_RT double myo_ultrasound_strength(const myo_ultrasound *ultrasound, double *x_px,
                                              double *y_px);

MYO_API MYO_RT void myo_ultrasound_summary_get(const myo_ultrasound *ultrasound,
                                               myo_ultrasound_summary *summary);

/** As new. */
MYO_API MYO_RT void myo_ultrasound_reset(myo_ultrasound *ultrasound);

MYO_API void myo_ultrasound_free(myo_ultrasound *ultrasound);

/** Names as they stand in the files; never NULL. Any thread. */
MYO_API MYO_CONST const char *myo_motion_feature_name(myo_motion_feature feature);
MYO_API MYO_CONST const char *myo_motion_reason_text(myo_motion_reason reason);

MYO_END
#endif
