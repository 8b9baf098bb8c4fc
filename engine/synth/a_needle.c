/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Endplate noise is shot noise of negative monophasic potentials; endplate spikes are biphasic,
 * first negative and irregular; fibrillations first positive and regular (Simons, Hong, Simons
 * 2002; Partanen 2022). All are within 1-2 mm of the tip: they come and go as the needle moves. */
#include "synth/a_needle.h"

#include "synth/a_shaper.h"
#include "synth/a_streams.h"
#include "synth/detmath.h"

#include <math.h>

static const myo_range noise_rms_uv = {9.5, 30.0};
static const myo_range noise_rate_hz = {100.0, 2000.0}; /* 20-40 Hz from each of 5-50 endplates */
static const double least_spike_interval_s = 0.004;

typedef struct {
    myo_range away_s, near_s;
} habit;

static const habit noise_habit = {{2.0, 12.0}, {3.0, 15.0}};
static const habit spike_habit = {{5.0, 20.0}, {1.0, 6.0}};
static const habit fibrillation_habit = {{10.0, 40.0}, {3.0, 12.0}};

static void start_site(myo_a_site *site, const myo_scene *scene, uint64_t component, const habit *h)
{
    myo_a_timeline_start(&site->sites, scene, component, 1.0);
    myo_a_timeline_step(&site->sites, scene, myo_rng_in(&site->sites.times, h->away_s));
    myo_rng_start(&site->pulses, scene->seed, component, UINT64_MAX - 1);
}

void myo_a_needle_start(myo_a_needle *needle, const myo_scene *scene)
{
    start_site(&needle->noise, scene, MYO_A_ENDPLATE_NOISE, &noise_habit);
    start_site(&needle->spikes, scene, MYO_A_ENDPLATE_SPIKES, &spike_habit);
    start_site(&needle->fibrillation, scene, MYO_A_FIBRILLATION, &fibrillation_habit);
}

/* Comes close to a source: from the frame that was due until the tip leaves it. */
static void enter_site(myo_a_site *site, const myo_scene *scene, const habit *h)
{
    const double near_s = myo_rng_in(&site->sites.times, h->near_s);
    site->pulse_at = (double)site->sites.next_frame;
    site->site_end_frame = site->sites.next_frame + myo_scene_frames(scene, near_s);
    myo_a_timeline_step(&site->sites, scene, near_s + myo_rng_in(&site->sites.times, h->away_s));
}

static bool pulse_is_due(const myo_a_site *site, const myo_scene *scene)
{
    return site->pulse_at < (double)site->site_end_frame &&
           site->pulse_at < (double)(scene->first_frame + MYO_SYNTH_BLOCK);
}

static void to_needle(myo_scene *scene, double at, size_t length, double gain, bool labelled)
{
    myo_placement placement = {.frame = (int64_t)floor(at),
                               .length = length,
                               .labelled = labelled,
                               .type = MYO_EVENT_SINGLE_UNIT};
    placement.gain[0] = gain;
    myo_scene_place(scene, &placement);
}

/* One negative bell of 4 sd; its middle is 3 sd after the potential's time. */
static size_t draw_bell(myo_scene *scene, double fraction, double duration_s)
{
    const double sd = duration_s / 4.0;
    const size_t length =
        myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, 1.5 * duration_s) + 2);
    for (size_t i = 0; i < length; i++) {
        const double u = (((double)i - fraction) / scene->rate_hz - 3.0 * sd) / sd;
        scene->clip[i] = -myo_det_exp(-0.5 * u * u);
    }
    return length;
}

/* Campbell's theorem: the variance of shot noise is its rate times the energy of one shot. */
static void draw_noise(myo_a_needle *needle, myo_scene *scene)
{
    myo_rng rng = myo_a_timeline_event(&needle->noise.sites, scene);
    needle->noise_shape_s = myo_rng_in(&rng, (myo_range){0.001, 0.003});
    needle->noise_rate_hz = myo_rng_log_in(&rng, noise_rate_hz);
    needle->noise_rms_uv = myo_rng_in(&rng, noise_rms_uv);
    const size_t length = draw_bell(scene, 0.0, needle->noise_shape_s);
    const myo_clip_size size = myo_scene_measure(scene, length);
    const double seconds = (double)(size.last - size.first) / scene->rate_hz;
    const double rms_of_unit = size.rms * sqrt(seconds * needle->noise_rate_hz);
    needle->noise_step_uv = needle->noise_rms_uv / rms_of_unit;
    double area = 0.0;
    for (size_t i = 0; i < length; i++) {
        area += scene->clip[i];
    }
    needle->noise_mean_uv = area / scene->rate_hz * needle->noise_rate_hz * needle->noise_step_uv;
    enter_site(&needle->noise, scene, &noise_habit);
}

/* The amplifier is AC coupled: what all potentials have on average is taken off. */
static void take_mean_off(myo_scene *scene, const myo_a_site *site, double mean, int64_t from)
{
    double *row = myo_scene_row(scene, 0);
    for (int64_t i = from - scene->first_frame; i < MYO_SYNTH_BLOCK; i++) {
        if (i >= 0 && scene->first_frame + i < site->site_end_frame) {
            row[i] -= mean;
        }
    }
}

