/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people wrote down in their own words, of the session, its points and its steps. */
#include "report_part.h"

#include <math.h>

typedef struct {
    myo_string *html;
    int count;
} list;

static void add_note(list *to, double at, const char *about, const char *text)
{
    if (text == NULL || text[0] == '\0') {
        return;
    }
    if (to->count++ == 0) {
        report_section(to->html, "half notes", "Notes");
        myo_string_add(to->html, "<ul class=\"plain\">\n");
    }
    myo_string_add(to->html, "<li>");
    if (!isnan(at)) {
        report_clock(to->html, at);
        myo_string_add(to->html, " ");
    }
    report_text(to->html, about);
    myo_string_add(to->html, "%s", about != NULL ? ": " : "");
    report_text(to->html, text);
    myo_string_add(to->html, "</li>\n");
}

void report_notes(const myo_report *report, myo_string *html)
{
    const myo_session *session = report_session(report);
    list to = {html, 0};
    size_t index = 0;
    add_note(&to, (double)NAN, NULL, myo_session_head(session)->note);
    const myo_point *point;
    while ((point = myo_session_next(session, MYO_POINTS, &index)) != NULL) {
        add_note(&to, (double)NAN, report_muscle(session, point->muscle), point->note);
    }
    index = 0;
    const myo_step *step;
    while ((step = myo_session_next(session, MYO_STEPS, &index)) != NULL) {
        const char *kind = myo_step_kind_name((myo_step_kind)step->kind);
        add_note(&to, step->start, kind, step->adverse);
        add_note(&to, step->start, kind, step->note);
    }
    myo_string_add(html, "%s", to.count > 0 ? "</ul>\n</section>\n" : "");
}
