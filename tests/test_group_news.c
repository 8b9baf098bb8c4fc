/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grouper by itself: news of channels in, events out. */
#include "session/group.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define RATE 2000.0

static myo_grouper *grouper_of(uint32_t channels)
{
    myo_grouper *grouper = NULL;
    assert_int_equal(myo_grouper_new(channels, RATE, &grouper), MYO_OK);
    return grouper;
}

/* A burst of 40 ms; it is told to have settled 100 ms behind its end. */
static myo_news burst_of(myo_news_kind kind, uint64_t serial, int64_t onset, myo_event_type type)
{
    return (myo_news){.kind = kind,
                      .serial = serial,
                      .onset_frame = onset,
                      .offset_frame = onset + 80,
                      .now_frame = onset + (kind == MYO_NEWS_OPENED ? 20 : 280),
                      .level_db = 20.0,
                      .verdict = {.type = type, .confidence = 0.5}};
}

static void tell(myo_grouper *grouper, uint32_t channel, myo_news news)
{
    myo_grouper_take(grouper, channel, &news);
}

static size_t confirmed_take(myo_grouper *grouper, myo_event *events, size_t most)
{
    size_t count = 0;
    for (myo_event event; myo_grouper_next(grouper, &event);) {
        if (event.stage == MYO_CONFIRMED && count < most) {
            events[count++] = event;
        }
    }
    return count;
}

