/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Front and back of the body: where pain was felt, where the muscle refers to, what was treated. */
#include "report_part.h"
#include "report_zones.h"

#include "myotwitch/session_summary.h"

#include <math.h>

/* The outline counts in 10 of the picture's units; each view is 200 of its own wide. */
enum { UNIT = 10, VIEW = 2000, TOP = 160, HEIGHT = 4720, MIDLINE = 1000 };

typedef struct {
    const myo_session *session;
    myo_string *html;
} drawing;

/* Front and back stand side by side; the patient's left is on the right of the front view. */
static int place_across(const report_zone *zone, bool left)
{
    bool right_of_picture = left != zone->back;
    int view = zone->back ? VIEW : 0;
    return view + MIDLINE + (right_of_picture ? 1 : -1) * zone->across * UNIT;
}

static void add_ellipse(const drawing *d, const report_zone *zone, bool left, const char *name)
{
    const myo_zone *about = myo_clinic_find(myo_session_clinic(d->session), MYO_ZONES, zone->id);
    myo_string_add(
        d->html,
        "<ellipse class=\"%s\" cx=\"%d\" cy=\"%d\" rx=\"%d\" ry=\"%d\" data-zone=\"%s\"><title>",
        name, place_across(zone, left), TOP + zone->down * UNIT, zone->wide * UNIT,
        zone->high * UNIT, zone->id);
    report_text(d->html, about != NULL ? about->label : zone->id);
    myo_string_add(d->html, "</title></ellipse>\n");
}

/* On the side of the point; on both where the side is not known. */
static void add_zone(const drawing *d, const char *id, int side, const char *name)
{
    const report_zone *zone = report_zone_find(id);
    if (zone == NULL) {
        return;
    }
    if (side != MYO_RIGHT) {
        add_ellipse(d, zone, true, name);
    }
    if (side != MYO_LEFT && (side == MYO_RIGHT || zone->across != 0)) {
        add_ellipse(d, zone, false, name);
    }
}

static void add_zones(const drawing *d, const myo_ids *zones, int side, const char *name)
{
    for (size_t i = 0; i < zones->count; i++) {
        add_zone(d, zones->item[i], side, name);
    }
}

static void add_half(const drawing *d, int middle, int direction)
{
    size_t count = 0;
    const int(*at)[2] = report_outline(&count);
    for (size_t k = 1; k + 1 < count; k++) {
        size_t i = direction > 0 ? k : count - 1 - k;
        size_t next = direction > 0 ? i + 1 : i - 1;
        /* Through the middles of the edges, with the corners as control points: a smooth line. */
        myo_string_add(d->html, "Q%d %d %d %d", middle + direction * at[i][0] * UNIT,
                       TOP + at[i][1] * UNIT,
                       middle + direction * (at[i][0] + at[next][0]) * UNIT / 2,
                       TOP + (at[i][1] + at[next][1]) * UNIT / 2);
    }
}

static void add_outline(const drawing *d, int view, const char *name)
{
    size_t count = 0;
    const int(*at)[2] = report_outline(&count);
    myo_string_add(d->html, "<path class=\"body\" d=\"M%d %d", view + MIDLINE,
                   TOP + at[0][1] * UNIT);
    add_half(d, view + MIDLINE, 1);
    myo_string_add(d->html, "L%d %d", view + MIDLINE, TOP + at[count - 1][1] * UNIT);
    add_half(d, view + MIDLINE, -1);
    myo_string_add(d->html, "z\"/><text class=\"tick mid\" x=\"%d\" y=\"110\">%s</text>\n",
                   view + MIDLINE, name);
    bool back = view > 0;
    myo_string_add(d->html,
                   "<text class=\"tick mid\" x=\"%d\" y=\"1100\">%s</text>"
                   "<text class=\"tick mid\" x=\"%d\" y=\"1100\">%s</text>\n",
                   view + 250, back ? "L" : "R", view + VIEW - 250, back ? "R" : "L");
}

static const myo_muscle *muscle_of(const myo_session *session, const myo_point *point)
{
    return point->muscle != NULL
               ? myo_clinic_find(myo_session_clinic(session), MYO_MUSCLES, point->muscle)
               : NULL;
}

static void add_pain(const drawing *d)
{
    size_t index = 0;
    const myo_point *point;
    while ((point = myo_session_next(d->session, MYO_POINTS, &index)) != NULL) {
        const myo_muscle *muscle = muscle_of(d->session, point);
        if (muscle != NULL) {
            add_zones(d, &muscle->primary, point->side, "pattern");
        }
        add_zones(d, &point->referred, point->side, "referred");
    }
    index = 0;
    const myo_step *step;
    while ((step = myo_session_next(d->session, MYO_STEPS, &index)) != NULL) {
        const myo_point *of =
            step->point != NULL ? myo_session_find(d->session, MYO_POINTS, step->point) : NULL;
        if (step->kind == MYO_STEP_BASELINE) {
            add_zones(d, &step->zones, of != NULL ? of->side : step->side, "referred");
        }
    }
}

