/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bright line near a given angle: sums of the image along parallel lines (J. Radon, 1917), each
 * against its neighbours. Fasciae are bright lines too: without the angle none is looked for. */
#include "ultrasound/needle.h"

#include "ultrasound/median.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ANGLES = 31,       /* 15 degrees either way, one apart */
    ANGLES_A_STEP = 2, /* the whole search takes 16 images */
    GRID = 4,          /* every fourth pixel of every fourth row */
    BIN = 3,           /* pixels between parallel lines */
    FLANK = 3,         /* bins to the lines it is held against */
    MOST_BINS = 4096,
    MOST_ALONG = 1536, /* places along the line */
    ALONG = 4          /* pixels between them */
};

/* A line is a needle when it stands out by so many spreads of all lines. */
#define CONTRAST 5.0
/* It ends where its contrast falls below this share of its best. */
#define TIP 0.35
/* Tiles whose middle is at most so far from it tell its movement, pixels. */
#define NEAR_PX 24.0
/* A tile reaches beyond its middle: what is added to the half width that is masked, pixels. */
#define TILE_PX 16.0

typedef struct {
    double x, y; /* a point of it */
    double c, s; /* direction */
    double score;
} line;

struct myo_needle {
    const myo_ultrasound_config *config;
    uint32_t places;
    uint8_t *mask;
    double *middle; /* of every tile, x and y */
    double *sum;
    uint32_t *count;
    float *score, *scratch;
    uint32_t angle; /* next to be tried */
    line best, found;
    double from, to; /* ends of the needle along the line */
    bool is_found;
    myo_repeat signal;
    double next_s; /* of the signal's next value */
};

static const double pi = 3.14159265358979323846;

