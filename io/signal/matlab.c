/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of variables in MATLAB files. */
#include "matlab.h"

#include <string.h>

bool matlab_is_rate(const char *name)
{
    static const char *const names[] = {"fs",    "rate",        "srate",        "sf",
                                        "fsamp", "sample_rate", "samplingrate", "sampling_rate"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

myo_status matlab_refuse(const char *wanted, int candidates, const char *names, myo_why *why)
{
    const char *there = names[0] == '\0' ? "none" : names;
    if (wanted != NULL) {
        return myo_why_set(why, MYO_ERR_FORMAT, "no matrix of numbers called %.60s; there are: %s",
                           wanted, there);
    }
    return myo_why_set(why, candidates == 0 ? MYO_ERR_EMPTY : MYO_ERR_UNSUPPORTED,
                       candidates == 0 ? "no matrix of numbers long enough; there are: %s"
                                       : "several matrices; name one with --dataset: %s",
                       there);
}
