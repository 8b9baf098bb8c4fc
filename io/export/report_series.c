/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The size of the twitches of each insertion, in the order of the needling. */
#include "report_part.h"

#include <math.h>

enum { WIDTH = 4800, HEIGHT = 2700, LEFT = 640, RIGHT = 4720, TOP = 100, BOTTOM = 2380 };

typedef struct {
    const myo_session *session;
    report_axis level;
    size_t columns;
    myo_string *html;
} drawing;

/* Of no insertion, or of one that was removed. */
static bool is_loose(const myo_session *session, const myo_finding *twitch)
{
    size_t index = 0;
    const myo_insertion *insertion;
    while ((insertion = myo_session_next(session, MYO_INSERTIONS, &index)) != NULL) {
        if (report_same(insertion->record.id, twitch->insertion)) {
            return false;
        }
    }
    return true;
}

/* @p id NULL: the loose ones. */
static bool belongs(const drawing *d, const myo_finding *twitch, const char *id)
{
    return id == NULL ? is_loose(d->session, twitch) : report_same(twitch->insertion, id);
}

static int column_left(const drawing *d, size_t column)
{
    return LEFT + (int)((size_t)(RIGHT - LEFT) * column / d->columns);
}

static void add_dot(const drawing *d, const myo_finding *twitch, int x)
{
    if (isfinite(report_size(twitch))) {
        int y = report_place(&d->level, report_size(twitch));
        myo_string_add(d->html,
                       "<path class=\"pin\" d=\"M%d %dV%d\"/><circle class=\"dot\" cx=\"%d\" "
                       "cy=\"%d\" r=\"55\"><title>",
                       x, BOTTOM, y, x, y);
        report_fixed(d->html, twitch->at, 3);
        myo_string_add(d->html, " s</title></circle>\n");
    }
}

/* Twitches of an insertion stand side by side in its column. */
static void add_column(const drawing *d, size_t column, const char *id)
{
    size_t index = 0, count = 0, drawn = 0;
    const myo_finding *twitch;
    int left = column_left(d, column), wide = column_left(d, column + 1) - left;
    while ((twitch = report_next_twitch(d->session, &index)) != NULL) {
        count += belongs(d, twitch, id);
    }
    if (count == 0) {
        myo_string_add(d->html, "<text class=\"none mid\" x=\"%d\" y=\"%d\">&times;</text>",
                       left + wide / 2, BOTTOM - 60);
        return;
    }
    index = 0;
    while ((twitch = report_next_twitch(d->session, &index)) != NULL) {
        if (belongs(d, twitch, id)) {
            add_dot(d, twitch, left + (int)((size_t)wide * (2 * drawn++ + 1) / (2 * count)));
        }
    }
}

static void add_name(const drawing *d, size_t column, size_t number)
{
    int middle = (column_left(d, column) + column_left(d, column + 1)) / 2;
    myo_string_add(d->html, "<path class=\"grid\" d=\"M%d %dV%d\"/>", column_left(d, column), TOP,
                   BOTTOM);
    if (d->columns <= 16 || number == 1 || number % 5 == 0) {
        myo_string_add(d->html, "<text class=\"tick mid\" x=\"%d\" y=\"%d\">%zu</text>\n", middle,
                       BOTTOM + 170, number);
    }
}

static void add_columns(drawing *d, bool loose)
{
    size_t index = 0, column = 0;
    const myo_insertion *insertion;
    while ((insertion = myo_session_next(d->session, MYO_INSERTIONS, &index)) != NULL) {
        add_name(d, column, column + 1);
        add_column(d, column, insertion->record.id);
        column++;
    }
    if (loose) {
        add_column(d, column, NULL);
        myo_string_add(d->html, "<text class=\"tick mid\" x=\"%d\" y=\"%d\">%s</text>\n",
                       (column_left(d, column) + RIGHT) / 2, BOTTOM + 170,
                       column == 0 ? "in order of time" : "other");
    }
}

void report_series(const myo_report *report, myo_string *html)
{
    const myo_session *session = report_session(report);
    double most = 0.0;
    size_t index = 0, insertions = 0, sized = 0;
    bool loose = false;
    const myo_finding *twitch;
    while ((twitch = report_next_twitch(session, &index)) != NULL) {
        sized += isfinite(report_size(twitch));
        most = fmax(most, report_size(twitch));
        loose |= is_loose(session, twitch);
    }
    for (index = 0; myo_session_next(session, MYO_INSERTIONS, &index) != NULL;) {
        insertions++;
    }
    if (sized == 0 || !(most > 0.0) || insertions + loose == 0) {
        return;
    }
    drawing d = {session, {0.0, 1.1 * most, BOTTOM, TOP}, insertions + loose, html};
    report_section(html, "half series",
                   insertions > 0 ? "Size of the twitches, insertion by insertion"
                                  : "Size of the twitches");
    report_picture(html, "dots", WIDTH, HEIGHT, "Peak of the twitches of each insertion");
    report_level_axis(html, &d.level, LEFT, RIGHT, 5);
    myo_string_add(
        html, "<text class=\"tick mid\" transform=\"translate(140 %d) rotate(-90)\">%s</text>\n",
        (TOP + BOTTOM) / 2, report_unit(session));
    add_columns(&d, loose);
    myo_string_add(html, "</svg>\n<p class=\"note\">Peak of each twitch%s.</p></section>\n",
                   insertions > 0 ? "; &times; marks an insertion without one" : "");
}
