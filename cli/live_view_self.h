/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the terminal view knows: filled and steered by live_view.c, drawn by live_draw.c. */
#ifndef MYO_CLI_LIVE_VIEW_SELF_H
#define MYO_CLI_LIVE_VIEW_SELF_H

#include "live_view.h"

#include "web/history.h"

#define EVENTS 64
#define MARKS  256
#define LINE   160

typedef enum { ASK_NOTHING, ASK_NOTE, ASK_PHASE, ASK_STOP } asked;

struct live_view {
    myo_desk *desk;
    myo_feed_head head;
    myo_web_history *history;
    myo_feed_meter *meters;
    myo_feed_state state;
    myo_feed_guide guide;
    myo_event events[EVENTS]; /**< the newest stage of each; ring by number of arrival */
    size_t event_count;
    myo_feed_mark stops[MARKS];
    size_t stop_count;
    char said[LINE], line[LINE];
    asked asked;
    size_t span, gain; /**< steps: live_draw_span_s, live_draw_gain */
    bool gain_chosen;
    uint32_t first; /**< channel on top, where not all have room */
    uint32_t shown; /**< of them, in the last picture */
    double drawn_s;
};

/** What the digits mean when a phase or a stop sign is asked for. */
enum { LIVE_PHASES = 8, LIVE_SIGNS = 4 };
extern const char *const live_phases[LIVE_PHASES], *const live_signs[LIVE_SIGNS];

/** Widths of the traces in seconds, and sizes a division in the samples' unit. */
enum { LIVE_SPANS = 6, LIVE_GAINS = 28 };
double live_draw_span_s(size_t step);
double live_draw_gain(const live_view *view, size_t step);

void live_draw(live_view *view);

#endif
