/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is measured on one burst of one channel, before anything is concluded from it. */
#ifndef MYO_EMG_MEASURE_H
#define MYO_EMG_MEASURE_H

#include "emg/ring.h"

/** Noise that the measures are relative to, mean square of a sample by lane. */
typedef struct {
    double power[MYO_LANE_COUNT];
    double hop_ms;
    int32_t hop_frames;
} myo_noise;

typedef struct {
    double duration_ms;  /**< onset to end */
    double active_ms;    /**< 10 ms RMS over 2.5 sigma, detect band */
    double effective_ms; /**< (sum E)^2 / sum E^2 of the energy over noise, detect band */
    double centroid;     /**< of the energy, as a share of the duration, detect band */
    double attack;       /**< mean power of the first 20 ms over that of the whole burst */
    double first_fifth;  /**< share of the energy in the first fifth of the duration, detect band */
    double last_fifth;   /**< the same of the last */
    double rise_ms;      /**< onset to the highest 10 ms RMS */
    double turns;
    double peak;          /**< measure band */
    double crest;         /**< peak over RMS of the burst, measure band */
    double snr_db;        /**< peak over noise RMS, measure band */
    double level_db;      /**< highest 10 ms RMS over noise RMS, detect band */
    double mean_level_db; /**< RMS over the whole burst, detect band */
    double lf_ratio;      /**< highest 10 ms RMS in the low band over that in the measure band */
    double low_balance;   /**< energy in the detect band over that in the low band */
    double low_rest; /**< power in the low band 30-75 ms behind the end over that in the burst */
    double band_fraction; /**< energy in the detect band over that in the measure band */
    double high_fraction; /**< energy above the measure band over that in it */
    double post_level;    /**< RMS behind the end over noise RMS, detect band */
    double pre_level;     /**< the same before the onset */
    bool behind_edge;     /**< it begins within 18 ms behind an edge: the edge's own tail */
    int32_t edges;        /**< holds that began in it */
    double held_share;    /**< of its hops, those whose input was held */
    bool saturated;       /**< at the rail in it or within 50 ms */
    bool overlong;        /**< it began before the oldest hop that is kept */
} myo_measure;

/** Measures hops [onset, end); @p now is one past the last hop seen. */
MYO_RT void myo_measure_burst(const myo_hop_ring *ring, const myo_noise *noise, int64_t onset,
                              int64_t end, int64_t now, myo_measure *measure);

#endif
