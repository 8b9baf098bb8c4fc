/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps of one image to either side, turned at the ends and by chance. */
#include "us_walk.h"

#include "us_tally.h"

#include "myotwitch/ultrasound.h"

#include <math.h>
#include <stdlib.h>

enum { PIXELS = US_WIDTH * US_HEIGHT, IMAGES = 24, MOST_TILES = 400 };

/* Images between turns in the mean, where no end comes first. */
#define MEAN_WAY 12.0

static int quietest(const us_clip *clip)
{
    int best = 0;
    double least = INFINITY;
    for (int first = 0; first + IMAGES <= clip->frames; first += 4) {
        double sum = 0.0;
        for (int k = first; k + 1 < first + IMAGES; k++) {
            const uint8_t *a = clip->pixels + (size_t)k * PIXELS, *b = a + PIXELS;
            for (size_t i = 0; i < PIXELS; i += 37) {
                sum += abs(a[i] - b[i]);
            }
        }
        if (sum < least) {
            least = sum;
            best = first;
        }
    }
    return best;
}

void us_walk_start(us_walk *walk, const us_clip *clip, int turn)
{
    *walk = (us_walk){.first = quietest(clip), .step = 1};
    myo_rng_start(&walk->rng, 11, 0, (uint64_t)turn);
}

int us_walk_next(us_walk *walk)
{
    const int here = walk->at;
    if (myo_rng_chance(&walk->rng, 1.0 / MEAN_WAY)) {
        walk->step = -walk->step;
    }
    if (here + walk->step < 0 || here + walk->step >= IMAGES) {
        walk->step = -walk->step;
    }
    walk->at = here + walk->step;
    return walk->first + here;
}

static size_t motions_take(const myo_ultrasound *ultrasound, double *motions)
{
    uint32_t columns, rows;
    size_t count = 0;
    const myo_tile *tiles = myo_ultrasound_tiles(ultrasound, &columns, &rows);
    for (uint32_t i = 0; tiles && i < columns * rows && i < MOST_TILES; i++) {
        if (myo_tile_is_good(&tiles[i])) {
            motions[count++] = hypot((double)tiles[i].dx, (double)tiles[i].dy);
        }
    }
    return count;
}

double us_walk_motion(const us_walk *walk, const us_clip *clip)
{
    static double motions[IMAGES * MOST_TILES];
    size_t count = 0;
    myo_ultrasound_config config;
    myo_ultrasound *ultrasound = NULL;
    myo_ultrasound_config_default(&config, US_WIDTH, US_HEIGHT, US_RATE_HZ);
    if (myo_ultrasound_new(&config, &ultrasound) != MYO_OK) {
        return (double)INFINITY;
    }
    for (int i = 0; i < IMAGES; i++) {
        const myo_frame frame = us_clip_frame(clip, walk->first + i);
        myo_ultrasound_process(ultrasound, &frame);
        count += motions_take(ultrasound, motions + count);
    }
    myo_ultrasound_free(ultrasound);
    qsort(motions, count, sizeof motions[0], us_by_size);
    return count > 0 ? motions[count * 9 / 10] : (double)INFINITY;
}
