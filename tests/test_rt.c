/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What runs in real time neither allocates nor locks nor calls the system: counted, on sessions with
 * twitches, stimulators, gaps, rails and samples that are no numbers. */
#include "guard/guard.h"

#include "myotwitch/axial.h"
#include "myotwitch/cine_synth.h"
#include "myotwitch/ecg.h"
#include "myotwitch/quadrature.h"
#include "myotwitch/ultrasound.h"
#include "myotwitch/pipeline.h"
#include "myotwitch/quality.h"
#include "myotwitch/relax.h"
#include "myotwitch/series.h"
#include "myotwitch/spectrum.h"
#include "myotwitch/synth.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { SECONDS = 30, BLOCK = 37 }; /* no divisor of any hop or window */

typedef struct {
    float *samples;
    size_t frames;
    double rate_hz;
    uint32_t channels;
} recording;

static recording synthetic(const char *scenario, double seconds)
{
    myo_synth_config config;
    assert_int_equal(myo_synth_config_default(&config, scenario), MYO_OK);
    config.duration_s = seconds;
    recording r = {.rate_hz = config.rate_hz, .channels = config.channels};
    r.frames = (size_t)(seconds * config.rate_hz);
    r.samples = malloc(r.frames * r.channels * sizeof *r.samples);
    myo_synth *synth = NULL;
    assert_int_equal(myo_synth_new(&config, &synth), MYO_OK);
    size_t done = 0;
    while (done < r.frames) {
        size_t got = myo_synth_read(synth, r.samples + done * r.channels, r.frames - done);
        assert_true(got > 0);
        done += got;
    }
    myo_synth_free(synth);
    return r;
}

/* Two tenths of a second each of a rail, of no numbers, and of infinities. */
static void spoil(recording *r)
{
    const float bad[] = {5000.0f, NAN, INFINITY};
    const size_t length = (size_t)(0.2 * r->rate_hz) * r->channels;
    for (size_t k = 0; k < 3; k++) {
        float *from = r->samples + r->frames * r->channels * (k + 1) / 4;
        for (size_t i = 0; i < length; i++) {
            from[i] = bad[k];
        }
    }
}

static int64_t drain(myo_pipeline *pipeline)
{
    int64_t count = 0;
    myo_event event;
    while (myo_pipeline_next(pipeline, &event)) {
        count++;
    }
    return count;
}

static int64_t push(myo_pipeline *pipeline, const recording *r, size_t from, size_t frames)
{
    int64_t events = 0;
    size_t done = 0;
    while (done < frames) {
        done +=
            myo_pipeline_process(pipeline, r->samples + (from + done) * r->channels, frames - done);
        events += drain(pipeline);
    }
    return events;
}

static int64_t run_pipeline(myo_pipeline *pipeline, const recording *r)
{
    int64_t events = 0;
    myo_channel_summary summary;
    myo_meter meter;
    for (size_t from = 0; from < r->frames; from += BLOCK) {
        events += push(pipeline, r, from, r->frames - from < BLOCK ? r->frames - from : BLOCK);
        if (from == 100 * (size_t)BLOCK) {
            myo_pipeline_gap(pipeline, 50);
        }
        (void)(myo_pipeline_settled(pipeline) + myo_pipeline_frames(pipeline));
        myo_pipeline_meter(pipeline, 0, &meter);
    }
    while (!myo_pipeline_finish(pipeline)) {
        events += drain(pipeline);
    }
    events += drain(pipeline);
    myo_pipeline_summary(pipeline, 0, &summary);
    (void)myo_pipeline_delay(pipeline);
    myo_pipeline_reset(pipeline);
    return events;
}

static void count_from_here(void)
{
    assert_true(guard_init());
    guard_enter();
}

static void assert_nothing_counted(const char *what)
{
    if (guard_violations() != 0) {
        fail_msg("%s: %ld violations, the first is %s", what, guard_violations(),
                 guard_first_violation());
    }
}

static void test_pipeline_is_real_time(void **state)
{
    (void)state;
    static const char *const scenarios[] = {"clean", "needling", "stimulator", "needle"};
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
        recording r = synthetic(scenarios[i], SECONDS);
        spoil(&r);
        myo_config config;
        myo_config_default(&config, r.rate_hz, r.channels);
        config.profile[0] =
            strcmp(scenarios[i], "needle") == 0 ? MYO_PROFILE_NEEDLE : MYO_PROFILE_SURFACE;
        myo_pipeline *pipeline = NULL;
        assert_int_equal(myo_pipeline_new(&config, &pipeline), MYO_OK);
        count_from_here();
        int64_t events = run_pipeline(pipeline, &r);
        guard_leave();
        assert_nothing_counted(scenarios[i]);
        assert_true(events > 0);
        myo_pipeline_free(pipeline);
        free(r.samples);
    }
}

