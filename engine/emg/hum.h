/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mains hum of up to eight channels: finds 50 or 60 Hz with its harmonics and takes them away, where
 * they are worth it.
 *
 * Each harmonic is a rotating phasor whose amplitude follows the signal slowly (a second), from an
 * error that is clipped to the size of the noise: a burst or an edge moves it by almost nothing, so
 * nothing rings. Two fundamentals are watched; one that carries enough power is subtracted.
 *
 * Amplitudes are brought up to date every eight frames: what the phasors of the present ones will make
 * of a block is known at once, and what each frame of it changes in those behind it is one number for
 * all harmonics together. Blocks begin at the first frame and at each decision: nothing depends on the
 * cut into calls, nor on other channels. */
#ifndef MYO_EMG_HUM_H
#define MYO_EMG_HUM_H

#include "core/octet.h"
#include "myotwitch/api.h"

enum {
    MYO_HUM_HARMONICS = 9,
    MYO_HUM_MAINS = 2,
    MYO_HUM_BLOCK = 8,
    MYO_HUM_HALF = MYO_HUM_BLOCK / 2
};

typedef struct {
    double rate_hz;
    double step[2]; /**< adaption of a phasor a frame: at first, and later on */
    double scale_keep, scale_step, scale_grow; /**< of the scale of the rest a frame: what is kept,
                                                    what is taken over, the most it becomes */
    double clip;                               /**< the error is clipped to so many scales */
    double b0, a1, a2; /**< high-pass before that: b0 (1 - z^-1)^2 / (1 - a1 z^-1 - a2 z^-2) */
    int32_t harmonics[MYO_HUM_MAINS]
                     [MYO_OCTET]; /**< how many lie below the channel's upper limit, six at most */
    int32_t strong[MYO_HUM_MAINS]
                  [MYO_OCTET]; /**< how many run where hum is strong: what lies behind that
                                                   limit still gets through the edge of the band */
    int32_t check_frames;      /**< between two decisions */
    int32_t watch_checks;      /**< decisions in a period of watching for hum... */
    int32_t watch_of;          /**< ...of so many: where none is found, most of the time is free */
} myo_hum_config;

/** The phasors of one fundamental, by harmonic and channel. Those that do not run have no amplitude. */
typedef struct {
    MYO_ALIGNED myo_lanes cosine[MYO_HUM_HARMONICS]; /**< amplitudes */
    myo_lanes sine[MYO_HUM_HARMONICS];
    /** Oscillators, in the middle of the block. */
    myo_lanes re[MYO_HUM_HARMONICS], im[MYO_HUM_HARMONICS];
    /** Their rotation in a frame, and in a block. */
    myo_lanes frame_re[MYO_HUM_HARMONICS], frame_im[MYO_HUM_HARMONICS];
    myo_lanes turn_re[MYO_HUM_HARMONICS], turn_im[MYO_HUM_HARMONICS];
    /** The high-pass at their frequency, as a rotation, times the adaption of a frame. */
    myo_lanes shift_re[MYO_HUM_HARMONICS], shift_im[MYO_HUM_HARMONICS];
    /** Rotation from the middle to each frame of the second half; to those of the first it is the same
     *  backwards. */
    myo_lanes at_re[MYO_HUM_HARMONICS][MYO_HUM_HALF];
    myo_lanes at_im[MYO_HUM_HARMONICS][MYO_HUM_HALF];
    myo_lanes gain[MYO_HUM_HARMONICS]; /**< power of the high-pass at each */
    myo_lanes lines;                   /**< how many run now */
    myo_lanes hz;                      /**< fundamental as tracked */
    myo_lanes angle;    /**< its phase at the last decision, where it is subtracted */
    int32_t most_lines; /**< of any channel */
} myo_hum_phasors;

typedef struct {
    MYO_ALIGNED myo_lanes guess[MYO_HUM_MAINS][MYO_HUM_BLOCK]; /**< the phasors in this block */
    /** What an error adds to the phasors so many frames behind it. */
    myo_lanes echo[MYO_HUM_MAINS][MYO_HUM_BLOCK];
    myo_lanes
        change[MYO_HUM_BLOCK]; /**< the error of each frame of the block, 0 where nothing is to be
                                          learned from it */
    myo_lanes take[MYO_HUM_MAINS];   /**< 1 = subtracted */
    myo_lanes s1, s2;                /**< the high-pass, of the rest */
    myo_lanes t1, t2;                /**< the same, of the input */
    myo_lanes rest_size, input_size; /**< sums of magnitudes since the last decision, high-passed */
    myo_lanes scale;                 /**< mean magnitude of the rest */
    myo_lanes rest_energy;           /**< of the clipped rest since the last decision */
    myo_lanes weight;                /**< power subtracted over power of the rest */
    unsigned running;                /**< bit of each channel that has lines */
    int32_t since_check, checks;
    bool helped[MYO_OCTET]; /**< the rest was smaller than the input at the last decision */
    myo_hum_phasors phasors[MYO_HUM_MAINS];
} myo_hum;

/** Takes hum from @p frames rows of eight samples at @p z, of which the first @p lanes count, in the
 *  channels that run. @p learns: NULL, or for each frame and channel 1, and 0 where nothing is to be
 *  learned from it. No decision falls within. */
MYO_RT typedef void myo_hum_run(const myo_hum_config *config, myo_hum *hum, double *z,
                                const double *learns, size_t frames, size_t lanes);

/** @p high_hz: harmonics above it are left alone, by channel. */
void myo_hum_config_default(myo_hum_config *config, double rate_hz,
                            const double high_hz[MYO_OCTET]);
MYO_RT void myo_hum_reset(const myo_hum_config *config, myo_hum *hum);

/** Frames until the next decision: at most as many may be processed at once. */
MYO_RT size_t myo_hum_room(const myo_hum_config *config, const myo_hum *hum);

/** Takes hum from @p frames rows at @p z, with @p run, and decides when it is time. */
MYO_RT void myo_hum_process(const myo_hum_config *config, myo_hum *hum, myo_hum_run *run, double *z,
                            const double *learns, size_t frames, size_t lanes);

/** Frequency and RMS of what is subtracted from a channel; 0 if nothing is. */
MYO_RT double myo_hum_hz(const myo_hum *hum, size_t lane);
MYO_RT double myo_hum_rms(const myo_hum *hum, size_t lane);

#endif
