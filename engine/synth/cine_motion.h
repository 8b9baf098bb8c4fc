/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the tissue of a phantom moves. */
#ifndef MYO_SYNTH_CINE_MOTION_H
#define MYO_SYNTH_CINE_MOTION_H

#include "myotwitch/cine_synth.h"
#include "synth/rng.h"

enum { MYO_MOTION_MOST_TWITCHES = 4096, MYO_MOTION_ACTIVE = 8 };

/** A voluntary slide: a layer goes to the side, stays, and comes back slowly. */
typedef struct {
    double onset_s, go_s, stay_s, back_s, size_px;
} myo_slide;

typedef struct {
    myo_cine_twitch *twitches;
    size_t twitch_count;
    myo_slide *slides;
    size_t slide_count;
    bool probe; /**< the probe slides 3 px, turns 1 degree, presses by 2 % */
    double probe_hz;
    double pulse_hz;  /**< 0 = no artery */
    double tremor_hz; /**< 0 = none */
    double needle_hz; /**< strokes; 0 = no needle */
    double needle_deg, needle_stroke_px;
    double x, y;      /**< of artery, tremor, or the needle's tip at rest */
    double radius_px; /**< of the artery or the tremor; of the tissue that the needle drags */
    double width, height;
} myo_cine_motion;

/** A twitch that is under way: displacement at its place, direction. */
typedef struct {
    const myo_cine_twitch *twitch;
    double size, c, s;
} myo_twitch_now;

/** Values that depend on time alone. */
typedef struct {
    double probe[6];
    double pulse, tremor, needle; /**< displacements now, pixels */
    double slide, row_slide;      /**< of the layer; of the row that myo_cine_motion_row named */
    double c, s;                  /**< direction of the needle */
    myo_twitch_now twitches[MYO_MOTION_ACTIVE];
    int active;
} myo_motion_now;

void myo_cine_motion_now(const myo_cine_motion *motion, double time_s, myo_motion_now *now);

/** Values that depend on the row too; call it before the row's pixels. */
void myo_cine_motion_row(const myo_cine_motion *motion, myo_motion_now *now, double y);

/** Displacement of what is seen at (x, y), pixels. */
void myo_cine_motion_at(const myo_cine_motion *motion, const myo_motion_now *now, double x,
                        double y, double *dx, double *dy);

/** How bright the needle makes (x, y), grey levels. */
double myo_cine_motion_needle(const myo_cine_motion *motion, const myo_motion_now *now, double x,
                              double y);

#endif