static void add_cross(const drawing *d, int x, int y, const char *id, size_t number)
{
    myo_string_add(d->html, "<g class=\"point\" data-id=\"");
    report_text(d->html, id);
    myo_string_add(d->html,
                   "\"><circle cx=\"%d\" cy=\"%d\" r=\"85\"/><text class=\"mid\" x=\"%d\" "
                   "y=\"%d\">%zu</text></g>\n",
                   x, y, x, y + 42, number);
}

/* The first place in which the muscle lies; rather one beside the midline, which shows the side. */
static const report_zone *place_of(const myo_muscle *muscle)
{
    const report_zone *found = NULL;
    for (size_t i = 0; muscle != NULL && i < muscle->lies_in.count; i++) {
        const report_zone *zone = report_zone_find(muscle->lies_in.item[i]);
        if (zone != NULL && (found == NULL || (found->across == 0 && zone->across != 0))) {
            found = zone;
        }
    }
    return found;
}

/* How many points of the same place and side come before this one. */
static int points_before(const myo_session *session, const myo_point *point,
                         const report_zone *zone)
{
    size_t index = 0;
    int count = 0;
    const myo_point *other;
    while ((other = myo_session_next(session, MYO_POINTS, &index)) != NULL && other != point) {
        count += other->side == point->side && place_of(muscle_of(session, other)) == zone;
    }
    return count;
}

/* A point is shown where its muscle lies; several of one place below one another. */
static void add_points(const drawing *d)
{
    size_t index = 0, number = 0;
    const myo_point *point;
    while ((point = myo_session_next(d->session, MYO_POINTS, &index)) != NULL) {
        const myo_muscle *muscle = muscle_of(d->session, point);
        number++;
        const report_zone *zone = place_of(muscle);
        if (zone == NULL) {
            continue;
        }
        int y = TOP + zone->down * UNIT + 175 * points_before(d->session, point, zone);
        if (point->side != MYO_RIGHT) {
            add_cross(d, place_across(zone, true), y, point->record.id, number);
        }
        if (point->side == MYO_RIGHT || point->side == MYO_BILATERAL) {
            add_cross(d, place_across(zone, false), y, point->record.id, number);
        }
    }
}

static void add_key(const drawing *d)
{
    myo_string_add(
        d->html,
        "<p class=\"legend\">"
        "<span><svg viewBox=\"0 0 200 130\" aria-hidden=\"true\"><ellipse class=\"referred\" "
        "cx=\"100\" cy=\"65\" rx=\"85\" ry=\"50\"/></svg>pain as recorded</span> "
        "<span><svg viewBox=\"0 0 200 130\" aria-hidden=\"true\"><ellipse class=\"pattern\" "
        "cx=\"100\" cy=\"65\" rx=\"85\" ry=\"50\"/></svg>usual pattern of the muscle</span> "
        "<span><svg viewBox=\"0 0 200 200\" aria-hidden=\"true\"><g class=\"point\"><circle "
        "cx=\"100\" cy=\"100\" r=\"85\"/></g></svg>trigger point</span></p>\n"
        "<p class=\"note\">A point stands where its muscle lies in the model, not "
        "where the skin was marked; patterns are unreviewed unless said.</p>\n");
}

/* The same in words, for those who cannot see the picture. */
static void add_words(const drawing *d)
{
    size_t index = 0;
    const myo_point *point;
    myo_string_add(d->html, "<ol class=\"plain\">\n");
    while ((point = myo_session_next(d->session, MYO_POINTS, &index)) != NULL) {
        myo_string_add(d->html, "<li><b>");
        report_text(d->html, report_muscle(d->session, point->muscle));
        myo_string_add(d->html, "%s%s</b>%s", point->side != MYO_SIDE_UNSET ? ", " : "",
                       report_side(point->side), point->referred.count > 0 ? " refers to " : "");
        for (size_t i = 0; i < point->referred.count; i++) {
            const myo_zone *zone =
                myo_clinic_find(myo_session_clinic(d->session), MYO_ZONES, point->referred.item[i]);
            myo_string_add(d->html, "%s", i > 0 ? "; " : "");
            report_text(d->html, zone != NULL ? zone->label : point->referred.item[i]);
        }
        myo_string_add(d->html, "</li>\n");
    }
    myo_string_add(d->html, "</ol>\n");
}

void report_body(const myo_report *report, myo_string *html)
{
    const myo_session *session = report_session(report);
    size_t index = 0;
    if (myo_session_next(session, MYO_POINTS, &index) == NULL) {
        return;
    }
    drawing d = {session, html};
    report_section(html, "half where", "Where");
    report_picture(html, "map", 2 * VIEW, HEIGHT,
                   "Body, front and back, with trigger points and pain");
    add_outline(&d, 0, "front");
    add_outline(&d, VIEW, "back");
    add_pain(&d);
    add_points(&d);
    myo_string_add(html, "</svg>\n");
    add_words(&d);
    add_key(&d);
    myo_string_add(html, "</section>\n");
}
