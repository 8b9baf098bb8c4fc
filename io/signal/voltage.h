/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units of voltage, and which channels of a recording are taken for EMG by name and unit. */
#ifndef MYO_IO_VOLTAGE_H
#define MYO_IO_VOLTAGE_H

#include "reader.h"

/** Microvolts in one @p unit ("mV"); 0 when it is no voltage. */
double myo_unit_uv(const char *unit);

/** Sets is_emg of every channel of @p reader: those called EMG; where there is none, those that are
 *  not called something else and, if any is a voltage, are one. Sets full_scale_uv to 1, as the
 *  samples are microvolts, unless a channel that will be read (by @p list, or as EMG) is none. */
void myo_voltage_choose(myo_reader *reader, const bool *is_voltage, const char *list);

#endif
