/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is missing, no number or at the rail: told as such, and time goes on; and the promise of
 * myo_pipeline_settled. */
#include "pipeline_case.h"

#define RATE 2000.0
static const double hop_s = 0.001;

/* Frames that are no number from 4 s on, on one of two channels; a twitch before and one after. */
static void test_frames_that_are_no_numbers(void **state)
{
    (void)state;
    static const struct {
        float value;
        size_t frames;
    } rows[] = {{(float)NAN, 1}, {(float)INFINITY, 7}, {(float)-INFINITY, 400}, {(float)NAN, 5000}};
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        recording r = recording_noise(RATE, 2, 10.0, 20 + k);
        recording_plant(&r, 0, 3.0, 30.0);
        recording_plant(&r, 0, 8.0, 30.0);
        for (size_t i = 8000; i < 8000 + rows[k].frames; i++) {
            r.samples[2 * i] = rows[k].value;
        }
        event_list list = analyse_default(&r);
        assert_non_null(find_event(&list, MYO_EVENT_LTR, 3.0, RATE));
        assert_non_null(find_event(&list, MYO_EVENT_LTR, 8.0, RATE));
        assert_int_equal(count_events(&list, MYO_EVENT_LTR, MYO_CONFIRMED), 2);
        const myo_event *gap = find_event(&list, MYO_EVENT_GAP, 4.0, RATE);
        assert_non_null(gap);
        assert_int_equal(gap->channel, 0);
        assert_int_equal(gap->channel_count, 1);
        assert_near(gap->onset_frame / RATE, 4.0, hop_s);
        assert_near(gap->offset_frame / RATE, 4.0 + (double)rows[k].frames / RATE, hop_s);
        assert_int_equal(count_events(&list, MYO_EVENT_GAP, MYO_CONFIRMED), 1);
        free(list.event);
        free(r.samples);
    }
}

/* The device lost frames at 4 s: what was planted 4 s later is found 4 s later. Longest: one hour, of
 * which the work is that of 6 s. */
static void test_lost_frames(void **state)
{
    (void)state;
    static const int64_t gaps[] = {1, 3, 100, 12345, 200000, 7200001};
    recording r = recording_noise(RATE, 2, 12.0, 30);
    recording_plant(&r, 0, 3.0, 30.0);
    recording_plant(&r, 1, 8.0, 30.0);
    myo_config config;
    myo_config_default(&config, r.rate_hz, r.channels);
    myo_pipeline *pipeline = pipeline_of(&config);
    for (size_t k = 0; k < sizeof gaps / sizeof gaps[0]; k++) {
        event_list list = {0};
        push(pipeline, &r, 0, 8000, &list);
        myo_pipeline_gap(pipeline, gaps[k]);
        push(pipeline, &r, 8000, r.frames, &list);
        assert_int_equal(myo_pipeline_frames(pipeline), (int64_t)r.frames + gaps[k]);
        finish(pipeline, &list);
        const double gap_s = (double)gaps[k] / RATE;
        assert_non_null(find_event(&list, MYO_EVENT_LTR, 3.0, RATE));
        const myo_event *second = find_event(&list, MYO_EVENT_LTR, 8.0 + gap_s, RATE);
        assert_non_null(second);
        assert_int_equal(second->channel, 1);
        assert_near(second->onset_frame / RATE, 8.0 + gap_s, 0.005);
        const myo_event *gap = find_event(&list, MYO_EVENT_GAP, 4.0, RATE);
        assert_non_null(gap);
        assert_int_equal(gap->channel_count, 2);
        myo_channel_summary summary;
        myo_pipeline_summary(pipeline, 1, &summary);
        assert_near((double)summary.gap_frames / RATE, gap_s, 2.0 * hop_s);
        free(list.event);
        myo_pipeline_reset(pipeline);
    }
    myo_pipeline_free(pipeline);
    free(r.samples);
}

/* Sum of the lengths of all gap events of a list, in seconds. */
static double told_s(const event_list *list)
{
    double sum = 0.0;
    for (size_t i = 0; i < list->count; i++) {
        const myo_event *e = &list->event[i];
        sum += e->type == MYO_EVENT_GAP ? (double)(e->offset_frame - e->onset_frame) / RATE : 0.0;
    }
    return sum;
}

/* A loss of all channels is one event of its whole length: as frames that are no numbers, as a report of
 * the device, as many reports, as both. */
