/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What events may not depend on: blocks, instruction set, an earlier run, when they are fetched, the
 * size, sign and level of the signal, and the rate. */
#include "pipeline_case.h"

static const char *const scenarios[] = {"mixed", "needling", "multi", "stimulator-switched"};
#define SCENARIOS (sizeof scenarios / sizeof scenarios[0])

static void use_cpu(myo_config *config, const char *name)
{
    assert_int_equal(myo_config_set_cpu(config, name), MYO_OK);
}

/* Pushes r in blocks of `block` frames; 0 = of 1 to 1000 at random. */
static event_list analyse_in_blocks(const recording *r, size_t block)
{
    myo_config config;
    myo_config_default(&config, r->rate_hz, r->channels);
    myo_pipeline *pipeline = pipeline_of(&config);
    event_list list = {0};
    myo_rng rng;
    myo_rng_start(&rng, 1, 961, 0);
    for (size_t from = 0; from < r->frames;) {
        const size_t wanted = block > 0 ? block : (size_t)myo_rng_int(&rng, 1, 1000);
        const size_t to = from + wanted < r->frames ? from + wanted : r->frames;
        push(pipeline, r, from, to, &list);
        from = to;
    }
    finish(pipeline, &list);
    myo_pipeline_free(pipeline);
    return list;
}

static void test_blocks_do_not_matter(void **state)
{
    (void)state;
    static const size_t blocks[] = {1, 7, 64, 0};
    for (size_t s = 0; s < SCENARIOS; s++) {
        recording r = recording_synth(scenarios[s], s % 2 ? 'b' : 'a', 31 + s, 60.0);
        event_list whole = analyse_default(&r);
        assert_true(whole.count > 20); /* or nothing was compared */
        for (size_t k = 0; k < sizeof blocks / sizeof blocks[0]; k++) {
            event_list cut = analyse_in_blocks(&r, blocks[k]);
            assert_same_events(&whole, &cut, 1.0, scenarios[s]);
            free(cut.event);
        }
        free(whole.event);
        free(r.samples);
    }
}

/* One result on every processor with fma(); without it the filters round differently, by 1e-12 and
 * less, which may move what is decided on a threshold by a hop. */
static void test_instruction_sets_agree(void **state)
{
    (void)state;
    static const char *const sets[] = {"avx2", "avx512", "neon", "auto"};
    for (size_t s = 0; s < SCENARIOS; s++) {
        recording r = recording_synth(scenarios[s], s % 2 ? 'b' : 'a', 41 + s, 60.0);
        myo_config config;
        myo_config_default(&config, r.rate_hz, r.channels);
        use_cpu(&config, "c");
        event_list reference = analyse(&config, &r);
        for (size_t k = 0; k < sizeof sets / sizeof sets[0]; k++) {
            use_cpu(&config, sets[k]);
            event_list other = analyse(&config, &r);
            assert_same_events(&reference, &other, 1.0, sets[k]);
            free(other.event);
        }
        use_cpu(&config, "sse2");
        event_list sse2 = analyse(&config, &r);
        assert_int_equal(sse2.count, reference.count);
        for (size_t i = 0; i < sse2.count; i++) {
            const myo_event *a = &reference.event[i], *b = &sse2.event[i];
            assert_int_equal(a->type, b->type);
            assert_int_equal(a->stage, b->stage);
            assert_near(b->onset_frame, a->onset_frame, 0.001 * r.rate_hz);
            assert_near(b->peak, a->peak, 1e-6 * a->peak);
        }
        free(sse2.event);
        free(reference.event);
        free(r.samples);
    }
}

static void test_reset_is_as_new(void **state)
{
    (void)state;
    for (size_t s = 0; s < SCENARIOS; s++) {
        recording r = recording_synth(scenarios[s], s % 2 ? 'a' : 'b', 51 + s, 40.0);
        event_list fresh = analyse_default(&r);
        myo_config config;
        myo_config_default(&config, r.rate_hz, r.channels);
        myo_pipeline *pipeline = pipeline_of(&config);
        event_list spoiled = {0}, again = {0};
        push(pipeline, &r, r.frames / 3, r.frames - 1, &spoiled);
        myo_pipeline_gap(pipeline, 100000);
        push(pipeline, &r, 0, r.frames / 2 + 1, &spoiled);
        myo_pipeline_reset(pipeline);
        push(pipeline, &r, 0, r.frames, &again);
        finish(pipeline, &again);
        assert_same_events(&fresh, &again, 1.0, scenarios[s]);
        myo_pipeline_free(pipeline);
        free(spoiled.event);
        free(again.event);
        free(fresh.event);
        free(r.samples);
    }
}

