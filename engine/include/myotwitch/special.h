/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tail probabilities and quantiles of the gamma, chi-square, beta and normal distributions.
 *
 * Any thread. An argument outside its range, or NAN, gives NAN. Relative errors for shapes from 0.01
 * to 1e4 and results down to 1e-280: probabilities below 1e-10, quantiles below 1e-8 (found: 5e-12
 * and 1e-13 for shapes to 1000). A quantile smaller than any double is 0.
 */
#ifndef MYOTWITCH_SPECIAL_H
#define MYOTWITCH_SPECIAL_H

#include "myotwitch/api.h"

MYO_BEGIN

/** Regularised incomplete gamma functions: P(a, x) = 1 - Q(a, x) is the probability that a gamma
 *  variable of shape a > 0 and scale 1 is at most x >= 0 (DLMF 8.2.4). Chi-square with nu degrees of
 *  freedom: P(nu / 2, x / 2). */
MYO_API double myo_gamma_p(double a, double x);
MYO_API double myo_gamma_q(double a, double x);

/** The value that a chi-square variable with @p nu > 0 degrees of freedom (need not be whole)
 *  exceeds with probability @p p, 0 < p < 1. */
MYO_API double myo_chi2_quantile_upper(double p, double nu);

/** Regularised incomplete beta function I_x(a, b), a and b > 0, 0 <= x <= 1 (DLMF 8.17.2). */
MYO_API double myo_beta_i(double a, double b, double x);

/** The x at which I_x(a, b) = @p p, 0 < p < 1. Near x = 1 the error is relative to x; for the
 *  distance from 1 take 1 - x = the inverse of (b, a) at 1 - p. */
MYO_API double myo_beta_quantile(double p, double a, double b);

/** The value that a standard normal variable exceeds with probability @p p, 0 < p < 1;
 *  negative for p > 1/2. */
MYO_API double myo_normal_quantile_upper(double p);

MYO_END
#endif