static void test_one_loss_is_one_event(void **state)
{
    (void)state;
    static const struct {
        int reports, reported, bad; /* frames */
    } rows[] = {{0, 0, 70000}, {1, 70000, 0}, {7, 10000, 0}, {2, 9000, 52000}, {35, 1000, 35000}};
    recording r = recording_noise(RATE, 2, 60.0, 36);
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        recording lost = recording_noise(RATE, 2, rows[k].bad / RATE + 1.0, 37);
        for (size_t i = 0; i < 2 * lost.frames; i++) {
            lost.samples[i] = (float)NAN;
        }
        myo_config config;
        myo_config_default(&config, RATE, 2);
        myo_pipeline *pipeline = pipeline_of(&config);
        event_list list = {0};
        push(pipeline, &r, 0, 8000, &list);
        for (int i = 0; i < rows[k].reports; i++) {
            myo_pipeline_gap(pipeline, rows[k].reported);
        }
        push(pipeline, &lost, 0, (size_t)rows[k].bad, &list);
        push(pipeline, &r, 8000, r.frames, &list);
        finish(pipeline, &list);
        assert_int_equal(count_events(&list, MYO_EVENT_GAP, MYO_CONFIRMED), 1);
        const myo_event *gap = find_event(&list, MYO_EVENT_GAP, 4.0, RATE);
        assert_non_null(gap);
        assert_int_equal(gap->channel_count, 2);
        assert_near((double)(gap->offset_frame - gap->onset_frame) / RATE, 35.0, hop_s);
        free(list.event);
        free(lost.samples);
        myo_pipeline_free(pipeline);
    }
    free(r.samples);
}

/* What a driver counts wrongly may be any number: time ends at a limit, and does not run over. */
static void test_no_gap_runs_over_the_end_of_time(void **state)
{
    (void)state;
    recording r = recording_noise(RATE, 2, 12.0, 39);
    myo_config config;
    myo_config_default(&config, RATE, 2);
    myo_pipeline *pipeline = pipeline_of(&config);
    event_list list = {0};
    push(pipeline, &r, 0, 8000, &list);
    myo_pipeline_gap(pipeline, 0);
    myo_pipeline_gap(pipeline, INT64_MIN);
    assert_int_equal(myo_pipeline_frames(pipeline), 8000);
    for (int i = 0; i < 3; i++) {
        myo_pipeline_gap(pipeline, INT64_MAX);
        drain(pipeline, &list);
        assert_int_equal(myo_pipeline_frames(pipeline), MYO_MAX_FRAMES);
    }
    push(pipeline, &r, 8000, r.frames, &list); /* nobody hinders what still comes */
    finish(pipeline, &list);
    assert_int_equal(myo_pipeline_frames(pipeline), MYO_MAX_FRAMES + (int64_t)r.frames - 8000);
    const myo_event *gap = find_event(&list, MYO_EVENT_GAP, 4.0, RATE);
    assert_non_null(gap);
    assert_in_range(gap->offset_frame, MYO_MAX_FRAMES - 2, MYO_MAX_FRAMES + 2);
    free(list.event);
    myo_pipeline_free(pipeline);
    free(r.samples);
}

/* One electrode is off for 35 s: nothing of the others waits for its end. In the middle the device loses
 * everything for a moment, or for longer than a piece; how the frames are cut into calls changes nothing. */
static void test_a_lead_that_is_off_holds_up_nobody(void **state)
{
    (void)state;
    static const struct {
        size_t all_from, all_frames;
    } rows[] = {{0, 0}, {27990, 30}, {27000, 2001}, {26001, 24000}};
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        recording r = recording_noise(RATE, 9, 50.0, 38); /* two lineups */
        for (size_t i = 8000; i < 78000; i++) {
            r.samples[9 * i + 8] = (float)NAN;
        }
        for (size_t i = 9 * rows[k].all_from; i < 9 * (rows[k].all_from + rows[k].all_frames);
             i++) {
            r.samples[i] = (float)NAN;
        }
        event_list whole = analyse_default(&r), cut = {0};
        assert_true(count_events(&whole, MYO_EVENT_GAP, MYO_CONFIRMED) >= 3);
        for (size_t e = 0; e < whole.count && rows[k].all_frames == 0; e++) {
            const myo_event *event = &whole.event[e];
            assert_true(event->type != MYO_EVENT_GAP ||
                        event->offset_frame - event->onset_frame <= 20002);
        }
        myo_config config;
        myo_config_default(&config, RATE, 9);
        myo_pipeline *pipeline = pipeline_of(&config);
        size_t step = 1;
        for (size_t from = 0; from < r.frames; from += step, step = step * 7 % 509 + 1) {
            push(pipeline, &r, from, from + step < r.frames ? from + step : r.frames, &cut);
        }
        finish(pipeline, &cut);
        assert_same_events(&whole, &cut, 1.0, "cut into calls");
        free(whole.event);
        free(cut.event);
        free(r.samples);
        myo_pipeline_free(pipeline);
    }
}

