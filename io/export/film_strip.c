/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event lines tell when and where; the cine is read once, and each twitch's moments are cut out as they go by. */
#include "film_strip.h"

#include "signal/why.h"

#include "myotwitch/tracker.h"

#include <cjson/cJSON.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TILES = 16384, SIDE = 220 };

/* What is shown around the place: so many mm, or pixels where there is no scale, each way. */
#define AROUND_MM 12.0
#define AROUND_PX 128.0
/* Behind the largest displacement, seconds: half of it is gone in a usual twitch. */
#define LATER_S 0.25
/* An image counts as one of a moment from here on, seconds. */
#define SLACK_S 0.004
/* Standard error up to which a tile gets an arrow, pixels: between images that are further apart than usual a
 * tile is deformed more. */
#define MOST_SPREAD 0.3f
/* Arrows are drawn from this way on, pixels of the image: ten standard errors of a tile. */
#define LEAST_PX 0.5

/* --- when and where ------------------------------------------------------------------------------ */

static double number_of(const cJSON *line, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(line, key);
    return cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
}

static bool text_is(const cJSON *line, const char *key, const char *wanted)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, key));
    return text != NULL && strcmp(text, wanted) == 0;
}

static void twitch_take(const cJSON *line, double mm_per_px, myo_strips *strips)
{
    const double mm = mm_per_px > 0.0 ? mm_per_px : 1.0;
    const cJSON *features = cJSON_GetObjectItemCaseSensitive(line, "features");
    const myo_strip s = {
        .at_s = number_of(line, "onset_s"),
        .cine_s = number_of(line, "cine_s"),
        .rise_s = 1e-3 * number_of(features, "rise_ms"),
        .size = number_of(features, mm_per_px > 0.0 ? "peak_mm" : "peak_px"),
        .x_px = number_of(line, mm_per_px > 0.0 ? "x_mm" : "x_px") / mm,
        .y_px = number_of(line, mm_per_px > 0.0 ? "y_mm" : "y_px") / mm,
        .both = text_is(line, "seen_by", "both"),
        .mm_per_px = mm_per_px,
    };
    strips->twitches++;
    const bool whole = isfinite(s.at_s) && isfinite(s.cine_s) && isfinite(s.size) &&
                       s.rise_s >= 0.0 && s.rise_s < 10.0 && s.x_px >= 0.0 && s.y_px >= 0.0 &&
                       s.x_px < MYO_CINE_MAX_SIDE && s.y_px < MYO_CINE_MAX_SIDE;
    const bool later =
        strips->count == 0 || s.cine_s > strips->strip[strips->count - 1].cine_s + LATER_S;
    if (whole && later && strips->count < MYO_STRIP_MOST) {
        strips->strip[strips->count++] = s;
    }
}

static void line_take(const cJSON *line, double *mm_per_px, myo_strips *strips)
{
    if (text_is(line, "schema", "myotwitch.cine/1")) {
        const double mm = number_of(line, "mm_per_px");
        *mm_per_px = mm > 0.0 && mm < 10.0 ? mm : 0.0;
    } else if (text_is(line, "schema", "myotwitch.event/1") && text_is(line, "type", "ltr") &&
               text_is(line, "modality", "ultrasound")) {
        twitch_take(line, *mm_per_px, strips);
    }
}

static myo_status events_read(const char *path, myo_strips *strips, myo_why *why)
{
    char *text = NULL;
    size_t room = 0, number = 0;
    double mm_per_px = 0.0;
    myo_status status = MYO_OK;
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        return myo_why_set(why, MYO_ERR_OPEN, "%s", strerror(errno));
    }
    while (status == MYO_OK && getline(&text, &room, in) > 0) {
        cJSON *line = cJSON_Parse(text);
        number++;
        if (line == NULL) {
            status = myo_why_set(why, MYO_ERR_FORMAT, "line %zu: not JSON", number);
        } else {
            line_take(line, &mm_per_px, strips);
        }
        cJSON_Delete(line);
    }
    free(text);
    (void)fclose(in);
    return status;
}

/* --- the pictures ------------------------------------------------------------------------------- */

typedef struct {
    const myo_cine_info *info;
    myo_tracker *tracker;
    myo_tile *tiles;
    uint32_t columns, rows;
    float *values;       /* room for one of each tile */
    float *before, *now; /* images */
    double before_s;     /* NAN: none yet */
    double white;
    size_t at;    /* strip */
    int pictures; /* that it has */
} cutter;

