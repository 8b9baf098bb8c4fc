/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario holds: how much of what, the same for every generator, which gives it its shapes.
 *
 * Ranges are drawn once per record (levels) or per event (twitch SNR); a range that ends at 0 and
 * a rate of 0 switch the component off.
 */
#ifndef MYO_SYNTH_SCENARIO_H
#define MYO_SYNTH_SCENARIO_H

#include "synth/rng.h"

#include <stddef.h>

typedef enum {
    MYO_STIM_NONE,
    MYO_STIM_LEFT_ON,  /**< a TENS that runs through the whole record, set to another level now and
                          then */
    MYO_STIM_SWITCHED, /**< on for some seconds, off for some seconds */
    MYO_STIM_SINGLE    /**< separate pulses, one every 1-5 s */
} myo_stim_mode;

/** How resting activity falls. Then it also has the block-to-block fluctuation that emg.md 7.7 asks
 *  relaxation to be tried with: CV 20 %, breath included, AR(1) 0.5. */
typedef struct {
    double to;     /**< amplitude after over before; 0 = no such session, 1 = nothing happens */
    double at_s;   /**< when it lets go */
    double tau_s;  /**< time constant of the logarithm; 0 = a step */
    double shared; /**< part of it that the other side shows as well, 0 to 1 */
} myo_relaxation;

typedef struct {
    const char *name;
    const char *about;
    double rate_hz;
    uint32_t channels;
    double duration_s;
    bool needle; /**< channel 0 is a needle or fine wire: larger, faster potentials */

    myo_range floor_uv; /**< RMS of the noise floor, 20-450 Hz */
    bool floor_varies;  /**< drift, heavy tails, steps on electrode change */
    myo_range tonic_uv; /**< RMS of resting muscle activity, 20-450 Hz */

    double twitches_per_min; /**< free-standing twitches; in strokes: see strokes */
    myo_range twitch_snr_db; /**< peak over RMS of the noise in 20-450 Hz, of the first twitch */
    bool strokes;            /**< twitches come from needle strokes in bouts, and exhaust */
    bool contralateral;      /**< some twitches show on the other side, smaller and later */
    double fasciculations_per_min;

    double contractions_per_min; /**< voluntary, 0.3-10 s */
    double briefs_per_min;       /**< coughs, swallows, startles, 150-400 ms */

    myo_range ecg_uv; /**< height of the R wave */
    double motions_per_min;
    bool tremor; /**< of the hand that holds needle or cable, 6-12 Hz */
    double clicks_per_min;
    double lead_offs_per_min; /**< electrode open: converter at its rail */
    double gaps_per_min;      /**< packets lost; the last sample is held */
    myo_range hum_uv;
    double hum_hz; /**< 50 or 60; 0 = drawn */
    myo_stim_mode stimulator;

    bool endplate;     /**< needle: endplate noise and spikes */
    bool insertional;  /**< needle: bursts at each movement of the needle */
    bool fibrillation; /**< needle */

    myo_relaxation relaxation;
} myo_scenario;

/** Scenario @p index of the table, NULL past the last. */
const myo_scenario *myo_scenario_at(size_t index);

/** Scenario of that name, or NULL. */
const myo_scenario *myo_scenario_find(const char *name);

#endif
