/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the technique model says while a session goes on: step, band, words; told once each. */
#include "live_guide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define RATE 1000.0

static struct {
    myo_feed_guide last;
    int count;
} told;

static void hear(void *to, const myo_feed_guide *guide)
{
    assert_ptr_equal(to, &told);
    told.last = *guide;
    told.count++;
}

static live_guide *guide_of(const char *session)
{
    live_guide *guide = NULL;
    memset(&told, 0, sizeof told);
    assert_int_equal(live_guide_new(session, RATE, (live_guide_ear){hear, &told}, &guide), 0);
    return guide;
}

static void mark(live_guide *guide, double at_s, const char *kind, const char *label, bool undone)
{
    myo_feed_message message = {.kind = MYO_FEED_MARK,
                                .mark = {.frame = (int64_t)(at_s * RATE), .undone = undone}};
    strncpy(message.mark.kind, kind, sizeof message.mark.kind - 1);
    strncpy(message.mark.label, label, sizeof message.mark.label - 1);
    assert_int_equal(live_guide_take(guide, &message), MYO_OK);
}

/* A mark makes the next state be judged at once, whatever the clock says: so does this one, which means
 * nothing. */
static void at(live_guide *guide, double at_s)
{
    mark(guide, at_s, "mark", "coffee", false);
    const myo_feed_message message = {.kind = MYO_FEED_STATE,
                                      .state = {.frame = (int64_t)(at_s * RATE)}};
    assert_int_equal(live_guide_take(guide, &message), MYO_OK);
}

/* What a rule says now, or NULL. */
static const char *says(const char *rule)
{
    for (uint32_t i = 0; i < told.last.words; i++) {
        if (strcmp(told.last.word[i].rule, rule) == 0) {
            return told.last.word[i].text;
        }
    }
    return NULL;
}

static void test_a_hold_against_its_band(void **state)
{
    (void)state;
    live_guide *guide = guide_of(NULL);
    at(guide, 1);
    assert_int_equal(told.count, 0); /* nothing to say yet */
    mark(guide, 10, "phase", "compress", false);
    at(guide, 12);
    assert_string_equal(told.last.step, "compress");
    assert_int_equal(told.last.since, 10000);
    assert_true(told.last.least_s == 30.0 && told.last.most_s == 90.0);
    assert_null(says("C10"));
    assert_null(says("C01")); /* not "too short" while it goes on */
    const int count = told.count;
    at(guide, 14);
    assert_int_equal(told.count, count);
    at(guide, 101); /* 91 s */
    assert_non_null(says("C01"));
    mark(guide, 102, "mark", "end", false);
    at(guide, 103);
    assert_string_equal(told.last.step, "");
    assert_null(says("C01"));
    live_guide_free(guide);
}

static void test_twitches_confirm_the_placement(void **state)
{
    (void)state;
    live_guide *guide = guide_of(NULL);
    mark(guide, 5, "phase", "needle", false);
    mark(guide, 6, "insertion", "1", false);
    at(guide, 7);
    assert_null(says("N01"));
    const myo_feed_message twitch = {
        .kind = MYO_FEED_EVENT,
        .event = {
            .type = MYO_EVENT_LTR, .stage = MYO_CONFIRMED, .onset_frame = 6300, .confidence = 0.9}};
    assert_int_equal(live_guide_take(guide, &twitch), MYO_OK);
    at(guide, 8);
    assert_non_null(says("N01"));
    assert_non_null(strstr(says("N01"), "300 ms after insertion"));
    mark(guide, 20, "insertion", "2", false);
    at(guide, 21);
    assert_null(says("N01")); /* of the insertion before */
    live_guide_free(guide);
}

/* A stop stands first and stays, whatever is done afterwards; only who gave it can take it back. */
static void test_a_stop_stays(void **state)
{
    (void)state;
    live_guide *guide = guide_of(NULL);
    mark(guide, 5, "phase", "needle", false);
    mark(guide, 6, "mark", "stop-sign other sign", false);
    at(guide, 7);
    assert_string_equal(told.last.word[0].rule, "X08");
    mark(guide, 20, "phase", "stretch", false);
    at(guide, 60);
    assert_string_equal(told.last.step, "stretch");
    assert_string_equal(told.last.word[0].rule, "X08");
    mark(guide, 6, "mark", "stop-sign other sign", true);
    at(guide, 61);
    assert_null(says("X08"));
    live_guide_free(guide);
    assert_int_equal(live_guide_take(NULL, &(myo_feed_message){.kind = MYO_FEED_STATE}), MYO_OK);
}

static void test_what_the_session_file_knows(void **state)
{
    (void)state;
    char path[] = "/tmp/test_live_guide_XXXXXX";
    const int file = mkstemp(path);
    assert_true(file >= 0);
    static const char text[] =
        "schema: myotwitch.session/1\nheader: {id: S, setting: self}\nsteps:\n"
        "  - {id: i, kind: inspect, start: 0, end: 1, swelling: yes}\n";
    assert_int_equal(write(file, text, sizeof text - 1), sizeof text - 1);
    close(file);
    live_guide *guide = guide_of(path);
    mark(guide, 10, "phase", "compress", false);
    at(guide, 12);
    assert_true(told.last.least_s == 60.0 && told.last.most_s == 120.0);
    assert_non_null(says("X02"));
    live_guide_free(guide);
    unlink(path);
    assert_int_equal(live_guide_new(path, RATE, (live_guide_ear){hear, &told}, &guide), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_hold_against_its_band),
        cmocka_unit_test(test_twitches_confirm_the_placement),
        cmocka_unit_test(test_a_stop_stays),
        cmocka_unit_test(test_what_the_session_file_knows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
