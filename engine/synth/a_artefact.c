/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Motion is a damped sine that sets in softly or with a kink; a click is a rounded step from which
 * the amplifier's high-pass recovers; an open electrode drives the converter to its rail. */
#include "synth/a_artefact.h"

#include "synth/a_streams.h"
#include "synth/detmath.h"

#include <math.h>

/* Far beyond every converter's range, so that the rail is reached whatever it is. */
static const double open_uv = 1e6;
/* A pulled cable moves every channel, a touched electrode one. */
static const double p_all_channels = 0.5;

static double rounded_step(double t, double rise_s)
{
    if (t >= rise_s) {
        return 1.0;
    }
    return 0.5 - 0.5 * myo_det_cos_turns(0.5 * t / rise_s);
}

typedef struct {
    double hz, rise_s, decay_s, uv;
} swing;

/* A sine that starts at zero under a rounded rise and an exponential decay. */
static void place_swing(myo_scene *scene, const swing *s, myo_placement *placement)
{
    const double total_s = s->rise_s + 6.0 * s->decay_s;
    placement->type = MYO_EVENT_MOTION;
    placement->labelled = true;
    placement->length = myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, total_s));
    for (size_t i = 0; i < placement->length; i++) {
        const double t = (double)i / scene->rate_hz;
        scene->clip[i] = s->uv * rounded_step(t, s->rise_s) * myo_det_exp(-t / s->decay_s) *
                         myo_det_sin_turns(s->hz * t);
    }
    myo_scene_place(scene, placement);
}

static void place_motion(myo_scene *scene, const myo_a_layout *layout, myo_rng *rng, int64_t frame)
{
    swing s;
    s.hz = myo_rng_log_in(rng, (myo_range){0.5, 10.0});
    s.rise_s = myo_rng_in(rng, (myo_range){0.002, 0.06});
    s.decay_s = myo_rng_in(rng, (myo_range){0.1, 0.5});
    s.uv = myo_rng_log_in(rng, (myo_range){100.0, 3000.0});
    myo_placement placement = {.frame = frame};
    myo_a_layout_cable(layout, scene, rng, p_all_channels, &placement);
    place_swing(scene, &s, &placement);
}

void myo_a_contact_place(myo_scene *scene, const myo_a_layout *layout, myo_rng *rng, int64_t frame)
{
    swing s;
    s.hz = myo_rng_in(rng, (myo_range){2.0, 10.0});
    s.rise_s = myo_rng_in(rng, (myo_range){0.01, 0.06});
    s.decay_s = myo_rng_in(rng, (myo_range){0.05, 0.2});
    s.uv = myo_rng_log_in(rng, (myo_range){30.0, 600.0});
    myo_placement placement = {.frame = frame};
    myo_a_layout_cable(layout, scene, rng, 0.8, &placement);
    place_swing(scene, &s, &placement);
}

static void place_tremor(myo_scene *scene, const myo_a_layout *layout, myo_rng *rng, int64_t frame)
{
    const double length_s = myo_rng_in(rng, (myo_range){1.5, 6.0});
    const double hz = myo_rng_in(rng, (myo_range){6.0, 12.0});
    const double uv = myo_rng_log_in(rng, (myo_range){20.0, 200.0});
    const double sway_hz = myo_rng_in(rng, (myo_range){0.3, 1.0});
    myo_placement placement = {.frame = frame, .type = MYO_EVENT_MOTION, .labelled = true};
    myo_a_layout_cable(layout, scene, rng, p_all_channels, &placement);
    placement.length = myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, length_s));
    for (size_t i = 0; i < placement.length; i++) {
        const double t = (double)i / scene->rate_hz;
        const double swell = myo_det_sin_turns(0.5 * t / length_s);
        const double phase = hz * t + 0.3 * myo_det_sin_turns(sway_hz * t);
        scene->clip[i] = uv * swell * swell * myo_det_sin_turns(phase);
    }
    myo_scene_place(scene, &placement);
}

static void place_click(myo_scene *scene, const myo_a_layout *layout, myo_rng *rng, int64_t frame)
{
    const double rise_s = myo_rng_log_in(rng, (myo_range){0.001, 0.02});
    const double uv = myo_rng_log_in(rng, (myo_range){50.0, 1000.0});
    const double sign = myo_rng_chance(rng, 0.5) ? 1.0 : -1.0;
    const double recovery_s = myo_rng_in(rng, (myo_range){0.1, 0.5});
    myo_placement placement = {.frame = frame, .type = MYO_EVENT_CLICK, .labelled = true};
    myo_a_layout_cable(layout, scene, rng, p_all_channels, &placement);
    placement.length =
        myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, rise_s + 2.0 * recovery_s));
    for (size_t i = 0; i < placement.length; i++) {
        const double t = (double)i / scene->rate_hz;
        /* three time constants to recover */
        scene->clip[i] = sign * uv * rounded_step(t, rise_s) * myo_det_exp(-3.0 * t / recovery_s);
    }
    myo_scene_place(scene, &placement);
}

