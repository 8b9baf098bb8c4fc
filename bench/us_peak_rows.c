/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Twitches whose rise takes 50 to 120 ms, seen every 17 ms and at intervals of 3 to 30 ms. Three questions: how
 * far apart are the peak speeds that both give; how far apart would they be if every displacement were exact,
 * which is what such times allow to be known of a peak; and how far from the truth is what can be known at any
 * times, the mean speed from one image to the next. */
#include "us_peak_rows.h"

#include "us_tally.h"

#include "ultrasound/shape.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS = 3, MOST_FRAMES = 4096, MOST_TILES = 256, MOST_RATIOS = RUNS * US_MOST_EVENTS };

#define PI      3.14159265358979323846
#define SIZE_MM 0.8
#define JITTER  0.8
#define MATCH_S 0.1
/* Speeds are compared between images where the true one reaches this share of its peak. */
#define FAST   0.5
#define LONG_S 0.01

/* One phantom as the detector saw it. */
typedef struct {
    us_events events;
    int frames;
    double time[MOST_FRAMES];
    float step[MOST_FRAMES][MOST_TILES][2]; /* to this image; NAN where nothing is known */
    uint32_t columns, rows;
} sight;

static void tiles_keep(sight *s, const myo_ultrasound *ultrasound)
{
    const myo_tile *tiles = myo_ultrasound_tiles(ultrasound, &s->columns, &s->rows);
    for (uint32_t i = 0; i < s->columns * s->rows && i < MOST_TILES; i++) {
        const bool good = tiles && myo_tile_is_good(&tiles[i]);
        s->step[s->frames][i][0] = good ? tiles[i].dx : NAN;
        s->step[s->frames][i][1] = good ? tiles[i].dy : NAN;
    }
}

static void look(const myo_cine_synth_config *config, sight *s)
{
    myo_cine_synth *synth = NULL;
    myo_ultrasound *ultrasound = NULL;
    myo_ultrasound_config detect;
    myo_frame frame;
    s->events.count = s->frames = 0;
    myo_ultrasound_config_default(&detect, config->width, config->height, config->rate_hz);
    detect.mm_per_px = config->mm_per_px;
    if (myo_cine_synth_new(config, &synth) == MYO_OK &&
        myo_ultrasound_new(&detect, &ultrasound) == MYO_OK) {
        while (s->frames < MOST_FRAMES && myo_cine_synth_next(synth, &frame)) {
            myo_ultrasound_process(ultrasound, &frame);
            us_events_take(&s->events, ultrasound);
            s->time[s->frames] = frame.time_s;
            tiles_keep(s, ultrasound);
            s->frames++;
        }
        myo_ultrasound_finish(ultrasound);
        us_events_take(&s->events, ultrasound);
    }
    myo_ultrasound_free(ultrasound);
    myo_cine_synth_free(synth);
}

static const myo_motion_event *event_near(const us_events *events, double onset_s)
{
    for (int i = 0; i < events->count; i++) {
        if (fabs(events->events[i].onset_s - onset_s) < MATCH_S) {
            return &events->events[i];
        }
    }
    return NULL;
}

/* A quarter of a sine, squared, is steepest at pi / 2 of its mean slope. */
static double rise_of(const myo_cine_truth *truth)
{
    return 0.5 * PI * truth->size_mm / truth->speed_mm_s;
}

/* Share of the size that is gone at @p time_s of the rise; NAN outside of it. */
static double rise_at(const myo_cine_truth *truth, double time_s)
{
    const double part = (time_s - truth->onset_s) / rise_of(truth);
    const double s = sin(0.5 * PI * part);
    return part >= 0.0 && part <= 1.0 ? s * s : (double)NAN;
}

/* Mean of the tiles around the place of @p event, to image @p frame. */
static bool step_around(const sight *s, const myo_motion_event *event, int frame, double mean[2])
{
    const int half = MYO_TRACKER_TILE / 2, apart = half;
    const int column = ((int)event->x_px - half) / apart, row = ((int)event->y_px - half) / apart;
    int count = 0;
    mean[0] = mean[1] = 0.0;
    for (int r = row - 1; r <= row + 1; r++) {
        for (int c = column - 1; c <= column + 1; c++) {
            if (r < 0 || r >= (int)s->rows || c < 0 || c >= (int)s->columns) {
                continue;
            }
            const float *step = s->step[frame][r * (int)s->columns + c];
            if (!isnan(step[0])) {
                mean[0] += (double)step[0];
                mean[1] += (double)step[1];
                count++;
            }
        }
    }
    mean[0] /= count > 0 ? count : 1;
    mean[1] /= count > 0 ? count : 1;
    return count > 0;
}

/* Pixels that the place goes for each share of the true rise, both ways, by least squares. */
static void gain_fit(const sight *s, const myo_motion_event *event, const myo_cine_truth *truth,
                     double gain[2])
{
    double square = 0.0, mean[2];
    gain[0] = gain[1] = 0.0;
    for (int f = 1; f < s->frames; f++) {
        const double share = rise_at(truth, s->time[f]) - rise_at(truth, s->time[f - 1]);
        if (!isnan(share) && step_around(s, event, f, mean)) {
            gain[0] += mean[0] * share;
            gain[1] += mean[1] * share;
            square += share * share;
        }
    }
    gain[0] /= square;
    gain[1] /= square;
}

