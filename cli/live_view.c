/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the desk says is kept, and what the keys mean. Digits mark, no letter ends the recording. */
#include "live_view_self.h"
#include "live_screen.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DRAW_S 0.1

/* The same names as on the page; keys 2 to 9. */
static const char *const markers[] = {"familiar pain", "twitch felt", "twitch seen",
                                      "needle moved",  "needle out",  "patient moved",
                                      "cough or talk", "pain eased"};
const char *const live_phases[LIVE_PHASES] = {"inspect",  "baseline", "palpate", "needle",
                                              "compress", "stretch",  "recheck", "aftercare"};
const char *const live_signs[LIVE_SIGNS] = {"sharp, shooting or electric pain",
                                            "swelling, colour or warmth", "patient asks to stop",
                                            "other sign"};
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

myo_status live_view_start(myo_desk *desk, const myo_feed_head *head, live_view **view,
                           myo_why *why)
{
    live_view *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    made->desk = desk;
    made->head = *head;
    made->span = 2;
    made->gain = 14;
    made->meters = calloc(head->channels, sizeof *made->meters);
    myo_status status = made->meters == NULL
                            ? MYO_ERR_NO_MEMORY
                            : myo_web_history_new(head->rate_hz, head->channels, &made->history);
    if (status == MYO_OK && !screen_open()) {
        status = myo_why_set(why, MYO_ERR_UNSUPPORTED, "--view needs a terminal");
    }
    if (status != MYO_OK) {
        live_view_end(made);
        return status;
    }
    *view = made;
    return MYO_OK;
}

/* --- what is told -------------------------------------------------------------------------- */

static void keep_event(live_view *view, const myo_event *event)
{
    size_t first = view->event_count > EVENTS ? view->event_count - EVENTS : 0;
    for (size_t i = view->event_count; i > first; i--) {
        myo_event *kept = &view->events[(i - 1) % EVENTS];
        if (kept->id == event->id) {
            const double peak = kept->peak;
            *kept = *event;
            kept->peak = event->stage == MYO_WITHDRAWN ? peak : event->peak;
            return;
        }
    }
    view->events[view->event_count++ % EVENTS] = *event;
}

static void keep_mark(live_view *view, const myo_feed_mark *mark)
{
    if (strcmp(mark->kind, "mark") != 0 || strncmp(mark->label, "stop-sign", 9) != 0) {
        return;
    }
    for (size_t i = 0; i < view->stop_count; i++) {
        if (view->stops[i].id == mark->id) {
            view->stops[i] = *mark;
            return;
        }
    }
    if (view->stop_count < MARKS) {
        view->stops[view->stop_count++] = *mark;
    }
}

static void keep_meter(live_view *view, const myo_feed_meter *meter)
{
    view->meters[meter->channel] = *meter;
    if (!view->gain_chosen && meter->channel == 0 && meter->floor > 0) {
        view->gain_chosen = true;
        view->gain = 0;
        while (live_draw_gain(view, view->gain) < 8 * (double)meter->floor &&
               view->gain < LIVE_GAINS - 1) {
            view->gain++;
        }
    }
}

void live_view_take(live_view *view, const myo_feed_message *message)
{
    if (view == NULL) {
        return;
    }
    switch (message->kind) {
    case MYO_FEED_TRACE:
        myo_web_history_put(view->history, message->trace.start, message->trace.samples,
                            message->trace.frames);
        return;
    case MYO_FEED_EVENT:
        keep_event(view, &message->event);
        return;
    case MYO_FEED_MARK:
        keep_mark(view, &message->mark);
        return;
    case MYO_FEED_STATE:
        view->state = message->state;
        return;
    case MYO_FEED_GUIDE:
        view->guide = message->guide;
        return;
    case MYO_FEED_METER:
        keep_meter(view, &message->meter);
        return;
    case MYO_FEED_WARNING:
        live_view_say(view, message->warning.text);
        return;
    case MYO_FEED_GAP:
        live_view_say(view, "the device lost frames");
        return;
    default:
        return;
    }
}

void live_view_say(live_view *view, const char *text)
{
    if (view != NULL) {
        (void)snprintf(view->said, sizeof view->said, "%.*s", LINE - 1, text);
    }
}

/* --- keys ---------------------------------------------------------------------------------- */

static void send(live_view *view, const char *verb, const char *rest)
{
    char line[2 * LINE], reply[LINE];
    (void)snprintf(line, sizeof line, "%s%s%s", verb, rest[0] == '\0' ? "" : " ", rest);
    (void)myo_desk_command(view->desk, line, reply, sizeof reply);
    live_view_say(view, strncmp(reply, "ok", 2) == 0 ? line : reply);
}

