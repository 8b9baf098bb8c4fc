/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calibration of the EMG sensors of PLUX. */
#include "opensignals.h"

#include <stddef.h>
#include <strings.h>

/* An EMG sensor turns code / 2^bits - 1/2 of its supply into volts at its input through its gain;
 * figures of the makers' data sheets. */
static const struct {
    const char *device;
    double supply_v, gain;
} sensors[] = {
    {"biosignalsplux", 3.0, 1000.0}, {"channeller", 3.0, 1000.0},   {"bioplux", 3.0, 1000.0},
    {"bitalino", 3.3, 1009.0},       {"bitalino_rev", 3.3, 1009.0},
};

double opensignals_full_scale_uv(const char *device)
{
    for (size_t i = 0; i < sizeof sensors / sizeof sensors[0]; i++) {
        if (strcasecmp(device, sensors[i].device) == 0) {
            return 1e6 * sensors[i].supply_v / sensors[i].gain / 2.0;
        }
    }
    return 0.0;
}
