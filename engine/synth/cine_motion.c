/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Motions of a phantom: each adds its displacement. */
#include "synth/cine_motion.h"

#include "synth/detmath.h"

#include <math.h>

#define PULSE_PX  3.0 /* systolic expansion of an artery's wall: 0.26 mm at 0.088 mm a pixel */
#define TREMOR_PX 2.0
/* Share of the needle's movement that the tissue at its shaft follows. */
#define DRAG        0.5
#define NEEDLE_GREY 110.0
/* Beyond so many radii nothing moves: 0.5 % is left of a needle's drag. */
#define FAR 5.0

/* One heart beat: up in a tenth of it, back with a notch, still for the rest. */
static double beat(double phase)
{
    if (phase < 0.1) {
        const double s = myo_det_sin_turns(0.25 * phase / 0.1);
        return s * s;
    }
    return myo_det_exp(-(phase - 0.1) / 0.12) *
           (1.0 + 0.3 * myo_det_sin_turns((phase - 0.1) / 0.3));
}

/* 0 to 1 in @p go seconds without a jerk at either end. */
static double ramp(double t, double go)
{
    if (t <= 0.0 || t >= go) {
        return t <= 0.0 ? 0.0 : 1.0;
    }
    const double s = myo_det_sin_turns(0.25 * t / go);
    return s * s;
}

void myo_cine_motion_now(const myo_cine_motion *motion, double time_s, myo_motion_now *now)
{
    now->active = 0;
    for (size_t i = 0; i < motion->twitch_count && now->active < MYO_MOTION_ACTIVE; i++) {
        const myo_cine_twitch *t = &motion->twitches[i];
        const double share = myo_cine_twitch_course(t, time_s);
        if (share >= 1e-3) {
            now->twitches[now->active++] =
                (myo_twitch_now){t, share * t->size_px, myo_det_cos_turns(t->angle_deg / 360.0),
                                 myo_det_sin_turns(t->angle_deg / 360.0)};
        }
    }
    now->c = myo_det_cos_turns(motion->needle_deg / 360.0);
    now->s = myo_det_sin_turns(motion->needle_deg / 360.0);
    now->slide = 0.0;
    for (size_t i = 0; i < motion->slide_count; i++) {
        const myo_slide *s = &motion->slides[i];
        const double t = time_s - s->onset_s;
        now->slide += s->size_px * (ramp(t, s->go_s) - ramp(t - s->go_s - s->stay_s, s->back_s));
    }
    const double turns = motion->probe_hz * time_s;
    const double shift = motion->probe ? 3.0 * myo_det_sin_turns(turns) : 0.0;
    const double angle = motion->probe ? 0.0174533 * myo_det_sin_turns(0.7 * turns + 0.2) : 0.0;
    const double press = motion->probe ? 0.02 * myo_det_sin_turns(1.3 * turns + 0.6) : 0.0;
    const double probe[6] = {shift, 0.0, -angle, 0.3 * shift, angle, press};
    for (int i = 0; i < 6; i++) {
        now->probe[i] = probe[i];
    }
    const double phase = motion->pulse_hz * time_s;
    now->pulse = motion->pulse_hz > 0.0 ? PULSE_PX * beat(phase - floor(phase)) : 0.0;
    now->tremor =
        motion->tremor_hz > 0.0 ? TREMOR_PX * myo_det_sin_turns(motion->tremor_hz * time_s) : 0.0;
    now->needle =
        motion->needle_hz > 0.0
            ? 0.5 * motion->needle_stroke_px * (1.0 - myo_det_cos_turns(motion->needle_hz * time_s))
            : 0.0;
}

static void twitches_at(const myo_motion_now *now, double x, double y, double *dx, double *dy)
{
    for (int i = 0; i < now->active; i++) {
        const myo_twitch_now *n = &now->twitches[i];
        const myo_cine_twitch *t = n->twitch;
        const double rx = x - t->x_px, ry = y - t->y_px;
        const double along = (rx * n->c + ry * n->s) / t->along_px;
        const double across = (ry * n->c - rx * n->s) / t->across_px;
        const double square = along * along + across * across;
        if (square < 14.0) {
            const double u = n->size * myo_det_exp(-0.5 * square);
            *dx += u * n->c;
            *dy += u * n->s;
        }
    }
}

/* Distance across from the needle's line and along it behind the tip. */
static void needle_place(const myo_cine_motion *motion, const myo_motion_now *now, double x,
                         double y, double *across, double *behind)
{
    *across = (y - motion->y) * now->c - (x - motion->x) * now->s;
    *behind = now->needle - ((x - motion->x) * now->c + (y - motion->y) * now->s);
}

static void local_at(const myo_cine_motion *motion, const myo_motion_now *now, double x, double y,
                     double *dx, double *dy)
{
    const double rx = x - motion->x, ry = y - motion->y, r = sqrt(rx * rx + ry * ry);
    if (motion->pulse_hz > 0.0 && r > 1e-9 && r < FAR * motion->radius_px) {
        const double off = (r - motion->radius_px) / motion->radius_px;
        const double u = now->pulse * myo_det_exp(-2.0 * off * off);
        *dx += u * rx / r;
        *dy += u * ry / r;
    }
    if (motion->tremor_hz > 0.0 && r < FAR * motion->radius_px) {
        const double part = r / motion->radius_px;
        *dx += now->tremor * myo_det_exp(-0.5 * part * part);
    }
    if (motion->needle_hz > 0.0) {
        double across, behind;
        needle_place(motion, now, x, y, &across, &behind);
        const double far = hypot(across, fmax(-behind, 0.0)) / motion->radius_px;
        const double u = far < FAR ? DRAG * now->needle * myo_det_exp(-far) : 0.0;
        *dx += u * now->c;
        *dy += u * now->s;
    }
}

/* Half of the depth slides, and shears to nothing above it. */
void myo_cine_motion_row(const myo_cine_motion *motion, myo_motion_now *now, double y)
{
    now->row_slide = now->slide * ramp(y - 0.2 * motion->height, 0.3 * motion->height);
}

void myo_cine_motion_at(const myo_cine_motion *motion, const myo_motion_now *now, double x,
                        double y, double *dx, double *dy)
{
    const double u = x - 0.5 * motion->width, v = y - 0.5 * motion->height;
    *dx = now->probe[0] + now->probe[1] * u + now->probe[2] * v;
    *dy = now->probe[3] + now->probe[4] * u + now->probe[5] * v;
    *dx += now->row_slide;
    twitches_at(now, x, y, dx, dy);
    local_at(motion, now, x, y, dx, dy);
}

double myo_cine_motion_needle(const myo_cine_motion *motion, const myo_motion_now *now, double x,
                              double y)
{
    double across, behind;
    needle_place(motion, now, x, y, &across, &behind);
    if (behind < 0.0 || fabs(across) > 9.0) {
        return 0.0;
    }
    /* Scratches on the shaft: they move with it. */
    const double mark =
        1.0 + 0.25 * myo_det_sin_turns(behind / 23.0) + 0.2 * myo_det_sin_turns(behind / 9.1 + 0.3);
    return NEEDLE_GREY * mark * myo_det_exp(-0.5 * across * across / 4.0);
}
