/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Generator B: what happens when. Everything with a label but heart and stimulator takes its turn,
 * so that labels do not cover each other, save a stroke's contact and the twitch that it sets off.
 */
#include "synth/generator.h"

#include "synth/b_activity.h"
#include "synth/b_artefact.h"
#include "synth/b_floor.h"
#include "synth/b_heart.h"
#include "synth/b_needle.h"
#include "synth/b_stimulator.h"
#include "synth/b_streams.h"
#include "synth/detmath.h"
#include "synth/relax_course.h"

#include <math.h>

typedef enum {
    KIND_TWITCH,
    KIND_STROKE,
    KIND_FASCICULATION,
    KIND_CONTRACTION,
    KIND_BRIEF,
    KIND_MOTION,
    KIND_CLICK,
    KIND_LIFT,
    KIND_COUNT
} kind;

typedef struct {
    myo_b_library library;
    myo_b_floor floor;
    myo_b_heart heart;
    myo_b_stimulator stimulator;
    myo_b_needle needle;
    myo_rng rng[KIND_COUNT];
    int64_t next[KIND_COUNT]; /**< INT64_MAX: never */
    int64_t free_frame;       /**< the event before is over */
    int strokes_left, twitches_of_bout;
    double first_snr_db, exhaustion_db;
} state_b;

/* A recording begins before anybody touches the muscle. */
static const double lead_s = 3.0;
/* No event begins so late that the record could cut it short; long contractions excepted. */
static const double trail_s = 1.0;
static const double between_s = 0.35;
static const double wave_s = MYO_B_WAVE_LENGTH * MYO_B_WAVE_STEP_S;

/* emg.md 8: duration log-normal, 20-300 ms; under the needle at the short end. */
static const myo_range twitch_s = {0.020, 0.300};
static const double free_median_s = 0.060;
static const double stroke_median_s = 0.045;
static const double speed_mm_s = 4000.0;
static const double electrode_step_mm = 22.0;

static double rate_per_min(const myo_scenario *s, kind k)
{
    switch (k) {
    case KIND_TWITCH:
        return s->twitches_per_min;
    case KIND_STROKE:
        return s->strokes ? 1.0 : 0.0;
    case KIND_FASCICULATION:
        return s->fasciculations_per_min;
    case KIND_CONTRACTION:
        return s->contractions_per_min;
    case KIND_BRIEF:
        return s->briefs_per_min;
    case KIND_MOTION:
        return s->motions_per_min;
    case KIND_CLICK:
        return s->clicks_per_min;
    default:
        return s->lead_offs_per_min;
    }
}

static double draw_wait_s(state_b *b, const myo_scene *scene, kind k)
{
    if (k == KIND_STROKE) {
        return b->strokes_left > 0 ? myo_rng_in(&b->rng[k], (myo_range){0.67, 2.0})
                                   : myo_rng_in(&b->rng[k], (myo_range){4.0, 12.0});
    }
    return myo_rng_gamma(&b->rng[k], 2.0, 30.0 / rate_per_min(scene->scenario, k));
}

static void start_kinds(state_b *b, const myo_scene *scene)
{
    for (int k = 0; k < KIND_COUNT; k++) {
        myo_rng_start(&b->rng[k], scene->seed, MYO_B_STREAM_EVENTS, (uint64_t)k);
        b->next[k] = rate_per_min(scene->scenario, (kind)k) > 0.0
                         ? myo_scene_frames(scene, lead_s + draw_wait_s(b, scene, (kind)k))
                         : INT64_MAX;
    }
}

static void start_b(void *state, myo_scene *scene)
{
    state_b *b = state;
    myo_rng rng;
    myo_rng_start(&rng, scene->seed, MYO_B_STREAM_LIBRARY, 0);
    myo_b_library_make(&b->library, &rng, scene->scenario->needle);
    myo_b_floor_start(&b->floor, scene, &b->library);
    myo_b_heart_start(&b->heart, scene);
    myo_b_stimulator_start(&b->stimulator, scene);
    myo_b_needle_start(&b->needle, scene);
    start_kinds(b, scene);
}

