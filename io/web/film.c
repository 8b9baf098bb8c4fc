/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring of small pictures, two clips copied out of it. Under the lock: everything from `lock` on. */
#include "film.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { RING = 42, CLIPS = 2, CLIP_PICTURES = 18 };

/* Seconds between pictures that are kept, and shown as they come; half an image at 200 a second may be
 * missing from either. */
#define KEEP_S 0.0333
#define SHOW_S 0.0666
#define SLACK  0.0025
/* Around the onset of a twitch, seconds: rise and half of the return. */
#define BEFORE_S 0.12
#define AFTER_S  0.42

typedef struct {
    double time_s;
    uint8_t *grey;
    float *moved; /* pairs, of each tile since the first image, pixels of the picture */
} picture;

typedef struct {
    uint64_t number; /* from 1 on; 0 = none */
    uint32_t count;
    picture pictures[CLIP_PICTURES];
    double onset_s, x, y, size;
} clip;

struct myo_film {
    myo_film_head head;
    uint32_t width, height, scale,
        tiles;      /* of the pictures; pixels of the image in one of theirs */
    uint8_t *small; /* the picture in the making */
    double *moved;
    double brightest; /* of images that are numbers, so far */
    double kept_s, shown_s;
    pthread_mutex_t lock;
    picture ring[RING];
    uint64_t taken;  /* pictures */
    uint64_t newest; /* picture that is to be shown, counted from 1 */
    clip clips[CLIPS];
    uint64_t clip_count;
};

static bool picture_new(const myo_film *self, picture *made)
{
    made->grey = calloc((size_t)self->width * self->height, 1);
    made->moved = calloc(self->tiles + 1u, 2 * sizeof *made->moved);
    return made->grey != NULL && made->moved != NULL;
}

static void picture_free(picture *gone)
{
    free(gone->grey);
    free(gone->moved);
}

static bool pictures_new(myo_film *self)
{
    bool whole = true;
    for (int i = 0; whole && i < RING; i++) {
        whole = picture_new(self, &self->ring[i]);
    }
    for (int i = 0; whole && i < CLIPS * CLIP_PICTURES; i++) {
        whole = picture_new(self, &self->clips[i / CLIP_PICTURES].pictures[i % CLIP_PICTURES]);
    }
    return whole;
}

