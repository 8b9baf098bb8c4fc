/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds heart beats in all channels together: a like shape that comes back in a steady rhythm. */
#ifndef MYO_EMG_BEAT_H
#define MYO_EMG_BEAT_H

#include "myotwitch/ecg.h"

typedef struct myo_beat_finder myo_beat_finder;

myo_status myo_beat_finder_new(const myo_ecg_config *config, myo_beat_finder **finder);
void myo_beat_finder_free(myo_beat_finder *finder);

/** Takes one frame of raw samples; true when a beat was found, then @p beat is filled. */
MYO_RT bool myo_beat_finder_process(myo_beat_finder *finder, const float *raw, myo_beat *beat);

/** Forgets rhythm and shape; the next frame is @p frame. */
MYO_RT void myo_beat_finder_restart(myo_beat_finder *finder, int64_t frame);

/** Whether a rhythm goes on. */
MYO_RT bool myo_beat_finder_locked(const myo_beat_finder *finder);

/** Median interval of the last 15, and the share of them within 25 % of it; 0 without any. */
MYO_RT double myo_beat_finder_interval(const myo_beat_finder *finder, double *regular);

/** Mean likeness of the last beats. */
MYO_RT double myo_beat_finder_likeness(const myo_beat_finder *finder);

/** Most and least frames that pass between an R wave and its report. */
MYO_RT int64_t myo_beat_finder_delay(const myo_beat_finder *finder);
MYO_RT int64_t myo_beat_finder_least_delay(const myo_beat_finder *finder);

#endif
