/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every page may be told, whenever it comes: all that happened, in order, and how things stand
 * now.
 *
 * What happened (events, marks, gaps, warnings, the end) is kept as ready messages with rising
 * numbers; a page reads on from the number that it has reached, so nothing is copied a page and a
 * page that comes late gets it all. How things stand (state, meters, spectra, rest, guide) is kept as the
 * newest only. One thread. */
#ifndef MYO_WEB_BOARD_H
#define MYO_WEB_BOARD_H

#include "film.h"
#include "history.h"
#include "protocol.h"

/** Messages of what happened that are kept: the last ones. */
#define MYO_WEB_NOTES 8192
/** Longest of them: a warning of 192 bytes. */
#define MYO_WEB_NOTE_BYTES 256
/** Twitches whose shape is kept. */
#define MYO_WEB_TWITCHES 16

typedef struct {
    uint16_t size;
    uint8_t bytes[MYO_WEB_NOTE_BYTES];
} myo_web_note;

/** The newest of one channel; @c number rises with each, 0 = none yet. */
typedef struct {
    uint64_t number;
    myo_feed_spectrum value; /**< its dB are owned */
    float *db;
} myo_web_spectrum;

typedef struct {
    uint64_t number;
    myo_feed_relax value;
} myo_web_rest;

typedef struct {
    myo_feed_head head;
    myo_web_history *history;
    myo_web_note *notes;
    uint64_t note_count; /**< those numbered below it were written */
    myo_event twitch[MYO_WEB_TWITCHES];
    uint64_t twitch_count; /**< shown: their frames have come */
    uint64_t twitch_next;  /**< told */
    myo_feed_state state;
    uint64_t state_number;
    myo_feed_meter *meters;
    uint64_t meter_number; /**< of the round: one of every channel */
    myo_web_spectrum *spectra;
    myo_web_rest *rest;
    myo_feed_guide guide;
    uint64_t guide_number;
    myo_film *film; /**< the server's; NULL = no ultrasound */
    bool sound;     /**< the session is heard: there is something to mute */
} myo_web_board;

/** Allocates all that is ever needed. MYO_ERR_NO_MEMORY. */
myo_status myo_web_board_new(const myo_feed_head *head, myo_web_board **board);

void myo_web_board_take(myo_web_board *board, const myo_feed_message *message);

/** Number of the oldest note that is still there. */
uint64_t myo_web_board_oldest(const myo_web_board *board);

/** Writes the shape of twitch number @p index, one of the last MYO_WEB_TWITCHES. */
void myo_web_board_put_twitch(const myo_web_board *board, uint64_t index, myo_web_wire *wire);

void myo_web_board_free(myo_web_board *board);

#endif
