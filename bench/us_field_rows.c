/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The displacement field on real muscle images that were moved by known amounts. */
#include "us_rows.h"
#include "us_tally.h"

#include "synth/image.h"
#include "synth/rng.h"
#include "ultrasound/affine.h"
#include "ultrasound/median.h"

#include "myotwitch/tracker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIDE = 512, LEFT = 100, TOP = 26, MOST_TILES = 400, MOST_VALUES = 200000 };

#define NOISE_SD 4.0

typedef struct {
    uint8_t *before, *after;
    float *image;
    myo_tracker *tracker;
    uint32_t tiles;
} bed;

static void image_move(const us_clip *clip, int index, const double affine[6], bed *b, myo_rng *rng)
{
    const myo_frame frame = us_clip_frame(clip, index);
    const uint8_t *bytes = frame.pixels;
    for (size_t i = 0; i < (size_t)US_WIDTH * US_HEIGHT; i++) {
        b->image[i] = bytes[i];
    }
    const myo_image image = {b->image, US_WIDTH, US_HEIGHT};
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            const double cx = x - SIDE / 2.0, cy = y - SIDE / 2.0;
            const double dx = affine[0] + affine[1] * cx + affine[2] * cy;
            const double dy = affine[3] + affine[4] * cx + affine[5] * cy;
            const double here = b->image[(y + TOP) * US_WIDTH + x + LEFT];
            const double there = myo_image_at(&image, x + LEFT - dx, y + TOP - dy);
            b->before[y * SIDE + x] =
                (uint8_t)fmin(fmax(here + NOISE_SD * myo_rng_normal(rng) + 0.5, 0.0), 255.0);
            b->after[y * SIDE + x] =
                (uint8_t)fmin(fmax(there + NOISE_SD * myo_rng_normal(rng) + 0.5, 0.0), 255.0);
        }
    }
}

static void field_run(bed *b, myo_tile *tiles)
{
    myo_frame frame = {b->before, MYO_PIXEL_U8, SIDE, SIDE, SIDE, 0.0, 0};
    myo_tracker_reset(b->tracker);
    (void)myo_tracker_process(b->tracker, &frame, tiles);
    frame.pixels = b->after;
    (void)myo_tracker_process(b->tracker, &frame, tiles);
}

static bool bed_new(bed *b)
{
    myo_tracker_config config;
    myo_tracker_config_default(&config, SIDE, SIDE);
    uint32_t columns = 0, rows = 0;
    *b = (bed){malloc(SIDE * SIDE), malloc(SIDE * SIDE),
               malloc(US_WIDTH * US_HEIGHT * sizeof(float)), NULL, 0};
    if (myo_tracker_new(&config, &b->tracker) != MYO_OK) {
        return false;
    }
    myo_tracker_size(b->tracker, &columns, &rows);
    b->tiles = columns * rows;
    return b->before && b->after && b->image;
}

static void bed_free(bed *b)
{
    free(b->before);
    free(b->after);
    free(b->image);
    myo_tracker_free(b->tracker);
}

/* Of the good tiles: mean error along the shift, standard deviation, share beyond one pixel. */
static void shift_row(const us_clip *clips, int count, double shift)
{
    bed b;
    myo_tile tiles[MOST_TILES];
    if (!bed_new(&b)) {
        return;
    }
    myo_rng rng;
    myo_rng_start(&rng, 7, 0, (uint64_t)(shift * 1000.0));
    double sum = 0.0, square = 0.0;
    long good = 0, all = 0, wild = 0;
    for (int c = 0; c < count; c++) {
        const double a = 0.4 + 2.4 * c;
        const double affine[6] = {shift * cos(a), 0, 0, shift * sin(a), 0, 0};
        image_move(&clips[c], clips[c].frames / 2, affine, &b, &rng);
        field_run(&b, tiles);
        for (uint32_t i = 0; i < b.tiles; i++) {
            const double ex = (double)tiles[i].dx - affine[0];
            const double ey = (double)tiles[i].dy - affine[3];
            all++;
            if (!myo_tile_is_good(&tiles[i])) {
                continue;
            }
            good++;
            if (hypot(ex, ey) > 1.0) {
                wild++;
                continue;
            }
            sum += ex * cos(a) + ey * sin(a);
            square += 0.5 * (ex * ex + ey * ey);
        }
    }
    const double n = (double)(good - wild);
    printf("field shift %5.2f px: bias %+.3f px, sd %.3f px, outliers %.2f %% of %ld good tiles "
           "(%.0f %% good)\n",
           shift, sum / n, sqrt(square / n - (sum / n) * (sum / n) / 2.0),
           100.0 * (double)wild / (double)good, good, 100.0 * (double)good / (double)all);
    bed_free(&b);
}

