/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first word of a burst, before it opens: for who wants to hear of a twitch as soon as can be.
 *
 * The steep filters that keep heart beats and movements out of the detect band answer some 4 ms late, those of the
 * measure band 1.5 ms (group delay at 110 Hz). A burst is heralded when the measure band against a
 * threshold of its own and the detect band, which has begun to follow, are high enough together. What is heralded
 * may come to nothing; whether and how a burst opens does not depend on it. */
#ifndef MYO_EMG_HERALD_H
#define MYO_EMG_HERALD_H

#include "emg/ring.h"
#include "emg/threshold.h"

/** The windows that are looked at: 5 and 10 hops. */
enum { MYO_HERALD_WINDOWS = 2 };

/** The detect band follows when one of them reaches this share of the threshold at which a burst opens. */
#define MYO_HERALD_SHARE 0.55

typedef struct {
    const myo_threshold_table *table; /**< of the measure band */
    int64_t quiet_until;              /**< hop before which no other word is given */
} myo_herald;

/** One hop of one channel. */
typedef struct {
    const myo_hop_ring *ring;
    int64_t hop;         /**< held by the ring */
    double noise_energy; /**< of a hop of noise in the measure band */
    double tail;         /**< of the noise, see myo_threshold_get */
    const double *sum;   /**< over the windows of the detect band */
    const double *limit; /**< at which a burst opens */
} myo_herald_question;

/** @p rate_per_hour: of a burst's threshold. */
void myo_herald_design(double rate_per_hour, double bandwidth_hz, double hop_ms,
                       myo_threshold_table *table);

/** Whether a burst is heralded at this hop; once in 50 ms. */
MYO_RT bool myo_herald_is_due(myo_herald *herald, const myo_herald_question *question,
                              double hop_ms);

#endif