static myo_b_canvas clear_canvas(const state_b *b, myo_scene *scene, double length_s)
{
    const size_t frames = myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, length_s));
    return (myo_b_canvas){&b->library, scene->rate_hz, scene->clip, frames};
}

static uint32_t same_side(const myo_scene *scene)
{
    return scene->scenario->contralateral && scene->channels > 1 ? scene->channels - 1
                                                                 : scene->channels;
}

/* emg.md 8: gain falls with distance to the power 1.5, delay is that of the fibres. */
static void spread_from(const myo_scene *scene, myo_rng *rng, double gain, myo_placement *place)
{
    const uint32_t side = same_side(scene);
    const int source = myo_rng_int(rng, 0, (int)side - 1);
    for (int c = 0; c < (int)side; c++) {
        const double mm = electrode_step_mm * (c < source ? source - c : c - source);
        place->gain[c] = gain * myo_det_pow(1.0 + mm / 15.0, -1.5);
        place->delay_s[c] = fmin(mm / speed_mm_s, 0.010);
    }
    if (side < scene->channels && myo_rng_chance(rng, 0.6)) {
        place->gain[side] = gain * myo_rng_in(rng, (myo_range){0.1, 0.6});
        place->delay_s[side] = myo_rng_in(rng, (myo_range){0.005, 0.020});
    }
}

/* An artefact strikes one channel and its neighbours more or less, either way round. */
static void spread_artefact(const myo_scene *scene, myo_rng *rng, myo_placement *place)
{
    const uint32_t struck = (uint32_t)myo_rng_int(rng, 0, (int)scene->channels - 1);
    for (uint32_t c = 0; c < scene->channels; c++) {
        const double part = myo_rng_in(rng, (myo_range){-0.7, 0.7});
        place->gain[c] = c == struck ? 1.0 : part;
    }
}

static double wanted_snr_db(const myo_scene *scene, double drawn_db)
{
    return isnan(scene->snr_db) ? drawn_db : scene->snr_db;
}

/* Room for a volley's last discharge, which a silence may push out, and for its potential. */
static size_t place_twitch(state_b *b, myo_scene *scene, myo_rng *rng, int64_t frame, double at_s,
                           double median_s, double snr_db)
{
    const double duration_s = myo_rng_log_normal_in(rng, median_s, 0.6, twitch_s);
    const myo_b_canvas canvas = clear_canvas(b, scene, at_s + duration_s + 2.0 * wave_s);
    myo_b_twitch_add(&canvas, rng, at_s, duration_s);
    const double peak = myo_scene_measure(scene, canvas.frames).peak;
    const double gain = myo_scene_gain_for_snr(scene, 0, peak, snr_db);
    myo_placement place = {
        .frame = frame, .length = canvas.frames, .labelled = true, .type = MYO_EVENT_LTR};
    spread_from(scene, rng, gain, &place);
    myo_scene_place(scene, &place);
    return canvas.frames;
}

static size_t make_twitch(state_b *b, myo_scene *scene, int64_t frame)
{
    myo_rng *rng = &b->rng[KIND_TWITCH];
    const double drawn_db = myo_rng_in(rng, scene->scenario->twitch_snr_db);
    return place_twitch(b, scene, rng, frame, 0.0, free_median_s, wanted_snr_db(scene, drawn_db));
}

static void begin_bout(state_b *b, const myo_scene *scene)
{
    myo_rng *rng = &b->rng[KIND_STROKE];
    b->strokes_left = myo_rng_int(rng, 5, 15);
    b->twitches_of_bout = 0;
    b->first_snr_db = myo_rng_in(rng, scene->scenario->twitch_snr_db);
    b->exhaustion_db = myo_det_to_db(myo_rng_in(rng, (myo_range){0.55, 0.85}));
}

/* Each twitch is smaller than the one before, until the third; none leaves the scenario's range. */
static double exhausted_snr_db(const state_b *b, const myo_scene *scene)
{
    const int fallen = b->twitches_of_bout < 3 ? b->twitches_of_bout : 3;
    return fmax(b->first_snr_db + fallen * b->exhaustion_db, scene->scenario->twitch_snr_db.low);
}

