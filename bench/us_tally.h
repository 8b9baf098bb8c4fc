/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts of hits, misses and false alarms over runs, and the line that tells them. */
#ifndef MYO_BENCH_US_TALLY_H
#define MYO_BENCH_US_TALLY_H

#include "myotwitch/cine_synth.h"
#include "myotwitch/ultrasound.h"

enum { US_MOST_EVENTS = 512 };

/** Twitches that were there and twitches that were called. */
typedef struct {
    int truths, hits, events;
    double seconds;
    double errors[4096]; /**< of the onsets of hits, seconds */
    int calls[MYO_EVENT_TYPE_COUNT];
} us_tally;

/** Confirmed events of one run. */
typedef struct {
    myo_motion_event events[US_MOST_EVENTS];
    int count;
} us_events;

/** Takes what waits in the detector. */
void us_events_take(us_events *events, myo_ultrasound *ultrasound);

/** Matches within 100 ms and 10 mm (on lines: in depth). */
void us_tally_add(us_tally *tally, const us_events *events, const myo_cine_truth *truths, int count,
                  double mm_per_px, double seconds);

/** Recall and precision with Clopper-Pearson, false alarms a minute with Garwood's interval, onset
 *  errors. */
void us_tally_print(const char *what, us_tally *tally);

/** Mean, median and largest of relative errors of @p of; @p errors are left as their sizes, sorted. */
void us_errors_print(const char *what, double *errors, int count, const char *of);

/** For qsort: numbers, the smallest first. */
int us_by_size(const void *a, const void *b);

#endif
