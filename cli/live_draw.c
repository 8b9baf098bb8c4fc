/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture of the terminal view: figures on top, traces, the last events, keys. */
#include "live_screen.h"
#include "live_view_self.h"

#include "myotwitch/clinic.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Below that only the figures are shown. */
#define LEAST_COLUMNS 40
#define LEAST_ROWS    10

double live_draw_span_s(size_t step)
{
    static const double spans_s[LIVE_SPANS] = {1, 2, 5, 10, 20, 60};
    return spans_s[step];
}

/* 1, 2, 5, 10 ... from 0.001 uV (or % of full scale) on. */
double live_draw_gain(const live_view *view, size_t step)
{
    static const double digits[] = {1, 2, 5};
    const double unit = view->head.full_scale_uv > 0 ? 1 / view->head.full_scale_uv : 0.01;
    const int decade = (int)(step / 3);
    return digits[step % 3] * pow(10, decade - 3) * unit;
}

static void size_print(const live_view *view, double sample, char *text, size_t size)
{
    const double uv = view->head.full_scale_uv;
    if (uv > 0) {
        (void)snprintf(text, size, "%.*f uV", sample * uv < 10 ? 1 : 0, sample * uv);
    } else {
        (void)snprintf(text, size, "%.3g %% FS", sample * 100);
    }
}

static void clock_print(double s, char *text, size_t size)
{
    const int t = s > 0 ? (int)s : 0;
    (void)snprintf(text, size, "%d:%02d:%02d", t / 3600, t / 60 % 60, t % 60);
}

/* As the file names it, or by its number. */
static const char *channel_print(const live_view *view, uint32_t channel, char *text, size_t size)
{
    (void)snprintf(text, size, "%.31s", view->head.name[channel]);
    if (text[0] == '\0') {
        (void)snprintf(text, size, "ch %u", view->head.channel_number[channel]);
    }
    return text;
}

static const myo_event *last_twitch(const live_view *view)
{
    const myo_event *last = NULL;
    size_t first = view->event_count > EVENTS ? view->event_count - EVENTS : 0;
    for (size_t i = first; i < view->event_count; i++) {
        const myo_event *event = &view->events[i % EVENTS];
        if (event->type == MYO_EVENT_LTR && event->stage == MYO_CONFIRMED &&
            (last == NULL || event->onset_frame > last->onset_frame)) {
            last = event;
        }
    }
    return last;
}

/* The step with its time against the model's band, and the severest word on it. */
static int draw_guide(const live_view *view, int row)
{
    const myo_feed_guide *guide = &view->guide;
    char text[2 * LINE], time[24];
    int at = 0;
    if (guide->step[0] != '\0') {
        const double s = (double)(view->state.frame - guide->since) / view->head.rate_hz;
        clock_print(s, time, sizeof time);
        (void)snprintf(text, sizeof text, "%s %s", guide->step, time);
        const bool beyond = s > guide->most_s;
        at = screen_text(0, row, beyond ? SCREEN_STRONG : SCREEN_PLAIN, text);
        if (guide->most_s > 0.0) {
            (void)snprintf(text, sizeof text, " of %g to %g s%s", guide->least_s, guide->most_s,
                           beyond               ? ", beyond it"
                           : s < guide->least_s ? ""
                                                : ", within it");
            at = screen_text(at, row, SCREEN_SOFT, text);
        }
    }
    if (guide->words > 0) {
        const myo_feed_word *word = &guide->word[0];
        (void)snprintf(text, sizeof text, "%s%s: %s (%s)", at > 0 ? "   " : "",
                       myo_severity_name((myo_severity)word->severity), word->text, word->rule);
        at = screen_text(at, row,
                         word->severity == MYO_SAYS_STOP   ? SCREEN_STOP
                         : word->severity >= MYO_SAYS_WARN ? SCREEN_STRONG
                                                           : SCREEN_PLAIN,
                         text);
    }
    return at > 0 ? row + 1 : row;
}