static bool cutter_new(const myo_cine_info *info, cutter *c)
{
    myo_tracker_config config;
    const size_t pixels = (size_t)info->width * info->height;
    *c = (cutter){.info = info, .before_s = (double)NAN, .white = 255.0};
    myo_tracker_config_default(&config, info->width, info->height);
    c->before = malloc(pixels * sizeof *c->before);
    c->now = malloc(pixels * sizeof *c->now);
    c->tiles = calloc(MOST_TILES, sizeof *c->tiles);
    c->values = calloc(MOST_TILES, sizeof *c->values);
    if (c->before == NULL || c->now == NULL || c->tiles == NULL || c->values == NULL ||
        myo_tracker_new(&config, &c->tracker) != MYO_OK) {
        return false;
    }
    myo_tracker_size(c->tracker, &c->columns, &c->rows);
    return c->columns * c->rows <= MOST_TILES;
}

static void cutter_clean(cutter *c)
{
    myo_tracker_free(c->tracker);
    free(c->before);
    free(c->now);
    free(c->tiles);
    free(c->values);
}

/* What of the image is shown: first pixel, pixels, and how many of them make one of the picture. */
typedef struct {
    uint32_t left, top, width, height, n;
} window;

static uint32_t edge(double at, uint32_t most)
{
    return at <= 0.0 ? 0 : at >= (double)most ? most : (uint32_t)at;
}

static window window_of(const cutter *c, const myo_strip *strip)
{
    const double around = strip->mm_per_px > 0.0 ? AROUND_MM / strip->mm_per_px : AROUND_PX;
    const uint32_t left = edge(strip->x_px - around, c->info->width - 1);
    const uint32_t top = edge(strip->y_px - around, c->info->height - 1);
    const uint32_t right = edge(strip->x_px + around, c->info->width);
    const uint32_t bottom = edge(strip->y_px + around, c->info->height);
    const uint32_t wide = right > left ? right - left : 1, high = bottom > top ? bottom - top : 1;
    const uint32_t longer = wide > high ? wide : high, n = (longer + SIDE - 1) / SIDE;
    return (window){left, top, wide / n > 0 ? wide / n : 1, high / n > 0 ? high / n : 1, n};
}

static bool picture_cut(const cutter *c, const window *w, const float *image,
                        myo_strip_picture *picture)
{
    picture->width = w->width;
    picture->height = w->height;
    picture->grey = malloc((size_t)w->width * w->height);
    for (uint32_t i = 0; picture->grey != NULL && i < w->width * w->height; i++) {
        double sum = 0.0;
        for (uint32_t k = 0; k < w->n * w->n; k++) {
            uint32_t y = w->top + i / w->width * w->n + k / w->n;
            uint32_t x = w->left + i % w->width * w->n + k % w->n;
            y = y < c->info->height ? y : c->info->height - 1;
            x = x < c->info->width ? x : c->info->width - 1;
            sum += (double)image[(size_t)y * c->info->width + x];
        }
        const double grey = 255.0 / c->white * sum / (w->n * w->n) + 0.5;
        picture->grey[i] = (uint8_t)fmin(fmax(grey, 0.0), 255.0);
    }
    return picture->grey != NULL;
}