/* The label of an open electrode comes from the converter, which knows its rail; the jump back is
 * a click. */
static void place_lead_off(myo_scene *scene, const myo_a_layout *layout, myo_rng *rng,
                           int64_t frame)
{
    const double open_s = myo_rng_in(rng, (myo_range){0.2, 2.0});
    const double recovery_s = myo_rng_in(rng, (myo_range){0.1, 0.5});
    const double left_uv = myo_rng_in(rng, (myo_range){100.0, 1000.0});
    const double sign = myo_rng_chance(rng, 0.5) ? 1.0 : -1.0;
    myo_placement placement = {.frame = frame};
    myo_a_layout_cable(layout, scene, rng, 0.2, &placement);
    placement.length =
        myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, open_s + 2.0 * recovery_s));
    for (size_t i = 0; i < placement.length; i++) {
        const double t = (double)i / scene->rate_hz;
        scene->clip[i] =
            sign * (t < open_s ? open_uv : left_uv * myo_det_exp(-3.0 * (t - open_s) / recovery_s));
    }
    myo_scene_place(scene, &placement);
}

static void start_line(myo_a_timeline *line, const myo_scene *scene, uint64_t component,
                       double per_min, double least_s)
{
    myo_a_timeline_start(line, scene, component, 2.0);
    if (per_min > 0.0) {
        myo_a_timeline_step(line, scene, myo_a_timeline_poisson_s(line, per_min, least_s));
    }
}

/* Least distance of two like artefacts; tremor goes on for seconds. */
static const double motion_least_s = 0.5;
static const double click_least_s = 0.3;
static const double lead_off_least_s = 8.0;
static const double tremor_least_s = 7.0;
static const double tremor_per_min = 3.0;

void myo_a_artefacts_start(myo_a_artefacts *artefacts, const myo_scene *scene)
{
    const myo_scenario *s = scene->scenario;
    start_line(&artefacts->motion, scene, MYO_A_MOTION, s->motions_per_min, motion_least_s);
    start_line(&artefacts->tremor, scene, MYO_A_TREMOR, tremor_per_min, tremor_least_s);
    start_line(&artefacts->click, scene, MYO_A_CLICK, s->clicks_per_min, click_least_s);
    start_line(&artefacts->lead_off, scene, MYO_A_LEAD_OFF, s->lead_offs_per_min, lead_off_least_s);
}

static bool is_due(const myo_a_timeline *line, const myo_scene *scene, double per_min)
{
    return per_min > 0.0 && myo_a_timeline_is_due(line, scene);
}

static void go_on(myo_a_timeline *line, const myo_scene *scene, double per_min, double least_s)
{
    myo_a_timeline_step(line, scene, myo_a_timeline_poisson_s(line, per_min, least_s));
}

void myo_a_artefacts_block(myo_a_artefacts *artefacts, myo_scene *scene, const myo_a_layout *layout)
{
    const myo_scenario *s = scene->scenario;
    const double tremors = s->tremor ? tremor_per_min : 0.0;
    while (is_due(&artefacts->motion, scene, s->motions_per_min)) {
        myo_rng rng = myo_a_timeline_event(&artefacts->motion, scene);
        place_motion(scene, layout, &rng, artefacts->motion.next_frame);
        go_on(&artefacts->motion, scene, s->motions_per_min, motion_least_s);
    }
    while (is_due(&artefacts->tremor, scene, tremors)) {
        myo_rng rng = myo_a_timeline_event(&artefacts->tremor, scene);
        place_tremor(scene, layout, &rng, artefacts->tremor.next_frame);
        go_on(&artefacts->tremor, scene, tremors, tremor_least_s);
    }
    while (is_due(&artefacts->click, scene, s->clicks_per_min)) {
        myo_rng rng = myo_a_timeline_event(&artefacts->click, scene);
        place_click(scene, layout, &rng, artefacts->click.next_frame);
        go_on(&artefacts->click, scene, s->clicks_per_min, click_least_s);
    }
    while (is_due(&artefacts->lead_off, scene, s->lead_offs_per_min)) {
        myo_rng rng = myo_a_timeline_event(&artefacts->lead_off, scene);
        place_lead_off(scene, layout, &rng, artefacts->lead_off.next_frame);
        go_on(&artefacts->lead_off, scene, s->lead_offs_per_min, lead_off_least_s);
    }
}
