/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Displacement from rest, added up from the steps, and its landmarks. */
#include "ultrasound/shape.h"

#include "core/minmax.h"
#include "ultrasound/median.h"
#include "ultrasound/recoil.h"
#include "ultrasound/solve.h"

#include <math.h>

/* Seconds: how long before it was seen a motion may have begun; how far around that its fastest step
 * is looked for; how much before it the fit of its return looks at. */
#define LEAD_S   0.12
#define FAST_S   0.07
#define BEFORE_S 0.3
/* Share of the largest speed at which a rise begins and ends. */
#define SLOW 0.15
/* Seconds: a rise that is slow for less goes on; between scan lines that is noise. */
#define PAUSE_S 0.008
/* Shares of the peak: a quarter of a sine, squared, through the first two tells the onset; the motion is over
 * when the last is left. A parabola, which does not end at rest, began 3 % of the rise too early. */
#define LOW  0.1
#define HIGH 0.4
#define OVER 0.2
/* asin(sqrt(share)) of both: the phases of the sine. */
#define LOW_PHASE  0.32175055439664219
#define HIGH_PHASE 0.68471920300228295
/* The onset lies at most this share of the rise before its first step that is not slow. */
#define EARLIER 0.25
/* A place takes part when it reaches this share of the speed of the strongest one, and this many of
 * its own usual spreads. */
#define PART        0.15
#define PART_SPREAD 4.0

/* The steps of the place and its neighbours around the motion. */
typedef struct {
    const myo_shape_view *view;
    double *time, *x, *y; /* end of each step; the step in pixels, rest taken out */
    int32_t count;
    double rest[2]; /* speed of rest before it */
} course;

/* Median speed of the place and its neighbours in steps [from, to). */
static void speed_median(const myo_shape_view *view, int64_t from, int64_t to, double speed[2])
{
    float values[2][64];
    size_t count = 0;
    const int64_t stride = (to - from + 63) / 64;
    for (int64_t k = to - 1; k >= from; k -= stride) {
        double step[2];
        if (myo_history_around(view->history, k, view->place, step)) {
            const double interval = myo_history_interval(view->history, k);
            values[0][count] = (float)(step[0] / interval);
            values[1][count++] = (float)(step[1] / interval);
        }
    }
    speed[0] = (double)myo_median(values[0], count);
    speed[1] = (double)myo_median(values[1], count);
}

static double interval_at(const course *c, int32_t i)
{
    return c->time[i] - c->time[i - 1];
}

static void course_make(course *c, const myo_ultrasound_config *config)
{
    const myo_history *history = c->view->history;
    const double seen = myo_history_time(history, c->view->trigger);
    const int64_t quiet = myo_history_since(history, seen - LEAD_S);
    const int64_t first = myo_history_since(history, seen - BEFORE_S);
    speed_median(c->view, myo_history_since(history, seen - config->rest_s), quiet, c->rest);
    c->time[0] = myo_history_time(history, first) - myo_history_interval(history, first);
    c->x[0] = c->y[0] = 0.0;
    c->count = 1;
    for (int64_t k = first; k < history->end && c->count < c->view->capacity; k++, c->count++) {
        double step[2];
        const double interval = myo_history_interval(history, k);
        const bool known = myo_history_around(history, k, c->view->place, step);
        c->time[c->count] = myo_history_time(history, k);
        c->x[c->count] = known ? step[0] - c->rest[0] * interval : 0.0;
        c->y[c->count] = known ? step[1] - c->rest[1] * interval : 0.0;
    }
}

static double speed_at(const course *c, int32_t i)
{
    return hypot(c->x[i], c->y[i]) / interval_at(c, i);
}

static int32_t fastest(const course *c, double seen)
{
    int32_t best = 0;
    for (int32_t i = 1; i < c->count && c->time[i] <= seen + FAST_S; i++) {
        if (c->time[i] >= seen - LEAD_S && (best == 0 || speed_at(c, i) > speed_at(c, best))) {
            best = i;
        }
    }
    return best == 0 ? c->count - 1 : best;
}

/* Turns the steps into steps along the way of the fastest one and its neighbours, kept in x. */
static void course_project(course *c, int32_t fast, myo_shape *shape)
{
    double x = 0.0, y = 0.0, along = 0.0, across = 0.0;
    for (int32_t i = fast - 1; i <= fast + 1; i++) {
        x += i > 0 && i < c->count ? c->x[i] : 0.0;
        y += i > 0 && i < c->count ? c->y[i] : 0.0;
    }
    const double length = hypot(x, y);
    shape->away[0] = length > 0.0 ? x / length : 1.0;
    shape->away[1] = length > 0.0 ? y / length : 0.0;
    for (int32_t i = 1; i < c->count; i++) {
        const double a = c->x[i] * shape->away[0] + c->y[i] * shape->away[1];
        const double b = c->y[i] * shape->away[0] - c->x[i] * shape->away[1];
        along += a * a;
        across += b * b;
        c->x[i] = a;
    }
    shape->anisotropy = along + across > 0.0 ? fabs(along - across) / (along + across) : 0.0;
}

