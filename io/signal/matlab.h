/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What both kinds of MATLAB file share: which variable is the signal, which the rate. */
#ifndef MYO_IO_MATLAB_H
#define MYO_IO_MATLAB_H

#include "why.h"

/** A smaller matrix is a table of something else; half a second at the lowest rate. */
#define MATLAB_FEWEST_SAMPLES 250

/** Whether a variable of this name holds the frames a second. */
bool matlab_is_rate(const char *name);

/** Why no variable was taken: @p wanted is not there, or, without a name, @p candidates is not 1.
 *  @p names are those that there are. */
myo_status matlab_refuse(const char *wanted, int candidates, const char *names, myo_why *why);

#endif
