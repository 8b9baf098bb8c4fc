/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trace, findings and steps on one time axis. */
#include "report_part.h"

#include "myotwitch/event.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Tenths of a pixel. */
enum {
    WIDTH = 10000,
    LEFT = 760,
    RIGHT = 9780,
    FLAGS = 260,         /* middle of the row of flags */
    TRACE_TOP = 420,     /* of the trace */
    TRACE_HEIGHT = 1500, /* of the trace, where there is one */
    LANE_HEIGHT = 270,   /* of a row of steps */
    LANES_MAX = 4,
    COLUMNS_MAX = 2048, /* of the trace */
    LETTER = 76         /* width of a letter of a step's name, about */
};

/* Shared by the rows of the picture. */
typedef struct {
    const myo_report *report;
    const myo_session *session;
    report_axis time;
    int trace_bottom;
    myo_string *html;
} drawing;

static double session_end(const myo_report *report)
{
    const myo_session *session = report_session(report);
    double end = report->trace != NULL ? report->trace->duration_s : 0.0;
    size_t index = 0;
    const myo_finding *finding;
    while ((finding = myo_session_next(session, MYO_FINDINGS, &index)) != NULL) {
        end = fmax(end, fmax(finding->at, finding->end));
    }
    index = 0;
    const myo_step *step;
    while ((step = myo_session_next(session, MYO_STEPS, &index)) != NULL) {
        end = fmax(end, fmax(step->start, step->end));
    }
    index = 0;
    const myo_insertion *insertion;
    while ((insertion = myo_session_next(session, MYO_INSERTIONS, &index)) != NULL) {
        end = fmax(end, insertion->at);
    }
    return end;
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Height that shows every twitch; where there is none, all but the highest 1 % of the bins. */
static double trace_limit(const myo_report_trace *trace)
{
    double limit = 0.0;
    for (size_t i = 0; i < trace->twitch_count * trace->twitch_points; i++) {
        limit = fmax(limit, fabs((double)trace->twitches[i]));
    }
    float *sizes = calloc(trace->bins + 1, sizeof *sizes);
    if (limit == 0.0 && sizes != NULL) {
        for (size_t i = 0; i < trace->bins; i++) {
            sizes[i] = fmaxf(fabsf(trace->low[i]), fabsf(trace->high[i]));
        }
        qsort(sizes, trace->bins, sizeof *sizes, by_value);
        limit = trace->bins > 0 ? (double)sizes[(trace->bins - 1) * 99 / 100] : 0.0;
    }
    free(sizes);
    return limit > 0.0 ? 1.1 * limit : 1.0;
}

/* Bins that make one column of the picture: the trace is kept finer than it can be drawn. */
static size_t columns_each(const myo_report_trace *trace)
{
    return trace->bins > COLUMNS_MAX ? (trace->bins + COLUMNS_MAX - 1) / COLUMNS_MAX : 1;
}

static void add_column(const drawing *d, const report_axis *level, size_t column, size_t each,
                       bool high)
{
    const myo_report_trace *trace = d->report->trace;
    const size_t first = column * each;
    float size = high ? trace->high[first] : trace->low[first];
    for (size_t i = first; i < first + each && i < trace->bins; i++) {
        size = high ? fmaxf(size, trace->high[i]) : fminf(size, trace->low[i]);
    }
    const double at = ((double)column + 0.5) * (double)each * trace->bin_s;
    myo_string_add(d->html, "%d %d ", report_place(&d->time, at),
                   report_place(level, (double)size));
}

static void add_envelope(const drawing *d)
{
    const myo_report_trace *trace = d->report->trace;
    double limit = trace_limit(trace);
    report_axis level = {-limit, limit, d->trace_bottom, TRACE_TOP};
    report_level_axis(d->html, &level, LEFT, RIGHT, 5);
    myo_string_add(
        d->html, "<text class=\"tick mid\" transform=\"translate(150 %d) rotate(-90)\">%s</text>\n",
        (TRACE_TOP + d->trace_bottom) / 2, trace->calibrated ? "&micro;V" : "% full scale");
    const size_t each = columns_each(trace), columns = (trace->bins + each - 1) / each;
    myo_string_add(d->html, "<path class=\"envelope\" d=\"M");
    for (size_t i = 0; i < columns; i++) {
        add_column(d, &level, i, each, true);
    }
    for (size_t i = columns; i-- > 0;) {
        add_column(d, &level, i, each, false);
    }
    myo_string_add(d->html, "z\"/>\n");
}

static void add_title(const drawing *d, const myo_finding *finding, const char *type)
{
    myo_string_add(d->html, "<title>%s at ", type);
    report_fixed(d->html, finding->at, 3);
    myo_string_add(d->html, " s");
    if (isfinite(report_size(finding))) {
        myo_string_add(d->html, ", ");
        report_amount(d->html, report_size(finding));
        myo_string_add(d->html, " %s", isnan(finding->peak_uv) ? "% of full scale" : "&micro;V");
    }
    if (isfinite(finding->peak_mm)) {
        myo_string_add(d->html, ", ");
        report_fixed(d->html, finding->peak_mm, 2);
        myo_string_add(d->html, " mm");
    }
    myo_string_add(d->html, "</title>");
}

/* Of a twitch that ultrasound showed: outlined above the EMG's, so that one lies in the other. */
static void add_motion(const drawing *d, int x)
{
    myo_string_add(d->html, "<path class=\"motion\" d=\"M%d %dl-95 -180h190z\"/>", x, FLAGS + 105);
}

/* One mark a kind, told apart by shape first and by colour second. */
static void add_finding(const drawing *d, const myo_finding *finding)
{
    const char *type = myo_event_type_name((myo_event_type)(finding->type - 1));
    bool masked = myo_session_masked(d->session, finding->at);
    int x = report_place(&d->time, finding->at);
    int wide = report_place(&d->time, fmax(finding->end, finding->at)) - x;
    myo_string_add(d->html, "<g class=\"mark %s%s\" data-id=\"", type, masked ? " masked" : "");
    report_text(d->html, finding->record.id);
    myo_string_add(d->html, "\">");
    add_title(d, finding, type);
    switch (finding->type - 1) {
    case MYO_EVENT_LTR:
        if (myo_finding_is_ultrasound(finding)) {
            add_motion(d, x);
            break;
        }
        myo_string_add(d->html, "<path class=\"stem\" d=\"M%d %dV%d\"/>", x, FLAGS + 60,
                       d->trace_bottom);
        myo_string_add(d->html, "<path d=\"M%d %dl-70 -130h140z\"/>", x, FLAGS + 80);
        break;
    case MYO_EVENT_SINGLE_UNIT:
        myo_string_add(d->html, "<circle cx=\"%d\" cy=\"%d\" r=\"38\"/>", x, FLAGS + 20);
        break;
    case MYO_EVENT_RELEASE:
        myo_string_add(d->html, "<path class=\"stem\" d=\"M%d %dV%d\"/>", x, FLAGS,
                       d->trace_bottom);
        myo_string_add(d->html, "<path d=\"M%d %dl80 80l-80 80l-80 -80z\"/>", x, FLAGS - 60);
        break;
    case MYO_EVENT_GAP:
    case MYO_EVENT_SATURATION:
        myo_string_add(d->html, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", x,
                       TRACE_TOP, wide > 15 ? wide : 15, d->trace_bottom - TRACE_TOP);
        break;
    default:
        myo_string_add(d->html, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"50\"/>", x,
                       FLAGS + 100, wide > 30 ? wide : 30);
        break;
    }
    myo_string_add(d->html, "</g>\n");
}

static void add_findings(const drawing *d)
{
    size_t index = 0;
    const myo_finding *finding;
    while ((finding = myo_session_next(d->session, MYO_FINDINGS, &index)) != NULL) {
        add_finding(d, finding);
    }
}

static size_t add_insertions(const drawing *d, int y)
{
    size_t index = 0, count = 0;
    const myo_insertion *insertion;
    while ((insertion = myo_session_next(d->session, MYO_INSERTIONS, &index)) != NULL) {
        int x = report_place(&d->time, insertion->at);
        myo_string_add(d->html, "<g class=\"insertion\"><title>insertion %zu at ", ++count);
        report_fixed(d->html, insertion->at, 3);
        myo_string_add(d->html, " s</title><path d=\"M%d %dv120\"/></g>\n", x, y);
    }
    return count;
}

/* Families of steps that share a colour. */
static const char *family(int kind)
{
    switch (kind) {
    case MYO_STEP_COMPRESS:
        return "press";
    case MYO_STEP_NEEDLE:
        return "needle";
    case MYO_STEP_HEAT:
    case MYO_STEP_COLD:
    case MYO_STEP_SPRAY:
        return "thermal";
    case MYO_STEP_STRETCH:
        return "stretch";
    case MYO_STEP_TENS:
    case MYO_STEP_IFC:
        return "current";
    default:
        return "look";
    }
}

/* A step whose end nobody noted lasts until the next begins, the last one as long as the session. */
static double shown_end(const drawing *d, const myo_step *step)
{
    double end = isnan(step->end) ? d->time.high : step->end;
    size_t index = 0;
    const myo_step *other;
    while (isnan(step->end) && (other = myo_session_next(d->session, MYO_STEPS, &index)) != NULL) {
        end = other->start > step->start ? fmin(end, other->start) : end;
    }
    return end;
}

static void add_step(const drawing *d, const myo_step *step, int y)
{
    const char *name = myo_step_kind_name((myo_step_kind)step->kind);
    double end = shown_end(d, step);
    int x = report_place(&d->time, step->start);
    int wide = report_place(&d->time, end) - x;
    wide = wide > 40 ? wide : 40;
    myo_string_add(d->html, "<g class=\"step %s\"><title>%s ", family(step->kind), name);
    report_clock(d->html, step->start);
    myo_string_add(d->html, "&ndash;");
    report_clock(d->html, end);
    myo_string_add(d->html, isnan(step->end) ? ", no end noted" : "");
    myo_string_add(d->html,
                   "</title><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"25\"/>", x, y,
                   wide, LANE_HEIGHT - 60);
    if (wide > (int)strlen(name) * LETTER) {
        myo_string_add(d->html, "<text class=\"mid\" x=\"%d\" y=\"%d\">%s</text>", x + wide / 2,
                       y + 150, name);
    }
    myo_string_add(d->html, "</g>\n");
}

/* Steps that overlap, or whose names would, go into rows below one another. Returns the rows. */
static int add_steps(const drawing *d, int y)
{
    int busy_until[LANES_MAX] = {0}, lanes = 0;
    size_t index = 0;
    const myo_step *step;
    while ((step = myo_session_next(d->session, MYO_STEPS, &index)) != NULL) {
        if (isnan(step->start)) {
            continue;
        }
        int lane = 0;
        while (lane < LANES_MAX - 1 && busy_until[lane] > report_place(&d->time, step->start)) {
            lane++;
        }
        add_step(d, step, y + lane * LANE_HEIGHT);
        busy_until[lane] = report_place(&d->time, shown_end(d, step));
        lanes = lane + 1 > lanes ? lane + 1 : lanes;
    }
    return lanes;
}

static bool has_finding(const myo_session *session, int type)
{
    size_t index = 0;
    const myo_finding *finding;
    while ((finding = myo_session_next(session, MYO_FINDINGS, &index)) != NULL) {
        if (finding->type == type + 1) {
            return true;
        }
    }
    return false;
}

/* Of the marks that are there. */
static bool has_motion(const myo_session *session)
{
    size_t index = 0;
    const myo_finding *finding;
    while ((finding = myo_session_next(session, MYO_FINDINGS, &index)) != NULL) {
        if (finding->type == MYO_EVENT_LTR + 1 && myo_finding_is_ultrasound(finding)) {
            return true;
        }
    }
    return false;
}

static void add_legend(const drawing *d)
{
    static const struct {
        int type;
        const char *shape;
    } rows[] = {
        {MYO_EVENT_LTR, "<path d=\"M60 110l-50 -95h100z\"/>"},
        {MYO_EVENT_SINGLE_UNIT, "<circle cx=\"60\" cy=\"65\" r=\"38\"/>"},
        {MYO_EVENT_CONTRACTION, "<rect x=\"5\" y=\"45\" width=\"110\" height=\"45\"/>"},
        {MYO_EVENT_RELEASE, "<path d=\"M60 5l55 60l-55 60l-55 -60z\"/>"},
        {MYO_EVENT_GAP, "<rect x=\"20\" y=\"5\" width=\"80\" height=\"120\"/>"},
        {MYO_EVENT_SATURATION, "<rect x=\"20\" y=\"5\" width=\"80\" height=\"120\"/>"},
    };
    static const char *const names[] = {"twitch",  "single unit", "contraction",
                                        "release", "gap",         "saturation"};
    size_t index = 0;
    myo_string_add(d->html, "<p class=\"legend\">");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (has_finding(d->session, rows[i].type)) {
            myo_string_add(d->html,
                           "<span><svg viewBox=\"0 0 120 130\" aria-hidden=\"true\"><g "
                           "class=\"mark %s\">%s</g></svg>%s</span> ",
                           myo_event_type_name((myo_event_type)rows[i].type), rows[i].shape,
                           names[i]);
        }
    }
    if (has_motion(d->session)) {
        myo_string_add(d->html, "<span><svg viewBox=\"0 0 120 130\" aria-hidden=\"true\"><g "
                                "class=\"mark ltr\"><path class=\"motion\" d=\"M60 115l-52 "
                                "-105h104z\"/></g></svg>twitch on ultrasound</span> ");
    }
    if (myo_session_next(d->session, MYO_INSERTIONS, &index) != NULL) {
        myo_string_add(d->html,
                       "<span><svg viewBox=\"0 0 120 130\" aria-hidden=\"true\"><g "
                       "class=\"insertion\"><path d=\"M60 10v110\"/></g></svg>insertion</span>");
    }
    myo_string_add(d->html, "</p>\n");
}

