/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Twitches whose rise takes 50 to 120 ms, seen every 17 ms and at intervals of 3 to 30 ms. Four questions: how
 * far apart are the peak speeds that both give; how far apart would they be if every displacement were exact,
 * which is what such times allow to be known of a peak; and how far from the truth is what can be known at any
 * times, the mean speed from one image to the next: of the place as the even images show it, and of the very
 * tiles that were followed. */
#include "us_peak_rows.h"

#include "us_tally.h"
#include "us_tile_truth.h"

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
/* Pixels: a displacement that is twenty times the error of a tile. */
#define LONG_PX 1.0

/* One phantom as the detector saw it. */
typedef struct {
    us_events events;
    int frames;
    double time[MOST_FRAMES];
    float step[MOST_FRAMES][MOST_TILES][2]; /* to this image; NAN where nothing is known */
    uint8_t *image[MOST_FRAMES];            /* while something rises */
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

/* A quarter of a sine, squared, is steepest at pi / 2 of its mean slope. */
static double rise_of(const myo_cine_truth *truth)
{
    return 0.5 * PI * truth->size_mm / truth->speed_mm_s;
}

static bool is_rising(const myo_cine_synth *synth, double time_s)
{
    size_t count = 0;
    const myo_cine_truth *truth = myo_cine_synth_truth(synth, &count);
    for (size_t i = 0; i < count; i++) {
        if (time_s >= truth[i].onset_s && time_s <= truth[i].onset_s + rise_of(&truth[i])) {
            return true;
        }
    }
    return false;
}

static void images_free(sight *s)
{
    for (int f = 0; f < s->frames; f++) {
        free(s->image[f]);
        s->image[f] = NULL;
    }
}

/* The phantom's rows have no gap. */
static uint8_t *image_copy(const myo_frame *frame)
{
    const size_t size = (size_t)frame->width * frame->height;
    uint8_t *copy = malloc(size);
    return copy ? memcpy(copy, frame->pixels, size) : NULL;
}

static void look(const myo_cine_synth_config *config, sight *s)
{
    myo_cine_synth *synth = NULL;
    myo_ultrasound *ultrasound = NULL;
    myo_ultrasound_config detect;
    myo_frame frame;
    images_free(s);
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
            if (is_rising(synth, frame.time_s)) {
                s->image[s->frames] = image_copy(&frame);
            }
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

/* Share of the size that is gone at @p time_s of the rise; NAN outside of it. */
static double rise_at(const myo_cine_truth *truth, double time_s)
{
    const double part = (time_s - truth->onset_s) / rise_of(truth);
    const double s = sin(0.5 * PI * part);
    return part >= 0.0 && part <= 1.0 ? s * s : (double)NAN;
}

/* Mean of the tiles around the place of @p event, to image @p frame; @p known gets the
 * numbers of the @p followed ones. */
static bool tiles_around(const sight *s, const myo_motion_event *event, int frame, double mean[2],
                         int known[9], int *followed)
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
                known[count++] = r * (int)s->columns + c;
            }
        }
    }
    mean[0] /= count > 0 ? count : 1;
    mean[1] /= count > 0 ? count : 1;
    *followed = count;
    return count > 0;
}

