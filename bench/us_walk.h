/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Footage of a muscle at rest, as long as wanted, from the few still images that a clip has. */
#ifndef MYO_BENCH_US_WALK_H
#define MYO_BENCH_US_WALK_H

#include "us_clip.h"

#include "synth/rng.h"

/** A walk through the stretch of a clip that changes least. Two images that follow each other are
 *  neighbours in the clip, forward or backward: every motion between images is a real one. The walk
 *  turns at moments that are drawn, so it has no period; going to and fro evenly would make a rhythm
 *  of 1.3 Hz, which is a pulse. A turn is a jerk that a muscle at rest does not make: the bed is
 *  harder than the real one. */
typedef struct {
    int first, at, step;
    myo_rng rng;
} us_walk;

/** Starts at the first of the quietest images of @p clip; @p turn names the drawn stream. */
void us_walk_start(us_walk *walk, const us_clip *clip, int turn);

/** Residual motion, once what all tiles share is taken out, that nine tenths of the tiles stay below
 *  in the images that @p walk goes through, px an image. The tracker's own error makes 0.1. */
double us_walk_motion(const us_walk *walk, const us_clip *clip);

/** A clip is a bed of quiet muscle up to this motion: 0.8 mm/s. Set before any twitch was put in. */
#define US_QUIET_PX 0.15

/** Index in the clip of the next image. */
int us_walk_next(us_walk *walk);

#endif