/* Pushes everything and fetches only when no more is taken. Returns how often that was. */
static int analyse_lazily(const recording *r, event_list *list)
{
    myo_config config;
    myo_config_default(&config, r->rate_hz, r->channels);
    myo_pipeline *pipeline = pipeline_of(&config);
    int waits = 0;
    for (size_t from = 0; from < r->frames;) {
        const size_t taken =
            myo_pipeline_process(pipeline, r->samples + from * r->channels, r->frames - from);
        assert_in_range(taken, 0, r->frames - from);
        from += taken;
        if (from < r->frames) {
            waits++;
            drain(pipeline, list);
        }
    }
    while (!myo_pipeline_finish(pipeline)) {
        drain(pipeline, list);
    }
    drain(pipeline, list);
    myo_pipeline_free(pipeline);
    return waits;
}

/* Every 200 ms a frame without number on all channels, and stimuli between: hundreds of events that
 * the channels share. */
static recording many_events(uint32_t channels)
{
    recording r = recording_noise(2000.0, channels, 120.0, 3);
    for (size_t i = 6000; i < r.frames; i += 400) {
        for (uint32_t c = 0; c < channels; c++) {
            r.samples[i * channels + c] = (float)NAN;
            if (i + 1200 < r.frames && i % 3 == 0) {
                r.samples[(i + 200) * channels + c] += 300.0f;
            }
        }
    }
    return r;
}

static void test_late_fetching_changes_nothing(void **state)
{
    (void)state;
    for (uint32_t channels = 1; channels <= 5; channels++) {
        recording r = many_events(channels);
        event_list prompt = analyse_in_blocks(&r, 1), late = {0};
        assert_true(prompt.count > 500);
        assert_in_range(analyse_lazily(&r, &late), 2, 100);
        assert_same_events(&prompt, &late, 1.0, "fetched late");
        free(prompt.event);
        free(late.event);
        free(r.samples);
    }
}

/* Full queue and nobody fetches: nothing more is taken, nothing lost. */
static void test_full_queue_takes_nothing(void **state)
{
    (void)state;
    recording r = many_events(2);
    myo_config config;
    myo_config_default(&config, r.rate_hz, r.channels);
    myo_pipeline *pipeline = pipeline_of(&config);
    const size_t taken = myo_pipeline_process(pipeline, r.samples, r.frames);
    assert_true(taken < r.frames);
    const int64_t frames = myo_pipeline_frames(pipeline);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(myo_pipeline_process(pipeline, r.samples, r.frames), 0);
        assert_false(myo_pipeline_finish(pipeline));
    }
    assert_int_equal(myo_pipeline_frames(pipeline), frames);
    myo_pipeline_free(pipeline);
    free(r.samples);
}

static void scale(recording *r, float gain, float offset)
{
    for (size_t i = 0; i < r->frames * r->channels; i++) {
        r->samples[i] = r->samples[i] * gain + offset;
    }
}

/* A power of two is exact all the way: the same bits, with sizes times the gain. */
static void test_powers_of_two_scale_exactly(void **state)
{
    (void)state;
    static const float gains[] = {1.0f / 1024.0f, 0.5f, 1024.0f};
    for (size_t k = 0; k < sizeof gains / sizeof gains[0]; k++) {
        recording r = recording_synth("mixed", 'a', 61, 60.0);
        event_list plain = analyse_default(&r);
        scale(&r, gains[k], 0.0f);
        event_list scaled = analyse_default(&r);
        assert_same_events(&plain, &scaled, (double)gains[k], "gain");
        free(plain.event);
        free(scaled.event);
        free(r.samples);
    }
}

/* The confirmed events of both lists are the same but for rounding. */
static void assert_alike(const event_list *a, const event_list *b, double gain, double rate_hz,
                         const char *what)
{
    size_t k = 0;
    for (size_t i = 0; i < a->count; i++) {
        const myo_event *e = &a->event[i];
        const myo_event *f = &b->event[k < b->count ? k : 0];
        k++;
        if (k > b->count || e->type != f->type || e->stage != f->stage ||
            fabs((double)(e->onset_frame - f->onset_frame)) > 0.001 * rate_hz ||
            fabs(e->peak * gain - f->peak) > 1e-3 * fabs(e->peak * gain)) {
            fail_msg("%s: event %zu at frame %lld differs", what, i, (long long)e->onset_frame);
        }
    }
    assert_int_equal(a->count, b->count);
}

