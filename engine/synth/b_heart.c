/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Landmarks of P-QRS-T forms joined by monotone cubic pieces (Fritsch and Butland 1984). */
#include "synth/b_heart.h"

#include "synth/b_streams.h"
#include "synth/detmath.h"

#include <math.h>

#define MOST_LANDMARKS 20

/* ms from the start of P, part of the R wave's height; those after st stretch with the interval. */
typedef struct {
    int count, st;
    double ms[MOST_LANDMARKS], height[MOST_LANDMARKS];
} heart_form;

enum { FORM_EXTRA = 6, FORM_COUNT = 7 };

static const heart_form forms[FORM_COUNT] = {
    /* qRs with upright T */
    {14,
     10,
     {0, 25, 50, 95, 158, 168, 177, 192, 208, 222, 240, 330, 400, 480},
     {0, .05, .12, 0, 0, -.08, .1, 1, -.22, -.06, .01, .06, .28, 0}},
    /* RS: deep S, low T */
    {13,
     9,
     {0, 40, 55, 100, 160, 172, 186, 204, 226, 250, 340, 410, 500},
     {0, .1, .07, 0, 0, .2, .75, -1, -.12, -.02, .03, .14, 0}},
    /* QS with inverted T */
    {12,
     9,
     {0, 45, 90, 150, 166, 182, 196, 216, 234, 330, 395, 470},
     {0, .08, 0, 0, -.25, -1, -.8, -.1, .02, -.08, -.3, 0}},
    /* notched R, broad as in left bundle branch block */
    {15,
     11,
     {0, 40, 95, 155, 172, 193, 207, 223, 241, 256, 270, 290, 370, 435, 510},
     {0, .11, 0, 0, .25, 1, .72, .88, .2, -.1, -.04, 0, .05, .2, 0}},
    /* biphasic P, rSr', broad as in right bundle branch block */
    {16,
     12,
     {0, 22, 45, 68, 100, 155, 170, 184, 204, 226, 248, 270, 296, 375, 435, 515},
     {0, .1, 0, -.09, 0, 0, .1, .45, -.5, 1, .2, .04, 0, -.04, -.16, 0}},
    /* Rs with biphasic T */
    {15,
     10,
     {0, 35, 80, 145, 162, 170, 188, 207, 218, 230, 244, 310, 360, 410, 460},
     {0, .13, 0, 0, -.04, .06, 1, -.35, -.14, -.02, .01, -.12, 0, .15, 0}},
    /* extra beat from a chamber: no P, broad, T the other way */
    {10,
     6,
     {0, 60, 95, 120, 160, 200, 235, 330, 420, 520},
     {0, .35, 1.3, 1.1, -.2, -.5, -.1, -.45, -.2, 0}},
};

/* Slope at landmark i that overshoots neither neighbour: harmonic mean of the secants. */
static double slope_at(const double *t, const double *y, int count, int i)
{
    if (i == 0 || i == count - 1) {
        return 0.0;
    }
    const double before = (y[i] - y[i - 1]) / (t[i] - t[i - 1]);
    const double after = (y[i + 1] - y[i]) / (t[i + 1] - t[i]);
    return before * after <= 0.0 ? 0.0 : 2.0 * before * after / (before + after);
}

static double between(const double *t, const double *y, int count, int i, double at)
{
    const double width = t[i + 1] - t[i];
    const double u = (at - t[i]) / width;
    const double m0 = width * slope_at(t, y, count, i);
    const double m1 = width * slope_at(t, y, count, i + 1);
    const double rise = y[i + 1] - y[i];
    return y[i] + u * (m0 + u * (3.0 * rise - 2.0 * m0 - m1 + u * (m0 + m1 - 2.0 * rise)));
}