static int64_t run_spectrum(myo_spectrum *spectrum, const recording *r, double *density)
{
    int64_t results = 0;
    myo_spectrum_frame frame;
    myo_spectrum_slope slope;
    myo_spectrum_set_noise(spectrum, 0, 1.0);
    for (size_t from = 0; from < r->frames;) {
        size_t left = r->frames - from;
        from += myo_spectrum_process(spectrum, r->samples + from * r->channels,
                                     left < BLOCK ? left : BLOCK);
        while (myo_spectrum_next(spectrum, &frame)) {
            results++;
        }
    }
    (void)myo_spectrum_delay(spectrum);
    (void)myo_spectrum_density(spectrum, 0, density);
    myo_spectrum_slope_get(spectrum, 0, &slope);
    myo_spectrum_restart(spectrum, 0);
    myo_spectrum_gap(spectrum, 50);
    myo_spectrum_reset(spectrum);
    return results;
}

static void test_spectrum_is_real_time(void **state)
{
    (void)state;
    recording r = synthetic("needling", SECONDS);
    myo_spectrum_config config;
    myo_spectrum_config_default(&config, r.rate_hz, r.channels);
    myo_spectrum *spectrum = NULL;
    assert_int_equal(myo_spectrum_new(&config, &spectrum), MYO_OK);
    double *density = malloc(myo_spectrum_bins(spectrum) * sizeof *density);
    count_from_here();
    int64_t results = run_spectrum(spectrum, &r, density);
    guard_leave();
    assert_nothing_counted("spectrum");
    assert_true(results > 0);
    free(density);
    myo_spectrum_free(spectrum);
    free(r.samples);
}

static int64_t run_ecg(myo_ecg *ecg, const recording *r, float *clean, uint8_t *flags)
{
    int64_t beats = 0;
    myo_beat beat;
    myo_ecg_summary summary;
    for (size_t from = 0; from < r->frames; from += BLOCK) {
        const float *raw = r->samples + from * r->channels;
        size_t left = r->frames - from;
        myo_ecg_process(ecg, raw, raw, left < BLOCK ? left : BLOCK, clean, flags);
        while (myo_ecg_next(ecg, &beat)) {
            beats++;
        }
    }
    myo_ecg_summary_get(ecg, &summary);
    (void)(myo_ecg_amplitude(ecg, 0) + (double)myo_ecg_delay(ecg));
    myo_ecg_gap(ecg, 50);
    myo_ecg_reset(ecg);
    return beats;
}

static void test_ecg_is_real_time(void **state)
{
    (void)state;
    recording r = synthetic("ecg", SECONDS);
    myo_ecg_config config;
    myo_ecg_config_default(&config, r.rate_hz, r.channels);
    myo_ecg *ecg = NULL;
    assert_int_equal(myo_ecg_new(&config, &ecg), MYO_OK);
    float *clean = malloc(BLOCK * r.channels * sizeof *clean);
    uint8_t flags[BLOCK];
    count_from_here();
    int64_t beats = run_ecg(ecg, &r, clean, flags);
    guard_leave();
    assert_nothing_counted("ecg");
    assert_true(beats > 0);
    free(clean);
    myo_ecg_free(ecg);
    free(r.samples);
}

static int64_t run_relax(myo_relax *relax, const recording *r)
{
    int64_t alarms = 0;
    myo_watch_alarm alarm;
    const int64_t half = (int64_t)r->frames / 2;
    myo_relax_set_floor(relax, 0, 1.0);
    for (size_t from = 0; from < r->frames; from += BLOCK) {
        size_t left = r->frames - from;
        myo_relax_process(relax, r->samples + from * r->channels, NULL,
                          left < BLOCK ? left : BLOCK);
        if (from / BLOCK == r->frames / BLOCK / 2) {
            myo_relax_exclude(relax, MYO_ALL_CHANNELS, half / 2, half / 2 + 200);
            alarms += myo_relax_watch(relax, &(myo_span){0, half});
        }
        myo_relax_pause(relax, false);
        while (myo_relax_next(relax, &alarm)) {
            alarms++;
        }
    }
    alarms += myo_relax_level(relax, 0) > 0.0;
    myo_relax_gap(relax, 50);
    myo_relax_reset(relax);
    return alarms;
}

static void test_relax_is_real_time(void **state)
{
    (void)state;
    recording r = synthetic("rest", 60);
    myo_relax_config config;
    myo_relax_config_default(&config, r.rate_hz, r.channels);
    myo_relax *relax = NULL;
    assert_int_equal(myo_relax_new(&config, &relax), MYO_OK);
    count_from_here();
    int64_t watched = run_relax(relax, &r);
    guard_leave();
    assert_nothing_counted("relax");
    assert_true(watched > 1); /* a channel was watched, and there was a level */
    myo_relax_free(relax);
    free(r.samples);
}

