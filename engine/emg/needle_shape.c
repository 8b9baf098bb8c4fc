/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two passes over the levels of a burst: for its top, then for its course below it. */
#include "emg/needle_shape.h"

#include "core/minmax.h"
#include "emg/hop_windows.h"

#include <math.h>

static const double window_ms = 10.0;
static const double behind_ms = 60.0;
/* What lies further below the top is not of the course. */
static const double course_db = 25.0;

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
static void fit_line(const line_sums *s, double hop_ms, myo_needle_shape *shape)
{
    const double spread = s->n * s->tt - s->t * s->t;
    if (s->n < 9.0 || !(spread > 0.0)) {
        return;
    }
    const double slope = (s->n * s->ty - s->t * s->y) / spread;
    const double rest = (s->yy - s->y * s->y / s->n) - slope * slope * spread / s->n;
    shape->slope_db = slope / hop_ms;
    shape->uneven_db = sqrt(fmax(rest, 0.0) / s->n);
}

static void follow(const course *c, double hop_ms, double top, myo_needle_shape *shape)
{
    line_sums sums = {0};
    double within6 = 0.0;
    double within12 = 0.0;
    double within20 = 0.0;
    for (int64_t hop = c->from; hop < c->to; hop += MYO_HOP_WINDOWS) {
        double energy[MYO_HOP_WINDOWS];
        const int count = energies(c, hop, energy);
        for (int k = 0; k < count; k++) {
            const double below = over(energy[k], top);
            within6 += below > -6.0;
            within12 += below > -12.0;
            within20 += below > -20.0;
            if (below > -course_db) {
                add_point(&sums, (double)(hop + k - c->from), below);
            }
        }
    }
    shape->share6 = within6 / fmax(within12, 1.0);
    shape->share12 = within12 / fmax(within20, 1.0);
    fit_line(&sums, hop_ms, shape);
}

void myo_needle_shape_measure(const myo_hop_ring *ring, double hop_ms, int64_t onset, int64_t end,
                              int64_t now, myo_needle_shape *shape)
{
    *shape = (myo_needle_shape){0};
    const int32_t width = myo_hops(window_ms, hop_ms);
    const int64_t first = myo_hop_first(ring) + width;
    const int64_t half = onset + width / 2 - 1;
    course c = {ring, width, half > first ? half : first, end};
    c.from = c.from < end ? c.from : end - 1;
    const double top = highest(&c);
    follow(&c, hop_ms, top, shape);
    const int64_t until = end + myo_hops(behind_ms, hop_ms);
    const course behind = {ring, width, end + width - 1, until < now ? until : now};
    shape->drop_db = behind.from < behind.to ? over(top, highest(&behind)) : course_db;
}
