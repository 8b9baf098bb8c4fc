/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Footage of a muscle at rest, as long as wanted, from the few still images that a clip has. */
#ifndef MYO_BENCH_US_WALK_H
#define MYO_BENCH_US_WALK_H

#include "us_clip.h"

#include "synth/rng.h"

/** A walk through the longest still stretch of a clip: once what all share is taken out, nine tenths of
 *  the tiles move by no more than US_STILL_PX between any two neighbours. Two images that follow each
 *  other in the walk are neighbours in the clip, forward or backward: every motion between images is
 *  a real one. The walk turns at moments that are drawn, so it has no period; going to and fro evenly
 *  would make a rhythm of 1.3 Hz, which is a pulse. */
typedef struct {
    int first,
        images; /**< of the stretch; fewer than US_STILL_IMAGES: the muscle is never at rest */
    int at, step;
    myo_rng rng;
} us_walk;

/** 1.1 mm/s. Of the tuning clips, those at rest stay below 0.17, those that contract reach 0.25 to
 *  0.6; the tracker's own error makes 0.05 to 0.1. No twitch is in the clip when this is looked at. */
#define US_STILL_PX     0.2
#define US_STILL_IMAGES 12

/** Starts at the first image of the stretch; @p turn names the drawn stream. */
void us_walk_start(us_walk *walk, const us_clip *clip, int turn);

/** Index in the clip of the next image. */
int us_walk_next(us_walk *walk);

#endif