/* What muscle did is surer when a second channel saw it; an artefact is not. */
static void test_second_channel(void **state)
{
    (void)state;
    static const struct {
        myo_event_type type;
        bool surer;
    } rows[] = {{MYO_EVENT_LTR, true},         {MYO_EVENT_SINGLE_UNIT, true},
                {MYO_EVENT_CONTRACTION, true}, {MYO_EVENT_INSERTIONAL, true},
                {MYO_EVENT_CLICK, false},      {MYO_EVENT_CARDIAC, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_event events[4];
        myo_grouper *grouper = grouper_of(2);
        tell(grouper, 0, burst_of(MYO_NEWS_OPENED, 1, 4000, rows[i].type));
        tell(grouper, 1, burst_of(MYO_NEWS_OPENED, 1, 4010, rows[i].type));
        tell(grouper, 0, burst_of(MYO_NEWS_SETTLED, 1, 4000, rows[i].type));
        tell(grouper, 1, burst_of(MYO_NEWS_SETTLED, 1, 4010, rows[i].type));
        myo_grouper_finish(grouper, 8000);
        assert_int_equal(confirmed_take(grouper, events, 4), 1);
        assert_int_equal(events[0].channel_count, 2);
        assert_int_equal(events[0].confidence == 0.75, rows[i].surer);
        myo_grouper_free(grouper);
    }
}

/* Spans that end together are one if they began within 10 ms of each other. */
static void test_spans_that_began_apart(void **state)
{
    (void)state;
    static const struct {
        int64_t apart;
        size_t events;
    } rows[] = {{20, 1}, {21, 2}, {-21, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_event events[4];
        myo_grouper *grouper = grouper_of(2);
        myo_news news = {.kind = MYO_NEWS_SPAN,
                         .onset_frame = 4000,
                         .offset_frame = 5000,
                         .now_frame = 5000,
                         .verdict = {.type = MYO_EVENT_GAP, .confidence = 1.0}};
        myo_grouper_take(grouper, 0, &news);
        news.onset_frame += rows[i].apart;
        myo_grouper_take(grouper, 1, &news);
        assert_int_equal(confirmed_take(grouper, events, 4), rows[i].events);
        myo_grouper_free(grouper);
    }
}

/* A channel that settles when its twitch was told by another adds no event; another type, another time or the
 * same channel does; also when more twitches were told than are kept in mind. */
static void test_told_before(void **state)
{
    (void)state;
    static const struct {
        uint32_t channel;
        int64_t apart;
        myo_event_type type;
        size_t events;
    } rows[] = {{1, 10, MYO_EVENT_LTR, 0},
                {1, 10, MYO_EVENT_CONTRACTION, 1},
                {1, 300, MYO_EVENT_LTR, 1},
                {0, 10, MYO_EVENT_LTR, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_event events[4];
        myo_grouper *grouper = grouper_of(2);
        int64_t onset = 4000;
        for (uint64_t n = 1; n <= 40; n++, onset += 2000) {
            tell(grouper, 0, burst_of(MYO_NEWS_OPENED, n, onset, MYO_EVENT_LTR));
            tell(grouper, 0, burst_of(MYO_NEWS_SETTLED, n, onset, MYO_EVENT_LTR));
            assert_int_equal(confirmed_take(grouper, events, 4), 1);
        }
        onset += rows[i].apart - 2000;
        tell(grouper, rows[i].channel, burst_of(MYO_NEWS_OPENED, 99, onset, rows[i].type));
        tell(grouper, rows[i].channel, burst_of(MYO_NEWS_SETTLED, 99, onset, rows[i].type));
        assert_int_equal(confirmed_take(grouper, events, 4), rows[i].events);
        myo_grouper_free(grouper);
    }
}

/* A needle's stir beside what another channel calls a muscle's: the other one has the word, however weak and
 * whoever settles first; of two muscles the stronger one has it. */
static void test_who_has_the_word(void **state)
{
    (void)state;
    static const struct {
        myo_event_type strong, weak;
        uint32_t channel; /* that has the word; 0 is the strong one */
    } rows[] = {{MYO_EVENT_INSERTIONAL, MYO_EVENT_LTR, 1},
                {MYO_EVENT_INSERTIONAL, MYO_EVENT_CONTRACTION, 1},
                {MYO_EVENT_INSERTIONAL, MYO_EVENT_INSERTIONAL, 0},
                {MYO_EVENT_LTR, MYO_EVENT_INSERTIONAL, 0},
                {MYO_EVENT_SINGLE_UNIT, MYO_EVENT_LTR, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (uint32_t first = 0; first < 2; first++) {
            myo_event events[4];
            myo_grouper *grouper = grouper_of(2);
            myo_news news[] = {burst_of(MYO_NEWS_SETTLED, 1, 4000, rows[i].strong),
                               burst_of(MYO_NEWS_SETTLED, 1, 4010, rows[i].weak)};
            news[0].level_db = 30.0;
            tell(grouper, 0, burst_of(MYO_NEWS_OPENED, 1, 4000, rows[i].strong));
            tell(grouper, 1, burst_of(MYO_NEWS_OPENED, 1, 4010, rows[i].weak));
            tell(grouper, first, news[first]);
            tell(grouper, 1 - first, news[1 - first]);
            assert_int_equal(confirmed_take(grouper, events, 4), 1);
            assert_int_equal(events[0].channel, rows[i].channel);
            assert_int_equal(events[0].type, rows[i].channel == 0 ? rows[i].strong : rows[i].weak);
            assert_int_equal(events[0].channel_count, 2);
            assert_int_equal(myo_grouper_merged(grouper, 1 - rows[i].channel), 1);
            myo_grouper_free(grouper);
        }
    }
}

/* What is slow on a channel, while one that shows it higher calls it a beat, is the beat; what is not, is told. */
static void test_beats_of_weak_channels(void **state)
{
    (void)state;
    static const struct {
        double fraction, level_db;
        size_t events;
    } rows[] = {{0.1, 20.0, 1}, {0.8, 20.0, 2}, {0.1, 40.0, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_event events[4];
        myo_grouper *grouper = grouper_of(2);
        myo_news beat = burst_of(MYO_NEWS_SETTLED, 1, 4000, MYO_EVENT_CARDIAC);
        myo_news slow = burst_of(MYO_NEWS_SETTLED, 1, 4010, MYO_EVENT_LTR);
        beat.level_db = 30.0;
        slow.level_db = rows[i].level_db;
        slow.features[MYO_FEATURE_BAND_FRACTION] = rows[i].fraction;
        tell(grouper, 0, burst_of(MYO_NEWS_OPENED, 1, 4000, MYO_EVENT_CARDIAC));
        tell(grouper, 1, burst_of(MYO_NEWS_OPENED, 1, 4010, MYO_EVENT_LTR));
        tell(grouper, 0, beat);
        tell(grouper, 1, slow);
        assert_int_equal(confirmed_take(grouper, events, 4), rows[i].events);
        assert_int_equal(events[rows[i].events - 1].type, MYO_EVENT_CARDIAC);
        assert_int_equal(events[rows[i].events - 1].channel_count, rows[i].events == 1 ? 2 : 1);
        myo_grouper_free(grouper);
    }
}

/* Crosstalk is merged away, and the word that was given of it is taken back. */
static void test_outshone(void **state)
{
    (void)state;
    myo_event events[4];
    myo_grouper *grouper = grouper_of(2);
    myo_news news = burst_of(MYO_NEWS_SETTLED, 1, 4000, MYO_EVENT_LTR);
    news.outshone = true;
    tell(grouper, 1, burst_of(MYO_NEWS_OPENED, 1, 4000, MYO_EVENT_LTR));
    assert_true(myo_grouper_next(grouper, &events[0]));
    assert_int_equal(events[0].stage, MYO_PROVISIONAL);
    tell(grouper, 1, news);
    assert_true(myo_grouper_next(grouper, &events[1]));
    assert_int_equal(events[1].stage, MYO_WITHDRAWN);
    assert_true(events[1].id == events[0].id);
    assert_false(myo_grouper_next(grouper, &events[2]));
    assert_int_equal(myo_grouper_merged(grouper, 1), 1);
    myo_grouper_free(grouper);
}

/* The earliest onset that is still to be told, whichever side of a group it is on. */
static void test_settled(void **state)
{
    (void)state;
    for (int first = 0; first < 2; first++) {
        static const myo_event_type types[] = {MYO_EVENT_LTR, MYO_EVENT_CLICK};
        myo_grouper *grouper = grouper_of(3);
        assert_true(myo_grouper_settled(grouper) == INT64_MAX);
        myo_news open = {
            .kind = MYO_NEWS_OPENED, .serial = 9, .onset_frame = 4020, .now_frame = 4030};
        myo_grouper_take(grouper, 2, &open); /* keeps the group waiting */
        for (int c = 0; c < 2; c++) {
            const myo_event_type type = types[c == 0 ? first : 1 - first];
            tell(grouper, (uint32_t)c, burst_of(MYO_NEWS_OPENED, 1, 4000 + 10 * c, type));
            tell(grouper, (uint32_t)c, burst_of(MYO_NEWS_SETTLED, 1, 4000 + 10 * c, type));
        }
        assert_int_equal(myo_grouper_settled(grouper), 4000);
        myo_grouper_free(grouper);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_second_channel), cmocka_unit_test(test_spans_that_began_apart),
        cmocka_unit_test(test_told_before),    cmocka_unit_test(test_who_has_the_word),
        cmocka_unit_test(test_outshone),       cmocka_unit_test(test_beats_of_weak_channels),
        cmocka_unit_test(test_settled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
