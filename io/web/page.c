/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each kind of message is tried in turn until one has something to say. */
#include "page.h"

#include <string.h>

void myo_web_page_open(myo_web_page *page, const myo_web_board *board)
{
    memset(page, 0, sizeof *page);
    page->note = myo_web_board_oldest(board);
}

bool myo_web_page_keeps_up(const myo_web_page *page, const myo_web_board *board)
{
    return page->note >= myo_web_board_oldest(board);
}

/* Number of the column behind the last one that is whole, or that a still picture ends with. */
static int64_t columns_end(const myo_web_page *page, const myo_web_board *board)
{
    int64_t end = myo_web_history_end(board->history);
    if (page->view.end >= 0 && page->view.end < end) {
        end = page->view.end;
    }
    return end / page->view.width;
}

void myo_web_page_look(myo_web_page *page, const myo_web_board *board, const myo_web_view *view)
{
    if (view->focus != page->view.focus) {
        page->spectrum = page->rest = 0;
    }
    page->view = *view;
    page->viewing = true;
    page->next_column = columns_end(page, board) - view->columns;
    page->beat = true;
}

myo_web_answer *myo_web_page_answer(myo_web_page *page, uint32_t id)
{
    if (page->answer_count == MYO_WEB_ANSWERS) {
        return NULL;
    }
    uint32_t slot = (page->answer_first + page->answer_count++) % MYO_WEB_ANSWERS;
    page->answer[slot].id = id;
    page->answer[slot].text[0] = '\0';
    return &page->answer[slot];
}

static void next_note(myo_web_page *page, const myo_web_board *board, myo_web_wire *wire)
{
    if (page->note < board->note_count) {
        const myo_web_note *note = &board->notes[page->note++ % MYO_WEB_NOTES];
        memcpy(wire->bytes, note->bytes, note->size);
        wire->used = note->size;
    }
}

static void next_answer(myo_web_page *page, myo_web_wire *wire)
{
    if (page->answer_count > 0) {
        const myo_web_answer *answer = &page->answer[page->answer_first];
        myo_web_put_reply(wire, answer->id, answer->text);
        page->answer_first = (page->answer_first + 1) % MYO_WEB_ANSWERS;
        page->answer_count--;
    }
}

static void next_state(myo_web_page *page, const myo_web_board *board, myo_web_wire *wire)
{
    if (page->state != board->state_number) {
        page->state = board->state_number;
        myo_web_put_state(wire, &board->state);
    }
}

/* As many columns as the message holds; a live picture that fell behind by more than a screen goes
 * on with the newest screen. */
static void next_trace(myo_web_page *page, const myo_web_board *board, myo_web_wire *wire)
{
    if (!page->viewing || !page->beat) {
        return;
    }
    const myo_web_view *view = &page->view;
    int64_t end = columns_end(page, board), due = end - page->next_column;
    if (due > view->columns) {
        page->next_column = end - view->columns;
        due = view->columns;
    }
    size_t values = view->width > 1 ? 2 : 1;
    size_t room = (wire->size - 64) / (view->channels * values * sizeof(float));
    page->beat = due > (int64_t)room;
    if (due <= 0) {
        return;
    }
    size_t columns = due > (int64_t)room ? room : (size_t)due;
    myo_web_put_trace_head(wire, view, page->next_column, (uint32_t)columns);
    for (uint32_t i = 0; i < view->channels; i++) {
        myo_web_history_columns(board->history, view->channel[i], page->next_column * view->width,
                                view->width, columns, view->low_hz,
                                (float *)(void *)(wire->bytes + wire->used));
        wire->used += columns * values * sizeof(float);
    }
    page->next_column += (int64_t)columns;
}

static void next_meters(myo_web_page *page, const myo_web_board *board, myo_web_wire *wire)
{
    if (page->meter != board->meter_number) {
        page->meter = board->meter_number;
        myo_web_put_meters(wire, board->meters, board->head.channels);
    }
}

static void next_twitch(myo_web_page *page, const myo_web_board *board, myo_web_wire *wire)
{
    if (board->twitch_next > MYO_WEB_TWITCHES &&
        page->twitch < board->twitch_next - MYO_WEB_TWITCHES) {
        page->twitch = board->twitch_next - MYO_WEB_TWITCHES;
    }
    if (page->twitch < board->twitch_count) {
        myo_web_board_put_twitch(board, page->twitch++, wire);
    }
}

static void next_spectrum(myo_web_page *page, const myo_web_board *board, myo_web_wire *wire)
{
    const myo_web_spectrum *newest = &board->spectra[page->view.focus];
    if (page->spectrum != newest->number) {
        page->spectrum = newest->number;
        myo_web_put_spectrum(wire, &newest->value);
    }
}

static void next_rest(myo_web_page *page, const myo_web_board *board, myo_web_wire *wire)
{
    const myo_web_rest *newest = &board->rest[page->view.focus];
    if (page->rest != newest->number) {
        page->rest = newest->number;
        myo_web_put_relax(wire, &newest->value);
    }
}

static void next_guide(myo_web_page *page, const myo_web_board *board, myo_web_wire *wire)
{
    if (page->guide != board->guide_number) {
        page->guide = board->guide_number;
        myo_web_put_guide(wire, &board->guide);
    }
}

static void next_picture(myo_web_page *page, const myo_web_board *board, myo_web_wire *wire)
{
    myo_film_next(board->film, &page->film, wire);
}

typedef void (*next_of)(myo_web_page *, const myo_web_board *, myo_web_wire *);

void myo_web_page_next(myo_web_page *page, const myo_web_board *board, myo_web_wire *wire)
{
    static const next_of kinds[] = {next_note,     next_state, next_trace, next_meters, next_twitch,
                                    next_spectrum, next_rest,  next_guide, next_picture};
    if (!page->greeted) {
        page->greeted = true;
        myo_web_put_hello(wire, &board->head,
                          myo_web_history_seconds(board->head.rate_hz, board->head.channels),
                          board->sound);
        return;
    }
    next_answer(page, wire);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && wire->used == 0; i++) {
        kinds[i](page, board, wire);
    }
}
