/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several channels: one twitch is one event, and what others saw beside it stays its own. */
#include "session/group.h"

#include "pipeline_case.h"

#define RATE 2000.0

/* A twitch on three of four channels, each 5 ms behind the last and smaller. */
static void test_one_twitch_on_three_channels(void **state)
{
    (void)state;
    recording r = recording_noise(RATE, 4, 6.0, 81);
    recording_plant(&r, 1, 4.000, 40.0);
    recording_plant(&r, 2, 4.005, 25.0);
    recording_plant(&r, 0, 4.010, 15.0);
    event_list list = analyse_default(&r);
    assert_int_equal(list.count, 2); /* provisional and confirmed */
    const myo_event *twitch = find_event(&list, MYO_EVENT_LTR, 4.0, RATE);
    assert_non_null(twitch);
    assert_int_equal(twitch->channel, 1);
    assert_int_equal(twitch->channel_count, 3);
    assert_int_equal(twitch->channel_mask[0], 7);
    assert_true(twitch->reasons & (1u << MYO_REASON_SECOND_CHANNEL));
    assert_int_equal(twitch->id, list.event[0].id);
    free(list.event);
    free(r.samples);
}

static void burst(myo_grouper *grouper, uint32_t channel, myo_news_kind kind, int64_t now,
                  myo_event_type type)
{
    const myo_news news = {.kind = kind,
                           .serial = 1,
                           .onset_frame = 1000,
                           .offset_frame = now,
                           .now_frame = now,
                           .verdict = {.type = type}};
    myo_grouper_take(grouper, channel, &news);
}

/* A channel on which the twitch lasts longer than the others can wait for has no twitch of its own; what
 * it calls otherwise stays. */
static void test_a_slow_channel_is_no_second_twitch(void **state)
{
    (void)state;
    static const myo_event_type types[] = {MYO_EVENT_LTR, MYO_EVENT_CONTRACTION};
    for (size_t t = 0; t < 2; t++) {
        myo_grouper *grouper = NULL;
        myo_event event;
        int confirmed = 0;
        assert_int_equal(myo_grouper_new(2, RATE, &grouper), MYO_OK);
        burst(grouper, 0, MYO_NEWS_OPENED, 1010, MYO_EVENT_LTR);
        burst(grouper, 1, MYO_NEWS_OPENED, 1012, MYO_EVENT_LTR);
        burst(grouper, 0, MYO_NEWS_SETTLED, 1200, MYO_EVENT_LTR);
        myo_grouper_advance(grouper, 1330); /* 65 ms */
        burst(grouper, 1, MYO_NEWS_SETTLED, 1500, types[t]);
        while (myo_grouper_next(grouper, &event)) {
            confirmed += event.stage == MYO_CONFIRMED;
        }
        assert_int_equal(confirmed, 1 + t);
        assert_int_equal(myo_grouper_merged(grouper, 1), 1 - t);
        assert_int_equal(myo_grouper_settled(grouper), INT64_MAX);
        assert_false(myo_grouper_waits(grouper));
        myo_grouper_free(grouper);
    }
}

/* A heart beat on one channel and something slow on the other at the same time: the same beat if it is smaller there,
 * a twitch if it is higher or has its energy in the detect band; a contraction stays one. */
