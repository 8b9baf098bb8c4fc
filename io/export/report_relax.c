/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the muscle let go: guarding, release, and resting activity with its interval. */
#include "report_part.h"

#include "myotwitch/event.h"

#include <math.h>

enum { WIDTH = 4800, LEFT = 200, RIGHT = 4600, ROW = 620 };

static const char *verdict(int verdict)
{
    static const char *const words[] = {"not certain", "released", "not released", "not usable"};
    return words[verdict >= 0 && verdict <= MYO_UNUSABLE ? verdict : 0];
}

static void add_scale(const report_axis *level, int bottom, myo_string *html)
{
    static const double marks[] = {0.25, 0.5, 1.0, 2.0, 4.0};
    static const char *const names[] = {"&frac14;", "&frac12;", "unchanged", "2&times;",
                                        "4&times;"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        int x = report_place(level, log2(marks[i]));
        myo_string_add(html,
                       "<path class=\"%s\" d=\"M%d 40V%d\"/><text class=\"tick mid\" x=\"%d\" "
                       "y=\"%d\">%s</text>\n",
                       marks[i] == 1.0 ? "onset" : "grid", x, bottom, x, bottom + 170, names[i]);
    }
}

static void add_row(const myo_finding *finding, const report_axis *level, int y, myo_string *html)
{
    int x = report_place(level, log2(finding->level));
    bool has_interval = finding->level_low > 0.0 && finding->level_high > 0.0;
    myo_string_add(html, "<text x=\"%d\" y=\"%d\">", LEFT, y);
    report_clock(html, finding->at);
    myo_string_add(html, "&ndash;");
    report_clock(html, finding->end);
    myo_string_add(html, "  %s: ", verdict(finding->verdict));
    report_fixed(html, finding->level, 2);
    if (has_interval) {
        myo_string_add(html, " (");
        report_fixed(html, finding->level_low, 2);
        myo_string_add(html, " to ");
        report_fixed(html, finding->level_high, 2);
        myo_string_add(html, ")");
    }
    myo_string_add(html, "</text>\n");
    if (has_interval) {
        myo_string_add(html, "<path class=\"interval\" d=\"M%d %dH%d\"/>",
                       report_place(level, log2(finding->level_low)), y + 190,
                       report_place(level, log2(finding->level_high)));
    }
    myo_string_add(html, "<circle class=\"estimate\" cx=\"%d\" cy=\"%d\" r=\"65\"/>\n", x, y + 190);
}

static size_t add_rows(const myo_session *session, const report_axis *level, myo_string *html)
{
    size_t index = 0, count = 0;
    const myo_finding *finding;
    while ((finding = myo_session_next(session, MYO_FINDINGS, &index)) != NULL) {
        if (finding->type == MYO_EVENT_RELAXATION + 1 && finding->level > 0.0) {
            add_row(finding, level, 180 + (int)count++ * ROW, html);
        }
    }
    return count;
}

/* The moment from the start of the hold in which it lies. */
static void add_release(const myo_session *session, const myo_finding *finding, myo_string *html)
{
    const myo_step *hold =
        finding->step != NULL ? myo_session_find(session, MYO_STEPS, finding->step) : NULL;
    myo_string_add(html, "<li>let go at ");
    report_clock(html, finding->at);
    if (hold != NULL) {
        myo_string_add(html, ", <b>");
        report_fixed(html, finding->at - hold->start, 0);
        myo_string_add(html, "&thinsp;s</b> into the hold");
    }
    myo_string_add(html, "</li>\n");
}

/* Holds and rechecks without a level: guarding and the verdict. */
static void add_hold(const myo_session *session, const myo_finding *finding, myo_string *html)
{
    const myo_step *step =
        finding->step != NULL ? myo_session_find(session, MYO_STEPS, finding->step) : NULL;
    bool after = step != NULL && step->kind == MYO_STEP_RECHECK;
    myo_string_add(html, "<li>%s ", after ? "rest after it" : "hold");
    report_clock(html, finding->at);
    myo_string_add(html, "&ndash;");
    report_clock(html, finding->end);
    myo_string_add(html, ": %s", verdict(finding->verdict));
    if (!isnan(finding->guarding_ratio)) {
        myo_string_add(html, ", activity in the hold <b>");
        report_fixed(html, finding->guarding_ratio, 2);
        myo_string_add(html, "&times;</b> that before it");
    }
    myo_string_add(html, "</li>\n");
}

static void add_list(const myo_session *session, myo_string *html)
{
    size_t index = 0, count = 0;
    const myo_finding *finding;
    while ((finding = myo_session_next(session, MYO_FINDINGS, &index)) != NULL) {
        bool release = finding->type == MYO_EVENT_RELEASE + 1;
        bool hold = finding->type == MYO_EVENT_RELAXATION + 1 && isnan(finding->level);
        if (release || hold) {
            myo_string_add(html, "%s", count++ == 0 ? "<ul class=\"plain\">\n" : "");
        }
        if (release) {
            add_release(session, finding, html);
        } else if (hold) {
            add_hold(session, finding, html);
        }
    }
    myo_string_add(html, "%s", count > 0 ? "</ul>\n" : "");
}

void report_relax(const myo_report *report, myo_string *html)
{
    const myo_session *session = report_session(report);
    size_t index = 0, findings = 0;
    const myo_finding *finding;
    while ((finding = myo_session_next(session, MYO_FINDINGS, &index)) != NULL) {
        findings +=
            finding->type == MYO_EVENT_RELAXATION + 1 || finding->type == MYO_EVENT_RELEASE + 1;
    }
    if (findings == 0) {
        return;
    }
    report_axis level = {-2.2, 2.2, LEFT, RIGHT};
    myo_string rows = {0};
    int bottom = (int)add_rows(session, &level, &rows) * ROW;
    report_section(html, "half relax", "Relaxation");
    if (bottom > 0) {
        report_picture(html, "ratios", WIDTH, bottom + 240, "Resting activity after over before");
        add_scale(&level, bottom, html);
        myo_string_add(html,
                       "%s</svg>\n<p class=\"note\">Resting activity after over before, with "
                       "its 95&thinsp;%% interval; left of the line is less.</p>\n",
                       rows.data);
    }
    html->failed |= rows.failed;
    myo_string_free(&rows);
    add_list(session, html);
    myo_string_add(html, "</section>\n");
}
