/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Published detectors of EMG onsets, for comparison with this one on the same recordings.
 *
 * Each is a test function of the signal and a rule that decides on it; the settings are those of its
 * authors, in samples. All see the whole recording at once and say where activity begins and ends, not what
 * it is. Times are what the method estimates, delays of its windows included as its authors do.
 *
 *   hodges_bui       mean |x| over a window, in SD of rest above its mean; every crossing counts
 *                    (Hodges and Bui 1996, doi:10.1016/S0921-884X(96)95190-5)
 *   modified_hodges  |x| low-passed instead (Yuvaraj et al. 2023, doi:10.12688/f1000research.132382.2)
 *   bonato           squares of two neighbours over the variance of rest; a crossing that stays
 *                    (Bonato, D'Alessio, Knaflitz 1998, doi:10.1109/10.661154)
 *   lidierth         hodges_bui's function; a crossing that stays, short failures allowed
 *                    (Lidierth 1986, doi:10.1016/0013-4694(86)90163-X)
 *   abbink           the same function, low-passed; the instant of best separation of what is below and
 *                    above a second threshold around the alarm (Abbink et al. 1998,
 *                    doi:10.1016/S0165-0270(98)00112-2)
 *   solnik           Teager-Kaiser energy |x[k]^2 - x[k-1] x[k+1]| (Solnik et al. 2010,
 *                    doi:10.1007/s00421-010-1521-8)
 *   silva            mean |x| over a short window against the same over a long one and a fixed level
 *                    (Silva et al. 2012, doi:10.1109/ENBENG.2012.6331355)
 *   londral          variance of a window against that of rest (Londral et al. 2013,
 *                    doi:10.1016/j.jelekin.2013.01.008)
 *   aglr             likelihood ratio of a change of variance over a window, then the most likely instant
 *                    (Staude and Wolf 1999, doi:10.1016/S1350-4533(99)00071-4)
 */
#ifndef MYOTWITCH_METHOD_H
#define MYOTWITCH_METHOD_H

#include "myotwitch/status.h"

MYO_BEGIN

typedef enum {
    MYO_METHOD_HODGES_BUI,
    MYO_METHOD_MODIFIED_HODGES,
    MYO_METHOD_BONATO,
    MYO_METHOD_LIDIERTH,
    MYO_METHOD_ABBINK,
    MYO_METHOD_SOLNIK,
    MYO_METHOD_SILVA,
    MYO_METHOD_LONDRAL,
    MYO_METHOD_AGLR,
    MYO_METHOD_COUNT
} myo_method;

/** What a method does not use is zero. */
typedef struct {
    double rate_hz;
    double threshold;   /**< in SD of rest above its mean; bonato: variances; aglr: log ratio */
    double second;      /**< abbink: threshold of the separation */
    double low_pass_hz; /**< modified_hodges, abbink */
    size_t window;      /**< samples of the test function */
    size_t long_window; /**< silva: of the adaptive threshold; abbink, aglr: around the alarm */
    size_t active;      /**< samples (bonato: pairs) that a state must hold to count */
    size_t fail;        /**< that may fail it meanwhile */
    size_t above;       /**< bonato: good ones that make earlier failures forgotten */
} myo_method_settings;

/** What is known of rest, of the signal without its mean (hodges_bui, lidierth, abbink: the paper takes
 *  the rectified signal's; both can be given). */
typedef struct {
    double mean, sd;
} myo_method_rest;

/** [onset, offset) in samples. */
typedef struct {
    int64_t onset, offset;
} myo_interval;

MYO_API MYO_CONST const char *myo_method_name(myo_method method);

/** MYO_METHOD_COUNT if there is none of that name. */
MYO_API myo_method myo_method_from_name(const char *name);

/** The authors' settings at @p rate_hz. */
MYO_API void myo_method_default(myo_method method, double rate_hz, myo_method_settings *settings);

/** Rest's figures as @p method wants them, from its own test function over samples of rest. */
MYO_API myo_status myo_method_rest_of(myo_method method, const myo_method_settings *settings,
                                      const float *rest, size_t count, myo_method_rest *figures);

/** Finds the active intervals of @p count samples of one channel, band-passed; its mean is taken off.
 *  The caller frees *found with free(). MYO_ERR_BAD_ARG for settings that cannot be or too few samples,
 *  MYO_ERR_NO_MEMORY. Any thread. */
MYO_API myo_status myo_method_run(myo_method method, const myo_method_settings *settings,
                                  const myo_method_rest *rest, const float *samples, size_t count,
                                  myo_interval **found, size_t *found_count);

MYO_END
#endif