/* However a long gap is told in pieces, the pieces are the gap: also when lost frames follow on frames
 * that were no numbers at every offset around the 10 s at which a piece ends. */
static void test_pieces_make_the_gap(void **state)
{
    (void)state;
    for (int extra = -6; extra <= 6; extra++) {
        recording r = recording_noise(RATE, 1, 10.0, 31);
        const size_t bad = (size_t)(8000 + 2 * extra); /* 4 s, then 6 s that are gone through */
        for (size_t i = 8000; i < 8000 + bad; i++) {
            r.samples[i] = (float)NAN;
        }
        myo_config config;
        myo_config_default(&config, RATE, 1);
        myo_pipeline *pipeline = pipeline_of(&config);
        event_list list = {0};
        push(pipeline, &r, 0, 8000 + bad, &list);
        myo_pipeline_gap(pipeline, 600000);
        push(pipeline, &r, 8000 + bad, r.frames, &list);
        finish(pipeline, &list);
        assert_near(told_s(&list), (double)bad / RATE + 300.0, 3.0 * hop_s);
        myo_pipeline_free(pipeline);
        free(list.event);
        free(r.samples);
    }
}

/* A long gap does not change how later ones are told, nor how they are after a reset. */
static void test_long_gap_leaves_nothing(void **state)
{
    (void)state;
    recording r = recording_noise(RATE, 1, 40.0, 32);
    for (size_t i = 10000; i < 70000; i++) {
        r.samples[i] = (float)NAN; /* 30 s */
    }
    myo_config config;
    myo_config_default(&config, RATE, 1);
    myo_pipeline *pipeline = pipeline_of(&config);
    event_list before = {0}, after = {0};
    push(pipeline, &r, 0, r.frames, &before);
    assert_int_equal(count_events(&before, MYO_EVENT_GAP, MYO_CONFIRMED), 1);
    myo_pipeline_gap(pipeline, 7200000);
    push(pipeline, &r, 0, r.frames, &after);
    finish(pipeline, &after);
    assert_int_equal(count_events(&after, MYO_EVENT_GAP, MYO_CONFIRMED), 2);
    free(before.event);
    free(after.event);
    before = after = (event_list){0};
    myo_pipeline_reset(pipeline);
    push(pipeline, &r, 0, r.frames, &after);
    finish(pipeline, &after);
    before = analyse_default(&r);
    assert_same_events(&before, &after, 1.0, "after an hour's gap and a reset");
    myo_pipeline_free(pipeline);
    free(before.event);
    free(after.event);
    free(r.samples);
}

/* A movement that drives the converter against its rail for 300 ms, told or found; the twitch a
 * second later is found. */
static void test_saturation(void **state)
{
    (void)state;
    for (int known = 0; known < 2; known++) {
        recording r = recording_noise(RATE, 1, 10.0, 33);
        for (size_t i = 10000; i < 11200; i++) {
            const double rise = 1500.0 * sin(3.14159265 * (double)(i - 10000) / 1200.0);
            r.samples[i] = fminf(r.samples[i] + (float)rise, 1060.66f); /* sin(pi / 4) of 1500 */
        }
        recording_plant(&r, 0, 6.6, 30.0);
        myo_config config;
        myo_config_default(&config, RATE, 1);
        config.rail_high[0] = known ? 1060.0 : 0.0;
        config.rail_low[0] = known ? -1060.0 : 0.0;
        event_list list = analyse(&config, &r);
        const myo_event *rail = find_event(&list, MYO_EVENT_SATURATION, 5.15, RATE);
        assert_non_null(rail);
        assert_near(rail->onset_frame / RATE, 5.15, 0.006); /* some equal frames, and noise */
        assert_near(rail->offset_frame / RATE, 5.45, 0.006);
        assert_non_null(find_event(&list, MYO_EVENT_LTR, 6.6, RATE));
        free(list.event);
        free(r.samples);
    }
}

