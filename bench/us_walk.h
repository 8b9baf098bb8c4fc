/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Footage of a muscle at rest, as long as wanted, from the few still images that a clip has. */
#ifndef MYO_BENCH_US_WALK_H
#define MYO_BENCH_US_WALK_H

#include "us_clip.h"

#include "synth/rng.h"

/** A walk through the longest still stretch of a clip: once what all share is taken out, nine tenths of
 *  the tiles lie in every image within US_STILL_PX of where they were in its first. Two images that follow each
 *  other in the walk are neighbours in the clip, forward or backward: every motion between images is
 *  a real one. The walk turns at moments that are drawn, so it has no period; going to and fro evenly
 *  would make a rhythm of 1.3 Hz, which is a pulse. */
typedef struct {
    int first,
        images; /**< of the stretch; fewer than US_STILL_IMAGES: the muscle is never at rest */
    int at, step;
    myo_rng rng;
} us_walk;

/** 0.04 mm, an eighth of the smallest twitch that must be found: a muscle that creeps by more, and back
 *  when the walk turns, twitches. No twitch is in the clip when this is looked at. */
#define US_STILL_PX     0.5
#define US_STILL_IMAGES 12

/** Starts at the first image of the stretch; @p turn names the drawn stream. */
void us_walk_start(us_walk *walk, const us_clip *clip, int turn);

/** Index in the clip of the next image. */
int us_walk_next(us_walk *walk);

#endif
