/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sequence of what the muscle does, and bouts of needle strokes with twitches that exhaust. */
#include "synth/a_activity.h"

#include "synth/a_artefact.h"
#include "synth/a_needle.h"
#include "synth/a_streams.h"
#include "synth/a_twitch.h"
#include "synth/a_voluntary.h"
#include "synth/detmath.h"

#include <math.h>

/* A record begins with quiet, in which a detector learns the floor. */
static const myo_range first_s = {3.0, 4.0};
/* Least silence between two events, so that each has an end of its own. */
static const double silence_s = 0.5;
static const double bouts_per_min = 3.0;
/* Mean length of each kind, for the silence that gives the rates asked for. */
static const double usual_s[MYO_A_KIND_COUNT] = {0.1, 11.0, 0.02, 2.8, 0.3};

void myo_a_activity_start(myo_a_activity *activity, const myo_scene *scene)
{
    const myo_scenario *s = scene->scenario;
    myo_rng_start(&activity->rng, scene->seed, MYO_A_ACTIVITY, 0);
    activity->per_min[MYO_A_KIND_TWITCH] = s->twitches_per_min;
    activity->per_min[MYO_A_KIND_BOUT] = s->strokes ? bouts_per_min : 0.0;
    activity->per_min[MYO_A_KIND_FASCICULATION] = s->fasciculations_per_min;
    activity->per_min[MYO_A_KIND_CONTRACTION] = s->contractions_per_min;
    activity->per_min[MYO_A_KIND_BRIEF] = s->briefs_per_min;
    for (int k = 0; k < MYO_A_KIND_COUNT; k++) {
        activity->total_per_min += activity->per_min[k];
    }
    activity->next_frame = activity->total_per_min > 0.0
                               ? myo_scene_frames(scene, myo_rng_in(&activity->rng, first_s))
                               : INT64_MAX;
    activity->bout.twitch_frame = -1;
}

static myo_a_kind draw_kind(myo_a_activity *activity)
{
    double left = activity->total_per_min * myo_rng_uniform(&activity->rng);
    int kind = 0;
    while (kind < MYO_A_KIND_COUNT - 1 &&
           (activity->per_min[kind] <= 0.0 || left >= activity->per_min[kind])) {
        left -= activity->per_min[kind];
        kind++;
    }
    return (myo_a_kind)kind;
}

/* Silence after an event: exponential, of the mean that the total rate leaves. */
static void wait_after(myo_a_activity *activity, const myo_scene *scene, int64_t end_frame)
{
    double busy_s = 0.0;
    for (int k = 0; k < MYO_A_KIND_COUNT; k++) {
        busy_s += activity->per_min[k] / activity->total_per_min * usual_s[k];
    }
    const double mean_s = fmax(60.0 / activity->total_per_min - busy_s - silence_s, 0.2);
    const double wait_s = silence_s + myo_rng_exponential(&activity->rng, mean_s);
    activity->next_frame = end_frame + myo_scene_frames(scene, wait_s);
}

static void begin_bout(myo_a_bout *bout, const myo_scene *scene, int64_t frame)
{
    myo_rng rng;
    myo_rng_start(&rng, scene->seed, MYO_A_STROKES, bout->bouts++);
    bout->left = myo_rng_int(&rng, 5, 15);
    bout->interval_s = 1.0 / myo_rng_in(&rng, (myo_range){0.5, 1.5});
    bout->p_twitch = myo_rng_in(&rng, (myo_range){0.4, 0.9});
    bout->first_db = myo_a_twitch_draw_snr_db(scene, &rng);
    bout->rho = myo_rng_in(&rng, (myo_range){0.55, 0.85});
    bout->plateau = myo_rng_in(&rng, (myo_range){0.2, 0.5});
    const bool leg = myo_rng_chance(&rng, 0.3);
    bout->latency_s = myo_rng_in(&rng, leg ? (myo_range){0.03, 0.1} : (myo_range){0.01, 0.035});
    bout->latency_sd_s = myo_rng_in(&rng, (myo_range){0.003, 0.01});
    bout->twitches = 0;
    myo_a_timeline_start(&bout->strokes, scene, MYO_A_CONTACT + 1000 * bout->bouts, 0.0);
    bout->strokes.next_frame = frame;
}

/* Twitch n has max(plateau, rho^(n-1)) of the first one's height over the least that the scenario
 * promises, in dB: a fall of the amplitude to about a half. A user's own SNR holds for all. */
static double exhausted_db(const myo_a_bout *bout, const myo_scene *scene)
{
    if (!isnan(scene->snr_db)) {
        return scene->snr_db;
    }
    const double part = fmax(bout->plateau, myo_det_pow(bout->rho, bout->twitches));
    const double least = scene->scenario->twitch_snr_db.low;
    return least + (bout->first_db - least) * part;
}

