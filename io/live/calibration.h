/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many microvolts full scale is: measured from a known signal at the input, kept in a small file. */
#ifndef MYO_IO_LIVE_CALIBRATION_H
#define MYO_IO_LIVE_CALIBRATION_H

#include "signal/why.h"

typedef enum {
    MYO_CALIBRATE_SINE, /**< a sine, known from peak to peak */
    MYO_CALIBRATE_STEP  /**< steps or a square wave of known height, also through a high-pass */
} myo_calibrate_kind;

/** What one channel gave. */
typedef struct {
    double full_scale_uv; /**< uV of a sample of 1.0 */
    double hz;            /**< of the sine, or edges a second */
    double doubt;         /**< sine: what is not the sine, RMS over that of the sine;
                               step: largest deviation of an edge from the median */
    int count;            /**< periods or edges */
} myo_calibrate_result;

/** Of @p frames samples, every @p step-th, at @p rate_hz, of a signal of @p known_uv. A sine must have five
 *  whole periods and a doubt of 0.1 at most; steps must be three at least, 20 ms apart, and agree
 *  within 0.1. Lines of 2.5 ms on both sides of an edge are drawn on to it, so that a high-pass below
 *  10 Hz costs less than 1 %. MYO_ERR_EMPTY or MYO_ERR_FORMAT with @p why. Not real-time. */
myo_status myo_calibrate(myo_calibrate_kind kind, const float *samples, size_t step, size_t frames,
                         double rate_hz, double known_uv, myo_calibrate_result *result,
                         myo_why *why);

/** What the file keeps. */
typedef struct {
    myo_calibrate_kind kind;
    double full_scale_uv, known_uv, hz, rate_hz, doubt;
    char device[128]; /**< or the name of the recording that it was taken from */
} myo_calibration;

/** "key=value" lines. The path must not exist, unless @p replace. */
myo_status myo_calibration_write(const char *path, bool replace, const myo_calibration *calibration,
                                 myo_why *why);

/** MYO_ERR_OPEN, MYO_ERR_FORMAT. */
myo_status myo_calibration_read(const char *path, myo_calibration *calibration, myo_why *why);

/** One line for people and for the session file: "sine of 100 uV ...". Cut to @p size. */
void myo_calibration_print(const myo_calibration *calibration, char *text, size_t size);

#endif
