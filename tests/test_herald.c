/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a burst is heralded, and what becomes of the word. */
#include "emg/herald.h"

#include "pipeline_case.h"
#include "session/group.h"

#define RATE 2000.0

enum { HOPS = 64, HOP_FRAMES = 2 };

/* Hops of noise of one unit a frame in every band, but for the last five. */
typedef struct {
    myo_hop_kept kept[HOPS];
    myo_hop_rows all;
    myo_hop_ring ring;
    double sum[MYO_WINDOW_COUNT], limit[MYO_WINDOW_COUNT];
    myo_herald herald;
    myo_threshold_table table;
} scene;

/* The last five hops: @p measure and @p detect times the noise. */
static void set_scene(scene *s, double measure, double detect)
{
    memset(s, 0, sizeof *s);
    for (int i = 0; i < HOPS; i++) {
        s->kept[i].energy[MYO_LANE_MEASURE][0] =
            (float)(HOP_FRAMES * (i < HOPS - 5 ? 1.0 : measure));
    }
    s->all = (myo_hop_rows){.kept = s->kept, .capacity = HOPS, .end = HOPS};
    s->ring = (myo_hop_ring){&s->all, 0};
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        s->sum[k] = HOP_FRAMES * (5.0 * detect + (double)(myo_window_hops[k] - 5));
        s->limit[k] =
            HOP_FRAMES * 12.0 * myo_window_hops[k]; /* a burst opens at 12 times the noise */
    }
    myo_herald_design(1.0, 430.0, 1.0, &s->table);
    s->herald.table = &s->table;
}

static bool is_due(scene *s, int64_t hop)
{
    const myo_herald_question question = {.ring = &s->ring,
                                          .hop = hop,
                                          .noise_energy = HOP_FRAMES,
                                          .tail = 1.0,
                                          .sum = s->sum,
                                          .limit = s->limit};
    return myo_herald_is_due(&s->herald, &question, 1.0);
}

/* 430 Hz for 5 ms are 4.3 degrees of freedom; a tenth of an alarm an hour makes 3.3e-7 of the trials of
 * 0.0095 s over 0.8: chi2.isf(3.3e-7, 4.3) / 4.3 = 8.5 (scipy 1.10). The detect band opens at 12. Both heights
 * multiplied are 0.75 at least; the detect band follows from 6.6 on, and from a quarter of the measure band on as
 * it was two hops ago, when three of its five hops were raised. */
