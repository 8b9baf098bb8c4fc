/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables: what each point got, the course, every finding, and where all this is from. */
#include "report_part.h"

#include "myotwitch/event.h"
#include "myotwitch/session_summary.h"
#include "myotwitch/version.h"

#include <math.h>

enum { POINTS_MAX = 64 };

static void add_cell(myo_string *html, double value, int decimals)
{
    myo_string_add(html, "<td>");
    report_fixed(html, value, decimals);
    myo_string_add(html, "</td>");
}

static void add_share(myo_string *html, size_t part, size_t of)
{
    if (of == 0) {
        myo_string_add(html, "<td>&ndash;</td>");
    } else {
        myo_string_add(html, "<td>%zu of %zu</td>", part, of);
    }
}

static void add_point(const myo_session *session, const myo_point_summary *sum, size_t number,
                      myo_string *html)
{
    myo_string_add(html, "<tr><td>%zu</td><th>", number);
    report_text(html, report_muscle(session, sum->point->muscle));
    myo_string_add(html, "%s%s", sum->point->side != MYO_SIDE_UNSET ? ", " : "",
                   report_side(sum->point->side));
    myo_string_add(html, "</th>");
    add_share(html, sum->answered, sum->insertions);
    myo_string_add(html, "<td>%zu</td><td>%zu</td>", sum->twitches, sum->manual);
    add_share(html, sum->released, sum->holds);
    add_cell(html, sum->first_release_s, 0);
    myo_string_add(html, "</tr>\n");
}

static void add_course(const myo_report *report, myo_string *html)
{
    myo_string_add(
        html, "<h3>Course</h3><div class=\"wide\"><table><thead><tr><th>session</th><th>date</th>"
              "<th>treated</th><th>twitches</th><th>pain first</th><th>pain last</th>"
              "</tr></thead><tbody>\n");
    for (size_t i = 0; i < report->count; i++) {
        myo_course_row row;
        myo_session_course_row(report->course[i], &row);
        myo_string_add(html, "<tr><th>");
        report_text(html, row.id);
        myo_string_add(html, "</th><td>");
        report_text(html, row.date);
        myo_string_add(html, "</td><td>%zu</td><td>%zu</td>", row.treated, row.twitches);
        add_cell(html, row.pain_first, 0);
        add_cell(html, row.pain_last, 0);
        myo_string_add(html, "</tr>\n");
    }
    myo_string_add(html, "</tbody></table></div>\n");
}

void report_points(const myo_report *report, myo_string *html)
{
    const myo_session *session = report_session(report);
    myo_point_summary sums[POINTS_MAX];
    size_t count = myo_session_point_summaries(session, sums, POINTS_MAX);
    if (count == 0 && report->count < 2) {
        return;
    }
    report_section(html, "half points", "Trigger points");
    myo_string_add(html,
                   "<div class=\"wide\"><table><thead><tr><th></th><th>muscle</th><th>insertions "
                   "answered</th><th>twitches needling</th><th>by hand</th><th>holds "
                   "released</th><th>release after, s</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < count && i < POINTS_MAX; i++) {
        add_point(session, &sums[i], i + 1, html);
    }
    myo_string_add(html, "</tbody></table></div>\n");
    if (report->count > 1) {
        add_course(report, html);
    }
    myo_string_add(html, "</section>\n");
}

static const char *provenance(int from)
{
    return from == MYO_FROM_PERSON ? "person" : from == MYO_FROM_EDITED ? "edited" : "detector";
}

static void add_finding(const myo_session *session, const myo_finding *finding, myo_string *html)
{
    myo_string_add(html, "<tr data-id=\"");
    report_text(html, finding->record.id);
    myo_string_add(html, "\"><th>%s%s%s</th>",
                   myo_event_type_name((myo_event_type)(finding->type - 1)),
                   myo_finding_is_ultrasound(finding) ? ", ultrasound" : "",
                   myo_session_masked(session, finding->at) ? " (stimulator on)" : "");
    add_cell(html, finding->at, 4);
    add_cell(html, 1000.0 * (finding->end - finding->at), 0);
    add_cell(html, finding->channel, 0);
    myo_string_add(html, "<td>");
    if (isfinite(report_size(finding))) {
        report_amount(html, report_size(finding));
    } else if (isfinite(finding->peak_mm)) {
        report_fixed(html, finding->peak_mm, 2);
        myo_string_add(html, "&thinsp;mm");
    } else {
        myo_string_add(html, "&ndash;");
    }
    myo_string_add(html, "</td>");
    add_cell(html, finding->snr_db, 1);
    add_cell(html, finding->confidence, 2);
    myo_string_add(html, "<td>%s</td></tr>\n", provenance(finding->provenance));
}

void report_findings(const myo_report *report, myo_string *html)
{
    const myo_session *session = report_session(report);
    size_t index = 0, count = 0;
    const myo_finding *finding;
    while (myo_session_next(session, MYO_FINDINGS, &index) != NULL) {
        count++;
    }
    if (count == 0) {
        return;
    }
    myo_string_add(
        html,
        "<section class=\"findings\"><details><summary>All %zu findings in numbers"
        "</summary>\n<div class=\"wide\"><table><thead><tr><th>what</th><th>onset, s</th>"
        "<th>length, ms</th><th>channel</th><th>peak, %s</th><th>SNR, dB</th>"
        "<th>confidence</th><th>from</th></tr></thead><tbody>\n",
        count, report_unit(session));
    index = 0;
    while ((finding = myo_session_next(session, MYO_FINDINGS, &index)) != NULL) {
        add_finding(session, finding, html);
    }
    myo_string_add(html, "</tbody></table></div></details></section>\n");
}

static void add_import(const myo_audit *entry, myo_string *html)
{
    myo_string_add(html, "<li>");
    report_text(html, entry->target);
    myo_string_add(html, ": ");
    report_text(html, entry->after);
    myo_string_add(html, "</li>\n");
}

/* Imports say recording, detector and configuration; what people changed is counted. */
void report_origin(const myo_report *report, myo_string *html)
{
    const myo_session *session = report_session(report);
    size_t index = 0, changes = 0;
    const myo_audit *entry;
    report_section(html, "half origin", "Where the figures are from");
    myo_string_add(html, "<ul class=\"plain\">\n");
    while ((entry = myo_session_next(session, MYO_AUDIT, &index)) != NULL) {
        if (entry->action == MYO_DID_IMPORT) {
            add_import(entry, html);
        } else {
            changes++;
        }
    }
    myo_string_add(html,
                   "<li>%zu change%s by people</li>\n<li>report by myotwitch %s, detector of this "
                   "version %s</li>\n</ul>\n</section>\n",
                   changes, changes == 1 ? "" : "s", myo_version(), myo_detector_version());
}
