/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rules say: by trigger point, the severest first. */
#include "report_part.h"

#include <math.h>

static bool is_loud(const myo_annotation *a)
{
    return a->severity >= MYO_SAYS_NOTE;
}

static void add_where(const myo_report *report, const myo_annotation *a, myo_string *html)
{
    const myo_point *point =
        a->point != NULL ? myo_session_find(report_session(report), MYO_POINTS, a->point) : NULL;
    if (point != NULL) {
        report_text(html, report_muscle(report_session(report), point->muscle));
        myo_string_add(html, "%s%s", point->side != MYO_SIDE_UNSET ? ", " : "",
                       report_side(point->side));
    }
    if (a->step_kind != 0) {
        myo_string_add(html, "%s%s", point != NULL ? " &middot; " : "",
                       myo_step_kind_name((myo_step_kind)a->step_kind));
    }
    if (!isnan(a->t0)) {
        myo_string_add(html, " at ");
        report_clock(html, a->t0);
    }
}

static void add_check(const myo_report *report, const myo_annotation *a, myo_string *html)
{
    const char *name = myo_severity_name((myo_severity)a->severity);
    myo_string_add(html, "<li class=\"%s\"><b class=\"tag\">%s</b><div><p>", name, name);
    report_text(html, a->text);
    myo_string_add(html, "</p><p class=\"detail\">");
    add_where(report, a, html);
    if (a->expected[0] != '\0') {
        myo_string_add(html, " &middot; ");
        report_text(html, a->shown);
        myo_string_add(html, "%sexpected ", a->shown[0] != '\0' ? ", " : "");
        report_text(html, a->expected);
    }
    myo_string_add(html, " <span class=\"rule\">%s</span></p></div></li>\n", a->rule);
}

static size_t add_list(const myo_report *report, bool loud, myo_string *html)
{
    size_t count = 0;
    for (size_t i = 0; i < myo_check_count(report->check); i++) {
        const myo_annotation *a = myo_check_at(report->check, i);
        if (is_loud(a) == loud && a->severity > MYO_SAYS_OK) {
            myo_string_add(html, "%s", count++ == 0 ? "<ul class=\"said\">\n" : "");
            add_check(report, a, html);
        }
    }
    myo_string_add(html, "%s", count > 0 ? "</ul>\n" : "");
    return count;
}

/* What was not recorded is told by name: silence could be read as ok. */
static void add_open(const myo_report *report, size_t open, myo_string *html)
{
    if (open == 0) {
        return;
    }
    myo_string_add(html, "<details class=\"open\"><summary>The %zu not assessed</summary><ul>\n",
                   open);
    for (size_t i = 0; i < myo_check_count(report->check); i++) {
        const myo_annotation *a = myo_check_at(report->check, i);
        if (a->severity == MYO_NOT_ASSESSED) {
            myo_string_add(html, "<li>");
            report_text(html, a->text);
            myo_string_add(html, " <span class=\"rule\">%s</span></li>\n", a->rule);
        }
    }
    myo_string_add(html, "</ul></details>\n");
}

void report_stop(const myo_report *report, myo_string *html)
{
    if (report->check != NULL && myo_check_stops(report->check)) {
        myo_string_add(html, "<p class=\"stop-banner\"><b>STOP</b> &ndash; a person recorded what "
                             "forbids going on; no signal cancels it.</p>\n");
    }
}

void report_checks(const myo_report *report, myo_string *html)
{
    if (report->check == NULL) {
        return;
    }
    size_t count[MYO_SAYS_STOP + 1] = {0};
    for (size_t i = 0; i < myo_check_count(report->check); i++) {
        count[myo_check_at(report->check, i)->severity]++;
    }
    report_section(html, "checks", "Checks");
    if (add_list(report, true, html) == 0) {
        myo_string_add(html, "<p class=\"quiet\">No stop, referral, warning or note.</p>\n");
    }
    myo_string_add(html,
                   "<p class=\"tally\">%zu ok &middot; %zu for information &middot; "
                   "%zu not assessed%s</p>\n",
                   count[MYO_SAYS_OK], count[MYO_SAYS_INFO], count[MYO_NOT_ASSESSED],
                   count[MYO_NOT_ASSESSED] > 0 ? ": not recorded, and not to be read as ok" : "");
    if (count[MYO_SAYS_INFO] > 0) {
        myo_string_add(html, "<details><summary>For information</summary>\n");
        add_list(report, false, html);
        myo_string_add(html, "</details>\n");
    }
    add_open(report, count[MYO_NOT_ASSESSED], html);
    myo_string_add(html, "</section>\n");
}