/* Mean speed on the way back from the end of step @p i, or on from it, over PAUSE_S or one step. */
static double speed_beside(const course *c, int32_t i, int32_t way)
{
    double gone = 0.0, time = 0.0;
    for (int32_t k = way < 0 ? i : i + 1; k > 0 && k < c->count && time < PAUSE_S; k += way) {
        gone += c->x[k];
        time += interval_at(c, k);
    }
    return time > 0.0 ? gone / time : 0.0;
}

/* First and last step of the rise around the fastest one. The mean over a pause is slow before the
 * half next to the rise is: its steps belong to it. */
static void rise_find(const course *c, int32_t fast, int32_t *from, int32_t *to)
{
    const double slow = SLOW * c->x[fast] / interval_at(c, fast);
    *from = *to = fast;
    while (*from > 1 && speed_beside(c, *from - 1, -1) > slow) {
        --*from;
    }
    const double begin = c->time[*from - 1] - PAUSE_S;
    while (*from > 1 && c->time[*from - 2] >= begin) {
        --*from;
    }
    while (*to + 1 < c->count && speed_beside(c, *to, 1) > slow) {
        ++*to;
    }
    const double end = c->time[*to] + PAUSE_S;
    while (*to + 1 < c->count && c->time[*to + 1] <= end && c->x[*to + 1] > 0.0) {
        ++*to;
    }
}

/* When the way from the beginning of the rise came to @p level. */
static double rise_through(const course *c, int32_t from, int32_t to, double level)
{
    double at = 0.0;
    for (int32_t i = from; i <= to; i++) {
        if (at + c->x[i] >= level && c->x[i] > 0.0) {
            return c->time[i - 1] + (level - at) / c->x[i] * interval_at(c, i);
        }
        at += c->x[i];
    }
    return c->time[to];
}

/* Steepest slope of the cubic that lies nearest to the way of the rise. The mean speed of the fastest
 * step depends on how long that step happens to be and on where it lies: by h^2/24 (pi/T)^2 of the
 * speed for a step of h in a rise of T, 10 % for 30 in 60 ms. */
static double speed_measure(const course *c, int32_t from, int32_t to, double fastest_step)
{
    if (to - from + 2 < MYO_TERMS) { /* too few points: what lies around them is nearly still */
        from -= from > 1;
        to += to + 1 < c->count;
    }
    const double begin = c->time[from - 1], length = c->time[to] - begin;
    myo_equations equations = {{{0.0}}};
    double k[MYO_TERMS], way = 0.0;
    for (int32_t i = from - 1; i <= to; i++) {
        way += i >= from ? c->x[i] : 0.0;
        const double t = (c->time[i] - begin) / length;
        const double row[MYO_TERMS + 1] = {1.0, t, t * t, t * t * t, way};
        myo_equations_add(&equations, row);
    }
    if (to - from + 2 < MYO_TERMS || !myo_equations_solve(&equations, k)) {
        return fastest_step;
    }
    const double middle = k[3] < 0.0 ? -k[2] / (3.0 * k[3]) : 0.0;
    const double at = myo_greater(0.0, myo_lesser(1.0, middle));
    return (k[1] + 2.0 * k[2] * at + 3.0 * k[3] * at * at) / length;
}

/* Usual difference of a step of the place from rest, along its way. */
static double spread_along(const myo_shape_view *view, const double away[2])
{
    const myo_usual *usual = &view->usual[view->place];
    return hypot((double)usual->spread[0] * away[0], (double)usual->spread[1] * away[1]);
}

static void return_measure(const course *c, double peak_s, const myo_ultrasound_config *config,
                           myo_shape *shape)
{
    const myo_shape_view *view = c->view;
    const myo_recoil_course way = {
        .time = c->time,
        .x = c->x,
        .count = c->count,
        .onset_s = shape->onset_s,
        .peak_s = peak_s,
        .spread_px = spread_along(view, shape->away),
        .drift_px_s2 = myo_recoil_drift(view->history, view->place, shape->away, shape->onset_s)};
    myo_recoil recoil;
    const double last = c->time[c->count - 1];
    shape->watched_s = last - peak_s;
    shape->back = shape->half_s = 0.0;
    shape->offset_s = last;
    shape->over = false;
    if (!myo_recoil_measure(&way, &recoil)) {
        return;
    }
    shape->back = myo_greater(myo_recoil_gone(&recoil, config->return_s), 0.0);
    for (double after = 0.0; peak_s + after < last; after += 0.001) {
        const double part = myo_recoil_gone(&recoil, after);
        shape->half_s = part >= 0.5 && shape->half_s <= 0.0 ? after : shape->half_s;
        if (part >= 1.0 - OVER) {
            shape->offset_s = peak_s + after;
            shape->over = true;
            break;
        }
    }
}

