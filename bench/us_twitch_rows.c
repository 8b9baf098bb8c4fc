/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Twitches put into real clips, and what real clips without a twitch are taken for. */
#include "us_rows.h"
#include "us_tally.h"
#include "us_walk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PIXELS = US_WIDTH * US_HEIGHT, MOST_TWITCHES = 32, QUIET_LENGTH = 610 };

typedef struct {
    float *from, *to;
    uint8_t *shown;
} bed;

static double now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

/* Every 0.9 s, at other places and in other directions each time. */
static int twitches_place(myo_cine_twitch *twitches, double size_mm, double seconds, int turn)
{
    int count = 0;
    for (double t = 1.0; t < seconds - 0.8 && count < MOST_TWITCHES; t += 0.9, count++) {
        const int n = count + 7 * turn;
        myo_cine_twitch_default(&twitches[count], US_MM_PER_PX, size_mm);
        twitches[count].onset_s = t + 0.0037 * (n % 9);
        twitches[count].x_px = 150 + (n * 197) % 430;
        twitches[count].y_px = 150 + (n * 131) % 280;
        twitches[count].angle_deg = (n * 53) % 360;
    }
    return count;
}

/* The clip as it is or, with @p quiet, that walk through it; with twitches in it. */
static void run(bed *b, const us_clip *clip, const us_walk *quiet, double size_mm, int turn,
                us_tally *tally)
{
    myo_cine_twitch twitches[MOST_TWITCHES];
    myo_cine_truth truths[MOST_TWITCHES];
    us_events events = {.count = 0};
    const int frames = quiet ? QUIET_LENGTH : clip->frames;
    const double seconds = frames / US_RATE_HZ;
    const int count = size_mm > 0.0 ? twitches_place(twitches, size_mm, seconds, turn) : 0;
    for (int i = 0; i < count; i++) {
        truths[i] = (myo_cine_truth){.type = MYO_EVENT_LTR,
                                     .onset_s = twitches[i].onset_s,
                                     .x_px = twitches[i].x_px,
                                     .y_px = twitches[i].y_px};
    }
    myo_ultrasound_config config;
    myo_ultrasound *ultrasound = NULL;
    myo_ultrasound_config_default(&config, US_WIDTH, US_HEIGHT, US_RATE_HZ);
    config.mm_per_px = US_MM_PER_PX;
    if (myo_ultrasound_new(&config, &ultrasound) != MYO_OK) {
        return;
    }
    us_walk walk = {0};
    if (quiet) {
        walk = *quiet;
    }
    for (int i = 0; i < frames; i++) {
        myo_frame frame = us_clip_frame(clip, quiet ? us_walk_next(&walk) : i);
        const uint8_t *from = frame.pixels;
        frame.time_s = i / US_RATE_HZ;
        frame.sequence = i;
        if (count > 0) {
            for (size_t k = 0; k < PIXELS; k++) {
                b->from[k] = from[k];
            }
            myo_cine_twitch_insert(twitches, (size_t)count, frame.time_s, b->from, US_WIDTH,
                                   US_HEIGHT, b->to);
            for (size_t k = 0; k < PIXELS; k++) {
                b->shown[k] = (uint8_t)fminf(fmaxf(b->to[k] + 0.5f, 0.0f), 255.0f);
            }
            frame.pixels = b->shown;
        }
        myo_ultrasound_process(ultrasound, &frame);
        us_events_take(&events, ultrasound);
    }
    myo_ultrasound_finish(ultrasound);
    us_events_take(&events, ultrasound);
    us_tally_add(tally, &events, truths, count, US_MM_PER_PX, seconds);
    myo_ultrasound_free(ultrasound);
}

static void sliding_rows(bed *b, const us_clip *clips, int count, bool held_out)
{
    static const double sizes[] = {1.0, 0.5, 0.1, 0.2, 0.35, 0.7};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        static us_tally tally;
        char what[96];
        memset(&tally, 0, sizeof tally);
        for (int c = 0; c < count; c++) {
            if (clips[c].kind == US_PASSIVE && clips[c].held_out == held_out) {
                run(b, &clips[c], NULL, sizes[s], c, &tally);
            }
        }
        (void)snprintf(what, sizeof what, "%s sliding, %.2f mm", held_out ? "held-out" : "tuning",
                       sizes[s]);
        us_tally_print(what, &tally);
    }
}

/* Beds of those clips that hold a muscle at rest; the others have none. */
static void beds_find(const us_clip *clips, int count, bool held_out, us_walk *walks)
{
    for (int c = 0; c < count; c++) {
        walks[c] = (us_walk){0};
        if (clips[c].held_out == held_out) {
            us_walk_start(&walks[c], &clips[c], c);
            printf("  %s: %d still images from %d on%s\n", clips[c].name, walks[c].images,
                   walks[c].first, walks[c].images < US_STILL_IMAGES ? ": never at rest" : "");
        }
    }
    (void)fflush(stdout);
}