static size_t place_contact(state_b *b, myo_scene *scene, myo_rng *rng, int64_t frame, bool twitch)
{
    myo_placement place = {.frame = frame, .labelled = true, .type = MYO_EVENT_MOTION};
    if (scene->scenario->insertional) {
        const double length_s =
            myo_rng_log_in(rng, twitch ? (myo_range){0.05, 0.08} : (myo_range){0.05, 0.5});
        const double size_uv =
            myo_rng_log_in(rng, twitch ? (myo_range){100.0, 300.0} : (myo_range){100.0, 2000.0});
        place.type = MYO_EVENT_INSERTIONAL;
        place.length = myo_b_insertional_draw(&b->needle, scene, length_s, size_uv);
        place.gain[0] = 1.0;
        myo_b_needle_move(&b->needle);
    } else {
        place.length = myo_b_contact_draw(scene, rng);
        spread_artefact(scene, rng, &place);
    }
    myo_scene_place(scene, &place);
    return place.length;
}

/* emg.md 8: latency 10-35 ms at neck and shoulder, 30-100 ms at the leg; a needle channel's bursts
 * and twitches are kept apart by the longer one. */
static size_t make_stroke(state_b *b, myo_scene *scene, int64_t frame)
{
    myo_rng *rng = &b->rng[KIND_STROKE];
    if (b->strokes_left == 0) {
        begin_bout(b, scene);
    }
    b->strokes_left--;
    const double chance = fmax(0.6 * myo_det_pow(0.85, b->twitches_of_bout), 0.15);
    const bool twitch = myo_rng_chance(rng, chance);
    const size_t contact = place_contact(b, scene, rng, frame, twitch);
    if (!twitch) {
        return contact;
    }
    const double latency_s = myo_rng_in(rng, scene->scenario->needle ? (myo_range){0.09, 0.13}
                                                                     : (myo_range){0.01, 0.035});
    const double snr_db = wanted_snr_db(scene, exhausted_snr_db(b, scene));
    b->twitches_of_bout++;
    const size_t all = place_twitch(b, scene, rng, frame, latency_s, stroke_median_s, snr_db);
    return all > contact ? all : contact;
}

static size_t make_fasciculation(state_b *b, myo_scene *scene, int64_t frame)
{
    myo_rng *rng = &b->rng[KIND_FASCICULATION];
    const double snr_db = wanted_snr_db(scene, myo_rng_in(rng, scene->scenario->twitch_snr_db));
    const myo_b_canvas canvas = clear_canvas(b, scene, wave_s);
    myo_b_discharge_add(&canvas, rng);
    const double peak = myo_scene_measure(scene, canvas.frames).peak;
    myo_placement place = {
        .frame = frame, .length = canvas.frames, .labelled = true, .type = MYO_EVENT_SINGLE_UNIT};
    spread_from(scene, rng, myo_scene_gain_for_snr(scene, 0, peak, snr_db), &place);
    myo_scene_place(scene, &place);
    return canvas.frames;
}

/* Every channel has a pool of its own under the common drive; the first is the strongest and has
 * the label. */
static size_t place_pools(state_b *b, myo_scene *scene, myo_rng *rng, const myo_b_drive *drive,
                          double rms_uv)
{
    size_t frames = 0;
    for (uint32_t c = 0; c < scene->channels; c++) {
        const myo_b_canvas canvas = clear_canvas(b, scene, myo_b_drive_end_s(drive));
        frames = canvas.frames;
        myo_b_pool_add(&canvas, rng, drive);
        const double rms = myo_scene_measure(scene, frames).rms;
        const double part = c == 0 ? 1.0 : myo_rng_in(rng, (myo_range){0.2, 0.9});
        myo_placement place = {.frame = b->free_frame,
                               .length = frames,
                               .labelled = c == 0,
                               .type = MYO_EVENT_CONTRACTION};
        place.gain[c] = rms > 0.0 ? part * rms_uv / rms : 0.0;
        place.delay_s[c] = c == 0 ? 0.0 : myo_rng_in(rng, (myo_range){0.0, 0.015});
        myo_scene_place(scene, &place);
    }
    return frames;
}