static void stroke(myo_a_bout *bout, myo_scene *scene, const myo_a_layout *layout)
{
    myo_rng rng = myo_a_timeline_event(&bout->strokes, scene);
    const int64_t frame = bout->strokes.next_frame;
    const double latency = fmax(bout->latency_s + bout->latency_sd_s * myo_rng_normal(&rng), 0.005);
    const double p = bout->p_twitch * myo_det_pow(0.8, bout->twitches);
    if (myo_rng_chance(&rng, p)) {
        bout->twitch_frame = frame + myo_scene_frames(scene, latency);
    }
    const double wobble = 1.0 + 0.15 * myo_rng_normal(&rng);
    myo_a_contact_place(scene, layout, &rng, frame);
    if (scene->scenario->insertional) {
        myo_a_insertional_place(scene, &rng, frame);
    }
    myo_a_timeline_step(&bout->strokes, scene,
                        fmax(bout->interval_s * wobble, 0.6 * bout->interval_s));
    bout->left--;
}

static void twitch_of_stroke(myo_a_activity *activity, myo_scene *scene, const myo_a_layout *layout)
{
    myo_a_bout *bout = &activity->bout;
    myo_rng rng;
    myo_rng_start(&rng, scene->seed, MYO_A_TWITCH, activity->count[MYO_A_KIND_TWITCH]++);
    myo_a_twitch_place(scene, layout, &rng, bout->twitch_frame, exhausted_db(bout, scene));
    bout->twitches++;
    bout->twitch_frame = -1;
}

static bool is_in_block(const myo_scene *scene, int64_t frame)
{
    return frame >= 0 && frame < scene->first_frame + MYO_SYNTH_BLOCK;
}

/* Goes through the strokes and twitches of the bout in the order of time; true once it is over. */
static bool run_bout(myo_a_activity *activity, myo_scene *scene, const myo_a_layout *layout)
{
    myo_a_bout *bout = &activity->bout;
    for (;;) {
        if (is_in_block(scene, bout->twitch_frame)) {
            twitch_of_stroke(activity, scene, layout);
        } else if (bout->twitch_frame < 0 && bout->left > 0 &&
                   is_in_block(scene, bout->strokes.next_frame)) {
            stroke(bout, scene, layout);
        } else {
            return bout->twitch_frame < 0 && bout->left == 0;
        }
    }
}

/* Places an event of @p kind; returns its length in s. */
static double place(myo_a_activity *activity, myo_scene *scene, const myo_a_layout *layout,
                    myo_a_kind kind)
{
    static const uint64_t stream[MYO_A_KIND_COUNT] = {
        MYO_A_TWITCH, MYO_A_STROKES, MYO_A_FASCICULATION, MYO_A_CONTRACTION, MYO_A_BRIEF};
    myo_rng rng;
    myo_rng_start(&rng, scene->seed, stream[kind], activity->count[kind]++);
    const int64_t frame = activity->next_frame;
    switch (kind) {
    case MYO_A_KIND_TWITCH: {
        const double snr_db = myo_a_twitch_draw_snr_db(scene, &rng);
        return myo_a_twitch_place(scene, layout, &rng, frame, snr_db);
    }
    case MYO_A_KIND_FASCICULATION: {
        const double snr_db = myo_a_twitch_draw_snr_db(scene, &rng);
        return myo_a_fasciculation_place(scene, layout, &rng, frame, snr_db);
    }
    case MYO_A_KIND_CONTRACTION:
        return myo_a_contraction_place(scene, layout, &rng, frame);
    default:
        return myo_a_brief_place(scene, &rng, frame);
    }
}

void myo_a_activity_block(myo_a_activity *activity, myo_scene *scene, const myo_a_layout *layout)
{
    for (;;) {
        if (activity->next_frame == INT64_MAX && activity->total_per_min > 0.0) {
            if (!run_bout(activity, scene, layout)) {
                return;
            }
            wait_after(activity, scene, activity->bout.strokes.next_frame);
        }
        if (!is_in_block(scene, activity->next_frame)) {
            return;
        }
        const myo_a_kind kind = draw_kind(activity);
        if (kind == MYO_A_KIND_BOUT) {
            begin_bout(&activity->bout, scene, activity->next_frame);
            activity->next_frame = INT64_MAX;
        } else {
            const double length_s = place(activity, scene, layout, kind);
            wait_after(activity, scene, activity->next_frame + myo_scene_frames(scene, length_s));
        }
    }
}
