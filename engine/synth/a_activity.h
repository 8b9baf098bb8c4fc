/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the muscle does, one thing at a time: twitches, strokes of the needle, contractions.
 *
 * Twitches and contractions never overlap: nobody could label such a record. Artefacts know nothing
 * of this and fall where they fall.
 */
#ifndef MYO_SYNTH_A_ACTIVITY_H
#define MYO_SYNTH_A_ACTIVITY_H

#include "synth/a_layout.h"
#include "synth/a_timeline.h"

typedef enum {
    MYO_A_KIND_TWITCH,
    MYO_A_KIND_BOUT, /**< of needle strokes */
    MYO_A_KIND_FASCICULATION,
    MYO_A_KIND_CONTRACTION,
    MYO_A_KIND_BRIEF,
    MYO_A_KIND_COUNT
} myo_a_kind;

/** Strokes into one trigger point. */
typedef struct {
    myo_a_timeline strokes;
    int left;            /**< strokes to come */
    uint64_t bouts;      /**< so far */
    double interval_s;   /**< of the strokes */
    double p_twitch;     /**< that the first stroke brings a twitch */
    double first_db;     /**< SNR of the first twitch of this point */
    double rho, plateau; /**< how the twitches exhaust */
    double latency_s;    /**< from contact to twitch */
    double latency_sd_s;
    int twitches;         /**< of this point so far */
    int64_t twitch_frame; /**< when the twitch of the stroke before begins; -1: none to come */
} myo_a_bout;

typedef struct {
    myo_rng rng;
    double per_min[MYO_A_KIND_COUNT];
    uint64_t count[MYO_A_KIND_COUNT];
    double total_per_min;
    int64_t next_frame; /**< of the next event; while a bout runs, INT64_MAX */
    myo_a_bout bout;
} myo_a_activity;

void myo_a_activity_start(myo_a_activity *activity, const myo_scene *scene);
void myo_a_activity_block(myo_a_activity *activity, myo_scene *scene, const myo_a_layout *layout);

#endif
