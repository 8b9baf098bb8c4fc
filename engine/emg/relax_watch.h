/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Change detector on the log RMS of one channel's blocks: CUSUM against the baseline. */
#ifndef MYO_EMG_RELAX_WATCH_H
#define MYO_EMG_RELAX_WATCH_H

#include "myotwitch/api.h"

#define MYO_WATCH_BASELINE 20 /* fewest blocks of a baseline */
#define MYO_WATCH_RECENT   10 /* blocks that "sustained" and "rebound" look at */

typedef enum { MYO_WATCH_OFF, MYO_WATCH_ON, MYO_WATCH_FELL, MYO_WATCH_STAYED } myo_watch_phase;

typedef struct {
    myo_watch_phase phase;
    double mean;         /* log RMS of the baseline */
    double phi, scale;   /* AR(1) and standard deviation of its innovations */
    double slack, limit; /* k and h of the CUSUM, in innovations */
    double sum;
    int64_t start;   /* block at which the running excursion began */
    int64_t onset;   /* frame of the release */
    int64_t fell_at; /* recent_count at the alarm */
    double last;     /* deviation of the block before */
    bool has_last;
    double recent[MYO_WATCH_RECENT];
    int64_t recent_count;
} myo_relax_watcher;

/** Learns from @p count blocks of a baseline (log RMS, sorted copy in @p work); false when they are
 *  too few or do not vary. */
MYO_RT bool myo_relax_watch_start(myo_relax_watcher *watcher, const double *values, double *work,
                                  size_t count, double ratio, double arl_blocks);

/** Takes the log RMS of block @p block; true when the CUSUM crosses its limit in this block. */
MYO_RT bool myo_relax_watch_block(myo_relax_watcher *watcher, int64_t block, double value);

/** Median of the last @p blocks (at most 10) over the baseline; 1 without any. */
MYO_RT double myo_relax_watch_ratio(const myo_relax_watcher *watcher, int64_t blocks);

#endif
