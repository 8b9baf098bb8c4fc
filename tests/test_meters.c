/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Meters and spectra of known signals. */
#include "pipeline_case.h"

#include "live/meters.h"

#define RATE 2000.0
enum { BLOCK = 8 };

typedef struct {
    int meters, spectra, warnings;
    myo_feed_meter last[2];
    float peak_bin, peak_db; /* of the last spectrum of channel 0 */
    uint32_t bins;
} told;

static void take(myo_meters *meters, told *t)
{
    for (myo_feed_message m; myo_meters_next(meters, &m);) {
        if (m.kind == MYO_FEED_METER) {
            t->meters++;
            t->last[m.meter.channel] = m.meter;
        } else if (m.kind == MYO_FEED_SPECTRUM && m.spectrum.channel == 0) {
            t->spectra++;
            t->bins = m.spectrum.bins;
            t->peak_db = -INFINITY;
            for (uint32_t k = 0; k < m.spectrum.bins; k++) {
                /* Not the offset, which stands at 0 Hz. */
                if (k > 10 && m.spectrum.db[k] > t->peak_db) {
                    t->peak_db = m.spectrum.db[k];
                    t->peak_bin = (float)k * m.spectrum.bin_hz;
                }
            }
        } else if (m.kind == MYO_FEED_WARNING) {
            t->warnings++;
        }
    }
}

static told run(const recording *r)
{
    told t = {.meters = 0};
    const myo_feed_head head = {.rate_hz = RATE, .channels = r->channels};
    myo_config config;
    myo_config_default(&config, RATE, r->channels);
    myo_pipeline *pipeline = pipeline_of(&config);
    myo_meters *meters = NULL;
    event_list list = {0};
    assert_int_equal(myo_meters_new(&head, &meters), MYO_OK);
    for (size_t from = 0; from + BLOCK <= r->frames; from += BLOCK) {
        push(pipeline, r, from, from + BLOCK, &list);
        myo_meters_process(meters, pipeline, r->samples + from * r->channels, BLOCK);
        take(meters, &t);
    }
    free(list.event);
    myo_meters_free(meters);
    myo_pipeline_free(pipeline);
    return t;
}

/* Channel 0: a sine of 100 Hz and 0.1 on an offset of 0.3; channel 1: zeros. */
static void test_known_signals(void **state)
{
    (void)state;
    recording r = recording_new(RATE, 2, 10.0);
    for (size_t i = 0; i < r.frames; i++) {
        r.samples[2 * i] = (float)(0.3 + 0.1 * sin(2.0 * M_PI * 100.0 * (double)i / RATE));
    }
    const told t = run(&r);
    /* 50 ms are 100 frames, made of blocks of 8: 104. */
    assert_int_equal(t.meters, 2 * (20000 / 104));
    assert_true(fabs((double)t.last[0].rms - 0.1 / sqrt(2.0)) < 0.002);
    /* The mean of 5.2 periods is off by up to 0.1 / (5.2 pi). */
    assert_true(fabs((double)t.last[0].peak_250ms - 0.1) < 0.0065);
    assert_int_equal(t.last[0].flags & MYO_FEED_ZERO, 0);
    assert_true(t.last[1].rms == 0.0f && t.last[1].peak_250ms == 0.0f);
    assert_true(t.last[1].flags & MYO_FEED_ZERO);
    assert_true(t.spectra >= 18 && t.spectra <= 20); /* one every half second */
    assert_true(fabs((double)t.peak_bin - 100.0) <= 2.0);
    /* The sine's power, 0.005, within 1.5 bins of 1.95 Hz (Hann): 0.005 / 2.93, -27.7 dB. */
    assert_true(fabs((double)t.peak_db + 27.7) < 0.5);
    assert_int_equal(t.bins, 257); /* 0 to 500 Hz in steps of 2000 / 1024 Hz */
    assert_true(t.warnings >= 1);  /* the zeros */
    free(r.samples);
}

/* The envelope of the meter is the highest of its 50 ms: over the threshold when a burst opens. */
static void test_twitch_shows_in_the_envelope(void **state)
{
    (void)state;
    recording r = recording_noise(RATE, 1, 8.0, 5);
    recording_plant(&r, 0, 6.0, 30.0);
    r.frames = (size_t)(6.08 * RATE);
    const told t = run(&r);
    assert_true(t.last[0].envelope > t.last[0].threshold && t.last[0].threshold > 0.0f);
    assert_true(t.last[0].flags & MYO_FEED_ACTIVE);
    assert_true(fabs((double)t.last[0].floor - sqrt(0.24)) < 0.05); /* as in test_meter.c */
    free(r.samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_signals),
        cmocka_unit_test(test_twitch_shows_in_the_envelope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