static int draw_head(const live_view *view)
{
    char text[2 * LINE], time[24];
    const myo_feed_state *now = &view->state;
    clock_print(now->recording ? now->recorded_s : (double)now->frame / view->head.rate_hz, time,
                sizeof time);
    int at = screen_text(0, 0, SCREEN_STRONG, view->head.device);
    (void)snprintf(text, sizeof text, "  %s %s  %s%s",
                   now->recording ? "RECORDING" : "not recorded", time, now->phase,
                   now->muted ? "  (muted)" : "");
    (void)screen_text(at, 0, SCREEN_PLAIN, text);
    (void)snprintf(text, sizeof text, "%" PRIu64 " twitch%s", now->twitches_insertion,
                   now->twitches_insertion == 1 ? "" : "es");
    at = screen_text(0, 1, SCREEN_TWITCH, text);
    if (now->insertion > 0) {
        (void)snprintf(text, sizeof text, " in insertion %d, %" PRIu64 " in all", now->insertion,
                       now->twitches);
    } else {
        (void)snprintf(text, sizeof text, ", no insertion marked yet");
    }
    at = screen_text(at, 1, SCREEN_PLAIN, text);
    const myo_event *last = last_twitch(view);
    if (last != NULL) {
        char size[32];
        size_print(view, last->peak, size, sizeof size);
        (void)snprintf(text, sizeof text, "   last %s, %.1f s ago", size,
                       (double)(now->frame - last->onset_frame) / view->head.rate_hz);
        (void)screen_text(at, 1, SCREEN_STRONG, text);
    }
    int row = 2;
    for (size_t i = 0; i < view->stop_count; i++) {
        if (!view->stops[i].undone) {
            clock_print((double)view->stops[i].frame / view->head.rate_hz, time, sizeof time);
            (void)snprintf(text, sizeof text, " STOP:%s, at %s ", view->stops[i].label + 9, time);
            (void)screen_text(0, row++, SCREEN_STOP, text);
        }
    }
    return draw_guide(view, row);
}

/* Numbered choices on two lines, so that a small window has room for the last of them, too. */
static void draw_choices(const char *const *names, size_t count, int rows)
{
    for (size_t half = 0; half < 2; half++) {
        char text[LINE] = "";
        size_t used = 0;
        for (size_t i = half * (count / 2); i < (half + 1) * (count / 2); i++) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%zu %s  ", i + 1, names[i]);
        }
        (void)screen_text(0, rows - 2 + (int)half, SCREEN_STRONG, text);
    }
}

static void draw_foot(const live_view *view, int rows)
{
    char text[2 * LINE] = "";
    if (view->asked == ASK_PHASE || view->asked == ASK_STOP) {
        const bool phase = view->asked == ASK_PHASE;
        draw_choices(phase ? live_phases : live_signs, phase ? LIVE_PHASES : LIVE_SIGNS, rows);
        return;
    }
    if (view->asked == ASK_NOTE) {
        (void)snprintf(text, sizeof text, "note (Enter keeps, Esc leaves): %s_", view->line);
    } else { /* the first 76 columns are what a small window has */
        (void)snprintf(text, sizeof text,
                       "1 insertion  2-9 marks  0 stop  Backspace undo  p phase  t note  Ctrl-C "
                       "ends  arrows time, size  c channels  a sound");
    }
    (void)screen_text(0, rows - 1, view->asked == ASK_NOTHING ? SCREEN_SOFT : SCREEN_STRONG, text);
    (void)screen_text(0, rows - 2, SCREEN_PLAIN, view->said);
}

static void draw_events(const live_view *view, int row, int rows)
{
    for (size_t i = view->event_count; i > 0 && view->event_count - i < EVENTS && row < rows; i--) {
        const myo_event *event = &view->events[(i - 1) % EVENTS];
        const bool twitch = event->type == MYO_EVENT_LTR, gone = event->stage == MYO_WITHDRAWN;
        char text[LINE], time[24], size[32], name[40];
        clock_print((double)event->onset_frame / view->head.rate_hz, time, sizeof time);
        size_print(view, event->peak, size, sizeof size);
        (void)snprintf(text, sizeof text, "%s  %-12s %10s  %s%s", time,
                       twitch ? "twitch" : myo_event_type_name(event->type),
                       event->peak > 0 ? size : "",
                       event->channel < view->head.channels
                           ? channel_print(view, event->channel, name, sizeof name)
                           : "",
                       gone                              ? "  withdrawn"
                       : event->stage == MYO_PROVISIONAL ? "  ?"
                                                         : "");
        (void)screen_text(0, row++,
                          gone     ? SCREEN_SOFT
                          : twitch ? SCREEN_TWITCH
                                   : SCREEN_PLAIN,
                          text);
    }
}

/* Dots of one column of a braille cell from the top: left column, right column (Unicode 15, 2800). */
static const unsigned char dots[2][4] = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};

typedef struct {
    uint32_t channel;
    int top, rows, left, columns;
} strip;

