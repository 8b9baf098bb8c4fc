/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elementary functions with the same bits on every IEEE 754 machine, for the generators.
 *
 * Made of + - * / sqrt and of the exact floor, frexp, ldexp only; a libm's exp or sin may differ in
 * the last bit from one library to the next. Relative error below 1e-14 (absolute for sin and cos).
 * Any thread.
 */
#ifndef MYO_SYNTH_DETMATH_H
#define MYO_SYNTH_DETMATH_H

#define MYO_PI 3.14159265358979323846

/** e to the @p x; 0 below -700, the value at 700 above it. */
double myo_det_exp(double x);

/** Natural logarithm of @p x > 0. */
double myo_det_log(double x);

/** @p x > 0 to the power @p y. */
double myo_det_pow(double x, double y);

/** Sine and cosine of @p turns full circles: sin(2 pi turns). */
double myo_det_sin_turns(double turns);
double myo_det_cos_turns(double turns);

/** Amplitude ratio of @p db decibels, 10^(db/20), and its inverse for @p ratio > 0. */
double myo_det_from_db(double db);
double myo_det_to_db(double ratio);

#endif