static double now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static void speed_row(const us_clip *clip)
{
    bed b;
    myo_tile tiles[MOST_TILES];
    static double times[400];
    if (!bed_new(&b)) {
        return;
    }
    const int frames = clip->frames < 400 ? clip->frames : 400;
    for (int i = 0; i < frames; i++) {
        myo_frame frame = us_clip_frame(clip, i);
        frame.pixels = (const uint8_t *)frame.pixels + TOP * US_WIDTH + LEFT;
        frame.width = frame.height = SIDE;
        const double from = now_ms();
        (void)myo_tracker_process(b.tracker, &frame, tiles);
        times[i] = now_ms() - from;
    }
    qsort(times, (size_t)frames, sizeof times[0], us_by_size);
    printf("field alone, 512 x 512: median %.2f ms, p99 %.2f ms a frame\n", times[frames / 2],
           times[frames * 99 / 100]);
    bed_free(&b);
}

/* Lengths of what the common motion leaves of the good tiles. */
static size_t residuals(const bed *b, const myo_tile *tiles, float *left)
{
    myo_affine_point points[MOST_TILES];
    float scratch[MOST_TILES];
    uint32_t columns = 0, rows = 0;
    size_t n = 0;
    myo_affine fit;
    myo_tracker_size(b->tracker, &columns, &rows);
    for (uint32_t i = 0; i < b->tiles; i++) {
        if (myo_tile_is_good(&tiles[i])) {
            points[n] = (myo_affine_point){.u = 0.5f * (float)(i % columns),
                                           .v = 0.5f * (float)(i / columns),
                                           .dx = tiles[i].dx,
                                           .dy = tiles[i].dy};
            memcpy(points[n++].lean, tiles[i].lean, sizeof points[0].lean);
        }
    }
    myo_affine_fit(points, n, scratch, &fit);
    for (size_t i = 0; i < n; i++) {
        double dx, dy;
        myo_affine_at(&fit, &points[i], &dx, &dy);
        left[i] = (float)hypot((double)points[i].dx - dx, (double)points[i].dy - dy);
    }
    return n;
}

/* A probe that slides 3 pixels, turns by a degree and presses by 2 %: what the fit leaves. */
static void probe_row(const us_clip *clips, int count)
{
    bed b;
    myo_tile tiles[MOST_TILES];
    static float left[MOST_VALUES];
    size_t n = 0;
    if (!bed_new(&b)) {
        return;
    }
    myo_rng rng;
    myo_rng_start(&rng, 7, 1, 0);
    for (int c = 0; c < count; c++) {
        const double turn = (c % 2 ? 1.0 : -1.0) * 3.14159265358979 / 180.0;
        const double affine[6] = {c % 2 ? 3.0 : -2.0, 0.0, -turn, c % 2 ? 0.0 : 2.2, turn, -0.02};
        image_move(&clips[c], clips[c].frames / 3, affine, &b, &rng);
        field_run(&b, tiles);
        n += residuals(&b, tiles, left + n);
    }
    printf("probe 3 px, 1 degree, 2 %%: residual median %.3f px, of %zu tiles\n",
           (double)myo_median(left, n), n);
    bed_free(&b);
}

void us_field_rows(const us_clip *clips, int count)
{
    static const double shifts[] = {0.0, 0.05, 0.5, 1.5, 2.5, 4.0, 5.5, 7.0, 8.0};
    for (size_t i = 0; i < sizeof shifts / sizeof shifts[0]; i++) {
        shift_row(clips, count, shifts[i]);
    }
    probe_row(clips, count);
    speed_row(&clips[0]);
}
