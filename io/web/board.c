/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rings of fixed slots: what is kept does not grow with the session. */
#include "board.h"

#include <stdlib.h>
#include <string.h>

/* A twitch is shown from 50 ms before its onset to 250 ms after: the longest that are called so
 * last 400 ms, most far less (emg.md 7.5). */
#define BEFORE_S       0.05
#define AFTER_S        0.25
#define TWITCH_COLUMNS 600.0
/* Bins up to 500 Hz of half a second, with room. */
#define MOST_BINS 2048u

myo_status myo_web_board_new(const myo_feed_head *head, myo_web_board **board)
{
    myo_web_board *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    made->head = *head;
    made->notes = calloc(MYO_WEB_NOTES, sizeof *made->notes);
    made->meters = calloc(head->channels, sizeof *made->meters);
    made->spectra = calloc(head->channels, sizeof *made->spectra);
    made->rest = calloc(head->channels, sizeof *made->rest);
    bool whole = made->notes != NULL && made->meters != NULL && made->spectra != NULL &&
                 made->rest != NULL &&
                 myo_web_history_new(head->rate_hz, head->channels, &made->history) == MYO_OK;
    for (uint32_t channel = 0; whole && channel < head->channels; channel++) {
        made->spectra[channel].db = calloc(MOST_BINS, sizeof(float));
        whole = made->spectra[channel].db != NULL;
    }
    if (!whole) {
        myo_web_board_free(made);
        return MYO_ERR_NO_MEMORY;
    }
    *board = made;
    return MYO_OK;
}

static void write_note(myo_web_board *board, const myo_feed_message *message)
{
    myo_web_note *note = &board->notes[board->note_count % MYO_WEB_NOTES];
    myo_web_wire wire = {.bytes = note->bytes, .size = sizeof note->bytes};
    switch (message->kind) {
    case MYO_FEED_EVENT:
        myo_web_put_event(&wire, &message->event);
        break;
    case MYO_FEED_MARK:
        myo_web_put_mark(&wire, &message->mark);
        break;
    case MYO_FEED_GAP:
        myo_web_put_gap(&wire, &message->gap);
        break;
    case MYO_FEED_WARNING:
        myo_web_put_warning(&wire, &message->warning);
        break;
    default:
        myo_web_put_end(&wire, &message->end);
    }
    note->size = (uint16_t)wire.used;
    board->note_count++;
}

/* The oldest that still waits gives way: more than 16 twitches in 250 ms are no twitches. */
static void twitch_await(myo_web_board *board, const myo_event *event)
{
    board->twitch[board->twitch_next++ % MYO_WEB_TWITCHES] = *event;
    if (board->twitch_next - board->twitch_count > MYO_WEB_TWITCHES) {
        board->twitch_count++;
    }
}

static void twitch_show(myo_web_board *board)
{
    int64_t after = (int64_t)(AFTER_S * board->head.rate_hz);
    while (board->twitch_count < board->twitch_next &&
           board->twitch[board->twitch_count % MYO_WEB_TWITCHES].onset_frame + after <=
               myo_web_history_end(board->history)) {
        board->twitch_count++;
    }
}

static void keep_spectrum(myo_web_spectrum *kept, const myo_feed_spectrum *spectrum)
{
    kept->value = *spectrum;
    kept->value.bins = spectrum->bins < MOST_BINS ? spectrum->bins : MOST_BINS;
    memcpy(kept->db, spectrum->db, kept->value.bins * sizeof *kept->db);
    kept->value.db = kept->db;
    kept->number++;
}

static void keep_meter(myo_web_board *board, const myo_feed_meter *meter)
{
    board->meters[meter->channel] = *meter;
    board->meter_number += meter->channel == board->head.channels - 1;
}

void myo_web_board_take(myo_web_board *board, const myo_feed_message *message)
{
    switch (message->kind) {
    case MYO_FEED_TRACE:
        myo_web_history_put(board->history, message->trace.start, message->trace.samples,
                            message->trace.frames);
        twitch_show(board);
        return;
    case MYO_FEED_STATE:
        board->state = message->state;
        board->state_number++;
        return;
    case MYO_FEED_METER:
        keep_meter(board, &message->meter);
        return;
    case MYO_FEED_SPECTRUM:
        keep_spectrum(&board->spectra[message->spectrum.channel], &message->spectrum);
        return;
    case MYO_FEED_RELAX:
        board->rest[message->relax.channel].value = message->relax;
        board->rest[message->relax.channel].number++;
        return;
    case MYO_FEED_GUIDE:
        board->guide = message->guide;
        board->guide_number++;
        return;
    case MYO_FEED_EVENT:
        if (message->event.type == MYO_EVENT_LTR && message->event.stage == MYO_CONFIRMED) {
            twitch_await(board, &message->event);
        }
        break;
    default:
        break;
    }
    write_note(board, message);
}

uint64_t myo_web_board_oldest(const myo_web_board *board)
{
    return board->note_count > MYO_WEB_NOTES ? board->note_count - MYO_WEB_NOTES : 0;
}

void myo_web_board_put_twitch(const myo_web_board *board, uint64_t index, myo_web_wire *wire)
{
    const myo_event *event = &board->twitch[index % MYO_WEB_TWITCHES];
    double frames = (BEFORE_S + AFTER_S) * board->head.rate_hz;
    uint32_t width = (uint32_t)(frames / TWITCH_COLUMNS);
    width = width > 1 ? width : 1;
    uint32_t before = (uint32_t)(BEFORE_S * board->head.rate_hz) / width;
    uint32_t columns = (uint32_t)frames / width;
    size_t floats = columns * (width > 1 ? 2u : 1u);
    myo_web_put_twitch_head(wire, event, width, before, columns);
    if (wire->full || (wire->size - wire->used) / sizeof(float) < floats) {
        wire->full = true;
        return;
    }
    myo_web_history_columns(
        board->history, event->channel, event->onset_frame - (int64_t)before * width, width,
        columns, board->head.measure_low_hz, (float *)(void *)(wire->bytes + wire->used));
    wire->used += floats * sizeof(float);
}

void myo_web_board_free(myo_web_board *board)
{
    if (board == NULL) {
        return;
    }
    for (uint32_t channel = 0; board->spectra != NULL && channel < board->head.channels;
         channel++) {
        free(board->spectra[channel].db);
    }
    myo_web_history_free(board->history);
    free(board->notes);
    free(board->meters);
    free(board->spectra);
    free(board->rest);
    free(board);
}
