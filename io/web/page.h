/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One page that looks on: what it asked to see and how far it has been told.
 *
 * Nothing waits for it. What happened stands on the board, and a page that fell behind by all that
 * is kept there is given up. Traces are cut from the history when the page can take them: a slow
 * page skips columns. One thread. */
#ifndef MYO_WEB_PAGE_H
#define MYO_WEB_PAGE_H

#include "board.h"

/** Answers that may wait for one page; a page that sends faster than it reads is given up. */
#define MYO_WEB_ANSWERS      16
#define MYO_WEB_ANSWER_BYTES 2048

typedef struct {
    uint32_t id;
    char text[MYO_WEB_ANSWER_BYTES];
} myo_web_answer;

typedef struct {
    bool greeted, viewing;
    bool beat; /**< a screen frame is due: one trace of what is new may go */
    myo_web_view view;
    int64_t next_column;
    uint64_t note, twitch, state, meter, spectrum, rest, guide; /**< told so far */
    myo_film_seen film;
    uint32_t answer_first, answer_count;
    myo_web_answer answer[MYO_WEB_ANSWERS];
} myo_web_page;

/** A page that knows nothing yet. */
void myo_web_page_open(myo_web_page *page, const myo_web_board *board);

/** False: it fell behind by more than the board keeps; close it. */
bool myo_web_page_keeps_up(const myo_web_page *page, const myo_web_board *board);

/** Changes what it sees. */
void myo_web_page_look(myo_web_page *page, const myo_web_board *board, const myo_web_view *view);

/** Room for an answer; NULL when all are waiting: close it. */
myo_web_answer *myo_web_page_answer(myo_web_page *page, uint32_t id);

/** Writes the next message, most urgent first: greeting, what happened, answers, state, trace,
 *  meters, shapes, spectrum, rest, guide, ultrasound. Nothing due leaves @p wire empty. */
void myo_web_page_next(myo_web_page *page, const myo_web_board *board, myo_web_wire *wire);

#endif
