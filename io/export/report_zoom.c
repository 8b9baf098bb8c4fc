/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trace to look into: its numbers, and the script that draws them (dygraphs and report_zoom.js, embedded
 * at build). The script is the same on every page; the page lets nothing run but what has its hash. */
#include "report_part.h"

#include "export/json.h"
#include "report_zoom_script.h"

#include <math.h>

/* Sizes are told in steps of a 2000th of the largest: finer than the screen. */
#define STEPS 2000.0

const char *report_script_hash(const myo_report *report)
{
    return report->trace != NULL && report->trace->bins > 0 ? report_zoom_hash : NULL;
}

static void add_pieces(myo_string *html, const char *const *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        myo_string_add(html, "%s", pieces[i]);
    }
}

#define ADD_PIECES(html, pieces) add_pieces(html, pieces, sizeof(pieces) / sizeof(pieces)[0])

void report_zoom_css(const myo_report *report, myo_string *html)
{
    if (report_script_hash(report) != NULL) {
        ADD_PIECES(html, report_zoom_style);
        myo_string_add(html, "\n");
    }
}

static void add_sizes(myo_string *html, const char *name, const float *sizes, size_t count,
                      double step)
{
    myo_string_add(html, ",\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        myo_string_add(html, "%s%ld", i > 0 ? "," : "", lround((double)sizes[i] / step));
    }
    myo_string_add(html, "]");
}

static void add_twitches(const myo_session *session, myo_string *html)
{
    size_t index = 0;
    const myo_finding *finding;
    myo_string_add(html, ",\"twitches\":[");
    for (int n = 0; (finding = report_next_twitch(session, &index)) != NULL; n++) {
        myo_string_add(html, "%s", n > 0 ? "," : "");
        report_fixed(html, finding->at, 4);
    }
    myo_string_add(html, "]");
}

void report_zoom(const myo_report *report, myo_string *html)
{
    const myo_report_trace *trace = report->trace;
    if (report_script_hash(report) == NULL) {
        return;
    }
    double largest = 0.0;
    for (size_t i = 0; i < trace->bins; i++) {
        largest = fmax(largest, fmax(fabs((double)trace->low[i]), fabs((double)trace->high[i])));
    }
    const double step = largest > 0.0 ? largest / STEPS : 1.0;
    myo_string_add(html,
                   "<section class=\"zoom\" hidden>\n<h2>Look closer</h2>\n<p class=\"note\">"
                   "<button data-go=\"-1\">&#9664; twitch</button> <button data-go=\"1\">"
                   "twitch &#9654;</button> <button data-go=\"0\">whole session</button> "
                   "<span id=\"zoom-at\" role=\"status\"></span></p>\n"
                   "<div id=\"zoom\"></div>\n<p class=\"note\">Drag to look closer, "
                   "double-click for all; lines mark the onsets of the twitches.</p>\n"
                   "<script type=\"application/json\" id=\"trace-data\">{\"unit\":\"%s\","
                   "\"bin\":",
                   trace->calibrated ? "\xC2\xB5V" : "% of full scale");
    char number[64]; /* a step of a signal in parts of full scale may be far below a millionth */
    (void)myo_number_print(number, sizeof number, trace->bin_s, 9);
    myo_string_add(html, "%s,\"step\":", number);
    (void)myo_number_print(number, sizeof number, step, 9);
    myo_string_add(html, "%s", number);
    add_sizes(html, "low", trace->low, trace->bins, step);
    add_sizes(html, "high", trace->high, trace->bins, step);
    add_twitches(report_session(report), html);
    myo_string_add(html, "}</script>\n<script>");
    ADD_PIECES(html, report_zoom_script);
    myo_string_add(html, "</script>\n</section>\n");
}