/* What event lines keep of a note, in bytes: the 63 of a mark without "note: ". A longer one goes in several, cut
 * between words, or at least between letters. */
static void send_note(live_view *view)
{
    enum { NOTE_BYTES = 57 };
    const char *rest = view->line;
    while (*rest != '\0') {
        size_t length = strlen(rest), next = length;
        if (length > NOTE_BYTES) {
            length = NOTE_BYTES;
            while (length > 0 && rest[length] != ' ') {
                length--;
            }
            next = length + 1;
        }
        if (length == 0) {
            length = NOTE_BYTES;
            while (((unsigned char)rest[length] & 0xC0) == 0x80) {
                length--;
            }
            next = length;
        }
        char piece[NOTE_BYTES + 1];
        (void)snprintf(piece, sizeof piece, "%.*s", (int)length, rest);
        send(view, "note", piece);
        rest += next;
    }
}

/* The last letter, however many bytes it has. */
static void letter_drop(char *line)
{
    size_t length = strlen(line);
    while (length > 0 && ((unsigned char)line[--length] & 0xC0) == 0x80) {
    }
    line[length] = '\0';
}

/* An answer to what was asked: a digit, or the letters of a note. */
static void answer(live_view *view, int key)
{
    const size_t length = strlen(view->line);
    const size_t digit = key >= '1' && key <= '9' ? (size_t)(key - '1') : COUNT(markers) + 1;
    if (view->asked != ASK_NOTE) {
        if (view->asked == ASK_PHASE && digit < LIVE_PHASES) {
            send(view, "phase", live_phases[digit]);
        }
        if (view->asked == ASK_STOP && digit < LIVE_SIGNS) {
            send(view, "mark stop-sign", live_signs[digit]);
        }
        view->asked = ASK_NOTHING;
        return;
    }
    if (key == '\r' || key == '\n') {
        view->asked = ASK_NOTHING;
        if (length > 0) {
            send_note(view);
        }
    } else if (key == 127 || key == '\b') {
        letter_drop(view->line);
    } else if (key >= ' ' && key < 256 && length < 120) {
        view->line[length] = (char)key;
        view->line[length + 1] = '\0';
    }
}

static void ask(live_view *view, asked what)
{
    view->asked = what;
    view->line[0] = '\0';
}

static void obey(live_view *view, int key)
{
    if (key == SCREEN_KEY_ESCAPE) {
        ask(view, ASK_NOTHING);
    } else if (view->asked != ASK_NOTHING) {
        answer(view, key);
    } else if (key == '1') {
        send(view, "insertion next", "");
    } else if (key >= '2' && key <= '9') {
        send(view, "mark", markers[key - '2']);
    } else if (key == '0') {
        ask(view, ASK_STOP);
    } else if (key == 'p') {
        ask(view, ASK_PHASE);
    } else if (key == 't') {
        ask(view, ASK_NOTE);
    } else if (key == 127 || key == '\b') {
        send(view, "undo", "");
    } else if (key == 'a') {
        send(view, view->state.muted ? "unmute" : "mute", "");
    } else if (key == 'c') {
        view->first += view->shown;
        view->first = view->first < view->head.channels ? view->first : 0;
    } else if (key == SCREEN_KEY_LEFT || key == SCREEN_KEY_RIGHT) {
        const size_t to = key == SCREEN_KEY_LEFT ? view->span - 1 : view->span + 1;
        view->span = to < LIVE_SPANS ? to : view->span;
    } else if (key == SCREEN_KEY_UP || key == SCREEN_KEY_DOWN) {
        view->gain_chosen = true;
        view->gain += key == SCREEN_KEY_DOWN && view->gain < LIVE_GAINS - 1 ? 1 : 0;
        view->gain -= key == SCREEN_KEY_UP && view->gain > 0 ? 1 : 0;
    }
}

void live_view_show(live_view *view)
{
    if (view == NULL) {
        return;
    }
    for (int key = screen_read_key(); key != SCREEN_KEY_NONE; key = screen_read_key()) {
        obey(view, key);
    }
    if (now_s() - view->drawn_s >= DRAW_S) {
        view->drawn_s = now_s();
        live_draw(view);
    }
}

void live_view_end(live_view *view)
{
    if (view != NULL) {
        screen_close();
        myo_web_history_free(view->history);
        free(view->meters);
        free(view);
    }
}
