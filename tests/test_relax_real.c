/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Relaxation on real recordings; skipped where they are not.
 *
 * Looked for in $MYOTWITCH_DATA, else in shared/data beside the project (datasets/CATALOG.tsv says
 * whose they are). No recording of a compressed trigger point is public: these hold the nearest. */
#include "myotwitch/band.h"
#include "myotwitch/quality.h"
#include "myotwitch/relax.h"
#include "myotwitch/spectrum.h"

#include "near.h"
#include "signal/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_MARKS 100

typedef struct {
    double rate_hz;
    uint32_t channels;
    size_t frames;
    float *raw, *measure; /* uV, interleaved */
} recording;

static const char *path_of(const char *name)
{
    static char path[1024];
    const char *root = getenv("MYOTWITCH_DATA");
    snprintf(path, sizeof path, "%s/emg/%s", root ? root : MYO_DATA_DIR, name);
    return path;
}

/* Does not return when the file is not there. */
static FILE *open_or_skip(const char *name)
{
    FILE *file = fopen(path_of(name), "r");
    if (!file) {
        print_message("not here: %s\n", path_of(name));
        skip();
    }
    return file;
}

static void make_measure(recording *r)
{
    myo_band band;
    assert_int_equal(myo_band_design(r->rate_hz, 20.0, 450.0, &band), MYO_OK);
    for (uint32_t c = 0; c < r->channels; c++) {
        double state[MYO_BAND_SECTIONS][2] = {{0}};
        for (size_t i = 0; i < r->frames; i++) {
            const size_t at = i * r->channels + c;
            r->measure[at] = (float)myo_band_run(&band, state, (double)r->raw[at]);
        }
    }
}

static void allocate(recording *r)
{
    r->raw = calloc(r->frames * r->channels, sizeof(float));
    r->measure = calloc(r->frames * r->channels, sizeof(float));
    assert_non_null(r->raw);
    assert_non_null(r->measure);
}

static void recording_free(recording *r)
{
    free(r->raw);
    free(r->measure);
}

/* One integer a line. */
static recording read_text(const char *name, double rate_hz)
{
    FILE *file = open_or_skip(name);
    recording r = {.rate_hz = rate_hz, .channels = 1, .frames = 10000};
    allocate(&r);
    size_t count = 0;
    while (count < r.frames && fscanf(file, "%f", &r.raw[count]) == 1) {
        count++;
    }
    fclose(file);
    r.frames = count;
    /* The converter's offset would ring in the filter. */
    const float offset = r.raw[0];
    for (size_t i = 0; i < count; i++) {
        r.raw[i] -= offset;
    }
    make_measure(&r);
    return r;
}

static recording read_wav(const char *name)
{
    fclose(open_or_skip(name));
    const myo_source_options options = {.full_scale_uv = 10000.0};
    myo_source *source = NULL;
    myo_why why;
    assert_int_equal(myo_source_open_here(path_of(name), &options, &source, &why), MYO_OK);
    const myo_source_info *info = myo_source_info_get(source);
    recording r = {
        .rate_hz = info->rate_hz, .channels = info->channels, .frames = (size_t)info->frames};
    const double scale = info->full_scale_uv;
    allocate(&r);
    size_t done = 0, got = 1;
    while (got > 0 && done < r.frames) {
        assert_int_equal(
            myo_source_read(source, r.raw + done * r.channels, r.frames - done, &got, &why),
            MYO_OK);
        done += got;
    }
    myo_source_free(source);
    for (size_t i = 0; i < r.frames * r.channels; i++) {
        r.raw[i] *= (float)scale;
    }
    make_measure(&r);
    return r;
}

/* Frames of the stimuli, from NAME_events.csv. */
static size_t read_pulses(const char *name, int64_t *pulses)
{
    FILE *file = open_or_skip(name);
    char line[256];
    size_t count = 0;
    while (fgets(line, sizeof line, file) && count < MAX_MARKS) {
        if (strstr(line, "tms_pulse")) {
            pulses[count++] = strtoll(line, NULL, 10);
        }
    }
    fclose(file);
    return count;
}

static myo_relax *relax_of(const recording *r, const myo_relax_config *config)
{
    myo_relax *relax = NULL;
    assert_int_equal(myo_relax_new(config, &relax), MYO_OK);
    myo_relax_process(relax, r->measure, NULL, r->frames);
    return relax;
}

/* psyc9080: rest, a contraction from 1.8 s on, let go at about 7.5 s. */
static void test_contraction_is_let_go(void **state)
{
    (void)state;
    recording r = read_text("original/psyc9080/FDI-1.txt", 1000.0);
    myo_relax_config config;
    myo_relax_config_default(&config, r.rate_hz, 1);
    myo_relax *relax = relax_of(&r, &config);
    const myo_span all = {0, (int64_t)r.frames};
    myo_relax_release release;
    myo_relax_find_release(relax, 0, &all, &release);
    assert_true(release.found);
    print_message("let go at %.2f s, to %.3f of the contraction\n",
                  (double)release.frame / r.rate_hz, release.ratio);
    assert_near((double)release.frame / r.rate_hz, 7.5, 0.3);
    assert_true(release.ratio < 0.1);
    myo_relax_free(relax);
    recording_free(&r);
}

