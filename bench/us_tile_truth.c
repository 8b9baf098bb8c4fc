/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The displacement of every pixel, weighed as the tracker's least squares weigh it. */
#include "us_tile_truth.h"

#include "myotwitch/tracker.h"

#include <math.h>

/* Displacement of what lay at (x, y) before anything moved, for a course of 1. */
static double extent(const us_tile_step *s, double x, double y)
{
    const myo_cine_twitch *t = &s->twitch;
    const double dx = x - t->x_px, dy = y - t->y_px;
    const double along = (dx * s->way[0] + dy * s->way[1]) / t->along_px;
    const double across = (dy * s->way[0] - dx * s->way[1]) / t->across_px;
    return t->size_px * exp(-0.5 * (along * along + across * across));
}

/* How far what is seen at (x, y) goes: it came from u back, u = from extent(x - u). */
static double went(const us_tile_step *s, double x, double y)
{
    double u = 0.0;
    for (int i = 0; i < 4; i++) {
        u = s->from * extent(s, x - u * s->way[0], y - u * s->way[1]);
    }
    return (s->to - s->from) * extent(s, x - u * s->way[0], y - u * s->way[1]);
}

static int within(int at, int size)
{
    return at < 0 ? 0 : at >= size ? size - 1 : at;
}

/* The image under (1 4 6 4 1) / 16 both ways, as the tracker looks at it. */
static double smooth_at(const us_tile_step *s, int x, int y)
{
    static const double weight[] = {1.0 / 16, 4.0 / 16, 6.0 / 16, 4.0 / 16, 1.0 / 16};
    double sum = 0.0;
    for (int r = -2; r <= 2; r++) {
        const uint8_t *row = s->image + within(y + r, s->height) * s->width;
        for (int c = -2; c <= 2; c++) {
            sum += weight[r + 2] * weight[c + 2] * row[within(x + c, s->width)];
        }
    }
    return sum;
}

double us_tile_truth(const us_tile_step *step, int left, int top)
{
    double xx = 0.0, xy = 0.0, yy = 0.0, x = 0.0, y = 0.0;
    for (int r = top; r < top + MYO_TRACKER_TILE; r++) {
        for (int c = left; c < left + MYO_TRACKER_TILE; c++) {
            const double gx = 0.5 * (smooth_at(step, c + 1, r) - smooth_at(step, c - 1, r));
            const double gy = 0.5 * (smooth_at(step, c, r + 1) - smooth_at(step, c, r - 1));
            const double gu = (gx * step->way[0] + gy * step->way[1]) * went(step, c, r);
            xx += gx * gx;
            xy += gx * gy;
            yy += gy * gy;
            x += gx * gu;
            y += gy * gu;
        }
    }
    const double det = xx * yy - xy * xy;
    const double dx = (yy * x - xy * y) / det, dy = (xx * y - xy * x) / det;
    return dx * step->way[0] + dy * step->way[1];
}
