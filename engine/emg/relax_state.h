/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The object behind relax.h, shared by its files. */
#ifndef MYO_EMG_RELAX_STATE_H
#define MYO_EMG_RELAX_STATE_H

#include "dsp/boot.h"
#include "emg/relax_store.h"
#include "emg/relax_watch.h"

#define MYO_RELAX_QUEUE 64

struct myo_relax {
    myo_relax_config config;
    myo_relax_store store;
    myo_boot *boot;
    double *before, *after, *work; /* room for all slots that are kept, work for twice as many */
    myo_relax_watcher *watchers;   /* [channel] */
    bool paused;
    int64_t watched_from; /* slot since which the watch has gone on */
    double *level;        /* [channel], RMS of the last usable slot */
    myo_watch_alarm queue[MYO_RELAX_QUEUE];
    uint32_t first, count;
};

#endif