/* Any gain from volts to nanovolts, the other sign, and an electrode's offset of 40 mV, in which a
 * float of microvolts has steps of 0.004. */
static void test_scale_sign_and_level(void **state)
{
    (void)state;
    static const struct {
        float gain, offset;
        const char *what;
    } rows[] = {{0.001f, 0.0f, "x 0.001"},
                {1000.0f, 0.0f, "x 1000"},
                {-1.0f, 0.0f, "inverted"},
                {1.0f, -40000.0f, "-40 mV"}};
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        recording r = recording_noise(2000.0, 1, 60.0, 8);
        for (int i = 0; i < 20; i++) {
            recording_plant(&r, 0, 3.1 + 2.7 * i, 8.0 + i);
        }
        event_list plain = analyse_default(&r);
        assert_int_equal(count_events(&plain, MYO_EVENT_LTR, MYO_CONFIRMED), 20);
        scale(&r, rows[k].gain, rows[k].offset);
        event_list other = analyse_default(&r);
        assert_alike(&plain, &other, fabs((double)rows[k].gain), r.rate_hz, rows[k].what);
        free(plain.event);
        free(other.event);
        free(r.samples);
    }
}

static double largest(const recording *r)
{
    double most = 0.0;
    for (size_t i = 0; i < r->frames * r->channels; i++) {
        most = fmax(most, fabs((double)r->samples[i]));
    }
    return most;
}

/* The same twitch at every rate: an onset within 4 ms of where the first potential leaves the noise,
 * an end behind the last potential (69 ms) by no more than the filters ring and the
 * 25 ms window looks back, the peak but for what the band takes away and its phase makes, and nothing else. */
static void test_rates(void **state)
{
    (void)state;
    static const double rates[] = {500.0,  700.0,   1000.0,  1259.26, 1500.0,  2000.0,  2148.1,
                                   4096.0, 10000.0, 22050.0, 44100.0, 48000.0, 100000.0};
    for (size_t k = 0; k < sizeof rates / sizeof rates[0]; k++) {
        recording r = recording_noise(rates[k], 1, 6.0, 9);
        /* As much noise in the detect band at every rate. */
        scale(&r, (float)sqrt(rates[k] / 2000.0), 0.0f);
        recording_plant(&r, 0, 4.0, 30.0);
        event_list list = analyse_default(&r);
        const myo_event *twitch = find_event(&list, MYO_EVENT_LTR, 4.0, rates[k]);
        if (twitch == NULL) {
            fail_msg("no twitch at %g Hz", rates[k]);
            return;
        }
        assert_near(twitch->onset_frame / rates[k], 4.0, 0.004);
        const double after_s = (double)twitch->offset_frame / rates[k] - 4.069;
        assert_true(after_s > 0.0 && after_s < 0.055);
        const double off = rates[k] < 1000.0 ? 0.3 : 0.2; /* the band ends at 0.45 of the rate */
        assert_near(twitch->peak / largest(&r), 1.0, off);
        assert_int_equal(count_events(&list, MYO_EVENT_LTR, MYO_CONFIRMED), 1);
        free(list.event);
        free(r.samples);
    }
}

/* A recording that ends before the warm-up does. */
static void test_short_recordings(void **state)
{
    (void)state;
    recording r = recording_noise(2000.0, 1, 1.5, 10);
    recording_plant(&r, 0, 0.5, 30.0);
    event_list list = analyse_default(&r);
    assert_non_null(find_event(&list, MYO_EVENT_LTR, 0.5, r.rate_hz));
    assert_int_equal(list.count, 2); /* provisional and confirmed */
    free(list.event);
    for (r.frames = 0; r.frames < 200; r.frames++) { /* 0.1 s: nothing can be known */
        list = analyse_default(&r);
        assert_int_equal(list.count, 0);
        free(list.event);
    }
    free(r.samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_do_not_matter),
        cmocka_unit_test(test_instruction_sets_agree),
        cmocka_unit_test(test_reset_is_as_new),
        cmocka_unit_test(test_late_fetching_changes_nothing),
        cmocka_unit_test(test_full_queue_takes_nothing),
        cmocka_unit_test(test_powers_of_two_scale_exactly),
        cmocka_unit_test(test_scale_sign_and_level),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_short_recordings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