static void test_a_smaller_beat_is_no_twitch(void **state)
{
    (void)state;
    static const struct {
        double level_db, band_fraction;
        myo_event_type type;
        uint64_t told;
    } rows[] = {{10.0, 0.3, MYO_EVENT_LTR, 0},
                {30.0, 0.3, MYO_EVENT_LTR, 1},
                {10.0, 0.6, MYO_EVENT_LTR, 1},
                {10.0, 0.3, MYO_EVENT_CONTRACTION, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_grouper *grouper = NULL;
        myo_event event;
        uint64_t told = 0;
        assert_int_equal(myo_grouper_new(2, RATE, &grouper), MYO_OK);
        burst(grouper, 0, MYO_NEWS_OPENED, 1010, MYO_EVENT_LTR);
        burst(grouper, 1, MYO_NEWS_OPENED, 1012, MYO_EVENT_LTR);
        myo_news news = {.kind = MYO_NEWS_SETTLED,
                         .serial = 1,
                         .onset_frame = 1000,
                         .offset_frame = 1200,
                         .now_frame = 1200,
                         .level_db = 20.0,
                         .verdict = {.type = MYO_EVENT_CARDIAC}};
        myo_grouper_take(grouper, 0, &news);
        news.verdict.type = rows[i].type;
        news.level_db = rows[i].level_db;
        news.features[MYO_FEATURE_BAND_FRACTION] = rows[i].band_fraction;
        myo_grouper_take(grouper, 1, &news);
        while (myo_grouper_next(grouper, &event)) {
            told += event.stage == MYO_CONFIRMED && event.type == rows[i].type;
        }
        assert_int_equal(told, rows[i].told);
        myo_grouper_free(grouper);
    }
}

/* 200 ms apart they are two. */
static void test_apart_they_are_two(void **state)
{
    (void)state;
    recording r = recording_noise(RATE, 2, 6.0, 82);
    recording_plant(&r, 0, 4.0, 30.0);
    recording_plant(&r, 1, 4.2, 30.0);
    event_list list = analyse_default(&r);
    assert_int_equal(count_events(&list, MYO_EVENT_LTR, MYO_CONFIRMED), 2);
    assert_int_equal(find_event(&list, MYO_EVENT_LTR, 4.0, RATE)->channel_mask[0], 1);
    assert_int_equal(find_event(&list, MYO_EVENT_LTR, 4.2, RATE)->channel_mask[0], 2);
    free(list.event);
    free(r.samples);
}

/* A pop, a movement, a gap or a stimulus ten times as strong on the other channel at the same time:
 * the twitch is told, of its own channel alone. */
static void test_artefact_does_not_swallow_a_twitch(void **state)
{
    (void)state;
    enum { POP, MOVEMENT, GAP, STIMULUS, KINDS };
    for (int kind = 0; kind < KINDS; kind++) {
        recording r = recording_noise(RATE, 2, 6.0, 83);
        recording_plant(&r, 0, 4.0, 30.0);
        for (size_t i = 8000; i < 9000; i++) {
            const double t = (double)(i - 8000) / RATE;
            float *x = &r.samples[2 * i + 1];
            *x += kind == POP        ? 300.0f * (float)exp(-t / 0.1)
                  : kind == MOVEMENT ? 300.0f * (float)sin(6.283 * 12.0 * t)
                  : kind == GAP      ? (float)NAN
                  : i < 8002         ? 3000.0f
                                     : 0.0f;
        }
        event_list list = analyse_default(&r);
        const myo_event *twitch = find_event(&list, MYO_EVENT_LTR, 4.0, RATE);
        if (twitch == NULL || twitch->channel != 0 || twitch->channel_count != 1) {
            fail_msg("artefact %d: the twitch is lost or shared", kind);
        }
        assert_int_equal(count_events(&list, MYO_EVENT_LTR, MYO_CONFIRMED), 1);
        free(list.event);
        free(r.samples);
    }
}

/* Every provisional event is confirmed or withdrawn, once and later, under its id; no other event has
 * that id; reports are in order. */
static void test_each_provisional_word_is_kept(void **state)
{
    (void)state;
    static const char *const scenarios[] = {"multi", "needling", "mixed", "motion"};
    for (size_t s = 0; s < 4; s++) {
        recording r = recording_synth(scenarios[s], s % 2 ? 'a' : 'b', 91 + s, 60.0);
        event_list list = analyse_default(&r);
        for (size_t i = 0; i < list.count; i++) {
            const myo_event *e = &list.event[i];
            int before = 0, after = 0;
            for (size_t k = 0; k < list.count; k++) {
                before += k < i && list.event[k].id == e->id;
                after += k > i && list.event[k].id == e->id;
            }
            assert_int_equal(after, e->stage == MYO_PROVISIONAL);
            assert_int_equal(before > 0 || e->stage == MYO_CONFIRMED, e->stage != MYO_PROVISIONAL);
            assert_true(before <= 1 && e->onset_frame < e->offset_frame);
            assert_true(e->stage == MYO_PROVISIONAL || e->confirmed_frame >= e->reported_frame);
        }
        assert_true(list.count > 20);
        free(list.event);
        free(r.samples);
    }
}

static myo_news news_of(myo_news_kind kind, uint64_t serial, int64_t onset, int64_t now)
{
    return (myo_news){.kind = kind,
                      .serial = serial,
                      .onset_frame = onset,
                      .offset_frame = onset + 100,
                      .now_frame = now,
                      .verdict = {MYO_EVENT_LTR, 0.8, 0}};
}

static event_list fetch(myo_grouper *grouper)
{
    event_list list = {0};
    for (myo_event event; myo_grouper_next(grouper, &event);) {
        list_add(&list, &event);
    }
    return list;
}

/* A channel that stays active keeps the others' event waiting for 60 ms, no longer; if it was no twitch
 * there, its own comes under another id. What is refused on every channel is withdrawn. */
static void test_patience_and_withdrawal(void **state)
{
    (void)state;
    myo_grouper *grouper = NULL;
    assert_int_equal(myo_grouper_new(2, 1000.0, &grouper), MYO_OK);
    myo_news news = news_of(MYO_NEWS_OPENED, 1, 1000, 1010);
    myo_grouper_take(grouper, 0, &news);
    news = news_of(MYO_NEWS_OPENED, 1, 1050, 1060); /* 50 ms: just joins */
    myo_grouper_take(grouper, 1, &news);
    news = news_of(MYO_NEWS_SETTLED, 1, 1000, 1200);
    myo_grouper_take(grouper, 0, &news);
    assert_int_equal(myo_grouper_settled(grouper), 1000);
    myo_grouper_advance(grouper, 1260);
    event_list list = fetch(grouper);
    assert_int_equal(list.count, 1); /* provisional */
    free(list.event);
    myo_grouper_advance(grouper, 1261);
    list = fetch(grouper);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.event[0].stage, MYO_CONFIRMED);
    assert_int_equal(list.event[0].id, 1);
    free(list.event);
    news = news_of(MYO_NEWS_SETTLED, 1, 1050, 1500);
    news.verdict.type = MYO_EVENT_CONTRACTION;
    myo_grouper_take(grouper, 1, &news);
    list = fetch(grouper);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.event[0].channel, 1);
    assert_true(list.event[0].id != 1);
    free(list.event);
    news = news_of(MYO_NEWS_OPENED, 2, 2000, 2010);
    myo_grouper_take(grouper, 0, &news);
    news = news_of(MYO_NEWS_SETTLED, 2, 2000, 2200);
    news.refused = true;
    myo_grouper_take(grouper, 0, &news);
    list = fetch(grouper);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.event[1].stage, MYO_WITHDRAWN);
    assert_int_equal(list.event[1].id, list.event[0].id);
    assert_int_equal(myo_grouper_settled(grouper), INT64_MAX);
    free(list.event);
    myo_grouper_free(grouper);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_twitch_on_three_channels),
        cmocka_unit_test(test_a_slow_channel_is_no_second_twitch),
        cmocka_unit_test(test_a_smaller_beat_is_no_twitch),
        cmocka_unit_test(test_apart_they_are_two),
        cmocka_unit_test(test_artefact_does_not_swallow_a_twitch),
        cmocka_unit_test(test_each_provisional_word_is_kept),
        cmocka_unit_test(test_patience_and_withdrawal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