myo_status myo_film_new(const myo_film_head *head, myo_film **film)
{
    myo_film *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    const uint32_t longer = head->width > head->height ? head->width : head->height;
    const uint32_t tiles = head->columns * head->rows;
    self->head = *head;
    self->scale = (longer + MYO_FILM_SIDE - 1) / MYO_FILM_SIDE;
    self->width = head->width / self->scale;
    self->height = head->height / self->scale;
    self->tiles = tiles <= MYO_FILM_TILES ? tiles : 0;
    self->kept_s = self->shown_s = -INFINITY;
    self->brightest = 1e-30;
    (void)pthread_mutex_init(&self->lock, NULL);
    self->small = calloc((size_t)self->width * self->height + 1, 1);
    self->moved = calloc(self->tiles + 1u, 2 * sizeof *self->moved);
    if (self->small == NULL || self->moved == NULL || !pictures_new(self)) {
        myo_film_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    *film = self;
    return MYO_OK;
}

/* --- the images' thread ---------------------------------------------------------------------------- */

static double pixel_at(const myo_frame *frame, size_t at)
{
    return frame->pixel == MYO_PIXEL_F32 ? (double)((const float *)frame->pixels)[at]
                                         : (double)((const uint8_t *)frame->pixels)[at];
}

/* Numbers have no white of their own: the brightest so far is it. */
static double white_of(myo_film *self, const myo_frame *frame)
{
    if (frame->pixel == MYO_PIXEL_U8) {
        return 255.0;
    }
    for (uint32_t y = 0; y < frame->height; y++) {
        for (uint32_t x = 0; x < frame->width; x++) {
            self->brightest = fmax(self->brightest, pixel_at(frame, y * frame->stride + x));
        }
    }
    return self->brightest;
}

/* The mean of the pixels that make one of the picture. */
static void picture_shrink(myo_film *self, const myo_frame *frame)
{
    const uint32_t n = self->scale;
    const double gain = 255.0 / (white_of(self, frame) * n * n);
    for (uint32_t y = 0; y < self->height; y++) {
        for (uint32_t x = 0; x < self->width; x++) {
            double sum = 0.0;
            for (uint32_t i = 0; i < n * n; i++) {
                const size_t row = (size_t)y * n + i / n;
                sum += pixel_at(frame, row * frame->stride + (size_t)x * n + i % n);
            }
            self->small[(size_t)y * self->width + x] =
                (uint8_t)fmin(fmax(gain * sum + 0.5, 0.0), 255.0);
        }
    }
}

static void tiles_add(myo_film *self, const myo_tile *tiles)
{
    for (uint32_t i = 0; tiles != NULL && i < self->tiles; i++) {
        if (myo_tile_is_good(&tiles[i])) {
            self->moved[2 * i] += (double)tiles[i].dx / self->scale;
            self->moved[2 * i + 1] += (double)tiles[i].dy / self->scale;
        }
    }
}

void myo_film_take(myo_film *film, const myo_frame *frame, const myo_tile *tiles, double time_s)
{
    tiles_add(film, tiles);
    if (time_s < film->kept_s) { /* the clock went back: from here on */
        film->kept_s = film->shown_s = -INFINITY;
    }
    if (!(time_s - film->kept_s >= KEEP_S - SLACK)) {
        return;
    }
    film->kept_s = time_s;
    picture_shrink(film, frame);
    (void)pthread_mutex_lock(&film->lock);
    picture *kept = &film->ring[film->taken++ % RING];
    kept->time_s = time_s;
    memcpy(kept->grey, film->small, (size_t)film->width * film->height);
    for (uint32_t i = 0; i < 2 * film->tiles; i++) {
        kept->moved[i] = (float)film->moved[i];
    }
    if (time_s - film->shown_s >= SHOW_S - SLACK) {
        film->shown_s = time_s;
        film->newest = film->taken;
    }
    (void)pthread_mutex_unlock(&film->lock);
}

static void picture_copy(const myo_film *self, picture *to, const picture *from)
{
    to->time_s = from->time_s;
    memcpy(to->grey, from->grey, (size_t)self->width * self->height);
    memcpy(to->moved, from->moved, 2 * self->tiles * sizeof *to->moved);
}

void myo_film_twitch(myo_film *film, double onset_s, double x_px, double y_px, double size)
{
    (void)pthread_mutex_lock(&film->lock);
    clip *kept = &film->clips[film->clip_count % CLIPS];
    kept->count = 0;
    kept->onset_s = onset_s;
    kept->x = x_px / film->scale;
    kept->y = y_px / film->scale;
    kept->size = size;
    const uint64_t first = film->taken > RING ? film->taken - RING : 0;
    for (uint64_t i = first; i < film->taken && kept->count < CLIP_PICTURES; i++) {
        const picture *from = &film->ring[i % RING];
        if (from->time_s >= onset_s - BEFORE_S && from->time_s <= onset_s + AFTER_S) {
            picture_copy(film, &kept->pictures[kept->count++], from);
        }
    }
    if (kept->count > 0) {
        kept->number = ++film->clip_count;
    }
    (void)pthread_mutex_unlock(&film->lock);
}

/* --- the server's thread --------------------------------------------------------------------------- */

static void shown_put(const myo_film *self, const picture *shown, const clip *of, uint32_t number,
                      myo_web_wire *wire)
{
    const double n = self->scale, half = 0.5 * MYO_TRACKER_TILE / n;
    const bool has_tiles = self->tiles > 0;
    const myo_web_picture message = {
        .twitch = of != NULL ? of->number : 0,
        .number = number,
        .count = of != NULL ? of->count : 1,
        .width = self->width,
        .height = self->height,
        .columns = has_tiles ? self->head.columns : 0,
        .rows = has_tiles ? self->head.rows : 0,
        .left = half,
        .top = half,
        .step = self->head.step / n,
        .mm_per_px = self->head.mm_per_px * n,
        .frame = shown->time_s * self->head.rate_hz,
        .onset_frame = of != NULL ? of->onset_s * self->head.rate_hz : -1.0,
        .x = of != NULL ? of->x : (double)NAN,
        .y = of != NULL ? of->y : (double)NAN,
        .size = of != NULL ? of->size : (double)NAN,
        .moved = shown->moved,
        .grey = shown->grey,
    };
    myo_web_put_picture(wire, &message);
}

/* Pages that come late get the last twitch that is kept. */
static bool clip_next(const myo_film *self, myo_film_seen *seen, myo_web_wire *wire)
{
    if (seen->clip < self->clip_count &&
        (seen->clip == 0 || seen->of_clip >= self->clips[(seen->clip - 1) % CLIPS].count ||
         self->clips[(seen->clip - 1) % CLIPS].number != seen->clip)) {
        seen->clip = self->clip_count;
        seen->of_clip = 0;
    }
    const clip *shown = seen->clip > 0 ? &self->clips[(seen->clip - 1) % CLIPS] : NULL;
    if (shown == NULL || shown->number != seen->clip || seen->of_clip >= shown->count) {
        return false;
    }
    shown_put(self, &shown->pictures[seen->of_clip], shown, seen->of_clip, wire);
    seen->of_clip++;
    return true;
}

void myo_film_next(myo_film *film, myo_film_seen *seen, myo_web_wire *wire)
{
    if (film == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&film->lock);
    if (!clip_next(film, seen, wire) && seen->picture != film->newest) {
        seen->picture = film->newest;
        shown_put(film, &film->ring[(film->newest - 1) % RING], NULL, 0, wire);
    }
    (void)pthread_mutex_unlock(&film->lock);
}

void myo_film_free(myo_film *film)
{
    if (film == NULL) {
        return;
    }
    for (int i = 0; i < RING; i++) {
        picture_free(&film->ring[i]);
    }
    for (int i = 0; i < CLIPS * CLIP_PICTURES; i++) {
        picture_free(&film->clips[i / CLIP_PICTURES].pictures[i % CLIP_PICTURES]);
    }
    free(film->small);
    free(film->moved);
    (void)pthread_mutex_destroy(&film->lock);
    free(film);
}
