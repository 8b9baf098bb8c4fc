/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimal numbers in the text of a file, whatever the locale of the process. */
#ifndef MYO_IO_DECIMAL_H
#define MYO_IO_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Reads "-12.5e3" with blanks around it; @p comma lets a comma be the decimal point too. All of
 *  @p text must be that one number, and a finite one. Exact up to 15 digits and 22 places, to a
 *  unit in the last place beyond. Any thread. */
bool myo_decimal_read(const char *text, size_t size, bool comma, double *value);

/** The same for a whole number of at most 15 digits without exponent ("8", "8.000"). */
bool myo_decimal_whole(const char *text, size_t size, int64_t *value);

#endif