myo_status myo_needle_new(const myo_ultrasound_config *config, const myo_motion_source *source,
                          myo_needle **needle)
{
    *needle = NULL;
    myo_needle *self = calloc(1, sizeof *self);
    if (!self) {
        return MYO_ERR_NO_MEMORY;
    }
    self->config = config;
    self->places = source->columns * source->rows;
    self->mask = calloc(self->places, sizeof *self->mask);
    self->middle = calloc(self->places, 2 * sizeof *self->middle);
    self->sum = calloc(MOST_BINS, sizeof *self->sum);
    self->count = calloc(MOST_BINS, sizeof *self->count);
    self->score = calloc(MOST_BINS, sizeof *self->score);
    self->scratch = calloc(MOST_BINS, sizeof *self->scratch);
    if (!self->mask || !self->middle || !self->sum || !self->count || !self->score ||
        !self->scratch) {
        myo_needle_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    for (uint32_t p = 0; p < self->places; p++) {
        myo_motion_source_place(source, p, &self->middle[2 * p], &self->middle[2 * p + 1]);
    }
    *needle = self;
    return MYO_OK;
}

void myo_needle_free(myo_needle *needle)
{
    if (!needle) {
        return;
    }
    free(needle->mask);
    free(needle->middle);
    free(needle->sum);
    free(needle->count);
    free(needle->score);
    free(needle->scratch);
    free(needle);
}

void myo_needle_reset(myo_needle *needle)
{
    if (needle) {
        needle->is_found = false;
        needle->angle = 0;
        needle->best.score = 0.0;
        needle->signal.count = 0;
        needle->next_s = -INFINITY;
    }
}

const uint8_t *myo_needle_mask(const myo_needle *needle)
{
    return needle && needle->is_found ? needle->mask : NULL;
}

const myo_repeat *myo_needle_signal(const myo_needle *needle)
{
    return needle ? &needle->signal : NULL;
}

static double away(const myo_needle *self, double x, double y)
{
    const double dx = x - self->found.x, dy = y - self->found.y;
    const double along = dx * self->found.c + dy * self->found.s;
    const double across = dy * self->found.c - dx * self->found.s;
    const double beyond = fmax(fmax(self->from - along, along - self->to), 0.0);
    return hypot(across, beyond);
}

double myo_needle_away(const myo_needle *needle, double x, double y)
{
    return needle && needle->is_found ? away(needle, x, y) : -1.0;
}

/* Means of the image along all lines of one direction; returns how many there are. */
static int32_t lines_sum(myo_needle *self, const float *image, double c, double s)
{
    const uint32_t width = self->config->width, height = self->config->height;
    const double low = s > 0.0 ? -s * width : 0.0;
    const int32_t bins = (int32_t)((fabs(s) * width + fabs(c) * height) / BIN) + 2;
    memset(self->sum, 0, (size_t)bins * sizeof *self->sum);
    memset(self->count, 0, (size_t)bins * sizeof *self->count);
    for (uint32_t y = 0; y < height; y += GRID) {
        const float *row = image + (size_t)y * width;
        for (uint32_t x = 0; x < width; x += GRID) {
            const int32_t bin = (int32_t)((c * y - s * x - low) / BIN);
            self->sum[bin] += (double)row[x];
            self->count[bin]++;
        }
    }
    return bins;
}

/* The line of this direction that stands out most. */
static void angle_try(myo_needle *self, const float *image, double angle)
{
    const double c = cos(angle), s = sin(angle);
    const uint32_t width = self->config->width;
    const int32_t bins = lines_sum(self, image, c, s);
    const uint32_t enough = (uint32_t)(0.3 * self->config->height / GRID);
    size_t scores = 0;
    int32_t best = -1;
    for (int32_t i = FLANK; i < bins - FLANK; i++) {
        if (self->count[i] < enough || self->count[i - FLANK] < enough ||
            self->count[i + FLANK] < enough) {
            self->score[i] = -INFINITY;
            continue;
        }
        const double side = self->sum[i - FLANK] / self->count[i - FLANK] +
                            self->sum[i + FLANK] / self->count[i + FLANK];
        self->score[i] = (float)(self->sum[i] / self->count[i] - 0.5 * side);
        self->scratch[scores++] = self->score[i];
        best = best < 0 || self->score[i] > self->score[best] ? i : best;
    }
    if (best < 0) {
        return;
    }
    const double spread = (double)myo_mad(self->scratch, scores, 0.0f) + 1e-9;
    const double score = (double)self->score[best] / spread;
    if (score > self->best.score) {
        const double low = s > 0.0 ? -s * width : 0.0;
        const double offset = low + (best + 0.5) * BIN;
        self->best = (line){.x = -s * offset, .y = c * offset, .c = c, .s = s, .score = score};
    }
}

static double pixel(const myo_needle *self, const float *image, double x, double y)
{
    const double right = self->config->width - 1.0, bottom = self->config->height - 1.0;
    if (!(x >= 0.0 && x <= right && y >= 0.0 && y <= bottom)) {
        return (double)NAN;
    }
    return (double)image[(size_t)y * self->config->width + (size_t)x];
}

/* How much brighter the line is at @p along than what lies beside it; smoothed by three places. */
static double contrast(const myo_needle *self, const float *image, double along)
{
    const line *l = &self->found;
    double sum = 0.0;
    for (int i = -2; i <= 2; i++) {
        const double x = l->x + (along + i * ALONG) * l->c, y = l->y + (along + i * ALONG) * l->s;
        const double off = FLANK * BIN;
        const double here =
            fmax(pixel(self, image, x, y), fmax(pixel(self, image, x - l->s, y + l->c),
                                                pixel(self, image, x + l->s, y - l->c)));
        const double side = 0.5 * (pixel(self, image, x - off * l->s, y + off * l->c) +
                                   pixel(self, image, x + off * l->s, y - off * l->c));
        sum += isnan(side) || isnan(here) ? 0.0 : here - side;
    }
    return sum;
}

/* The longest stretch of the line that is bright. */
static void ends_find(myo_needle *self, const float *image)
{
    const double reach = hypot(self->config->width, self->config->height);
    const int32_t count = (int32_t)fmin(2.0 * reach / ALONG, (double)MOST_ALONG);
    double best = 0.0, run = 0.0, longest = 0.0;
    for (int32_t i = 0; i < count; i++) {
        self->score[i] = (float)contrast(self, image, i * ALONG - reach);
        best = fmax(best, (double)self->score[i]);
    }
    self->from = self->to = 0.0;
    for (int32_t i = 0; i < count; i++) {
        run = (double)self->score[i] > TIP * best ? run + 1.0 : 0.0;
        if (run > longest) {
            longest = run;
            self->to = i * ALONG - reach;
            self->from = self->to - (run - 1.0) * ALONG;
        }
    }
}

static void mask_make(myo_needle *self)
{
    const double mm = self->config->mm_per_px > 0.0 ? self->config->mm_per_px : 3.0 / 34.0;
    const double reach = self->config->needle_mm / mm + TILE_PX;
    for (uint32_t p = 0; p < self->places; p++) {
        self->mask[p] = away(self, self->middle[2 * p], self->middle[2 * p + 1]) <= reach;
    }
}

static void search(myo_needle *self, const float *image)
{
    for (int i = 0; i < ANGLES_A_STEP && self->angle < ANGLES; i++, self->angle++) {
        const int beside = (int)self->angle - ANGLES / 2;
        const double degrees = self->config->needle_deg + beside;
        angle_try(self, image, degrees * pi / 180.0);
    }
    if (self->angle < ANGLES) {
        return;
    }
    self->is_found = self->best.score >= CONTRAST;
    if (self->is_found) {
        self->found = self->best;
        ends_find(self, image);
        mask_make(self);
    }
    self->angle = 0;
    self->best.score = 0.0;
}

/* Median of the movement of the tiles on it, along it. */
static double movement(myo_needle *self, const myo_motion_source *source)
{
    size_t count = 0;
    for (uint32_t p = 0; p < self->places; p++) {
        const myo_tile *tile = &source->tiles[p];
        if (self->mask[p] && tile->quality > 0.3f &&
            away(self, self->middle[2 * p], self->middle[2 * p + 1]) <= NEAR_PX) {
            self->scratch[count++] =
                (float)((double)tile->dx * self->found.c + (double)tile->dy * self->found.s);
        }
    }
    return (double)myo_median(self->scratch, count);
}

static void signal_add(myo_needle *self, double time_s, double value)
{
    myo_repeat *signal = &self->signal;
    if (!(self->next_s > time_s - 1.0)) {
        self->next_s = time_s;
        signal->count = 0;
    }
    for (; self->next_s <= time_s; self->next_s += 1.0 / MYO_REPEAT_HZ) {
        if (signal->count == MYO_REPEAT_GRID) {
            memmove(signal->values, signal->values + 1,
                    (MYO_REPEAT_GRID - 1) * sizeof *signal->values);
            signal->count--;
        }
        signal->values[signal->count++] = value;
    }
}

void myo_needle_step(myo_needle *needle, const myo_motion_source *source, double time_s,
                     double interval_s)
{
    if (!needle) {
        return;
    }
    search(needle, myo_tracker_image(source->tracker));
    if (needle->is_found) {
        signal_add(needle, time_s, movement(needle, source) / interval_s);
    }
}

void myo_needle_strokes(const myo_needle *needle, double *hz, double *stroke)
{
    *hz = *stroke = 0.0;
    if (!needle || !needle->is_found) {
        return;
    }
    if (myo_repeat_find(&needle->signal, 0.7, 4.0, hz) < needle->config->repeat) {
        *hz = 0.0;
        return;
    }
    const double mm = needle->config->mm_per_px > 0.0 ? needle->config->mm_per_px : 1.0;
    const uint32_t period = (uint32_t)(MYO_REPEAT_HZ / *hz);
    double at = 0.0, low = 0.0, high = 0.0;
    for (uint32_t i = needle->signal.count - period; i < needle->signal.count; i++) {
        at += needle->signal.values[i] / MYO_REPEAT_HZ;
        low = fmin(low, at);
        high = fmax(high, at);
    }
    *stroke = (high - low) * mm;
}
