/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Speeds when the images come as they like: the time stamps of a real freehand recording (PLUS library,
 * 38 to 358 ms apart) and its own image, moved at a known speed. */
#include "us_rows.h"
#include "us_tally.h"

#include "cine/cine.h"
#include "synth/image.h"
#include "synth/rng.h"

#include "myotwitch/tracker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_TILES = 1024 };

#define FILE_NAME "USTC_3NWires_ProbeTranslation.igs.mha"
/* Pixels a second: 11 pixels in the longest interval; and the images' own noise, grey levels. */
#define SPEED    30.0
#define NOISE_SD 4.0

typedef struct {
    uint32_t width, height;
    float *image; /* the first one */
    uint8_t *before, *after;
    myo_tracker *tracker;
    myo_rng rng;
    double worst, tile_square; /* of the image's speed; of single tiles, relative */
    double shortest, longest;
    long pairs, tiles;
} bed;

static uint8_t noisy(bed *b, double grey)
{
    return (uint8_t)fmin(fmax(grey + NOISE_SD * myo_rng_normal(&b->rng) + 0.5, 0.0), 255.0);
}

static void pair_make(bed *b, double dx, double dy)
{
    const myo_image image = {b->image, b->width, b->height};
    for (uint32_t y = 0; y < b->height; y++) {
        for (uint32_t x = 0; x < b->width; x++) {
            const size_t i = (size_t)y * b->width + x;
            b->before[i] = noisy(b, (double)b->image[i]);
            b->after[i] = noisy(b, myo_image_at(&image, x - dx, y - dy));
        }
    }
}

/* One interval: what the tiles say of the speed along its direction. */
static void interval_take(bed *b, double interval)
{
    static myo_tile tiles[MOST_TILES];
    double speeds[MOST_TILES];
    const double angle = 2.4 * (double)b->pairs, ex = cos(angle), ey = sin(angle);
    uint32_t columns, rows;
    size_t count = 0;
    pair_make(b, SPEED * interval * ex, SPEED * interval * ey);
    myo_frame frame = {b->before, MYO_PIXEL_U8, b->width, b->width, b->height, 0.0, 0};
    myo_tracker_reset(b->tracker);
    (void)myo_tracker_process(b->tracker, &frame, tiles);
    frame.pixels = b->after;
    (void)myo_tracker_process(b->tracker, &frame, tiles);
    myo_tracker_size(b->tracker, &columns, &rows);
    for (uint32_t i = 0; i < columns * rows; i++) {
        if (myo_tile_is_good(&tiles[i])) {
            speeds[count] = ((double)tiles[i].dx * ex + (double)tiles[i].dy * ey) / interval;
            const double e = speeds[count++] / SPEED - 1.0;
            b->tile_square += e * e;
            b->tiles++;
        }
    }
    qsort(speeds, count, sizeof speeds[0], us_by_size);
    b->worst = count > 0 ? fmax(b->worst, fabs(speeds[count / 2] / SPEED - 1.0)) : (double)INFINITY;
    b->shortest = b->pairs == 0 ? interval : fmin(b->shortest, interval);
    b->longest = fmax(b->longest, interval);
    b->pairs++;
}

static bool bed_new(bed *b, const myo_cine_info *info, const myo_cine_frame *frame)
{
    myo_tracker_config config;
    const size_t pixels = (size_t)info->width * info->height;
    *b = (bed){.width = info->width,
               .height = info->height,
               .image = malloc(pixels * sizeof(float)),
               .before = malloc(pixels),
               .after = malloc(pixels)};
    myo_rng_start(&b->rng, 7, 2, 0);
    myo_tracker_config_default(&config, b->width, b->height);
    if (!b->image || !b->before || !b->after || myo_tracker_new(&config, &b->tracker) != MYO_OK) {
        return false;
    }
    myo_cine_floats(info, frame, b->image);
    return true;
}

static void bed_free(bed *b)
{
    free(b->image);
    free(b->before);
    free(b->after);
    myo_tracker_free(b->tracker);
}

static void recording_run(myo_cine *cine, bed *b)
{
    myo_why why;
    myo_cine_frame frame;
    bool got = true;
    double last = 0.0;
    for (long n = 0; myo_cine_next(cine, &frame, &got, &why) == MYO_OK && got; n++) {
        if (n == 0 && !bed_new(b, myo_cine_info_get(cine), &frame)) {
            return;
        }
        if (n > 0) {
            interval_take(b, frame.time_s - last);
        }
        last = frame.time_s;
    }
    printf("time stamps of " FILE_NAME ", %.0f to %.0f ms: speed of the image at worst %.2f %% off "
           "over %ld intervals, of one tile %.1f %% rms\n",
           1e3 * b->shortest, 1e3 * b->longest, 100.0 * b->worst, b->pairs,
           100.0 * sqrt(b->tile_square / (double)b->tiles));
}

void us_times_rows(const char *folder)
{
    const myo_cine_options options = {0};
    char path[512];
    bed b = {0};
    myo_cine *cine = NULL;
    myo_why why;
    (void)snprintf(path, sizeof path, "%s/" FILE_NAME, folder);
    if (myo_cine_open(path, &options, &cine, &why) != MYO_OK) {
        fprintf(stderr, "us_campaign: %s: %s\n", path, why.text);
        return;
    }
    recording_run(cine, &b);
    bed_free(&b);
    myo_cine_free(cine);
}