static void quiet_rows(bed *b, const us_clip *clips, int count, bool held_out)
{
    static const double sizes[] = {0.35, 0.0, 0.1, 0.2, 0.5, 0.7, 1.0};
    us_walk walks[US_MOST_CLIPS];
    beds_find(clips, count, held_out, walks);
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        static us_tally tally;
        char what[96];
        memset(&tally, 0, sizeof tally);
        for (int c = 0; c < count; c++) {
            if (walks[c].images >= US_STILL_IMAGES) {
                run(b, &clips[c], &walks[c], sizes[s], c, &tally);
            }
        }
        (void)snprintf(what, sizeof what, "%s quiet, %.2f mm", held_out ? "held-out" : "tuning",
                       sizes[s]);
        us_tally_print(what, &tally);
    }
}

/* Clips as they are: no twitch is in them. */
static void negative_rows(bed *b, const us_clip *clips, int count)
{
    static const char *const names[] = {"passive, no twitch", "voluntary, no twitch"};
    for (int kind = 0; kind < 2; kind++) {
        static us_tally tally;
        memset(&tally, 0, sizeof tally);
        int with = 0, of = 0;
        for (int c = 0; c < count; c++) {
            if ((int)clips[c].kind == kind) {
                const int before = tally.events;
                run(b, &clips[c], NULL, 0.0, 0, &tally);
                with += tally.events > before;
                of++;
            }
        }
        us_tally_print(names[kind], &tally);
        printf("  clips with an LTR: %d of %d\n", with, of);
    }
}

/* The whole chain at 512 x 512, one thread, processor time. */
static void speed_row(const us_clip *clip)
{
    static double times[400];
    myo_ultrasound_config config;
    myo_ultrasound *ultrasound = NULL;
    us_events events = {.count = 0};
    myo_ultrasound_config_default(&config, 512, 512, US_RATE_HZ);
    if (myo_ultrasound_new(&config, &ultrasound) != MYO_OK) {
        return;
    }
    const int frames = clip->frames < 400 ? clip->frames : 400;
    for (int i = 0; i < frames; i++) {
        myo_frame frame = us_clip_frame(clip, i);
        frame.pixels = (const uint8_t *)frame.pixels + 26 * US_WIDTH + 100;
        frame.width = frame.height = 512;
        const double from = now_ms();
        myo_ultrasound_process(ultrasound, &frame);
        times[i] = now_ms() - from;
        us_events_take(&events, ultrasound);
    }
    qsort(times, (size_t)frames, sizeof times[0], us_by_size);
    printf("whole chain, 512 x 512: median %.2f ms, p99 %.2f ms a frame\n", times[frames / 2],
           times[frames * 99 / 100]);
    myo_ultrasound_free(ultrasound);
}

static void rows_run(const us_clip *clips, int count,
                     void (*rows)(bed *b, const us_clip *clips, int count))
{
    bed b = {.from = malloc(PIXELS * sizeof(float)),
             .to = malloc(PIXELS * sizeof(float)),
             .shown = malloc(PIXELS)};
    if (b.from && b.to && b.shown) {
        rows(&b, clips, count);
    }
    free(b.from);
    free(b.to);
    free(b.shown);
}

static void sliding_tuning(bed *b, const us_clip *clips, int count)
{
    sliding_rows(b, clips, count, false);
}

static void sliding_held_out(bed *b, const us_clip *clips, int count)
{
    sliding_rows(b, clips, count, true);
}

static void quiet_tuning(bed *b, const us_clip *clips, int count)
{
    quiet_rows(b, clips, count, false);
}

static void quiet_held_out(bed *b, const us_clip *clips, int count)
{
    quiet_rows(b, clips, count, true);
}

void us_tuning_rows(const us_clip *clips, int count)
{
    rows_run(clips, count, quiet_tuning);
    rows_run(clips, count, sliding_tuning);
    us_phantom_tuning_rows();
}

void us_sliding_rows(const us_clip *clips, int count)
{
    rows_run(clips, count, sliding_held_out);
}

void us_quiet_rows(const us_clip *clips, int count)
{
    rows_run(clips, count, quiet_held_out);
}

void us_negative_rows(const us_clip *clips, int count)
{
    rows_run(clips, count, negative_rows);
}

void us_speed_rows(const us_clip *clips, int count)
{
    (void)count;
    speed_row(&clips[0]);
}
