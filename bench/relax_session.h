/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One relaxation session from the generator to the verdict, through band, heart and relaxation. */
#ifndef MYO_BENCH_RELAX_SESSION_H
#define MYO_BENCH_RELAX_SESSION_H

#include "myotwitch/relax.h"

#define SESSION_RELEASE_S 60.0 /* of the scenarios relax-* */

typedef struct {
    myo_relax_verdict alone;   /**< 60 s before against 60 s after, channel 0 */
    myo_relax_verdict control; /**< the same with channel 1 as control */
    myo_relax_release release; /**< found in the whole session */
    double release_s;
    bool alarmed;   /**< the live watch spoke after the release */
    double alarm_s; /**< its onset */
    double reported_s;
    bool sustained;     /**< and said 10 s later that it lasts */
    double sustained_s; /**< the onset it then gave */
    int false_alarms;   /**< before the release */
    int64_t beats;
} session_result;

/** Returns false when the scenario cannot be made. */
bool session_run(const char *scenario, uint64_t seed, session_result *result);

#endif
