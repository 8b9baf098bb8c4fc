/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares doubles with an absolute tolerance; cmocka 1.1.5 compares floats only. */
#ifndef MYO_TESTS_NEAR_H
#define MYO_TESTS_NEAR_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define assert_near(value, expected, tolerance)                                                    \
    do {                                                                                           \
        const double near_value = (value), near_expected = (expected);                             \
        if (!(fabs(near_value - near_expected) <= (tolerance))) {                                  \
            fail_msg("%s is %.9g, expected %.9g within %g", #value, near_value, near_expected,     \
                     (double)(tolerance));                                                         \
        }                                                                                          \
    } while (0)

#endif
