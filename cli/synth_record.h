/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One synthetic record: samples to a WAV file, labels to a JSON file beside it. */
#ifndef MYO_CLI_SYNTH_RECORD_H
#define MYO_CLI_SYNTH_RECORD_H

#include "export/wav.h"

#include "myotwitch/synth.h"

typedef struct {
    myo_synth_config config;
    myo_wav_encoding encoding;
    const char *wav_path;
    const char *truth_path;
    bool replace;
} synth_record;

/** Makes both files, or neither. */
myo_status synth_record_write(const synth_record *record, myo_why *why);

#endif