static void add_caption(const drawing *d)
{
    const myo_report_trace *trace = d->report->trace;
    if (trace == NULL) {
        myo_string_add(d->html, "<p class=\"note\">No recording was given: findings and steps "
                                "without the trace.</p>\n");
        return;
    }
    myo_string_add(d->html, "<p class=\"note\">Channel ");
    report_text(d->html, trace->channel);
    myo_string_add(d->html, ", 20&ndash;450&thinsp;Hz: smallest and largest sample of every ");
    report_amount(d->html, 1000.0 * trace->bin_s * (double)columns_each(trace));
    myo_string_add(d->html,
                   "&thinsp;ms; what is higher than the twitches is cut at the edge.</p>\n");
}

void report_timeline(const myo_report *report, myo_string *html)
{
    double end = session_end(report);
    if (!(end > 0.0)) {
        return;
    }
    drawing d = {.report = report,
                 .session = report_session(report),
                 .time = {0.0, end, LEFT, RIGHT},
                 .trace_bottom = TRACE_TOP + (report->trace != NULL ? TRACE_HEIGHT : 40),
                 .html = html};
    /* The rows decide how high the picture is: draw them aside. */
    myo_string rows = {0};
    d.html = &rows;
    if (report->trace != NULL) {
        add_envelope(&d);
    }
    add_findings(&d);
    int below = d.trace_bottom + 40 + (add_insertions(&d, d.trace_bottom + 20) > 0 ? 160 : 0);
    below += add_steps(&d, below) * LANE_HEIGHT;
    d.html = html;
    report_section(html, "timeline", "The session in time");
    myo_string_add(html, "<div class=\"wide\">");
    report_picture(html, "trace", WIDTH, below + 240,
                   "Trace with twitches, and the steps of the session, in time");
    report_time_axis(html, &d.time, TRACE_TOP, below);
    myo_string_add(html, "%s</svg></div>\n", rows.data != NULL ? rows.data : "");
    html->failed |= rows.failed;
    myo_string_free(&rows);
    add_legend(&d);
    add_caption(&d);
    myo_string_add(html, "</section>\n");
}