static bool step_around(const sight *s, const myo_motion_event *event, int frame, double mean[2])
{
    int known[9], followed;
    return tiles_around(s, event, frame, mean, known, &followed);
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

/* The twitch of @p truth, which went along @p way: as it was put in. */
static myo_cine_twitch twitch_of(const myo_cine_truth *truth, const double way[2], double mm_per_px)
{
    myo_cine_twitch twitch;
    myo_cine_twitch_default(&twitch, mm_per_px, truth->size_mm);
    twitch.onset_s = truth->onset_s;
    twitch.rise_s = rise_of(truth);
    twitch.x_px = truth->x_px;
    twitch.y_px = truth->y_px;
    twitch.angle_deg = atan2(way[1], way[0]) * 180.0 / PI;
    return twitch;
}

typedef struct {
    double peaks[MOST_RATIOS], same[MOST_RATIOS], exact[MOST_RATIOS];
    double means[8 * MOST_RATIOS], longs[8 * MOST_RATIOS];
    double pairs[8 * MOST_RATIOS], pixels[8 * MOST_RATIOS], nominal[8 * MOST_RATIOS];
    double fars[8 * MOST_RATIOS];
    int peak_count, same_count, exact_count, mean_count, long_count, pair_count, far_count;
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

/* The phantom's sides are whole tiles: the first begins at 0. */
static double tile_went(const sight *s, const us_tile_step *step, int number)
{
    const int apart = MYO_TRACKER_TILE / 2;
    return us_tile_truth(step, number % (int)s->columns * apart, number / (int)s->columns * apart);
}

/* The same steps against how far the very tiles went that were followed. */
static void pairs_compare(const sight *even, const sight *odd, const myo_motion_event *event,
                          const myo_cine_truth *truth, const myo_cine_synth_config *config,
                          ratios *out)
{
    double gain[2], mean[2];
    gain_fit(even, event, truth, gain);
    const double size = hypot(gain[0], gain[1]), steepest = 0.5 * PI / rise_of(truth);
    const double way[2] = {gain[0] / size, gain[1] / size};
    us_tile_step step = {.twitch = twitch_of(truth, way, config->mm_per_px),
                         .way = {way[0], way[1]},
                         .width = (int)config->width,
                         .height = (int)config->height};
    for (int f = 1; f < odd->frames; f++) {
        const double interval = odd->time[f] - odd->time[f - 1];
        int known[9], followed;
        step.from = rise_at(truth, odd->time[f - 1]);
        step.to = rise_at(truth, odd->time[f]);
        step.image = odd->image[f - 1];
        if (!(step.to - step.from >= FAST * steepest * interval) || !step.image ||
            !tiles_around(odd, event, f, mean, known, &followed)) {
            continue;
        }
        double went = 0.0;
        for (int i = 0; i < followed; i++) {
            went += tile_went(odd, &step, known[i]) / followed;
        }
        const double along = mean[0] * way[0] + mean[1] * way[1];
        const double error = (along / interval) / (went / interval) - 1.0;
        out->pairs[out->pair_count] = error;
        out->nominal[out->pair_count] = along * config->rate_hz / (went / interval) - 1.0;
        out->pixels[out->pair_count++] = along - went;
        if (went >= LONG_PX) {
            out->fars[out->far_count++] = error;
        }
    }
}

static void twitch_compare(const sight *even, const sight *odd, const myo_cine_truth *truth,
                           const myo_cine_synth_config *config, ratios *out)
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
    pairs_compare(even, odd, b, truth, config, out);
}

static void pixels_print(const char *what, double *errors, int count)
{
    double sum = 0.0;
    for (int i = 0; i < count; i++) {
        sum += errors[i];
        errors[i] = fabs(errors[i]);
    }
    qsort(errors, (size_t)count, sizeof errors[0], us_by_size);
    printf("%s %+.3f px in the mean, median error %.3f, 95th percentile %.3f, worst %.3f\n", what,
           sum / count, errors[count / 2], errors[(int)(0.95 * count)], errors[count - 1]);
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
            twitch_compare(&even, &odd, &truth[i], &config, &all);
        }
        myo_cine_synth_free(synth);
    }
    images_free(&even);
    images_free(&odd);
    us_errors_print("intervals that vary by 80 %: peak speed", all.peaks, all.peak_count,
                    "twitches");
    us_errors_print("  where the place is the same tile:", all.same, all.same_count, "twitches");
    us_errors_print("  the same twitches and times, displacements exact: peak speed", all.exact,
                    all.exact_count, "twitches");
    us_errors_print("  mean speed between two images against the true one,", all.means,
                    all.mean_count, "steps");
    us_errors_print("  of these, between images 10 ms apart or more,", all.longs, all.long_count,
                    "steps");
    us_errors_print("  mean speed of the tiles that were followed against that of their texture,",
                    all.pairs, all.pair_count, "steps");
    us_errors_print("    where they went a pixel or more,", all.fars, all.far_count, "steps");
    pixels_print("    the displacements themselves:", all.pixels, all.pair_count);
    us_errors_print("    the same, had every interval been taken for an even one,", all.nominal,
                    all.pair_count, "steps");
}