static int64_t run_quality(myo_quality *quality, const recording *r)
{
    int64_t seconds = 0;
    myo_quality_second second;
    myo_quality_summary summary;
    myo_quality_set_rails(quality, 0, -1500.0, 1500.0);
    myo_quality_set_ecg(quality, 0, 100.0);
    for (size_t from = 0; from < r->frames; from += BLOCK) {
        const float *raw = r->samples + from * r->channels;
        size_t left = r->frames - from;
        myo_quality_process(quality, raw, raw, left < BLOCK ? left : BLOCK);
        while (myo_quality_next(quality, &second)) {
            seconds++;
        }
    }
    myo_quality_summary_get(quality, 0, &summary);
    myo_quality_gap(quality, 50);
    myo_quality_reset(quality);
    return seconds;
}

static void test_quality_is_real_time(void **state)
{
    (void)state;
    recording r = synthetic("upper-trapezius", SECONDS);
    myo_quality_config config;
    myo_quality_config_default(&config, r.rate_hz, r.channels);
    myo_quality *quality = NULL;
    assert_int_equal(myo_quality_new(&config, &quality), MYO_OK);
    count_from_here();
    int64_t seconds = run_quality(quality, &r);
    guard_leave();
    assert_nothing_counted("quality");
    assert_true(seconds > 0);
    myo_quality_free(quality);
    free(r.samples);
}

static void test_series_is_real_time(void **state)
{
    (void)state;
    myo_series series;
    myo_series_config config;
    myo_series_summary summary;
    myo_series_config_default(&config, 2000.0);
    count_from_here();
    myo_series_begin(&series, 0);
    for (int i = 1; i <= 2 * MYO_SERIES_MAX; i++) {
        myo_series_stroke(&series);
        myo_series_add(&series, i * 1000, 100.0 / i);
        myo_series_describe(&series, &config, i * 1000 + 500, &summary);
    }
    guard_leave();
    assert_nothing_counted("series");
    assert_int_equal(summary.count, 2 * MYO_SERIES_MAX);
}

static void test_tracker_is_real_time(void **state)
{
    (void)state;
    enum { SIDE = 128, IMAGES = 4, MOST = 16 };
    uint8_t *noise = malloc(SIDE * (SIDE + IMAGES));
    uint32_t seed = 1, x = 0, y = 0;
    for (size_t i = 0; i < SIDE * (SIDE + IMAGES); i++) {
        seed = 1664525u * seed + 1013904223u;
        noise[i] = (uint8_t)(seed >> 24);
    }
    myo_tracker_config config;
    myo_tracker_config_default(&config, SIDE, SIDE);
    myo_tracker *tracker = NULL;
    myo_tile tiles[MOST];
    assert_int_equal(myo_tracker_new(&config, &tracker), MYO_OK);
    count_from_here();
    for (size_t i = 0; i < IMAGES; i++) {
        const myo_frame frame = {noise + i * SIDE, MYO_PIXEL_U8, SIDE, SIDE, SIDE, 0.0, (int)i};
        (void)myo_tracker_process(tracker, &frame, tiles);
    }
    myo_tracker_place(tracker, 1, 1, &x, &y);
    (void)(myo_tracker_focus(tracker) + (double)myo_tracker_image(tracker)[0]);
    myo_tracker_reset(tracker);
    guard_leave();
    assert_nothing_counted("tracker");
    assert_true(tiles[0].dy < -0.9f && tiles[0].dy > -1.1f);
    myo_tracker_free(tracker);
    free(noise);
}

/* RF, demodulated, its brightness and its phase. */
static void test_echoes_are_real_time(void **state)
{
    (void)state;
    enum { SAMPLES = 128, FRAMES = 4 };
    static const float echoes[SAMPLES + FRAMES] = {[9] = 1.0f, [40] = 2.0f, [71] = 3.0f};
    double line = 0.0, sample = 0.0, span = 0.0;
    uint8_t gray[SAMPLES];
    myo_tile tiles[2];
    myo_quadrature *quadrature = NULL;
    myo_quadrature_shape shape;
    myo_axial_config config;
    myo_axial *axial = NULL;
    assert_int_equal(myo_quadrature_new(1, SAMPLES, 0.25, UINT32_MAX, &quadrature), MYO_OK);
    count_from_here();
    myo_quadrature_shape_get(quadrature, &shape);
    guard_leave();
    myo_axial_config_default(&config, 1, shape.height, shape.carrier);
    assert_int_equal(myo_axial_new(&config, &axial), MYO_OK);
    count_from_here();
    for (int f = 0; f < FRAMES; f++) {
        const myo_frame frame = {echoes + f, MYO_PIXEL_F32, 1, 1, SAMPLES, 0.01 * f, f};
        myo_frame iq;
        myo_quadrature_process(quadrature, &frame, &iq);
        myo_envelope_take(&iq, myo_envelope_peak(&iq), gray);
        (void)(myo_axial_process(axial, &iq, tiles, &span) && myo_axial_aliased(axial));
    }
    myo_axial_place(axial, 0, 1, &line, &sample);
    myo_axial_reset(axial);
    guard_leave();
    assert_nothing_counted("echoes");
    assert_true(span > 0.0);
    assert_int_equal(gray[34], 255); /* the largest, every second sample of which is kept */
    myo_axial_free(axial);
    myo_quadrature_free(quadrature);
}

