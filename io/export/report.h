/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One session as a self-contained HTML page: it opens from a file, prints to two sides of A4, and
 * shows itself light or dark. Nothing in it is fetched from elsewhere. With a trace it holds one script, dygraphs
 * and ours to look into the trace, which the page names by its hash: nothing else may run, and all but that part is
 * there without it.
 *
 * The same inputs give the same bytes. Any thread. */
#ifndef MYO_IO_REPORT_H
#define MYO_IO_REPORT_H

#include "export/film_strip.h"

#include "myotwitch/check.h"

/** What the page shows of the recording: one channel, 20-450 Hz, delay of the filter taken out.
 *  Amplitudes are uV if @p calibrated, else % of full scale. */
typedef struct {
    const char *recording;   /**< name of the file, without its directory */
    const char *channel;     /**< name or number, for people */
    double duration_s;       /**< of the recording, more than 0 */
    bool calibrated;         /**< sizes are uV */
    const float *low, *high; /**< smallest and largest sample of each bin */
    size_t bins;
    double bin_s;          /**< length of a bin */
    const float *twitches; /**< twitch_count rows of twitch_points */
    size_t twitch_count, twitch_points;
    double point_s; /**< between two points of a row */
    double lead_s;  /**< from the first point of a row to the onset */
} myo_report_trace;

typedef struct {
    const myo_session *const *course; /**< in order of time; the last one is reported */
    size_t count;                     /**< at least 1 */
    const myo_check *check; /**< of the course, sorted by point; NULL: a bare recording, of which
                                 nothing is known but its events */
    const myo_report_trace *trace; /**< NULL: no recording at hand */
    const myo_strips *strips;      /**< pictures of ultrasound; NULL: none at hand */
} myo_report;

/** Adds the page to @p html; html->failed where memory ran out. */
void myo_report_html(const myo_report *report, myo_string *html);

#endif
