/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The twitches on top of one another, aligned on their onsets. */
#include "report_part.h"

#include <math.h>

enum {
    WIDTH = 4800,
    HEIGHT = 2700,
    LEFT = 640,
    RIGHT = 4720,
    TOP = 100,
    BOTTOM = 2380,
    SHOWN = 60
};

static double row_peak(const myo_report_trace *trace, size_t row)
{
    double peak = 0.0;
    for (size_t i = 0; i < trace->twitch_points; i++) {
        peak = fmax(peak, fabs((double)trace->twitches[row * trace->twitch_points + i]));
    }
    return peak;
}

/* The twitch with as many larger ones as smaller ones. */
static size_t middle_row(const myo_report_trace *trace)
{
    size_t best = 0, best_off = trace->twitch_count;
    for (size_t row = 0; row < trace->twitch_count; row++) {
        size_t larger = 0;
        for (size_t other = 0; other < trace->twitch_count; other++) {
            double difference = row_peak(trace, other) - row_peak(trace, row);
            larger += difference > 0.0 || (difference == 0.0 && other < row);
        }
        size_t half = trace->twitch_count / 2;
        size_t off = larger > half ? larger - half : half - larger;
        if (off < best_off) {
            best = row;
            best_off = off;
        }
    }
    return best;
}

static void add_row(const myo_report_trace *trace, size_t row, const report_axis *time,
                    const report_axis *level, const char *name, myo_string *html)
{
    myo_string_add(html, "<path class=\"%s\" d=\"M", name);
    for (size_t i = 0; i < trace->twitch_points; i++) {
        double at = 1000.0 * ((double)i * trace->point_s - trace->lead_s);
        double value = (double)trace->twitches[row * trace->twitch_points + i];
        myo_string_add(html, "%d %d ", report_place(time, at), report_place(level, value));
    }
    myo_string_add(html, "\"/>\n");
}

static void add_axes(const report_axis *time, const report_axis *level, bool calibrated,
                     myo_string *html)
{
    report_level_axis(html, level, LEFT, RIGHT, 5);
    for (double ms = 0.0; ms <= time->high; ms += 50.0) {
        int x = report_place(time, ms);
        myo_string_add(
            html, "<path class=\"%s\" d=\"M%d %dV%d\"/><text class=\"tick mid\" x=\"%d\" y=\"%d\">",
            ms == 0.0 ? "onset" : "grid", x, TOP, BOTTOM, x, BOTTOM + 170);
        report_fixed(html, ms, 0);
        myo_string_add(html, "&thinsp;ms</text>\n");
    }
    myo_string_add(
        html, "<text class=\"tick mid\" transform=\"translate(140 %d) rotate(-90)\">%s</text>\n",
        (TOP + BOTTOM) / 2, calibrated ? "&micro;V" : "% full scale");
}

void report_twitches(const myo_report *report, myo_string *html)
{
    const myo_report_trace *trace = report->trace;
    if (trace == NULL || trace->twitch_count == 0) {
        return;
    }
    double limit = 0.0;
    for (size_t row = 0; row < trace->twitch_count; row++) {
        limit = fmax(limit, 1.08 * row_peak(trace, row));
    }
    limit = limit > 0.0 ? limit : 1.0;
    double end_ms = 1000.0 * ((double)(trace->twitch_points - 1) * trace->point_s - trace->lead_s);
    report_axis time = {-1000.0 * trace->lead_s, end_ms, LEFT, RIGHT};
    report_axis level = {-limit, limit, BOTTOM, TOP};
    size_t shown = trace->twitch_count < SHOWN ? trace->twitch_count : SHOWN;
    report_section(html, "half twitches", "The twitches, aligned on their onsets");
    report_picture(html, "overlay", WIDTH, HEIGHT, "Superimposed twitches");
    add_axes(&time, &level, trace->calibrated, html);
    for (size_t i = 0; i < shown; i++) {
        add_row(trace, i * trace->twitch_count / shown, &time, &level, "one", html);
    }
    add_row(trace, middle_row(trace), &time, &level, "middle", html);
    myo_string_add(html,
                   "</svg>\n<p class=\"note\">%zu of %zu on this channel; the one of median "
                   "size is drawn strong.</p></section>\n",
                   shown, trace->twitch_count);
}
