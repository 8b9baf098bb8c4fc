/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the still stretch; then steps of one image to either side, turned at the ends and by chance. */
#include "us_walk.h"

#include "us_tally.h"

#include "myotwitch/ultrasound.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_TILES = 400 };

/* Images between turns in the mean, where no end comes first. */
#define MEAN_WAY 12.0
/* Share of the tiles that must be followed to say that nothing moves. */
#define KNOWN 0.5

/* Motion that nine tenths of the tiles stay below; INFINITY where too few can be followed. */
static double motion_of(const myo_ultrasound *ultrasound)
{
    double motions[MOST_TILES];
    uint32_t columns, rows;
    size_t count = 0;
    const myo_tile *tiles = myo_ultrasound_tiles(ultrasound, &columns, &rows);
    for (uint32_t i = 0; tiles && i < columns * rows && i < MOST_TILES; i++) {
        if (myo_tile_is_good(&tiles[i])) {
            motions[count++] = hypot((double)tiles[i].dx, (double)tiles[i].dy);
        }
    }
    qsort(motions, count, sizeof motions[0], us_by_size);
    return tiles && (double)count >= KNOWN * columns * rows ? motions[count * 9 / 10]
                                                            : (double)INFINITY;
}

/* Whether the tissue of two images lies at the same places. */
static bool is_still(myo_ultrasound *ultrasound, const us_clip *clip, int first, int other)
{
    const myo_frame before = us_clip_frame(clip, first), after = us_clip_frame(clip, other);
    myo_ultrasound_reset(ultrasound);
    myo_ultrasound_process(ultrasound, &before);
    myo_ultrasound_process(ultrasound, &after);
    return motion_of(ultrasound) <= US_STILL_PX;
}

static void still_find(us_walk *walk, const us_clip *clip)
{
    myo_ultrasound_config config;
    myo_ultrasound *ultrasound = NULL;
    myo_ultrasound_config_default(&config, US_WIDTH, US_HEIGHT, US_RATE_HZ);
    if (myo_ultrasound_new(&config, &ultrasound) != MYO_OK) {
        return;
    }
    for (int first = 0, i = 1; i < clip->frames; i++) {
        if (!is_still(ultrasound, clip, first, i)) {
            first = i;
        } else if (i + 1 - first > walk->images) {
            walk->first = first;
            walk->images = i + 1 - first;
        }
    }
    myo_ultrasound_free(ultrasound);
}

void us_walk_start(us_walk *walk, const us_clip *clip, int turn)
{
    *walk = (us_walk){.step = 1};
    still_find(walk, clip);
    myo_rng_start(&walk->rng, 11, 0, (uint64_t)turn);
}

int us_walk_next(us_walk *walk)
{
    const int here = walk->at;
    if (myo_rng_chance(&walk->rng, 1.0 / MEAN_WAY)) {
        walk->step = -walk->step;
    }
    if (here + walk->step < 0 || here + walk->step >= walk->images) {
        walk->step = -walk->step;
    }
    walk->at = here + walk->step;
    return walk->first + here;
}