static void times_measure(const course *c, int32_t from, int32_t to,
                          const myo_ultrasound_config *config, myo_shape *shape)
{
    double top = 0.0;
    for (int32_t i = from; i <= to; i++) {
        top += c->x[i];
    }
    const double low = rise_through(c, from, to, LOW * top);
    const double high = rise_through(c, from, to, HIGH * top);
    const double onset = low - (high - low) * LOW_PHASE / (HIGH_PHASE - LOW_PHASE);
    const double earliest = c->time[from - 1] - EARLIER * (c->time[to] - c->time[from - 1]);
    shape->onset_s = myo_greater(onset, earliest);
    shape->interval_s = interval_at(c, from);
    shape->peak_px = top;
    shape->rise_s = c->time[to] - shape->onset_s;
    return_measure(c, c->time[to], config, shape);
    shape->duration_s = shape->offset_s - shape->onset_s;
    shape->images = 0;
    for (int32_t i = 0; i < c->count; i++) {
        shape->images += c->time[i] > shape->onset_s && c->time[i] <= shape->offset_s;
    }
}

/* Fastest step of @p place in steps [from, to), rest taken out, in pixels a second; 0 where it stays
 * within its own usual spread. */
static double place_speed(const myo_shape_view *view, uint32_t place, int64_t from, int64_t to)
{
    const myo_usual *usual = &view->usual[place];
    double best = 0.0;
    for (int64_t k = from; k < to; k++) {
        const myo_step *step = &myo_history_at(view->history, k)[place];
        if (isnan(step->x)) {
            continue;
        }
        const double interval = myo_history_interval(view->history, k);
        const double x = (double)step->x - (double)usual->rest[0] * interval;
        const double y = (double)step->y - (double)usual->rest[1] * interval;
        const double sigmas = hypot(x / (double)usual->spread[0], y / (double)usual->spread[1]);
        if (sigmas >= PART_SPREAD) {
            best = myo_greater(best, hypot(x, y) / interval);
        }
    }
    return best;
}

static void area_measure(const myo_shape_view *view, double peak_s, myo_shape *shape)
{
    const myo_history *history = view->history;
    const int64_t from = myo_history_since(history, shape->onset_s);
    const int64_t to = myo_history_since(history, peak_s + 1e-6);
    uint32_t part = 0, known = 0;
    for (uint32_t p = 0; p < history->places; p++) {
        known += isfinite(view->usual[p].spread[0]) != 0;
        part += place_speed(view, p, from, to) >= PART * shape->step_px_s;
    }
    shape->area = known > 0 ? (double)part / known : 0.0;
    double common = 0.0;
    for (int64_t k = from; k < to; k++) {
        common =
            myo_greater(common, myo_history_common(history, k) / myo_history_interval(history, k));
    }
    const int64_t quiet = from > myo_history_first(history) ? from - 1 : from;
    common -= myo_history_common(history, quiet) / myo_history_interval(history, quiet);
    shape->probe = shape->step_px_s > 0.0 ? myo_greater(common, 0.0) / shape->step_px_s : 0.0;
}

void myo_shape_measure(const myo_shape_view *view, const myo_ultrasound_config *config,
                       myo_shape *shape)
{
    course c = {.view = view,
                .time = view->work,
                .x = view->work + view->capacity,
                .y = view->work + 2 * (ptrdiff_t)view->capacity};
    course_make(&c, config);
    const double seen = myo_history_time(view->history, view->trigger);
    const int32_t fast = fastest(&c, seen);
    course_project(&c, fast, shape);
    shape->step_px_s = c.x[fast] / interval_at(&c, fast);
    int32_t from, to;
    rise_find(&c, fast, &from, &to);
    times_measure(&c, from, to, config, shape);
    shape->speed_px_s = speed_measure(&c, from, to, shape->step_px_s);
    area_measure(view, c.time[to], shape);
}

void myo_shape_signal(const myo_shape_view *view, const double away[2], myo_repeat *signal)
{
    const myo_history *history = view->history;
    const double end = myo_history_time(history, history->end - 1);
    int64_t k = myo_history_first(history);
    signal->count = 0;
    for (int i = 0; i < MYO_REPEAT_GRID; i++) {
        const double time = end - (MYO_REPEAT_GRID - 1 - i) / MYO_REPEAT_HZ;
        while (k + 1 < history->end && myo_history_time(history, k) < time) {
            k++;
        }
        const double interval = myo_history_interval(history, k);
        if (time < myo_history_time(history, k) - interval - 1e-9) {
            continue; /* before the history begins */
        }
        double step[2];
        (void)myo_history_around(history, k, view->place, step);
        const myo_usual *usual = &view->usual[view->place];
        signal->values[signal->count++] = (step[0] / interval - (double)usual->rest[0]) * away[0] +
                                          (step[1] / interval - (double)usual->rest[1]) * away[1];
    }
}
