/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ultrasound beside a live session: a cine that is replayed along with the EMG, a pipe, or a scanner bridge.
 *
 * A thread of its own reads and follows the images; it never holds up the EMG. A file's images wait until the
 * EMG has come to their time. The images of a pipe or a bridge, and all images beside a device, are
 * laid on the EMG's clock by the first one: that came when it came, later by the scanner's latency, which
 * --cine-offset takes off.
 */
#ifndef MYO_CLI_LIVE_CINE_H
#define MYO_CLI_LIVE_CINE_H

#include "cine_intake.h"

#include "live/desk.h"
#include "web/film.h"

typedef struct live_cine live_cine;

/** Opens the cine and its output. @p settings and @p desk must outlive it. */
myo_status live_cine_new(const cine_settings *settings, bool replay, myo_desk *desk,
                         live_cine **cine, myo_why *why);

/** Shows the images on the page, too: @p film, which belongs to the cine, is NULL where they are lines. Before
 *  the start. MYO_ERR_NO_MEMORY. */
myo_status live_cine_film(live_cine *cine, myo_film **film);

/** Begins to take images; with the first frames of the EMG. MYO_ERR_NO_MEMORY without a thread. */
myo_status live_cine_start(live_cine *cine);

/** Takes what a feed says of the EMG: where it is, its twitches. NULL is fine. */
myo_status live_cine_take(live_cine *cine, const myo_feed_message *message);

/** Writes the events whose partners in the EMG are settled, and leaves a note of each twitch with
 *  the desk: it stands on the page and in the recording. Often. NULL is fine. */
void live_cine_turn(live_cine *cine);

/** The EMG has ended at @p frames: takes the images up to there, writes the rest, and says on standard
 *  error what came of it. NULL is fine. */
myo_status live_cine_finish(live_cine *cine, int64_t frames, myo_why *why);

/** NULL is fine. Before the desk is freed, behind the page. */
void live_cine_free(live_cine *cine);

#endif
