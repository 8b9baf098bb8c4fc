/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ultrasound with known truth: twitches put into real images, and whole phantoms made of speckle.
 *
 * The same seed gives the same images on every machine. Images are warped by a windowed sinc, which
 * is not how the detector interpolates.
 */
#ifndef MYOTWITCH_CINE_SYNTH_H
#define MYOTWITCH_CINE_SYNTH_H

#include "myotwitch/event.h"
#include "myotwitch/frame.h"
#include "myotwitch/status.h"

MYO_BEGIN

/** A twitch: tissue around one place goes and comes back. Lengths in pixels. */
typedef struct {
    double onset_s;
    double rise_s;     /**< to the largest displacement, a quarter sine squared; default 0.06 */
    double half_s;     /**< then it halves in this time; default 0.1 */
    double size_px;    /**< largest displacement */
    double angle_deg;  /**< its direction, 0 = to the right, positive down */
    double x_px, y_px; /**< its place */
    double along_px, across_px; /**< standard deviations of its Gaussian extent */
} myo_cine_twitch;

/** A twitch of @p size_mm in an image of @p mm_per_px: 3 mm by 1.5 mm around the place. */
MYO_API void myo_cine_twitch_default(myo_cine_twitch *twitch, double mm_per_px, double size_mm);

/** Share of the largest displacement @p time_s on the clock of onset_s: 0 to 1. */
MYO_API double myo_cine_twitch_course(const myo_cine_twitch *twitch, double time_s);

/** Moves the tissue of one image, width * height floats without gap, as @p count twitches have moved
 *  it at @p time_s, from @p from to @p to; they may not overlap. */
MYO_API void myo_cine_twitch_insert(const myo_cine_twitch *twitches, size_t count, double time_s,
                                    const float *from, uint32_t width, uint32_t height, float *to);

/** A phantom: log-compressed speckle with fascicles and two aponeuroses, in which tissue moves. */
typedef struct {
    char scenario[32]; /**< a name of myo_cine_scenario_name */
    uint64_t seed;
    uint32_t width, height; /**< 64 to 1024; width 1: scan lines; of echoes always 1 */
    double rate_hz;         /**< images a second, 5 to 5000 */
    double jitter;          /**< intervals vary by so much of their length, 0 (default) to 0.9 */
    double mm_per_px;       /**< default 0.0883; echoes 0.0385: 20 MHz at 1540 m/s */
    double duration_s;      /**< more than 0, to 3600 */
    double twitch_mm;       /**< size of all twitches; NAN = 0.35 to 1.2 mm, drawn */
    double rhythm_hz;       /**< of needle, pulse or tremor; NAN = drawn for the scenario */
    double noise; /**< standard deviation of each image's own noise, default 4: grey levels, or of
                       echoes with an rms of 100 */
} myo_cine_synth_config;

/** What happened in a phantom; times on the clock of its frames. */
typedef struct {
    myo_event_type type;
    double onset_s, offset_s;
    double x_px, y_px;
    double size_mm;
    double speed_mm_s; /**< largest, of a twitch at its place; else 0 */
} myo_cine_truth;

typedef struct myo_cine_synth myo_cine_synth;

/** Name of scenario @p index, NULL past the last; @p about (may be NULL) gets one line on it. */
MYO_API const char *myo_cine_scenario_name(size_t index, const char **about);

/** MYO_ERR_BAD_ARG for an unknown name. */
MYO_API myo_status myo_cine_synth_config_default(myo_cine_synth_config *config,
                                                 const char *scenario);

MYO_API myo_status myo_cine_synth_new(const myo_cine_synth_config *config, myo_cine_synth **synth);

/** The next image, bytes, or line of echoes, MYO_PIXEL_IQ or, as sampled, MYO_PIXEL_F32; valid until the next call. False at the
 *  end. */
MYO_API bool myo_cine_synth_next(myo_cine_synth *synth, myo_frame *frame);

/** All that happens, in order of onset. */
MYO_API const myo_cine_truth *myo_cine_synth_truth(const myo_cine_synth *synth, size_t *count);

/** Demodulation or centre frequency of the echoes in cycles a sample; 0 for images and amplitudes. */
MYO_API double myo_cine_synth_carrier(const myo_cine_synth *synth);

/** Angle of the needle, NAN if the scenario has none. */
MYO_API double myo_cine_synth_needle_deg(const myo_cine_synth *synth);

MYO_API void myo_cine_synth_free(myo_cine_synth *synth);

MYO_END
#endif