/* Bazett: the time from QRS to T's end goes with the root of the interval. */
static size_t draw_beat(myo_scene *scene, const heart_form *form, double interval_s)
{
    double t[MOST_LANDMARKS] = {0};
    const double stretch = sqrt(fmin(fmax(interval_s, 0.5), 1.2));
    for (int i = 0; i < form->count; i++) {
        const double late_ms = form->ms[i] - form->ms[form->st];
        t[i] = 0.001 * (i <= form->st ? form->ms[i] : form->ms[form->st] + stretch * late_ms);
    }
    const size_t length =
        myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, t[form->count - 1]));
    int piece = 0;
    for (size_t i = 0; i < length; i++) {
        const double at = (double)i / scene->rate_hz;
        while (piece < form->count - 2 && at >= t[piece + 1]) {
            piece++;
        }
        scene->clip[i] = between(t, form->height, form->count, piece, at);
    }
    return length;
}

void myo_b_heart_start(myo_b_heart *self, const myo_scene *scene)
{
    self->on = scene->scenario->ecg_uv.high > 0.0;
    if (!self->on) {
        return;
    }
    myo_rng *rng = &self->rng;
    myo_rng_start(rng, scene->seed, MYO_B_STREAM_HEART, 0);
    self->form = myo_rng_int(rng, 0, FORM_EXTRA - 1);
    const double r_uv = myo_rng_in(rng, scene->scenario->ecg_uv);
    const double sign = myo_rng_chance(rng, 0.7) ? 1.0 : -1.0;
    for (uint32_t c = 0; c < scene->channels; c++) {
        self->r_uv[c] = sign * r_uv * (c == 0 ? 1.0 : myo_rng_in(rng, (myo_range){0.3, 0.9}));
    }
    self->interval_s = 60.0 / myo_rng_in(rng, (myo_range){50.0, 110.0});
    self->breath_s = myo_rng_in(rng, (myo_range){3.0, 6.0});
    self->breath_depth = myo_rng_in(rng, (myo_range){0.01, 0.06});
    self->extra_chance = myo_rng_chance(rng, 0.4) ? myo_rng_in(rng, (myo_range){0.01, 0.05}) : 0.0;
    self->next_s = self->interval_s * myo_rng_uniform(rng);
}

static void place_beat(myo_b_heart *self, myo_scene *scene, double breath)
{
    const heart_form *form = &forms[self->next_is_extra ? FORM_EXTRA : self->form];
    myo_placement place = {.frame = myo_scene_frames(scene, self->next_s),
                           .labelled = true,
                           .type = MYO_EVENT_CARDIAC};
    if (place.frame < scene->first_frame) {
        place.frame = scene->first_frame;
    }
    place.length = draw_beat(scene, form, self->interval_s);
    const double size = 1.0 + 0.08 * breath + 0.02 * myo_rng_normal(&self->rng);
    for (uint32_t c = 0; c < scene->channels; c++) {
        place.gain[c] = self->r_uv[c] * size;
    }
    myo_scene_place(scene, &place);
}

/* Breathing and a slow random part move the interval; an extra beat comes early and is followed by
 * a pause that makes up for it. */
static double draw_interval(myo_b_heart *self, double breath)
{
    self->slow = 0.8 * self->slow + 0.6 * myo_rng_normal(&self->rng);
    const double interval_s =
        self->interval_s * (1.0 + self->breath_depth * breath + 0.02 * self->slow);
    if (self->next_is_extra) {
        self->next_is_extra = false;
        return 1.35 * interval_s;
    }
    self->next_is_extra = myo_rng_chance(&self->rng, self->extra_chance);
    return self->next_is_extra ? 0.65 * interval_s : interval_s;
}

void myo_b_heart_block(myo_b_heart *self, myo_scene *scene)
{
    const int64_t end = scene->first_frame + MYO_SYNTH_BLOCK;
    while (self->on && myo_scene_frames(scene, self->next_s) < end) {
        const double breath = myo_det_sin_turns(self->next_s / self->breath_s);
        place_beat(self, scene, breath);
        self->next_s += draw_interval(self, breath);
    }
}
