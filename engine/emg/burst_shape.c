/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passes over the levels of a burst: for its top, for its course below it, for its falls. */
#include "emg/burst_shape.h"

#include "core/minmax.h"
#include "emg/hop_windows.h"

#include <math.h>

static const double window_ms = 10.0;
static const double behind_ms = 60.0;
/* A unit's potential is over within 15 ms (emg.md 8: 2-15 ms at a needle); the window that holds the last one
 * may begin at the end. */
static const double fall_ms = 15.0;
static const double beyond_ms = 30.0;
/* What lies further below the top is not of the course. */
static const double course_db = 25.0;

/* A lump is within 10 dB of the top; between two, no window is for longer than one of them lasts. */
static const double lump_share = 0.1;
static const double apart_ms = 10.0;

/* The windows that end with hops [from, to). */
typedef struct {
    const myo_hop_ring *ring;
    int32_t width;
    int64_t from, to;
} course;

/* Energies of the windows from this one on, as many as there are, at most MYO_HOP_WINDOWS. */
static int energies(const course *c, int64_t hop, double energy[MYO_HOP_WINDOWS])
{
    const int64_t left = c->to - hop;
    myo_hop_windows(c->ring, MYO_LANE_DETECT, hop, c->width, energy);
    return left < MYO_HOP_WINDOWS ? (int)left : MYO_HOP_WINDOWS;
}

static double highest(const course *c)
{
    double top = 0.0;
    for (int64_t hop = c->from; hop < c->to; hop += MYO_HOP_WINDOWS) {
        double energy[MYO_HOP_WINDOWS];
        const int count = energies(c, hop, energy);
        for (int k = 0; k < count; k++) {
            top = myo_greater(top, energy[k]);
        }
    }
    return top;
}

/* In dB; of a ratio, so that no bit of it depends on the gain. */
static double over(double energy, double other)
{
    return energy > 0.0 && other > 0.0 ? 10.0 * log10(energy / other) : 0.0;
}

/* Sums for the straight line through the levels. */
typedef struct {
    double n, t, tt, y, yy, ty;
} line_sums;

static void add_point(line_sums *s, double t, double y)
{
    s->n += 1.0;
    s->t += t;
    s->tt += t * t;
    s->y += y;
    s->yy += y * y;
    s->ty += t * y;
}

/* Least squares; too few points have no course. */
static double departure(const line_sums *s)
{
    if (s->n < 9.0) {
        return 0.0;
    }
    const double spread = s->n * s->tt - s->t * s->t;
    const double slope = (s->n * s->ty - s->t * s->y) / spread;
    const double rest = (s->yy - s->y * s->y / s->n) - slope * slope * spread / s->n;
    return sqrt(fmax(rest, 0.0) / s->n);
}

static double unevenness(const course *c, double top)
{
    line_sums sums = {0};
    for (int64_t hop = c->from; hop < c->to; hop += MYO_HOP_WINDOWS) {
        double energy[MYO_HOP_WINDOWS];
        const int count = energies(c, hop, energy);
        for (int k = 0; k < count; k++) {
            const double below = over(energy[k], top);
            if (below > -course_db) {
                add_point(&sums, (double)(hop + k - c->from), below);
            }
        }
    }
    return departure(&sums);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What comes one after the other in a burst. */
typedef struct {
    int64_t first, last, above; /* tops of the first lump and of the last; its last window */
    double top, low, high;      /* height of the last; lowest and highest of those before it */
    int32_t count;
} lumps;

static void close_lump(lumps *l)
{
    l->first = l->count == 1 ? l->last : l->first;
    l->low = l->count == 1 ? l->top : myo_lesser(l->low, l->top);
    l->high = myo_greater(l->high, l->top);
}

static void add_window(lumps *l, int64_t hop, int64_t apart, double energy)
{
    if (l->count == 0 || hop - l->above > apart) {
        if (l->count > 0) {
            close_lump(l);
        }
        l->count++;
        l->top = 0.0;
    }
    l->above = hop;
    if (energy > l->top) {
        l->top = energy;
        l->last = hop;
    }
}

static void measure_lumps(const course *c, double top, double hop_ms, myo_burst_shape *shape)
{
    lumps l = {0};
    const int64_t apart = myo_hops(apart_ms, hop_ms);
    for (int64_t hop = c->from; hop < c->to; hop += MYO_HOP_WINDOWS) {
        double energy[MYO_HOP_WINDOWS];
        const int count = energies(c, hop, energy);
        for (int k = 0; k < count; k++) {
            if (energy[k] > lump_share * top) {
                add_window(&l, hop + k, apart, energy[k]);
            }
        }
    }
    close_lump(&l);
    shape->lumps = l.count;
    shape->lump_db = over(l.high, l.low);
    shape->lump_ms =
        l.count > 1 ? hop_ms * (double)(l.last - l.first) / (double)(l.count - 1) : 0.0;
}

/* The windows of a burst from @p onset on. */
static course course_from(const myo_hop_ring *ring, int32_t width, int64_t onset, int64_t end)
{
    const int64_t first = myo_hop_first(ring) + width;
    return (course){ring, width, earlier(onset > first ? onset : first, end - 1), end};
}

void myo_burst_shape_measure(const myo_hop_ring *ring, double hop_ms, int64_t onset, int64_t end,
                             int64_t now, myo_burst_shape *shape)
{
    *shape = (myo_burst_shape){0};
    const int32_t width = myo_hops(window_ms, hop_ms);
    const course c = course_from(ring, width, onset + width / 2 - 1, end);
    const double top = highest(&c);
    shape->uneven_db = unevenness(&c, top);
    measure_lumps(&c, top, hop_ms, shape);
    const int64_t until = end + myo_hops(behind_ms, hop_ms);
    const course behind = {ring, width, end + width - 1, earlier(until, now)};
    shape->drop_db = behind.from < behind.to ? over(top, highest(&behind)) : course_db;
}

double myo_burst_shape_fall(const myo_hop_ring *ring, double hop_ms, double ground, int64_t onset,
                            int64_t end, int64_t now)
{
    const int32_t width = myo_hops(window_ms, hop_ms);
    const int64_t step = myo_hops(fall_ms, hop_ms);
    course c = course_from(ring, width, onset + width - 1, end);
    c.to = earlier(end + myo_hops(beyond_ms, hop_ms), now - step);
    double most = 1.0;
    for (int64_t hop = c.from; hop < c.to; hop += MYO_HOP_WINDOWS) {
        double energy[MYO_HOP_WINDOWS];
        double later[MYO_HOP_WINDOWS];
        const int count = energies(&c, hop, energy);
        myo_hop_windows(ring, MYO_LANE_DETECT, hop + step, width, later);
        for (int k = 0; k < count; k++) {
            const double left = myo_greater(later[k], ground * width);
            most = left > 0.0 ? myo_greater(most, energy[k] / left) : most;
        }
    }
    return over(most, 1.0);
}