/* Two columns and four rows of dots a cell; in ASCII one of each, of '|'. */
static void draw_trace(const live_view *view, const strip *s)
{
    const bool fine = screen_is_unicode();
    const int wide = fine ? 2 : 1, high = fine ? 4 : 1;
    const size_t columns = (size_t)s->columns * (size_t)wide;
    float values[2 * 2 * SCREEN_COLUMNS];
    unsigned char cells[SCREEN_ROWS][SCREEN_COLUMNS] = {{0}};
    uint32_t width =
        (uint32_t)(live_draw_span_s(view->span) * view->head.rate_hz / (double)columns);
    width = width < 2 ? 2 : width;
    const int64_t end = myo_web_history_end(view->history) / width;
    myo_web_history_columns(view->history, s->channel, (end - (int64_t)columns) * width, width,
                            columns, view->head.measure_low_hz, values);
    const double lines = s->rows * high;
    const double scale = lines / 4 / live_draw_gain(view, view->gain); /* four divisions high */
    for (size_t i = 0; i < columns; i++) {
        if (isnan(values[2 * i])) {
            continue;
        }
        const double top = lines / 2 - (double)values[2 * i + 1] * scale;
        const double bottom = lines / 2 - (double)values[2 * i] * scale;
        const int from = (int)fmax(0, fmin(lines - 1, top));
        const int to = (int)fmax(0, fmin(lines - 1, bottom));
        for (int y = from; y <= to; y++) {
            const int column = (int)i / wide;
            cells[y / high][column] |= fine ? dots[i % 2][y % 4] : 1;
        }
    }
    for (int row = 0; row < s->rows; row++) {
        for (int column = 0; column < s->columns; column++) {
            if (cells[row][column] != 0) {
                screen_put(s->left + column, s->top + row, SCREEN_TRACE,
                           fine ? 0x2800u + cells[row][column] : '|');
            }
        }
    }
}

/* A sign above the trace of the channel where a twitch was strongest. */
static void draw_signs(const live_view *view, const strip *s)
{
    const bool fine = screen_is_unicode();
    const double frames = live_draw_span_s(view->span) * view->head.rate_hz;
    const size_t first = view->event_count > EVENTS ? view->event_count - EVENTS : 0;
    for (size_t i = first; i < view->event_count; i++) {
        const myo_event *event = &view->events[i % EVENTS];
        const double ago = (double)(myo_web_history_end(view->history) - event->onset_frame);
        if (event->type != MYO_EVENT_LTR || event->channel != s->channel || ago >= frames) {
            continue;
        }
        const int column = s->left + (int)((1 - ago / frames) * s->columns);
        const bool gone = event->stage == MYO_WITHDRAWN, open = event->stage == MYO_PROVISIONAL;
        const unsigned shape = gone ? 'x' : open ? (fine ? 0x25bdu : '?') : (fine ? 0x25bcu : 'v');
        screen_put(column, s->top, gone ? SCREEN_SOFT : SCREEN_TWITCH, shape);
    }
}

static void draw_badges(const live_view *view, uint32_t channel, int row)
{
    const myo_feed_meter *meter = &view->meters[channel];
    const char *badge = (meter->flags & MYO_FEED_LEAD_OFF) != 0    ? "LEAD OFF"
                        : (meter->flags & MYO_FEED_SATURATED) != 0 ? "CLIPPED"
                        : (meter->flags & MYO_FEED_ZERO) != 0      ? "NO SIGNAL"
                        : (meter->flags & MYO_FEED_HUM) != 0       ? "hum"
                        : (meter->flags & MYO_FEED_ARMED) == 0     ? "not armed"
                                                                   : "";
    char name[40];
    (void)screen_text(0, row, SCREEN_STRONG, channel_print(view, channel, name, sizeof name));
    (void)screen_text(0, row + 1, SCREEN_STOP, badge);
}

static void draw_traces(live_view *view, int top, int rows, int columns)
{
    const int margin = 10;
    int shown = (int)view->head.channels;
    while (shown > 1 && rows / shown < 3) {
        shown--;
    }
    const int each = rows / shown, left = (int)view->head.channels - (int)view->first;
    view->shown = (uint32_t)shown;
    for (int i = 0; i < shown && i < left; i++) {
        const strip s = {view->first + (uint32_t)i, top + i * each, each, margin, columns - margin};
        draw_trace(view, &s);
        draw_signs(view, &s);
        draw_badges(view, s.channel, s.top);
    }
}

/* The scales, and which channels these are where there are more. */
static void draw_scales(const live_view *view, int row)
{
    char text[LINE], size[32], first[40];
    size_print(view, live_draw_gain(view, view->gain), size, sizeof size);
    int used =
        snprintf(text, sizeof text, "%.0f s, %s a division", live_draw_span_s(view->span), size);
    if (view->shown < view->head.channels) {
        (void)snprintf(text + used, sizeof text - (size_t)used,
                       "; %u of %u channels from %s, c the next", view->shown, view->head.channels,
                       channel_print(view, view->first, first, sizeof first));
    }
    (void)screen_text(0, row, SCREEN_SOFT, text);
}

void live_draw(live_view *view)
{
    int columns, rows;
    screen_size(&columns, &rows);
    screen_begin();
    int row = draw_head(view);
    if (columns >= LEAST_COLUMNS && rows >= LEAST_ROWS) {
        const int list = rows >= 24 ? 5 : 2;
        draw_traces(view, row, rows - row - list - 3, columns);
        draw_scales(view, rows - list - 3);
        draw_events(view, rows - list - 2, rows - 2);
        draw_foot(view, rows);
    }
    screen_show();
}
