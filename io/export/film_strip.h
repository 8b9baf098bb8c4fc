/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures of each twitch that ultrasound saw, for the report: before it, at its largest, and a quarter of a second
 * later, with how far the tiles had moved since before. */
#ifndef MYO_IO_FILM_STRIP_H
#define MYO_IO_FILM_STRIP_H

#include "cine/cine.h"

/** Twitches that get pictures; of more the first ones. */
#define MYO_STRIP_MOST 12
enum { MYO_STRIP_PICTURES = 3, MYO_STRIP_ARROWS = 64 };

/** From (x, y) by (dx, dy), pixels of the picture. */
typedef struct {
    double x, y, dx, dy;
} myo_strip_arrow;

typedef struct {
    double after_s;         /**< since the onset; below 0 before it */
    uint32_t width, height; /**< 0: the recording has none of that moment */
    uint8_t *grey;
    myo_strip_arrow arrow[MYO_STRIP_ARROWS];
    size_t arrows;
} myo_strip_picture;

typedef struct {
    double at_s;       /**< onset on the recording's clock */
    double cine_s;     /**< on the frames' own */
    double rise_s;     /**< to the largest displacement */
    double size;       /**< of it: mm where mm_per_px is known, else pixels of the image */
    double x_px, y_px; /**< its place in the image */
    bool both;         /**< the EMG saw it, too */
    double mm_per_px;  /**< of the image; 0 = not known */
    double picture_mm; /**< of a pixel of the pictures; 0 = not known */
    double x, y;       /**< the place in them */
    myo_strip_picture picture[MYO_STRIP_PICTURES];
} myo_strip;

typedef struct {
    myo_strip strip[MYO_STRIP_MOST];
    size_t count;    /**< with an entry above */
    size_t twitches; /**< that the events tell of */
} myo_strips;

/** Takes the twitches of @p events (lines of `analyze --cine-events`) and their pictures out of @p cine, opened with
 *  @p options as it was then. Scan lines have none: MYO_ERR_UNSUPPORTED. On failure @p why names place and reason.
 *  Free @p strips in any case. */
myo_status myo_strips_read(const char *events, const char *cine, const myo_cine_options *options,
                           myo_strips *strips, myo_why *why);

void myo_strips_free(myo_strips *strips);

#endif