/* veta_sici: a relaxed hand between evoked responses; those left out, nothing changes. */
static void test_silent_stretches_do_not_change(void **state)
{
    (void)state;
    int64_t pulses[MAX_MARKS];
    recording r = read_wav("converted/veta_sici.wav");
    const size_t count = read_pulses("converted/veta_sici_events.csv", pulses);
    assert_int_equal(count, 30);
    myo_relax_config config;
    myo_relax_config_default(&config, r.rate_hz, r.channels);
    config.discard_s = 0.0;
    config.min_s = 25.0;
    myo_relax *relax = relax_of(&r, &config);
    for (size_t i = 0; i < count; i++) {
        myo_relax_exclude(relax, MYO_ALL_CHANNELS, pulses[i] - (int64_t)(0.05 * r.rate_hz),
                          pulses[i] + (int64_t)(0.3 * r.rate_hz));
    }
    const int64_t half = (int64_t)r.frames / 2;
    const myo_span before = {0, half}, after = {half, (int64_t)r.frames};
    myo_relax_verdict v;
    myo_relax_compare(relax, 0, MYO_ALL_CHANNELS, &before, &after, &v);
    print_message("%s: ratio %.3f [%.3f, %.3f], rest %.2f uV\n", myo_relax_state_name(v.state),
                  v.ratio, v.low, v.high, v.before.rms);
    assert_true(v.low < 1.0 && v.high > 1.0 && v.high < 1.15);
    assert_true(v.state == MYO_RELAX_UNCHANGED || v.state == MYO_RELAX_INDETERMINATE);
    assert_near(v.before.rms, 1.8, 0.3); /* rest floor of such amplifiers, emg.md 2 */
    /* Behind a floor of 1.7 uV there is nothing to judge. */
    myo_relax_set_floor(relax, 0, 1.7);
    myo_relax_compare(relax, 0, MYO_ALL_CHANNELS, &before, &after, &v);
    assert_int_equal(v.state, MYO_RELAX_INDETERMINATE);
    assert_true(v.reasons & MYO_RELAX_AT_FLOOR);
    myo_relax_free(relax);
    recording_free(&r);
}

/* tms_acq_sol_1: each of 21 sweeps silences the tonically active soleus of one side for some 40 ms
 * (channel 3, from 85 ms behind the pulse); the muscle of the shin rests throughout. */
static void test_silent_periods_are_gaps(void **state)
{
    (void)state;
    recording r = read_wav("converted/tms_acq_sol_1.wav");
    myo_relax_config config;
    myo_relax_config_default(&config, r.rate_hz, r.channels);
    config.slot_s = 0.02;
    config.gap_s = 0.04;
    config.rest_level = 25.0; /* half of its level */
    myo_relax *relax = relax_of(&r, &config);
    const myo_span all = {0, (int64_t)r.frames};
    double gaps[4], share[4];
    for (uint32_t c = 0; c < 4; c++) {
        myo_relax_verdict v;
        myo_relax_compare(relax, c, MYO_ALL_CHANNELS, &all, &all, &v);
        assert_int_equal(v.state, MYO_RELAX_NOT_ASSESSED); /* 10 s are too few */
        gaps[c] = v.before.gaps_minute * (double)r.frames / r.rate_hz / 60.0;
        share[c] = v.before.rest_share;
    }
    print_message("gaps: TA %.0f, Sol %.0f, Sol-CL %.0f; rest %.2f, %.2f, %.2f\n", gaps[0], gaps[2],
                  gaps[3], share[0], share[2], share[3]);
    assert_true(gaps[3] >= 17.0); /* in 21 sweeps */
    assert_true(gaps[2] < 0.5 * gaps[3]);
    assert_true(share[0] > 0.95);
    assert_true(share[3] > share[2]);
    myo_relax_free(relax);
    recording_free(&r);
}

/* Median frequency is stated for the active muscle and refused for the resting one. */
static void test_frequencies_only_of_activity(void **state)
{
    (void)state;
    recording r = read_wav("converted/tms_acq_sol_1.wav");
    myo_spectrum_config config;
    myo_spectrum_config_default(&config, r.rate_hz, r.channels);
    myo_spectrum *spectrum = NULL;
    assert_int_equal(myo_spectrum_new(&config, &spectrum), MYO_OK);
    for (uint32_t c = 0; c < r.channels; c++) {
        myo_spectrum_set_noise(spectrum, c, 4.0 * 4.0);
    }
    int valid[4] = {0}, windows[4] = {0};
    double median = 0.0;
    for (size_t done = 0; done < r.frames;) {
        myo_spectrum_frame f;
        done += myo_spectrum_process(spectrum, r.measure + done * r.channels, r.frames - done);
        while (myo_spectrum_next(spectrum, &f)) {
            windows[f.channel]++;
            valid[f.channel] += f.valid;
            median += f.channel == 3 && f.valid ? f.median_hz : 0.0;
        }
    }
    assert_int_equal(valid[3], windows[3]);
    assert_true(valid[0] < windows[0] / 4);
    print_message("median frequency of the soleus %.0f Hz\n", median / valid[3]);
    assert_near(median / valid[3], 80.0, 40.0);
    myo_spectrum_free(spectrum);
    recording_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contraction_is_let_go),
        cmocka_unit_test(test_silent_stretches_do_not_change),
        cmocka_unit_test(test_silent_periods_are_gaps),
        cmocka_unit_test(test_frequencies_only_of_activity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
