/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The big figures: what a reader wants to know first. */
#include "report_part.h"

#include "myotwitch/event.h"
#include "myotwitch/session_summary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void open_card(myo_string *html)
{
    myo_string_add(html, "<div class=\"card\"><p class=\"big\">");
}

static void close_card(myo_string *html, const char *name, const char *detail)
{
    myo_string_add(html, "</p><p class=\"name\">%s</p><p class=\"detail\">%s</p></div>\n", name,
                   detail);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_size(const myo_session *session, size_t *count)
{
    size_t index = 0, sized = 0;
    const myo_finding *twitch;
    *count = 0;
    while (report_next_twitch(session, &index) != NULL) {
        (*count)++;
    }
    double *sizes = calloc(*count + 1, sizeof *sizes);
    if (sizes == NULL) {
        return (double)NAN;
    }
    index = 0;
    while ((twitch = report_next_twitch(session, &index)) != NULL) {
        if (isfinite(report_size(twitch))) {
            sizes[sized++] = report_size(twitch);
        }
    }
    qsort(sizes, sized, sizeof *sizes, by_value);
    double middle = sized == 0 ? (double)NAN : 0.5 * (sizes[(sized - 1) / 2] + sizes[sized / 2]);
    free(sizes);
    return middle;
}

/* Twitches that ultrasound showed: without the EMG, and with it. */
static void count_seen(const myo_session *session, size_t *only, size_t *both)
{
    size_t index = 0;
    const myo_finding *finding;
    *only = *both = 0;
    while ((finding = myo_session_next(session, MYO_FINDINGS, &index)) != NULL) {
        bool twitch = finding->type == MYO_EVENT_LTR + 1 && myo_finding_is_ultrasound(finding) &&
                      !myo_session_masked(session, finding->at);
        *only += twitch && myo_finding_is_twitch(finding);
        *both += twitch && !myo_finding_is_twitch(finding);
    }
}

static void add_twitches(const myo_session *session, myo_string *html)
{
    size_t count = 0, only = 0, both = 0;
    char detail[96] = "local twitch responses in the EMG";
    double size = median_size(session, &count);
    count_seen(session, &only, &both);
    if (only + both > 0) {
        snprintf(detail, sizeof detail, "%zu on ultrasound only, %zu in the EMG only, %zu in both",
                 only, count - only - both, both);
    }
    open_card(html);
    myo_string_add(html, "%zu", count);
    close_card(html, count == 1 ? "twitch detected" : "twitches detected",
               count == 0 ? "none seen is not none there" : detail);
    if (isfinite(size)) {
        open_card(html);
        report_amount(html, size);
        myo_string_add(html, "<small>%s</small>", report_unit(session));
        close_card(html, "median peak", "of the twitches, 20&ndash;450&thinsp;Hz");
    }
}

static bool is_answered(const myo_session *session, const myo_insertion *insertion)
{
    size_t index = 0;
    const myo_finding *twitch;
    while ((twitch = report_next_twitch(session, &index)) != NULL) {
        if (report_same(twitch->insertion, insertion->record.id)) {
            return true;
        }
    }
    return false;
}

static void add_insertions(const myo_session *session, myo_string *html)
{
    size_t index = 0, count = 0, answered = 0;
    const myo_insertion *insertion;
    while ((insertion = myo_session_next(session, MYO_INSERTIONS, &index)) != NULL) {
        count++;
        answered += is_answered(session, insertion);
    }
    if (count > 0) {
        open_card(html);
        myo_string_add(html, "%zu<small>of %zu</small>", answered, count);
        close_card(html, "insertions answered", "with at least one twitch");
    }
}

static void add_holds(const myo_session *session, myo_string *html)
{
    myo_point_summary points[64];
    size_t count = myo_session_point_summaries(session, points, 64);
    size_t holds = 0, released = 0;
    for (size_t i = 0; i < count && i < 64; i++) {
        holds += points[i].holds;
        released += points[i].released;
    }
    if (holds > 0) {
        open_card(html);
        myo_string_add(html, "%zu<small>of %zu</small>", released, holds);
        close_card(html, holds == 1 ? "hold released" : "holds released",
                   "compression, release seen or felt");
    }
}

/* From first to last value, as the course has it. */
static void add_change(myo_string *html, double first, double last, int decimals, const char *name,
                       const char *detail)
{
    if (isnan(first) && isnan(last)) {
        return;
    }
    open_card(html);
    report_fixed(html, first, decimals);
    myo_string_add(html, "<small>to</small> ");
    report_fixed(html, last, decimals);
    close_card(html, name, detail);
}

/* Measured; whether there was anything. */
static bool add_rest(const myo_session *session, myo_string *html)
{
    size_t index = 0;
    const myo_finding *finding;
    while ((finding = myo_session_next(session, MYO_FINDINGS, &index)) != NULL) {
        if (finding->type != MYO_EVENT_RELAXATION + 1 || isnan(finding->level)) {
            continue;
        }
        open_card(html);
        report_fixed(html, finding->level, 2);
        myo_string_add(html,
                       "</p><p class=\"name\">resting activity</p><p class=\"detail\">after over "
                       "before");
        if (!isnan(finding->level_low) && !isnan(finding->level_high)) {
            myo_string_add(html, ", ");
            report_fixed(html, finding->level_low, 2);
            myo_string_add(html, " to ");
            report_fixed(html, finding->level_high, 2);
        }
        myo_string_add(html, "</p></div>\n");
        return true;
    }
    return false;
}

void report_figures(const myo_report *report, myo_string *html)
{
    const myo_session *session = report_session(report);
    myo_course_row row;
    myo_session_course_row(session, &row);
    myo_string_add(html, "<section class=\"figures\" aria-label=\"Figures\">\n");
    add_twitches(session, html);
    add_insertions(session, html);
    add_holds(session, html);
    add_change(html, row.pain_first, row.pain_last, 0, "pain", "0&ndash;10, first and last said");
    if (!add_rest(session, html)) {
        add_change(html, row.tension_first, row.tension_last, 2, "tension", "first and last noted");
    }
    myo_string_add(html, "</section>\n");
}
