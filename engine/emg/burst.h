/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds bursts of muscle-like energy in the hops of one channel.
 *
 * States: warming up (hops are kept, nothing is decided) -> idle -> active -> idle ... A burst is
 * announced when it opens, and once more when it has been over for long enough to be measured. It may be
 * heralded before it opens; of what is heralded, not all opens, and nothing else depends on it. */
#ifndef MYO_EMG_BURST_H
#define MYO_EMG_BURST_H

#include "emg/board.h"
#include "emg/measure.h"
#include "emg/burst_shape.h"
#include "emg/threshold.h"
#include "myotwitch/status.h"

typedef struct {
    double rate_hz;
    double false_alarms_per_hour;
    double bandwidth_hz[MYO_LANE_COUNT];
    double floor_window_s;
    double arm_s;
    double ltr_max_ms;
    double merge_gap_ms;
    double refractory_ms;
    bool needle; /**< the channel is a needle's: see burst_needle.c */
} myo_burst_config;

typedef enum { MYO_BURST_HERALDED, MYO_BURST_OPENED, MYO_BURST_SETTLED } myo_burst_news;

/** A burst; hops count from the start of the recording, as the filters delivered them. */
typedef struct {
    myo_burst_news news;
    uint64_t serial; /**< the same when opened and when settled, rising by one; 0 when heralded */
    double onset_hop;
    int64_t end_hop;
    int64_t opened_hop;  /**< last hop seen when it was announced */
    int64_t due_hop;     /**< hop at which it is to be measured, known when it ended */
    int64_t settled_hop; /**< last hop seen when it was measured */
    int64_t chain_hops;  /**< length of the activity it belongs to, pauses shorter than the
                               refractory time included */
    double strength;     /**< largest power of a window over its threshold */
    double spikiness;    /**< of the noise: see myo_floor_spikiness */
    bool follows;        /**< another burst ended less than the refractory time before it */
    bool dwarfed;     /**< a burst ten times as strong had begun close behind it when it settled */
    bool floor_moved; /**< steady noise, not a burst: the floor was learned anew within it */
    myo_measure measure;
    double ground;         /**< needle: power of the activity around it, see needle_ground.h */
    myo_burst_shape shape; /**< its course */
} myo_burst;

typedef struct myo_burst_detector myo_burst_detector;

/** Hops that the board has to hold. */
int32_t myo_burst_detector_hops(const myo_burst_config *config);
/** @p board is borrowed; @p lane: the channel's place on it. @p like: NULL, or a detector whose tables
 *  are taken over if its configuration is the same. */
myo_status myo_burst_detector_new(const myo_burst_config *config, myo_board *board, size_t lane,
                                  const myo_burst_detector *like, myo_burst_detector **detector);
void myo_burst_detector_free(myo_burst_detector *detector);
MYO_RT void myo_burst_detector_reset(myo_burst_detector *detector);

/** Takes the hop that was pushed and gathered last, before the windows slide over it. While at rest,
 *  only myo_burst_detector_block is needed, when a block ended; it returns whether the rest ended with
 *  it. */
MYO_RT void myo_burst_detector_process(myo_burst_detector *detector);
MYO_RT bool myo_burst_detector_block(myo_burst_detector *detector);

/** Goes to rest if the kernels can see what comes next: then it need not be asked until they say so, a hop has
 *  flags, or it is due. */
MYO_RT bool myo_burst_detector_rest(myo_burst_detector *detector);
/** The hop at which one that has gone to rest is to be asked in any case; INT64_MAX: none. */
MYO_RT int64_t myo_burst_detector_due(const myo_burst_detector *detector);
/** Ends the rest: the hop that was pushed last is to be decided on. */
MYO_RT void myo_burst_detector_wake(myo_burst_detector *detector);

/** No more hops will come: arms if it can, ends and settles what is open. False: there was no room
 *  for all news; take them out and call again. */
MYO_RT bool myo_burst_detector_finish(myo_burst_detector *detector);

/** The board let hops pass that nothing is known of. Only after as many invalid hops as it holds. */
MYO_RT void myo_burst_detector_skip(myo_burst_detector *detector);

/** Lets the detector go on with hops it kept back; false when there are none. */
MYO_RT bool myo_burst_detector_step(myo_burst_detector *detector);

/** Of a needle's channel: shows the hop that was pushed last to its ground. At every hop, before all else. */
MYO_RT void myo_burst_detector_follow_ground(myo_burst_detector *detector);

/** Goes on until there is news; false if there is none when all hops were gone through. */
MYO_RT bool myo_burst_detector_run(myo_burst_detector *detector);

/** Takes out the next piece of news. */
MYO_RT bool myo_burst_detector_next(myo_burst_detector *detector, myo_burst *burst);

/** The noise changed for good: forget the floor and, while it warms up, the hops so far. */
MYO_RT void myo_burst_detector_forget(myo_burst_detector *detector);

/** Whether it still goes through hops that were kept while it warmed up. */
MYO_RT bool myo_burst_detector_replaying(const myo_burst_detector *detector);
MYO_RT bool myo_burst_detector_armed(const myo_burst_detector *detector);
/** A burst is open. */
MYO_RT bool myo_burst_detector_active(const myo_burst_detector *detector);
/** Onset of the burst that is open, as known so far; INFINITY if none is. */
MYO_RT double myo_burst_detector_open_hop(const myo_burst_detector *detector);

/** Of the last hop decided on: energy of a hop of the window that is nearest to its threshold, scaled
 *  to the threshold of the 25 ms window, which is @p limit. Only when armed. */
MYO_RT void myo_burst_detector_level(const myo_burst_detector *detector, double *energy,
                                     double *limit);
/** Any burst to come begins at or after this hop; may be before the first. */
MYO_RT int64_t myo_burst_detector_undecided(const myo_burst_detector *detector);
/** Mean square of a sample of the noise by lane; 0 before the first block. */
MYO_RT double myo_burst_detector_noise(const myo_burst_detector *detector, int lane);

#endif