static void test_when_it_is_due(void **state)
{
    (void)state;
    static const struct {
        double measure, detect;
        bool due;
    } rows[] = {
        {1.0, 1.0, false},                      /* noise */
        {10.0, 7.5, false},                     /* 1.18 and 0.62: too little together */
        {10.0, 8.0, true},                      /* 1.18 and 0.67 */
        {8.3, 10.0, true},                      /* 0.98 and 0.83: neither is over by itself */
        {25.0, 6.5, false},                     /* the detect band does not follow yet */
        {25.0, 6.7, true},  {45.0, 6.7, false}, /* a beat: too little is of the detect band */
        {45.0, 7.0, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        scene s;
        set_scene(&s, rows[i].measure, rows[i].detect);
        assert_int_equal(is_due(&s, HOPS - 1), rows[i].due);
    }
}

static void test_once_in_50_ms(void **state)
{
    (void)state;
    scene s;
    set_scene(&s, 20.0, 10.0);
    s.herald.quiet_until = HOPS - 1;
    assert_true(is_due(&s, HOPS - 1));
    assert_false(is_due(&s, HOPS - 1));
    assert_int_equal(s.herald.quiet_until, HOPS - 1 + 50);
}

static myo_news news_of(myo_news_kind kind, int64_t onset, int64_t now)
{
    return (myo_news){.kind = kind,
                      .serial = 1,
                      .onset_frame = onset,
                      .offset_frame = now,
                      .now_frame = now,
                      .verdict = {.type = MYO_EVENT_LTR}};
}

static void tell(myo_grouper *grouper, myo_news_kind kind, int64_t onset, int64_t now)
{
    const myo_news news = news_of(kind, onset, now);
    myo_grouper_advance(grouper, now);
    myo_grouper_take(grouper, 0, &news);
}

/* The burst that opens takes the word over: one provisional event, reported when it was heralded. */
static void test_burst_takes_the_word_over(void **state)
{
    (void)state;
    myo_grouper *grouper = NULL;
    myo_event first = {0};
    myo_event last = {0};
    assert_int_equal(myo_grouper_new(2, RATE, &grouper), MYO_OK);
    tell(grouper, MYO_NEWS_HERALD, 1000, 1010);
    assert_true(myo_grouper_waits(grouper));
    tell(grouper, MYO_NEWS_HERALD, 1004, 1012); /* nothing new */
    tell(grouper, MYO_NEWS_OPENED, 1002, 1070); /* 30 ms later */
    tell(grouper, MYO_NEWS_SETTLED, 1002, 1300);
    assert_true(myo_grouper_next(grouper, &first) && myo_grouper_next(grouper, &last));
    assert_int_equal(first.stage, MYO_PROVISIONAL);
    assert_int_equal(first.reported_frame, 1010);
    assert_int_equal(last.stage, MYO_CONFIRMED);
    assert_int_equal(last.id, first.id);
    assert_int_equal(last.onset_frame, 1002);
    assert_int_equal(last.reported_frame, 1010);
    assert_false(myo_grouper_next(grouper, &last));
    assert_false(myo_grouper_waits(grouper));
    myo_grouper_free(grouper);
}

/* More than 30 ms later, or at the end, it is withdrawn; the burst is told anew. */
static void test_word_is_withdrawn(void **state)
{
    (void)state;
    for (int at_end = 0; at_end < 2; at_end++) {
        myo_grouper *grouper = NULL;
        myo_event first = {0};
        myo_event second = {0};
        myo_event third = {0};
        assert_int_equal(myo_grouper_new(2, RATE, &grouper), MYO_OK);
        tell(grouper, MYO_NEWS_HERALD, 1000, 1010);
        if (at_end) {
            myo_grouper_finish(grouper, 1040);
        } else {
            tell(grouper, MYO_NEWS_OPENED, 1002, 1071);
        }
        assert_true(myo_grouper_next(grouper, &first) && myo_grouper_next(grouper, &second));
        assert_int_equal(second.stage, MYO_WITHDRAWN);
        assert_int_equal(second.id, first.id);
        assert_int_equal(second.confirmed_frame, at_end ? 1040 : 1071);
        assert_int_equal(myo_grouper_next(grouper, &third), !at_end);
        if (!at_end) {
            assert_int_equal(third.stage, MYO_PROVISIONAL);
            assert_int_equal(third.reported_frame, 1071);
            assert_int_not_equal(third.id, first.id);
        }
        myo_grouper_free(grouper);
    }
}

/* In a group that is told already, nothing is heralded. */
static void test_open_group_needs_no_word(void **state)
{
    (void)state;
    myo_grouper *grouper = NULL;
    myo_event event = {0};
    assert_int_equal(myo_grouper_new(2, RATE, &grouper), MYO_OK);
    tell(grouper, MYO_NEWS_OPENED, 1000, 1010);
    assert_true(myo_grouper_waits(grouper)); /* for its end */
    tell(grouper, MYO_NEWS_HERALD, 1090, 1095);
    assert_true(myo_grouper_next(grouper, &event));
    assert_false(myo_grouper_next(grouper, &event));
    myo_grouper_free(grouper);
}

/* A twitch is told no later than it opens, and what it is does not depend on it. */
static void test_twitch_is_told_sooner(void **state)
{
    (void)state;
    recording r = recording_noise(RATE, 1, 6.0, 83);
    recording_plant(&r, 0, 4.0, 10.0);
    event_list list = analyse_default(&r);
    const myo_event *twitch = find_event(&list, MYO_EVENT_LTR, 4.0, RATE);
    assert_non_null(twitch);
    int told = 0;
    for (size_t i = 0; i < list.count; i++) {
        const myo_event *event = &list.event[i];
        told += event->stage == MYO_PROVISIONAL && event->reported_frame == twitch->reported_frame;
    }
    assert_int_equal(told, 1);
    assert_int_equal(list.count, 2);
    assert_true((double)twitch->reported_frame < 4.012 * RATE);
    free(list.event);
    free(r.samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_when_it_is_due),
        cmocka_unit_test(test_once_in_50_ms),
        cmocka_unit_test(test_burst_takes_the_word_over),
        cmocka_unit_test(test_word_is_withdrawn),
        cmocka_unit_test(test_open_group_needs_no_word),
        cmocka_unit_test(test_twitch_is_told_sooner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
