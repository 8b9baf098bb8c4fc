/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three looks at a step: can the tiles be followed, does a common motion explain them, is the image as
 * sharp as it was. */
#include "ultrasound/sight.h"

#include "ultrasound/median.h"

#include <string.h>

/* Images before their usual sharpness is known; tiles without which nothing can be said. */
enum { FEWEST = 8, FEWEST_TILES = 6 };

/* An image: the number of tiles that could be followed is halved in some 140 images. */
#define FORGET 0.995

void myo_sight_reset(myo_sight *sight, const myo_ultrasound_config *config)
{
    *sight = (myo_sight){.config = config};
}

static bool is_blurred(myo_sight *sight, double focus)
{
    const uint32_t count = sight->taken < MYO_SIGHT_FOCUS ? sight->taken : MYO_SIGHT_FOCUS;
    if (count < FEWEST) {
        return false;
    }
    float copy[MYO_SIGHT_FOCUS];
    memcpy(copy, sight->focus, count * sizeof *copy);
    return focus < sight->config->blind_focus * (double)myo_median(copy, count);
}

/* Against the most that could be followed lately: dark parts of an image never can. */
static bool is_changed(myo_sight *sight, uint32_t alike)
{
    const double usual = FORGET * sight->usual_alike;
    sight->usual_alike = (double)alike > usual ? (double)alike : usual;
    return alike < FEWEST_TILES ||
           (double)alike < (1.0 - sight->config->blind_change) * sight->usual_alike;
}

uint32_t myo_sight_judge(myo_sight *sight, uint32_t alike, const myo_affine *fit, double focus)
{
    uint32_t reasons = 0;
    if (is_changed(sight, alike)) {
        reasons |= 1u << MYO_MOTION_BLIND_CHANGE;
    }
    if (fit->agree < sight->config->blind_fit) {
        reasons |= 1u << MYO_MOTION_BLIND_FIT;
    }
    if (is_blurred(sight, focus)) {
        reasons |= 1u << MYO_MOTION_BLIND_FOCUS;
    }
    if (reasons == 0) {
        sight->focus[sight->taken++ % MYO_SIGHT_FOCUS] = (float)focus;
    }
    return reasons;
}
