/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The greater and the lesser of two numbers in one instruction; fmax and fmin are library calls, since
 * they have to look after numbers that are not. */
#ifndef MYO_CORE_MINMAX_H
#define MYO_CORE_MINMAX_H

static inline double myo_greater(double a, double b)
{
    return a > b ? a : b;
}

static inline double myo_lesser(double a, double b)
{
    return a < b ? a : b;
}

#endif
