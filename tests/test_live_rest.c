/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rest in a live session: a muscle that lets go is told to every reader while it is replayed. */
#include "pipeline_case.h"

#include "live_rest.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define RATE 1000.0

static char wav[64];

/* 50 s of noise of 1/64, then 60 s of 0.6/64 on channel 0; channel 1 stays as it is. */
static int make_wav(void **state)
{
    (void)state;
    recording r = recording_noise(RATE, 2, 110.0, 21);
    for (size_t i = 0; i < r.frames; i++) {
        r.samples[2 * i] *= (double)i < 50.0 * RATE ? 1.0f / 64.0f : 0.6f / 64.0f;
        r.samples[2 * i + 1] /= 64.0f;
    }
    (void)snprintf(wav, sizeof wav, "/tmp/test_live_rest_%d.wav", (int)getpid());
    FILE *file = fopen(wav, "wb");
    const uint32_t bytes = (uint32_t)(r.frames * 8);
    const uint32_t head[] = {0x46464952, 36 + bytes, 0x45564157,     0x20746d66,
                             16,         0x00020003, (uint32_t)RATE, 8 * (uint32_t)RATE,
                             0x00200008, 0x61746164, bytes};
    assert_non_null(file); /* RIFF: 32-bit float, 2 channels */
    assert_int_equal(fwrite(head, sizeof head, 1, file), 1);
    assert_int_equal(fwrite(r.samples, bytes, 1, file), 1);
    assert_int_equal(fclose(file), 0);
    free(r.samples);
    return 0;
}

static int remove_wav(void **state)
{
    (void)state;
    return remove(wav);
}

/* What somebody does, and when. */
static const struct {
    double at_s;
    const char *line;
} script[] = {{2.0, "baseline"}, {40.0, "hold"}, {62.0, "after"}};
enum { LINES = sizeof script / sizeof script[0] };

typedef struct {
    myo_feed_relax last[2];
    int answers, states[MYO_FEED_REST_READY + 1];
    bool ended;
} seen;

static void look(myo_feed *feed, seen *s)
{
    for (myo_feed_message message; myo_feed_next(feed, &message);) {
        if (message.kind == MYO_FEED_RELAX) {
            s->last[message.relax.channel] = message.relax;
            s->states[message.relax.state]++;
            s->answers++;
        }
        s->ended = s->ended || message.kind == MYO_FEED_END;
    }
}

static void test_a_muscle_lets_go(void **state)
{
    (void)state;
    const myo_desk_options options = {.program = MYO_PROGRAM_PATH, .replay = wav, .speed = 25.0};
    myo_desk *desk = NULL;
    myo_why why = {""};
    assert_int_equal(myo_desk_new(&options, &desk, &why), MYO_OK);
    const myo_source_info *info = myo_desk_info_get(desk);
    myo_config config;
    myo_config_default(&config, info->rate_hz, info->channels);
    myo_feed *feed = NULL, *reader = NULL;
    live_rest *rest = NULL;
    assert_int_equal(myo_desk_configure(desk, &config, &why), MYO_OK);
    assert_int_equal(myo_desk_attach(desk, &feed), MYO_OK);
    assert_int_equal(myo_desk_attach(desk, &reader), MYO_OK);
    assert_int_equal(live_rest_new(info, desk, &rest), MYO_OK);
    assert_int_equal(myo_desk_start(desk, &why), MYO_OK);
    struct pollfd wait = {.fd = myo_feed_fd(feed), .events = POLLIN};
    seen s = {.answers = 0};
    int line = 0;
    while (!s.ended) {
        assert_int_equal(poll(&wait, 1, 10000), 1);
        for (myo_feed_message message; myo_feed_next(feed, &message);) {
            assert_int_equal(live_rest_take(rest, &message), MYO_OK);
            if (message.kind == MYO_FEED_TRACE && line < LINES &&
                (double)message.trace.start >= script[line].at_s * RATE) {
                char reply[64];
                (void)myo_desk_command(desk, script[line++].line, reply, sizeof reply);
            }
        }
        look(reader, &s);
    }
    assert_int_equal(line, LINES);
    assert_true(s.answers >= 40); /* two channels, every two seconds */
    assert_true(s.states[MYO_FEED_REST_BASELINE] > 0 && s.states[MYO_FEED_REST_AFTER] > 0);
    assert_true(s.states[MYO_FEED_REST_HOLD] + s.states[MYO_FEED_REST_RELEASED] > 0);
    /* About 45 s of after with white noise: the ratio is known to a few per cent. */
    assert_int_equal(s.last[0].state, MYO_FEED_REST_AFTER);
    assert_true(fabs(s.last[0].ratio - 0.6) < 0.03);
    assert_true(s.last[0].low <= 0.6 + 0.02 && s.last[0].high >= 0.6 - 0.02);
    assert_true(fabs(s.last[1].ratio - 1.0) < 0.05);
    assert_true(s.last[1].level > 0.0);
    live_rest_free(rest);
    myo_desk_free(desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_muscle_lets_go)};
    return cmocka_run_group_tests(tests, make_wav, remove_wav);
}