/* Every image of a phantom in memory, pixels of @p bytes behind one another. */
static uint8_t *phantom(const myo_cine_synth_config *config, size_t *images, size_t *bytes,
                        double *carrier)
{
    myo_cine_synth *synth = NULL;
    myo_frame frame;
    assert_int_equal(myo_cine_synth_new(config, &synth), MYO_OK);
    *carrier = myo_cine_synth_carrier(synth);
    *bytes = *carrier > 0.0 ? 2 * sizeof(float) : 1;
    const size_t size = *bytes * config->width * config->height;
    uint8_t *pixels = malloc(size * (size_t)(config->duration_s * config->rate_hz + 2.0));
    for (*images = 0; myo_cine_synth_next(synth, &frame); ++*images) {
        memcpy(pixels + *images * size, frame.pixels, size);
    }
    myo_cine_synth_free(synth);
    return pixels;
}

static int64_t run_ultrasound(myo_ultrasound *ultrasound, const myo_cine_synth_config *config,
                              const uint8_t *pixels, size_t images, size_t bytes)
{
    int64_t events = 0;
    myo_motion_event event;
    uint32_t columns, rows;
    double x, y;
    for (size_t i = 0; i < images; i++) {
        /* Image 60 and 61 are the same, 62 comes before 61. */
        const double time = (double)i / config->rate_hz - (i == 62 ? 0.1 : 0.0);
        const size_t shown = i == 61 ? 60 : i;
        const myo_frame frame = {pixels + bytes * shown * config->width * config->height,
                                 bytes > 1 ? MYO_PIXEL_IQ : MYO_PIXEL_U8,
                                 config->width,
                                 config->width,
                                 config->height,
                                 time,
                                 (int64_t)i};
        myo_ultrasound_process(ultrasound, &frame);
        (void)myo_ultrasound_tiles(ultrasound, &columns, &rows);
        (void)myo_ultrasound_strength(ultrasound, &x, &y);
        while (myo_ultrasound_next(ultrasound, &event)) {
            events++;
        }
    }
    myo_ultrasound_summary summary;
    myo_ultrasound_finish(ultrasound);
    myo_ultrasound_summary_get(ultrasound, &summary);
    myo_ultrasound_reset(ultrasound);
    return events;
}

static void test_ultrasound_is_real_time(void **state)
{
    (void)state;
    static const char *const scenarios[] = {"us-needle", "us-slide", "us-mmode", "us-iq"};
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
        myo_cine_synth_config config;
        assert_int_equal(myo_cine_synth_config_default(&config, scenarios[i]), MYO_OK);
        config.width = config.width == 1 ? 1 : 192;
        config.height = 160;
        config.duration_s = 3.0;
        size_t images, bytes;
        double carrier;
        uint8_t *pixels = phantom(&config, &images, &bytes, &carrier);
        myo_ultrasound_config detect;
        myo_ultrasound_config_default(&detect, config.width, config.height, config.rate_hz);
        detect.needle_deg = 45.0;
        detect.carrier = carrier;
        myo_ultrasound *ultrasound = NULL;
        assert_int_equal(myo_ultrasound_new(&detect, &ultrasound), MYO_OK);
        count_from_here();
        const int64_t events = run_ultrasound(ultrasound, &config, pixels, images, bytes);
        guard_leave();
        assert_nothing_counted(scenarios[i]);
        assert_true(events > 0);
        myo_ultrasound_free(ultrasound);
        free(pixels);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pipeline_is_real_time),
        cmocka_unit_test(test_spectrum_is_real_time),
        cmocka_unit_test(test_ecg_is_real_time),
        cmocka_unit_test(test_relax_is_real_time),
        cmocka_unit_test(test_quality_is_real_time),
        cmocka_unit_test(test_series_is_real_time),
        cmocka_unit_test(test_tracker_is_real_time),
        cmocka_unit_test(test_echoes_are_real_time),
        cmocka_unit_test(test_ultrasound_is_real_time),
    };
    if (!guard_init()) {
        (void)puts(
            "not run: this kernel has no syscall user dispatch, so system calls cannot be counted");
        return GUARD_CANNOT;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
