/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Six parameters by iteratively reweighted least squares with Tukey's biweight (A. E. Beaton,
 * J. W. Tukey, 1974): a twitch that moves a third of the image does not pull the fit. */
#include "ultrasound/affine.h"

#include "core/minmax.h"
#include "ultrasound/median.h"

#include <math.h>

enum { PASSES = 4, FEWEST = 6 };

/* 95 % efficiency for normal errors. */
#define BIWEIGHT 4.685
/* Pixels: errors of the tiles themselves are about this large; a smaller scale would drop good ones. */
#define SMALLEST_SCALE 0.03

/* The part of a displacement that comes from the texture's place in the tile. */
static double leaning(const myo_affine *fit, const float lean[4])
{
    return (fit->x[1] * (double)lean[0] + fit->x[2] * (double)lean[1] +
            fit->y[1] * (double)lean[2] + fit->y[2] * (double)lean[3]) /
           MYO_TRACKER_TILE;
}

void myo_affine_at(const myo_affine *fit, const myo_affine_point *point, double *dx, double *dy)
{
    const double u = (double)point->u, v = (double)point->v;
    *dx = fit->x[0] + fit->x[1] * u + fit->x[2] * v + leaning(fit, point->lean[0]);
    *dy = fit->y[0] + fit->y[1] * u + fit->y[2] * v + leaning(fit, point->lean[1]);
}

static float left_of(const myo_affine *fit, const myo_affine_point *p)
{
    double dx, dy;
    myo_affine_at(fit, p, &dx, &dy);
    return (float)hypot((double)p->dx - dx, (double)p->dy - dy);
}

static void start(const myo_affine_point *points, size_t count, float *scratch, myo_affine *fit)
{
    for (size_t i = 0; i < count; i++) {
        scratch[i] = points[i].dx;
    }
    fit->x[0] = (double)myo_median(scratch, count);
    for (size_t i = 0; i < count; i++) {
        scratch[i] = points[i].dy;
    }
    fit->y[0] = (double)myo_median(scratch, count);
}

/* The median length of a two-dimensional normal error is 1.1774 standard deviations of one side. */
static double scale_of(const myo_affine_point *points, size_t count, float *scratch,
                       const myo_affine *fit)
{
    for (size_t i = 0; i < count; i++) {
        scratch[i] = left_of(fit, &points[i]);
    }
    return myo_greater((double)myo_median(scratch, count) / 1.1774, SMALLEST_SCALE);
}

/* Sums of w (1, u, v)(1, u, v)', and of w (1, u, v) times dx and dy. */
typedef struct {
    double m[6], x[3], y[3];
} normal;

/* The leaning is taken out as the pass before knew it: it is a tenth of what is fitted. */
static void normal_add(normal *n, const myo_affine *fit, const myo_affine_point *p, double w)
{
    const double dx = (double)p->dx - leaning(fit, p->lean[0]);
    const double dy = (double)p->dy - leaning(fit, p->lean[1]);
    const double u = (double)p->u, v = (double)p->v;
    n->m[0] += w;
    n->m[1] += w * u;
    n->m[2] += w * v;
    n->m[3] += w * u * u;
    n->m[4] += w * u * v;
    n->m[5] += w * v * v;
    n->x[0] += w * dx;
    n->x[1] += w * u * dx;
    n->x[2] += w * v * dx;
    n->y[0] += w * dy;
    n->y[1] += w * u * dy;
    n->y[2] += w * v * dy;
}

/* Cramer's rule; false when the points lie on one line. */
static bool normal_solve(const normal *n, myo_affine *fit)
{
    const double *m = n->m;
    const double c[6] = {m[3] * m[5] - m[4] * m[4], m[2] * m[4] - m[1] * m[5],
                         m[1] * m[4] - m[2] * m[3], m[0] * m[5] - m[2] * m[2],
                         m[1] * m[2] - m[0] * m[4], m[0] * m[3] - m[1] * m[1]};
    const double det = m[0] * c[0] + m[1] * c[1] + m[2] * c[2];
    if (!(det > 1e-9 * m[0] * m[0] * m[0])) {
        return false;
    }
    const double *const sides[2] = {n->x, n->y};
    double *const out[2] = {fit->x, fit->y};
    for (int i = 0; i < 2; i++) {
        const double *b = sides[i];
        out[i][0] = (c[0] * b[0] + c[1] * b[1] + c[2] * b[2]) / det;
        out[i][1] = (c[1] * b[0] + c[3] * b[1] + c[4] * b[2]) / det;
        out[i][2] = (c[2] * b[0] + c[4] * b[1] + c[5] * b[2]) / det;
    }
    return true;
}

static bool pass(const myo_affine_point *points, size_t count, double scale, myo_affine *fit)
{
    normal n = {{0}, {0}, {0}};
    for (size_t i = 0; i < count; i++) {
        const double r = (double)left_of(fit, &points[i]) / (BIWEIGHT * scale);
        if (r < 1.0) {
            normal_add(&n, fit, &points[i], (1.0 - r * r) * (1.0 - r * r));
        }
    }
    return normal_solve(&n, fit);
}

void myo_affine_fit(const myo_affine_point *points, size_t count, float *scratch, myo_affine *fit)
{
    *fit = (myo_affine){.used = (uint32_t)count};
    if (count < FEWEST) {
        return;
    }
    start(points, count, scratch, fit);
    for (int i = 0; i < PASSES; i++) {
        if (!pass(points, count, scale_of(points, count, scratch, fit), fit)) {
            break;
        }
    }
    fit->scale = scale_of(points, count, scratch, fit);
    size_t near = 0;
    for (size_t i = 0; i < count; i++) {
        near += (double)left_of(fit, &points[i]) <= 3.0 * fit->scale;
    }
    fit->agree = (double)near / (double)count;
}
