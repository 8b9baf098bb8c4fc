/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One ultrasound phantom: pictures to a video file, labels to a JSON file beside it. */
#ifndef MYO_CLI_SYNTH_CINE_H
#define MYO_CLI_SYNTH_CINE_H

#include "signal/why.h"

#include "myotwitch/cine_synth.h"

typedef struct {
    myo_cine_synth_config config;
    const char *cine_path, *truth_path;
    bool replace;
} synth_cine;

/** Makes both files, or neither. */
myo_status synth_cine_write(const synth_cine *record, myo_why *why);

#endif