static int by_size(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The middle displacement of the tiles that can be believed: what probe and muscle did as a whole. */
static double shared(const cutter *c, bool down)
{
    float *values = c->values;
    size_t count = 0;
    for (uint32_t i = 0; i < c->columns * c->rows; i++) {
        if (myo_tile_is_good(&c->tiles[i])) {
            values[count++] = down ? c->tiles[i].dy : c->tiles[i].dx;
        }
    }
    qsort(values, count, sizeof values[0], by_size);
    return count > 0 ? (double)values[count / 2] : 0.0;
}

static void image_follow(cutter *c, const float *image)
{
    const myo_frame frame = {.pixels = image,
                             .pixel = MYO_PIXEL_F32,
                             .stride = c->info->width,
                             .width = c->info->width,
                             .height = c->info->height};
    (void)myo_tracker_process(c->tracker, &frame, c->tiles);
}

static void arrows_take(cutter *c, const window *w, myo_strip_picture *picture)
{
    myo_tracker_reset(c->tracker);
    image_follow(c, c->before);
    image_follow(c, c->now);
    const double across = shared(c, false), down = shared(c, true);
    for (uint32_t i = 0; i < c->columns * c->rows && picture->arrows < MYO_STRIP_ARROWS; i++) {
        const myo_tile *tile = &c->tiles[i];
        uint32_t left, top;
        myo_tracker_place(c->tracker, i % c->columns, i / c->columns, &left, &top);
        const double x = ((double)left + 0.5 * MYO_TRACKER_TILE - w->left) / w->n;
        const double y = ((double)top + 0.5 * MYO_TRACKER_TILE - w->top) / w->n;
        const double dx = (double)tile->dx - across, dy = (double)tile->dy - down;
        if (tile->quality >= MYO_TILE_QUALITY && tile->spread <= MOST_SPREAD &&
            hypot(dx, dy) >= LEAST_PX && x >= 0.0 && y >= 0.0 && x < w->width && y < w->height) {
            picture->arrow[picture->arrows++] = (myo_strip_arrow){x, y, dx / w->n, dy / w->n};
        }
    }
}

/* The image of the moment that strip->picture[c->pictures] waits for has come. */
static bool moment_take(cutter *c, myo_strip *strip, double time_s)
{
    const window w = window_of(c, strip);
    myo_strip_picture *picture = &strip->picture[c->pictures];
    const bool first = c->pictures == 0;
    picture->after_s = (first ? c->before_s : time_s) - strip->cine_s;
    c->pictures++;
    if (!picture_cut(c, &w, first ? c->before : c->now, picture)) {
        return false;
    }
    if (!first) {
        arrows_take(c, &w, picture);
    }
    strip->x = (strip->x_px - w.left) / w.n;
    strip->y = (strip->y_px - w.top) / w.n;
    strip->picture_mm = strip->mm_per_px * w.n;
    return true;
}

/* When the moment is: the first one is over with the first image behind the onset. */
static double moment_of(const myo_strip *strip, int number)
{
    const double after[MYO_STRIP_PICTURES] = {0.0, strip->rise_s, strip->rise_s + LATER_S};
    return strip->cine_s + after[number] - (number > 0 ? SLACK_S : 0.0);
}

static bool image_take(cutter *c, myo_strips *strips, double time_s)
{
    while (c->at < strips->count) {
        myo_strip *strip = &strips->strip[c->at];
        if (c->pictures == 0 && (time_s <= strip->cine_s || isnan(c->before_s))) {
            return true;
        }
        if (c->pictures < MYO_STRIP_PICTURES && time_s < moment_of(strip, c->pictures)) {
            return true;
        }
        if (!moment_take(c, strip, time_s)) {
            return false;
        }
        if (c->pictures == MYO_STRIP_PICTURES) {
            c->pictures = 0;
            c->at++;
        }
    }
    return true;
}

/* Images that wait to be "before" are kept until the onset. */
static void before_keep(cutter *c, double time_s)
{
    if (c->pictures == 0) {
        float *old = c->before;
        c->before = c->now;
        c->now = old;
        c->before_s = time_s;
    }
}

static myo_status cine_cut(myo_cine *cine, myo_strips *strips, myo_why *why)
{
    cutter c;
    myo_cine_frame frame;
    bool got = true;
    const myo_cine_info *info = myo_cine_info_get(cine);
    myo_status status = MYO_OK;
    if (!cutter_new(info, &c)) {
        status = MYO_ERR_NO_MEMORY;
    }
    while (status == MYO_OK && got && c.at < strips->count) {
        status = myo_cine_next(cine, &frame, &got, why);
        if (status != MYO_OK || !got) {
            break;
        }
        myo_cine_floats(info, &frame, c.now);
        for (size_t i = 0; info->is_float && i < (size_t)info->width * info->height; i++) {
            c.white = fmax(isnan(c.before_s) && i == 0 ? 1e-30 : c.white, (double)c.now[i]);
        }
        if (!image_take(&c, strips, frame.time_s)) {
            status = MYO_ERR_NO_MEMORY;
        }
        before_keep(&c, frame.time_s);
    }
    cutter_clean(&c);
    return status == MYO_ERR_NO_MEMORY ? myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory")
                                       : status;
}

myo_status myo_strips_read(const char *events, const char *path, const myo_cine_options *options,
                           myo_strips *strips, myo_why *why)
{
    myo_cine *cine = NULL;
    memset(strips, 0, sizeof *strips);
    myo_status status = events_read(events, strips, why);
    if (status != MYO_OK) {
        const myo_why what = *why;
        return myo_why_set(why, status, "%.100s: %.380s", events, what.text);
    }
    status = myo_cine_open(path, options, &cine, why);
    if (status != MYO_OK) {
        return status;
    }
    const myo_cine_info *info = myo_cine_info_get(cine);
    if (info->kind == MYO_CINE_IQ || info->width < MYO_TRACKER_TILE ||
        info->height < MYO_TRACKER_TILE || info->clock == MYO_CINE_TIME_NONE) {
        status = myo_why_set(why, MYO_ERR_UNSUPPORTED, "no pictures with times that can be shown");
    }
    if (status == MYO_OK) {
        status = cine_cut(cine, strips, why);
    }
    myo_cine_free(cine);
    return status;
}

void myo_strips_free(myo_strips *strips)
{
    for (size_t i = 0; i < MYO_STRIP_MOST; i++) {
        for (int k = 0; k < MYO_STRIP_PICTURES; k++) {
            free(strips->strip[i].picture[k].grey);
        }
    }
    memset(strips, 0, sizeof *strips);
}
