/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short-time spectra of every channel: mean and median frequency, band powers, Welch density.
 *
 * @code
 * myo_spectrum_config config;
 * myo_spectrum_config_default(&config, 2000.0, channels);
 * myo_spectrum *spectrum = NULL;
 * if (myo_spectrum_new(&config, &spectrum) != MYO_OK) return;
 * size_t done = 0;
 * while (done < frames) {
 *     done += myo_spectrum_process(spectrum, samples + done * channels, frames - done);
 *     while (myo_spectrum_next(spectrum, &frame)) use(&frame);
 * }
 * myo_spectrum_free(spectrum);
 * @endcode
 *
 * Two real channels share one complex transform, and the pairs take turns over the hop, so that no
 * block carries all transforms; windows of different pairs therefore end at different frames.
 * Results do not depend on how the recording is cut into calls. */
#ifndef MYOTWITCH_SPECTRUM_H
#define MYOTWITCH_SPECTRUM_H

#include "myotwitch/event.h"
#include "myotwitch/status.h"

MYO_BEGIN

/** Band powers: below low_hz, low_hz-60, 60-150, 150-300, 300-high_hz, above high_hz. */
#define MYO_SPECTRUM_BANDS 6

typedef struct {
    double rate_hz;    /**< frames a second, 500 to 100000 */
    uint32_t channels; /**< 1 to MYO_MAX_CHANNELS */
    uint32_t size;     /**< frames of a window: even, 2^a 3^b 5^c, 64 to 65536; default >= 0.5 s */
    uint32_t hop;      /**< frames between windows of a channel, 1 to size; default size / 2 */
    double low_hz;     /**< mean and median are taken from here, default 20; below 60 */
    double high_hz;    /**< to here, default 450 or 0.45 rate; above 300, or above low if less */
    double
        valid_snr_db;  /**< mean and median hold from here on; default 10 (emg.md 0.8: errors of the
                              mean frequency become unacceptable below) */
    uint32_t cpu_mask; /**< instruction sets that may be used (see myo_config): same bits */
} myo_spectrum_config;

/** One window of one channel. Powers are mean squares in the unit of the samples. */
typedef struct {
    uint32_t channel;
    int64_t frame;    /**< centre of the window */
    double power;     /**< low_hz to high_hz */
    double mean_hz;   /**< centroid of the power, low_hz to high_hz; 0 without power */
    double median_hz; /**< halves the power; a bin's power is spread evenly over its width */
    double snr_db;    /**< power over the channel's noise, less noise; -INFINITY when below it, NAN
                           while no noise is known */
    bool valid;       /**< snr_db >= valid_snr_db, and every sample was a number */
    double band[MYO_SPECTRUM_BANDS];
} myo_spectrum_frame;

/** A harmonic line spectrum found in a density: mains hum, or the heart's lines. */
typedef struct {
    double base_hz;    /**< fundamental; 0 = none found */
    double rms;        /**< of all harmonics, background removed */
    double prominence; /**< power at the lines over that of the bins beside them */
} myo_spectrum_comb;

/** Regression of the median frequency of valid windows on time: spectral compression in fatigue. */
typedef struct {
    int64_t windows;       /**< valid windows it rests on */
    double initial_hz;     /**< value of the line at the first of them */
    double slope_hz_s;     /**< 0 below 3 windows */
    double slope_se;       /**< its standard error, windows taken as independent */
    double percent_minute; /**< slope in % of initial_hz a minute */
} myo_spectrum_slope;

typedef struct myo_spectrum myo_spectrum;

/** Smallest even number 2^a 3^b 5^c that is at least @p frames. Any thread. */
MYO_API MYO_CONST uint32_t myo_spectrum_good_size(uint32_t frames);

MYO_API void myo_spectrum_config_default(myo_spectrum_config *config, double rate_hz,
                                         uint32_t channels);

/** Sizes that are no power of two, and those below 256, are FFTW's, which plans them by estimate, so
 *  that each run computes the same bits. Its planner is not safe against itself: no two threads may be
 *  in _new or _free at once. Not real-time. */
MYO_API myo_status myo_spectrum_new(const myo_spectrum_config *config, myo_spectrum **spectrum);

/** Takes up to @p frames interleaved frames; returns how many it took. It takes fewer only when
 *  results wait: drain them with myo_spectrum_next and call again with the rest. */
MYO_API MYO_RT size_t myo_spectrum_process(myo_spectrum *spectrum, const float *samples,
                                           size_t frames);

/** @p frames frames are missing here: time goes on, windows start anew. */
MYO_API MYO_RT void myo_spectrum_gap(myo_spectrum *spectrum, int64_t frames);

/** Takes the next result out; false when there is none. */
MYO_API MYO_RT bool myo_spectrum_next(myo_spectrum *spectrum, myo_spectrum_frame *frame);

/** Tells the mean square of the noise of @p channel in low_hz to high_hz; 0 = not known. */
MYO_API MYO_RT void myo_spectrum_set_noise(myo_spectrum *spectrum, uint32_t channel, double power);

/** Bins of a density: size / 2 + 1, rate_hz / size apart. */
MYO_API MYO_RT uint32_t myo_spectrum_bins(const myo_spectrum *spectrum);

/** Welch density since the start or the last restart, one-sided, mean square per Hz (Welch 1967);
 *  returns the number of windows in it, 0 = nothing written. */
MYO_API MYO_RT int64_t myo_spectrum_density(const myo_spectrum *spectrum, uint32_t channel,
                                            double *density);

/** Regression over the windows since the start or the last restart. */
MYO_API MYO_RT void myo_spectrum_slope_get(const myo_spectrum *spectrum, uint32_t channel,
                                           myo_spectrum_slope *slope);

/** Begins the density and regression of @p channel anew. */
MYO_API MYO_RT void myo_spectrum_restart(myo_spectrum *spectrum, uint32_t channel);

/** Looks for a line at f, 2 f ... harmonics x f for f in [low_hz, high_hz], in steps of a quarter
 *  bin; lines and the gaps between them must be at least 4 bins wide for more than one harmonic.
 *  Mains: 48-62 Hz, 3 harmonics. Heart: 0.7-2 Hz, 8 harmonics, of a density with bins of 0.1 Hz or
 *  finer. Found when the prominence exceeds 4. Any thread. */
MYO_API void myo_spectrum_find_comb(const double *density, uint32_t bins, double bin_hz,
                                    double low_hz, double high_hz, uint32_t harmonics,
                                    myo_spectrum_comb *comb);

/** As new; noise powers too are forgotten. */
MYO_API MYO_RT void myo_spectrum_reset(myo_spectrum *spectrum);

/** Frames from the centre of a window to its result: size / 2. */
MYO_API MYO_RT int64_t myo_spectrum_delay(const myo_spectrum *spectrum);

MYO_API void myo_spectrum_free(myo_spectrum *spectrum);

MYO_END
#endif