static size_t make_contraction(state_b *b, myo_scene *scene)
{
    myo_rng *rng = &b->rng[KIND_CONTRACTION];
    myo_b_drive drive;
    myo_b_drive_contraction(&drive, rng, myo_rng_log_in(rng, (myo_range){0.3, 10.0}));
    const double rms_uv = myo_rng_log_in(rng, (myo_range){10.0, 500.0});
    return place_pools(b, scene, rng, &drive, rms_uv);
}

static size_t make_brief(state_b *b, myo_scene *scene)
{
    myo_rng *rng = &b->rng[KIND_BRIEF];
    myo_b_drive drive;
    myo_b_drive_brief(&drive, rng);
    return place_pools(b, scene, rng, &drive, myo_rng_log_in(rng, (myo_range){15.0, 300.0}));
}

static size_t make_artefact(state_b *b, myo_scene *scene, int64_t frame, kind k)
{
    myo_rng *rng = &b->rng[k];
    myo_placement place = {.frame = frame, .labelled = k != KIND_LIFT};
    if (k == KIND_MOTION) {
        place.type = MYO_EVENT_MOTION;
        place.length = myo_b_motion_draw(scene, rng);
        spread_artefact(scene, rng, &place);
    } else if (k == KIND_CLICK) {
        place.type = MYO_EVENT_CLICK;
        place.length = myo_b_pop_draw(scene, rng);
        spread_artefact(scene, rng, &place);
    } else { /* the converter labels what reaches its rail */
        place.length = myo_b_lift_draw(scene, rng);
        place.gain[myo_rng_int(rng, 0, (int)scene->channels - 1)] = 1.0;
    }
    myo_scene_place(scene, &place);
    return place.length;
}

static size_t make_event(state_b *b, myo_scene *scene, kind k, int64_t frame)
{
    b->free_frame = frame;
    switch (k) {
    case KIND_TWITCH:
        return make_twitch(b, scene, frame);
    case KIND_STROKE:
        return make_stroke(b, scene, frame);
    case KIND_FASCICULATION:
        return make_fasciculation(b, scene, frame);
    case KIND_CONTRACTION:
        return make_contraction(b, scene);
    case KIND_BRIEF:
        return make_brief(b, scene);
    default:
        return make_artefact(b, scene, frame, k);
    }
}

static kind earliest(const state_b *b)
{
    kind k = KIND_TWITCH;
    for (int i = 1; i < KIND_COUNT; i++) {
        if (b->next[i] < b->next[k]) {
            k = (kind)i;
        }
    }
    return k;
}

static void take_turn(state_b *b, myo_scene *scene, kind k)
{
    const int64_t frame = b->next[k];
    if (frame > scene->total_frames - myo_scene_frames(scene, trail_s)) {
        b->next[k] = INT64_MAX;
        return;
    }
    if (frame < b->free_frame) { /* another is still going on: wait for its end */
        const double later_s = myo_rng_in(&b->rng[k], (myo_range){0.0, 0.4});
        b->next[k] = b->free_frame + myo_scene_frames(scene, later_s);
        return;
    }
    const size_t length = make_event(b, scene, k, frame);
    b->free_frame = frame + (int64_t)length + myo_scene_frames(scene, between_s);
    b->next[k] = frame + myo_scene_frames(scene, draw_wait_s(b, scene, k));
}

static void block_b(void *state, myo_scene *scene)
{
    state_b *b = state;
    myo_b_floor_block(&b->floor, scene, &b->library);
    if (scene->scenario->needle) {
        myo_b_needle_block(&b->needle, scene);
    }
    myo_b_heart_block(&b->heart, scene);
    myo_b_stimulator_block(&b->stimulator, scene);
    myo_relax_course_label(scene);
    const int64_t end = scene->first_frame + MYO_SYNTH_BLOCK;
    for (kind k = earliest(b); b->next[k] < end; k = earliest(b)) {
        take_turn(b, scene, k);
    }
}

const myo_generator myo_generator_b = {
    .name = 'b', .state_size = sizeof(state_b), .start = start_b, .block = block_b};
