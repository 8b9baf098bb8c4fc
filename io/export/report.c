/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page as a whole: head, the parts in their order, the sentence at the end. */
#include "report_part.h"

#include "report_css.h"

#include "myotwitch/event.h"
#include "myotwitch/version.h"

#include <math.h>
#include <string.h>

const myo_session *report_session(const myo_report *report)
{
    return report->course[report->count - 1];
}

bool report_same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

double report_size(const myo_finding *finding)
{
    return isnan(finding->peak_uv) ? 100.0 * finding->peak_fs : finding->peak_uv;
}

const char *report_unit(const myo_session *session)
{
    size_t index = 0;
    const myo_finding *finding;
    while ((finding = myo_session_next(session, MYO_FINDINGS, &index)) != NULL) {
        if (!isnan(finding->peak_uv)) {
            return "&micro;V";
        }
    }
    return "% of full scale";
}

const myo_finding *report_next_twitch(const myo_session *session, size_t *index)
{
    const myo_finding *finding;
    while ((finding = myo_session_next(session, MYO_FINDINGS, index)) != NULL) {
        if (myo_finding_is_twitch(finding) && !myo_session_masked(session, finding->at)) {
            return finding;
        }
    }
    return NULL;
}

const char *report_muscle(const myo_session *session, const char *id)
{
    const myo_muscle *muscle =
        id != NULL ? myo_clinic_find(myo_session_clinic(session), MYO_MUSCLES, id) : NULL;
    return muscle != NULL && muscle->name != NULL ? muscle->name : id;
}

const char *report_side(int side)
{
    static const char *const sides[] = {"", "left", "right", "both sides"};
    return side > MYO_SIDE_UNSET && side <= MYO_BILATERAL ? sides[side] : "";
}

static void add_muscles(const myo_session *session, myo_string *html)
{
    size_t index = 0;
    const myo_point *point;
    const char *last = "";
    int last_side = -1;
    while ((point = myo_session_next(session, MYO_POINTS, &index)) != NULL) {
        if (report_same(point->muscle, last) && point->side == last_side) {
            continue;
        }
        myo_string_add(html, "<span class=\"muscle\">");
        report_text(html, report_muscle(session, point->muscle));
        myo_string_add(html, "%s%s</span> ", point->side != MYO_SIDE_UNSET ? ", " : "",
                       report_side(point->side));
        last = point->muscle;
        last_side = point->side;
    }
}

static void add_item(myo_string *html, const char *name, const char *value)
{
    if (value != NULL) {
        myo_string_add(html, "<div><dt>%s</dt><dd>", name);
        report_text(html, value);
        myo_string_add(html, "</dd></div>");
    }
}

static void add_session_items(const myo_session *session, myo_string *html)
{
    const myo_session_header *head = myo_session_head(session);
    const myo_protocol *protocol =
        head->protocol != NULL
            ? myo_clinic_find(myo_session_clinic(session), MYO_PROTOCOLS, head->protocol)
            : NULL;
    add_item(html, "Date", head->date);
    add_item(html, "Session", head->record.id);
    add_item(html, "Setting",
             head->setting != 0 ? myo_setting_name((myo_setting)head->setting) : NULL);
    add_item(html, "Protocol", protocol != NULL ? protocol->name : head->protocol);
}

/* A code stands for the patient; nothing else of the person is on the page. */
static void add_head(const myo_report *report, myo_string *html)
{
    const myo_session *session = report_session(report);
    const myo_session_header *head = myo_session_head(session);
    const char *recording = report->trace != NULL ? report->trace->recording : head->recording;
    bool bare = report->check == NULL;
    myo_string_add(html, "<header>\n<div class=\"who\"><p class=\"kicker\">%s report</p>\n<h1>",
                   bare ? "Recording" : "Session");
    myo_string_add(html, "%s", head->patient != NULL ? "Patient " : "");
    report_text(html, head->patient != NULL ? head->patient
                      : !bare               ? head->record.id
                      : recording != NULL   ? recording
                                            : "Events");
    myo_string_add(html, "</h1>\n<p class=\"muscles\">");
    add_muscles(session, html);
    myo_string_add(html, "</p></div>\n<dl>");
    if (!bare) {
        add_session_items(session, html);
    }
    add_item(html, "Recording", recording);
    myo_string_add(html, "</dl>\n</header>\n");
}

static void add_document_head(const myo_report *report, myo_string *html)
{
    const myo_session_header *head = myo_session_head(report_session(report));
    const char *script = report_script_hash(report);
    const bool pictures = report->strips != NULL && report->strips->count > 0;
    myo_string_add(html,
                   "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n"
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                   "style-src 'unsafe-inline'%s%s%s%s\">\n<title>",
                   script != NULL || pictures ? "; img-src data:" : "",
                   script != NULL ? "; script-src '" : "", script != NULL ? script : "",
                   script != NULL ? "'" : "");
    report_text(html, head->patient);
    myo_string_add(html, "%s", head->patient != NULL && head->date != NULL ? ", " : "");
    report_text(html, head->date);
    myo_string_add(html, " &ndash; myotwitch session report</title>\n<style>\n");
    report_zoom_css(report, html);
    myo_string_add(html, "%.*s</style>\n</head>\n", (int)sizeof report_css,
                   (const char *)report_css);
}

/* Beside the body, one below the other without gaps. */
static void add_stack(const myo_report *report, myo_string *html)
{
    static report_part *const parts[] = {report_relax, report_points, report_notes, report_origin};
    myo_string_add(html, "<div class=\"half stack\">\n");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        parts[i](report, html);
    }
    myo_string_add(html, "</div>\n");
}

void myo_report_html(const myo_report *report, myo_string *html)
{
    static report_part *const parts[] = {report_stop,     report_figures, report_checks,
                                         report_timeline, report_zoom,    report_twitches,
                                         report_series,   report_film,    report_body,
                                         add_stack,       report_findings};
    add_document_head(report, html);
    myo_string_add(html, "<body>\n<main>\n");
    add_head(report, html);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        parts[i](report, html);
    }
    myo_string_add(html, "<footer><p class=\"honest\">%s</p></footer>\n</main>\n</body>\n</html>\n",
                   myo_honest_sentence());
}