/* A flat line without noise, and then noise: no division by nothing, no event of the flat part. */
static void test_flat_line(void **state)
{
    (void)state;
    recording r = recording_noise(RATE, 1, 10.0, 34);
    memset(r.samples, 0, 10000 * sizeof *r.samples);
    event_list list = analyse_default(&r);
    for (size_t i = 0; i < list.count; i++) {
        assert_true(list.event[i].onset_frame >= 9900);
        assert_true(isfinite(list.event[i].snr_db) && isfinite(list.event[i].confidence));
    }
    free(list.event);
    free(r.samples);
}

/* An open lead in the middle of a recording: what comes after is heard as before. */
static void test_flat_line_between(void **state)
{
    (void)state;
    recording r = recording_noise(RATE, 1, 30.0, 35);
    recording_plant(&r, 0, 5.0, 30.0);
    recording_plant(&r, 0, 14.0, 30.0);
    recording_plant(&r, 0, 25.0, 30.0);
    memset(r.samples + 8 * (size_t)RATE, 0, 4 * (size_t)RATE * sizeof *r.samples);
    event_list list = analyse_default(&r);
    assert_non_null(find_event(&list, MYO_EVENT_LTR, 5.0, RATE));
    assert_non_null(find_event(&list, MYO_EVENT_LTR, 14.0, RATE));
    assert_non_null(find_event(&list, MYO_EVENT_LTR, 25.0, RATE));
    free(list.event);
    free(r.samples);
}

/* Whatever was promised stays true: no confirmed event begins before the latest promise. Events are
 * fetched after every tenth block only, so that some wait in the queue. Promises do move on: at
 * the end the last one is not more than the longest event (12 s until the floor is learned anew) ago. */
static void test_settled_keeps_its_promise(void **state)
{
    (void)state;
    static const struct {
        const char *scenario;
        double rate_hz; /* as many frames, told to be of that rate */
    } rows[] = {{"mixed", 2000.0},  {"multi", 2000.0}, {"needling", 2000.0}, {"mixed", 500.0},
                {"motion", 2000.0}, {"multi", 1400.0}, {"voluntary", 700.0}};
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        recording r = recording_synth(rows[k].scenario, k % 2 ? 'b' : 'a', 71 + k, 90.0);
        for (size_t i = r.frames / 3; i < r.frames / 3 + 300; i++) {
            r.samples[i * r.channels] = (float)NAN;
        }
        myo_config config;
        myo_config_default(&config, rows[k].rate_hz, r.channels);
        config.false_alarms_per_hour = 3600.0; /* many weak events too */
        myo_pipeline *pipeline = pipeline_of(&config);
        int64_t promise = 0, confirmed = 0;
        int block = 0;
        for (size_t from = 0; from < r.frames; block++) {
            const size_t wanted = from + 50 < r.frames ? 50 : r.frames - from;
            from += myo_pipeline_process(pipeline, r.samples + from * r.channels, wanted);
            const int64_t settled = myo_pipeline_settled(pipeline);
            promise = settled > promise ? settled : promise;
            for (myo_event e; block % 10 == 0 && myo_pipeline_next(pipeline, &e);) {
                confirmed += e.stage == MYO_CONFIRMED;
                if (e.stage == MYO_CONFIRMED && e.onset_frame < promise) {
                    fail_msg("%s at %g Hz: %s at frame %lld, %lld was settled", rows[k].scenario,
                             rows[k].rate_hz, myo_event_type_name(e.type), (long long)e.onset_frame,
                             (long long)promise);
                }
            }
        }
        assert_true(confirmed > 10);
        assert_true(promise > (int64_t)r.frames - (int64_t)(13.0 * rows[k].rate_hz));
        myo_pipeline_free(pipeline);
        free(r.samples);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_that_are_no_numbers),
        cmocka_unit_test(test_lost_frames),
        cmocka_unit_test(test_one_loss_is_one_event),
        cmocka_unit_test(test_no_gap_runs_over_the_end_of_time),
        cmocka_unit_test(test_a_lead_that_is_off_holds_up_nobody),
        cmocka_unit_test(test_pieces_make_the_gap),
        cmocka_unit_test(test_long_gap_leaves_nothing),
        cmocka_unit_test(test_saturation),
        cmocka_unit_test(test_flat_line),
        cmocka_unit_test(test_flat_line_between),
        cmocka_unit_test(test_settled_keeps_its_promise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