static double noise_block(myo_a_needle *needle, myo_scene *scene)
{
    myo_a_site *site = &needle->noise;
    int64_t from = scene->first_frame;
    if (myo_a_timeline_is_due(&site->sites, scene)) {
        from = site->sites.next_frame;
        draw_noise(needle, scene);
    }
    if (site->site_end_frame <= scene->first_frame) {
        return 0.0;
    }
    while (pulse_is_due(site, scene)) {
        const double gain = needle->noise_step_uv * (0.8 + 0.4 * myo_rng_uniform(&site->pulses));
        const double fraction = site->pulse_at - floor(site->pulse_at);
        to_needle(scene, site->pulse_at, draw_bell(scene, fraction, needle->noise_shape_s), gain,
                  false);
        site->pulse_at +=
            myo_rng_exponential(&site->pulses, scene->rate_hz / needle->noise_rate_hz);
    }
    take_mean_off(scene, site, needle->noise_mean_uv, from);
    return needle->noise_rms_uv;
}

/* A wave of two opposite phases in @p duration_s, the first of sign @p first. */
static size_t draw_biphasic(myo_scene *scene, double duration_s, double first)
{
    const double sd = duration_s / 6.0;
    const size_t length =
        myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, 8.0 * sd) + 2);
    for (size_t i = 0; i < length; i++) {
        const double u = ((double)i / scene->rate_hz - 4.0 * sd) / sd;
        scene->clip[i] = -first * 1.6487212707001282 * u * myo_det_exp(-0.5 * u * u);
    }
    return length;
}

static void spike_block(myo_a_needle *needle, myo_scene *scene)
{
    myo_a_site *site = &needle->spikes;
    if (myo_a_timeline_is_due(&site->sites, scene)) {
        myo_rng rng = myo_a_timeline_event(&site->sites, scene);
        needle->spike_uv = myo_rng_in(&rng, (myo_range){100.0, 600.0});
        needle->spike_s = myo_rng_in(&rng, (myo_range){0.003, 0.005});
        needle->spike_interval_s = 1.0 / myo_rng_log_in(&rng, (myo_range){5.0, 50.0});
        /* a gamma of shape k has a coefficient of variation of 1/sqrt(k): 0.8 to 1.2 */
        const double variation = myo_rng_in(&rng, (myo_range){0.8, 1.2});
        needle->spike_shape = 1.0 / (variation * variation);
        enter_site(site, scene, &spike_habit);
    }
    while (pulse_is_due(site, scene)) {
        const size_t length = draw_biphasic(scene, needle->spike_s, -1.0);
        to_needle(scene, site->pulse_at, length, needle->spike_uv, true);
        const double mean = fmax(needle->spike_interval_s - least_spike_interval_s, 0.002);
        const double interval =
            least_spike_interval_s +
            myo_rng_gamma(&site->pulses, needle->spike_shape, mean / needle->spike_shape);
        site->pulse_at += interval * scene->rate_hz;
    }
}

static void fibrillation_block(myo_a_needle *needle, myo_scene *scene)
{
    myo_a_site *site = &needle->fibrillation;
    if (myo_a_timeline_is_due(&site->sites, scene)) {
        myo_rng rng = myo_a_timeline_event(&site->sites, scene);
        needle->fibrillation_uv = myo_rng_in(&rng, (myo_range){10.0, 100.0});
        needle->fibrillation_s = myo_rng_in(&rng, (myo_range){0.001, 0.005});
        needle->fibrillation_interval_s = 1.0 / myo_rng_log_in(&rng, (myo_range){0.5, 10.0});
        enter_site(site, scene, &fibrillation_habit);
    }
    while (pulse_is_due(site, scene)) {
        const size_t length = draw_biphasic(scene, needle->fibrillation_s, 1.0);
        to_needle(scene, site->pulse_at, length, needle->fibrillation_uv, true);
        const double interval =
            needle->fibrillation_interval_s * (1.0 + 0.03 * myo_rng_normal(&site->pulses));
        site->pulse_at += interval * scene->rate_hz;
    }
}

double myo_a_needle_block(myo_a_needle *needle, myo_scene *scene)
{
    double rms = 0.0;
    if (scene->scenario->endplate) {
        rms = noise_block(needle, scene);
        spike_block(needle, scene);
    }
    if (scene->scenario->fibrillation) {
        fibrillation_block(needle, scene);
    }
    return rms;
}

/* Up to a tenth of it leaks to a surface electrode. */
void myo_a_insertional_place(myo_scene *scene, myo_rng *rng, int64_t frame)
{
    const double length_s = myo_rng_log_in(rng, (myo_range){0.05, 0.5});
    const double uv = myo_rng_log_in(rng, (myo_range){100.0, 2000.0});
    myo_placement placement = {.frame = frame, .labelled = true, .type = MYO_EVENT_INSERTIONAL};
    placement.gain[0] = uv / 3.0; /* a Gaussian's largest values are about 3 sd */
    for (uint32_t c = 1; c < scene->channels; c++) {
        placement.gain[c] = placement.gain[0] * myo_rng_in(rng, (myo_range){0.0, 0.1});
    }
    myo_a_shaper shaper;
    myo_a_shaper_start(&shaper, scene, 60.0, 800.0);
    placement.length = myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, length_s));
    for (size_t i = 0; i < placement.length; i++) {
        const double t = (double)i / scene->rate_hz;
        scene->clip[i] =
            myo_det_exp(-3.0 * t / length_s) * myo_a_shaper_next(&shaper, myo_rng_normal(rng));
    }
    myo_scene_place(scene, &placement);
}
