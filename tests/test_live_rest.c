/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rest in a live session: a muscle lets go, and every channel gets its answers. The desk is played by
 * the test: it keeps what it is told. */
#include "pipeline_case.h"

#include "live_rest.h"

#define RATE 1000.0
enum { CHANNELS = 2, BLOCK = 4 };

static struct {
    myo_feed_relax last[CHANNELS];
    int answers, states[MYO_FEED_REST_READY + 1];
} told;

void myo_desk_tell_rest(myo_desk *desk, const myo_feed_relax *answer)
{
    (void)desk;
    told.last[answer->channel] = *answer;
    told.states[answer->state]++;
    told.answers++;
}

static live_rest *rest_of(void)
{
    static const myo_source_info info = {.rate_hz = RATE, .channels = CHANNELS};
    live_rest *rest = NULL;
    memset(&told, 0, sizeof told);
    assert_int_equal(live_rest_new(&info, NULL, &rest), MYO_OK);
    return rest;
}

static void say(live_rest *rest, double at_s, const char *kind, const char *label, bool undone)
{
    myo_feed_message message = {.kind = MYO_FEED_MARK,
                                .mark = {.frame = (int64_t)(at_s * RATE), .undone = undone}};
    strncpy(message.mark.kind, kind, sizeof message.mark.kind - 1);
    strncpy(message.mark.label, label, sizeof message.mark.label - 1);
    assert_int_equal(live_rest_take(rest, &message), MYO_OK);
}

static void mark(live_rest *rest, double at_s, const char *label, bool undone)
{
    say(rest, at_s, "mark", label, undone);
}

/* Noise of 1/64 on both channels; on channel 0 of 0.6/64 from 50 s on. */
static recording signal_new(void)
{
    recording r = recording_noise(RATE, CHANNELS, 110.0, 21);
    for (size_t i = 0; i < r.frames; i++) {
        r.samples[2 * i] *= (double)i < 50.0 * RATE ? 1.0f / 64.0f : 0.6f / 64.0f;
        r.samples[2 * i + 1] /= 64.0f;
    }
    return r;
}

static void feed(live_rest *rest, const recording *r, double from_s, double to_s)
{
    for (int64_t at = (int64_t)(from_s * RATE); at < (int64_t)(to_s * RATE); at += BLOCK) {
        const myo_feed_message message = {.kind = MYO_FEED_TRACE,
                                          .trace = {.start = at,
                                                    .frames = BLOCK,
                                                    .channels = CHANNELS,
                                                    .samples = r->samples + at * CHANNELS}};
        assert_int_equal(live_rest_take(rest, &message), MYO_OK);
    }
}

static void assert_let_go(void)
{
    /* About 40 s of white noise on both sides: the ratio is known to a few per cent. */
    assert_int_equal(told.last[0].state, MYO_FEED_REST_AFTER);
    assert_true(fabs(told.last[0].ratio - 0.6) < 0.03);
    assert_true(told.last[0].low <= 0.62 && told.last[0].high >= 0.58);
    assert_true(fabs(told.last[1].ratio - 1.0) < 0.05);
    assert_true(told.last[1].level > 0.0);
}

static void test_a_muscle_lets_go(void **state)
{
    (void)state;
    recording r = signal_new();
    live_rest *rest = rest_of();
    feed(rest, &r, 0.0, 2.0);
    assert_int_equal(told.answers, 0); /* nothing before the first baseline */
    mark(rest, 2.0, "baseline", false);
    feed(rest, &r, 2.0, 42.0);
    assert_true(told.states[MYO_FEED_REST_BASELINE] >=
                2 * 18); /* two channels, every two seconds */
    mark(rest, 42.0, "hold", false);
    feed(rest, &r, 42.0, 62.0);
    assert_true(told.states[MYO_FEED_REST_HOLD] + told.states[MYO_FEED_REST_RELEASED] >= 2 * 8);
    mark(rest, 62.0, "recheck", false);
    feed(rest, &r, 62.0, 110.0);
    assert_let_go();
    live_rest_free(rest);
    free(r.samples);
}

/* The phases that people choose say the same as marks; one that is none of them ends what is open. */
static void test_phases_count(void **state)
{
    (void)state;
    recording r = signal_new();
    live_rest *rest = rest_of();
    say(rest, 0.0, "phase", "baseline", false);
    feed(rest, &r, 0.0, 40.0);
    assert_int_equal(told.last[0].state, MYO_FEED_REST_BASELINE);
    say(rest, 40.0, "phase", "needle", false);
    feed(rest, &r, 40.0, 43.0);
    assert_int_equal(told.last[0].state, MYO_FEED_REST_READY);
    say(rest, 43.0, "phase", "compress", false);
    feed(rest, &r, 43.0, 46.0);
    mark(rest, 46.0, "hold", false); /* from here on, not from where the phase was chosen */
    feed(rest, &r, 46.0, 56.0);
    assert_true(told.last[0].state == MYO_FEED_REST_HOLD ||
                told.last[0].state == MYO_FEED_REST_RELEASED);
    say(rest, 56.0, "phase", "recheck", false);
    feed(rest, &r, 56.0, 110.0);
    assert_let_go();
    live_rest_free(rest);
    free(r.samples);
}

/* Traces that were lost on the way are missing seconds, not another signal. */
static void test_lost_traces(void **state)
{
    (void)state;
    recording r = signal_new();
    live_rest *rest = rest_of();
    mark(rest, 0.0, "baseline", false);
    feed(rest, &r, 0.0, 10.0);
    feed(rest, &r, 14.0, 46.0);
    mark(rest, 46.0, "hold", false);
    feed(rest, &r, 46.0, 56.0);
    mark(rest, 56.0, "recheck", false);
    feed(rest, &r, 56.0, 80.0);
    feed(rest, &r, 83.0, 110.0);
    assert_let_go();
    live_rest_free(rest);
    free(r.samples);
}

/* A mark that is taken back asks no question any more: taken back now, or in a recording that is replayed. */
static void undone_case(const char *label, bool undone)
{
    recording r = signal_new();
    live_rest *rest = rest_of();
    mark(rest, 0.0, "baseline", false);
    feed(rest, &r, 0.0, 40.0);
    mark(rest, 40.0, "recheck", false);
    mark(rest, 40.0, label, undone);
    feed(rest, &r, 40.0, 50.0);
    assert_int_equal(told.states[MYO_FEED_REST_AFTER], 0);
    assert_int_equal(told.last[0].state, MYO_FEED_REST_BASELINE);
    live_rest_free(rest);
    free(r.samples);
}

static void test_undone_marks(void **state)
{
    (void)state;
    undone_case("recheck", true);
    undone_case(MYO_MARK_UNDONE "recheck", false);
    live_rest_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_muscle_lets_go),
        cmocka_unit_test(test_phases_count),
        cmocka_unit_test(test_lost_traces),
        cmocka_unit_test(test_undone_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
