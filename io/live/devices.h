/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What audio devices there are, asked in a process of its own: drivers print, hang and crash. */
#ifndef MYO_IO_LIVE_DEVICES_H
#define MYO_IO_LIVE_DEVICES_H

#include "signal/why.h"

/** Rates that are tried on every input. */
enum { MYO_DEVICE_RATES = 12 };
extern const double myo_device_rates_hz[MYO_DEVICE_RATES];

typedef struct {
    int index;
    char api[64], name[128];
    int inputs, outputs; /**< channels */
    bool default_input, default_output;
    double rate_hz;                           /**< its own */
    double input_latency_s, output_latency_s; /**< smallest; 0 = not known */
    bool rate_works[MYO_DEVICE_RATES];        /**< for as many inputs as it has, 32 at most */
} myo_device;

/** Lists the devices; @p devices is malloc'ed. Waits 15 s at most. @p program as in
 *  myo_desk_options. MYO_ERR_READ when the process failed. */
myo_status myo_devices_list(const char *program, myo_device **devices, size_t *count, myo_why *why);

#endif