typedef struct {
    double peaks[MOST_RATIOS], same[MOST_RATIOS], exact[MOST_RATIOS];
    double means[8 * MOST_RATIOS], longs[8 * MOST_RATIOS];
    int peak_count, same_count, exact_count, mean_count, long_count;
} ratios;

/* Mean speeds between two images over the true ones, less 1: of all steps, and of long ones, whose error is
 * not that of a tile over a shorter way. What a mean over tiles makes of the size, the even images tell. */
static void means_compare(const sight *even, const sight *odd, const myo_motion_event *event,
                          const myo_cine_truth *truth, ratios *out)
{
    double gain[2], mean[2];
    gain_fit(even, event, truth, gain);
    const double size = hypot(gain[0], gain[1]), steepest = 0.5 * PI / rise_of(truth);
    for (int f = 1; f < odd->frames; f++) {
        const double share = rise_at(truth, odd->time[f]) - rise_at(truth, odd->time[f - 1]);
        const double interval = odd->time[f] - odd->time[f - 1];
        if (!(share >= FAST * steepest * interval) || !step_around(odd, event, f, mean)) {
            continue;
        }
        const double along = (mean[0] * gain[0] + mean[1] * gain[1]) / size;
        const double error = along / (size * share) - 1.0;
        out->means[out->mean_count++] = error;
        if (interval >= LONG_S) {
            out->longs[out->long_count++] = error;
        }
    }
}

/* The peak that the estimator finds when the displacements at the times of @p s are exact, mm/s. */
static double exact_peak(const sight *s, const myo_cine_truth *truth, double fall_s)
{
    static double work[3 * MOST_FRAMES];
    const myo_usual usual = {{0.0f, 0.0f}, {0.03f, 0.03f}};
    myo_ultrasound_config config;
    myo_history history;
    myo_shape shape = {0};
    myo_ultrasound_config_default(&config, MYO_TRACKER_TILE, MYO_TRACKER_TILE, 60.0);
    myo_shape_view view = {
        .history = &history, .usual = &usual, .work = work, .capacity = MOST_FRAMES, .trigger = -1};
    const myo_cine_twitch course = {
        .onset_s = truth->onset_s, .rise_s = rise_of(truth), .half_s = fall_s};
    if (myo_history_init(&history, 1, 1, MOST_FRAMES) != MYO_OK) {
        return (double)NAN;
    }
    for (int f = 1; f < s->frames && s->time[f] < truth->onset_s + 0.7; f++) {
        const double share = myo_cine_twitch_course(&course, s->time[f]);
        myo_step *step = myo_history_push(&history, s->time[f], s->time[f] - s->time[f - 1], 0.0);
        step->x =
            (float)(truth->size_mm * (share - myo_cine_twitch_course(&course, s->time[f - 1])));
        step->y = 0.0f;
        view.trigger = view.trigger < 0 && share > 0.2 ? f - 1 : view.trigger;
    }
    myo_shape_measure(&view, &config, &shape);
    myo_history_clean(&history);
    return shape.speed_px_s;
}

static void twitch_compare(const sight *even, const sight *odd, const myo_cine_truth *truth,
                           ratios *out)
{
    const myo_motion_event *a = event_near(&even->events, truth->onset_s);
    const myo_motion_event *b = event_near(&odd->events, truth->onset_s);
    if (!a || !b || truth->type != MYO_EVENT_LTR) {
        return;
    }
    const double ratio = b->features[MYO_MOTION_SPEED] / a->features[MYO_MOTION_SPEED] - 1.0;
    out->peaks[out->peak_count++] = ratio;
    if (fabs(a->x_px - b->x_px) < 1.0 && fabs(a->y_px - b->y_px) < 1.0) {
        out->same[out->same_count++] = ratio;
    }
    const double fall = (truth->offset_s - truth->onset_s - rise_of(truth)) / 2.32;
    out->exact[out->exact_count++] =
        exact_peak(odd, truth, fall) / exact_peak(even, truth, fall) - 1.0;
    means_compare(even, odd, b, truth, out);
}

void us_peak_rows(uint64_t from)
{
    static sight even, odd;
    static ratios all;
    memset(&all, 0, sizeof all);
    for (uint64_t seed = from; seed < from + RUNS; seed++) {
        myo_cine_synth_config config;
        myo_cine_synth *synth = NULL;
        size_t count = 0;
        (void)myo_cine_synth_config_default(&config, "us-twitch");
        config.seed = seed;
        config.twitch_mm = SIZE_MM;
        look(&config, &even);
        config.jitter = JITTER;
        look(&config, &odd);
        if (myo_cine_synth_new(&config, &synth) != MYO_OK) {
            return;
        }
        const myo_cine_truth *truth = myo_cine_synth_truth(synth, &count);
        for (size_t i = 0; i < count; i++) {
            twitch_compare(&even, &odd, &truth[i], &all);
        }
        myo_cine_synth_free(synth);
    }
    us_errors_print("intervals that vary by 80 %: peak speed", all.peaks, all.peak_count,
                    "twitches");
    us_errors_print("  where the place is the same tile:", all.same, all.same_count, "twitches");
    us_errors_print("  the same twitches and times, displacements exact: peak speed", all.exact,
                    all.exact_count, "twitches");
    us_errors_print("  mean speed between two images against the true one,", all.means,
                    all.mean_count, "steps");
    us_errors_print("  of these, between images 10 ms apart or more,", all.longs, all.long_count,
                    "steps");
}
