/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ultrasound for the page: the newest picture, and those around the last twitches, small and grey, with how
 * far each tile has moved.
 *
 * One thread takes the images, another (the server's) hands them to pages; a lock is held for as long as a
 * picture takes to be copied. What is kept does not grow: pictures of at most MYO_FILM_SIDE pixels a side, 30
 * a second for a little more than a second, and the half second around each of the last two twitches. A page is
 * shown 15 a second at most, the newest; what it misses is gone. */
#ifndef MYO_WEB_FILM_H
#define MYO_WEB_FILM_H

#include "protocol.h"

#include "myotwitch/frame.h"
#include "myotwitch/tracker.h"

#define MYO_FILM_SIDE  384
#define MYO_FILM_TILES 1024 /**< of an image with more of them no motion is shown */

/** What all images have in common. */
typedef struct {
    uint32_t width, height; /**< of the images */
    double mm_per_px;       /**< of their pixels; 0 = not known */
    uint32_t columns, rows; /**< of the tiles */
    uint32_t step;          /**< pixels between them */
    double rate_hz;         /**< frames a second of the recording: times become frames */
} myo_film_head;

typedef struct myo_film myo_film;

/** MYO_ERR_NO_MEMORY. */
myo_status myo_film_new(const myo_film_head *head, myo_film **film);

/** Takes an image and, unless NULL, what its tiles did since the one before; @p time_s on the recording's
 *  clock. The images' thread. */
void myo_film_take(myo_film *film, const myo_frame *frame, const myo_tile *tiles, double time_s);

/** A twitch began at @p onset_s at (@p x_px, @p y_px) of the image: keeps what is held of the time around it. Its
 *  size in mm, or pixels. The images' thread. */
void myo_film_twitch(myo_film *film, double onset_s, double x_px, double y_px, double size);

/** What a page has been shown; zero-initialise. */
typedef struct {
    uint64_t picture, clip; /**< newest picture; clips begun */
    uint32_t of_clip;       /**< pictures of the newest of them */
} myo_film_seen;

/** Writes the next picture that the page is due, those of a twitch first; nothing due leaves @p wire empty. The
 *  server's thread; @p film may be NULL. */
void myo_film_next(myo_film *film, myo_film_seen *seen, myo_web_wire *wire);

/** When neither thread uses it. NULL is fine. */
void myo_film_free(myo_film *film);

#endif
