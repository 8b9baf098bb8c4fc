/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A desk with a replayed file, through the real capture process: events, marks, commands, the end. */
#include "pipeline_case.h"

#include "live/desk.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

static char wav[64];
static recording signal_of_wav;

static int make_wav(void **state)
{
    (void)state;
    signal_of_wav = recording_noise(2000.0, 2, 30.0, 11);
    for (int i = 0; i < 6; i++) {
        recording_plant(&signal_of_wav, (uint32_t)i % 2, 6.0 + 3.0 * i, 40.0);
    }
    for (size_t i = 0; i < signal_of_wav.frames * 2; i++) {
        signal_of_wav.samples[i] /= 256.0f; /* within full scale */
    }
    (void)snprintf(wav, sizeof wav, "/tmp/test_desk_%d.wav", (int)getpid());
    FILE *file = fopen(wav, "wb");
    const uint32_t bytes = (uint32_t)(signal_of_wav.frames * 8);
    const uint32_t head[] = {0x46464952, 36 + bytes, 0x45564157, 0x20746d66, 16,   0x00020003,
                             2000,       16000,      0x00200008, 0x61746164, bytes};
    assert_non_null(file); /* RIFF: 32-bit float, 2 channels, 2000 Hz */
    assert_int_equal(fwrite(head, sizeof head, 1, file), 1);
    assert_int_equal(fwrite(signal_of_wav.samples, bytes, 1, file), 1);
    assert_int_equal(fclose(file), 0);
    return 0;
}

static int remove_wav(void **state)
{
    (void)state;
    free(signal_of_wav.samples);
    return remove(wav);
}

static myo_desk *desk_of(double speed)
{
    const myo_desk_options options = {.program = MYO_PROGRAM_PATH, .replay = wav, .speed = speed};
    myo_desk *desk = NULL;
    myo_why why = {""};
    if (myo_desk_new(&options, &desk, &why) != MYO_OK) {
        fail_msg("%s", why.text);
    }
    const myo_source_info *info = myo_desk_info_get(desk);
    myo_config config;
    myo_config_default(&config, info->rate_hz, info->channels);
    memcpy(config.rail_low, info->rail_low, sizeof config.rail_low);
    memcpy(config.rail_high, info->rail_high, sizeof config.rail_high);
    assert_int_equal(myo_desk_configure(desk, &config, &why), MYO_OK);
    return desk;
}

typedef struct {
    event_list events;
    int64_t next; /* frame behind the last trace */
    int meters, spectra, states, marks, rests;
    bool muted, ended;
} heard;

static void hear(myo_feed *feed, heard *h)
{
    struct pollfd wait = {.fd = myo_feed_fd(feed), .events = POLLIN};
    assert_int_equal(poll(&wait, 1, 10000), 1);
    for (myo_feed_message message; !h->ended && myo_feed_next(feed, &message);) {
        switch (message.kind) {
        case MYO_FEED_TRACE:
            assert_true(message.trace.start >= h->next); /* a slow reader may lose some */
            h->next = message.trace.start + message.trace.frames;
            break;
        case MYO_FEED_EVENT:
            list_add(&h->events, &message.event);
            break;
        case MYO_FEED_METER:
            h->meters++;
            break;
        case MYO_FEED_SPECTRUM:
            h->spectra++;
            break;
        case MYO_FEED_STATE:
            h->states++;
            h->muted = message.state.muted;
            break;
        case MYO_FEED_MARK:
            h->marks++;
            break;
        case MYO_FEED_RELAX:
            assert_true(message.relax.channel == 1 && message.relax.ratio == 0.75);
            h->rests++;
            break;
        default:
            h->ended = message.kind == MYO_FEED_END;
        }
    }
}

static void assert_reply(myo_desk *desk, const char *line, const char *start)
{
    char reply[2048];
    const size_t length = myo_desk_command(desk, line, reply, sizeof reply);
    assert_int_equal(length, strlen(reply));
    if (strncmp(reply, start, strlen(start)) != 0) {
        fail_msg("'%s' was answered with '%s', not '%s'", line, reply, start);
    }
}

static void test_events_are_those_of_the_pipeline(void **state)
{
    (void)state;
    myo_why why;
    myo_feed *feed = NULL;
    myo_desk_end end;
    heard h = {.next = 0};
    myo_desk *desk = desk_of(0.0);
    assert_int_equal(myo_desk_attach(desk, &feed), MYO_OK);
    assert_int_equal(myo_desk_start(desk, &why), MYO_OK);
    while (!h.ended) {
        hear(feed, &h);
    }
    myo_desk_join(desk, &end);
    event_list expected = analyse_default(&signal_of_wav);
    assert_same_events(&expected, &h.events, 1.0, "desk");
    assert_int_equal(count_events(&h.events, MYO_EVENT_LTR, MYO_CONFIRMED), 6);
    assert_int_equal(end.frames, (int64_t)signal_of_wav.frames);
    assert_int_equal(end.lost_frames, 0);
    assert_false(end.lost);
    assert_int_equal(end.latency.twitches, 6);
    assert_true(end.latency.detect_ms[1] > 0.0 && end.latency.detect_ms[1] < 50.0);
    assert_true(h.states > 0); /* a reader that is kept waiting gets the newest only: feed.h */
    free(expected.event);
    free(h.events.event);
    myo_desk_free(desk);
}

static void test_commands(void **state)
{
    (void)state;
    myo_why why;
    myo_feed *feed = NULL;
    myo_desk_end end;
    heard h = {.next = 0};
    myo_desk *desk = desk_of(4.0);
    assert_int_equal(myo_desk_attach(desk, &feed), MYO_OK);
    assert_int_equal(myo_desk_start(desk, &why), MYO_OK);
    while (h.next < 2000) {
        hear(feed, &h);
    }
    assert_reply(desk, "mark needle in", "ok 1 ");
    assert_reply(desk, "  insertion next\r\n", "ok 2 ");
    assert_reply(desk, "phase hold", "ok 3 ");
    assert_reply(desk, "baseline", "ok 4 ");
    assert_reply(desk, "undo", "ok 4 mark baseline");
    assert_reply(desk, "redo", "ok 4 mark baseline");
    assert_reply(desk, "redo", "error: nothing to redo");
    assert_reply(desk, "mark", "error: what is it to be called?");
    assert_reply(desk, "insertion 7", "error:");
    assert_reply(desk, "undo all", "error: nothing may follow");
    assert_reply(desk, "gain 12.5", "ok");
    assert_reply(desk, "gain loud", "error:");
    assert_reply(desk, "channel 1", "ok");
    assert_reply(desk, "channel 2", "error: there is no such channel");
    assert_reply(desk, "mute", "ok");
    assert_reply(desk, "launch", "error: no such command");
    assert_reply(desk, "", "error: no such command");
    assert_reply(desk, "stop", "error: say 'stop yes'");
    myo_desk_sound sound;
    myo_desk_sound_get(desk, &sound);
    assert_true(sound.muted && sound.gain_db == 12.5 && sound.channel == 1);
    /* A state came with the frames so far, and one at once with what was commanded. */
    while (!h.muted) {
        hear(feed, &h);
    }
    assert_true(h.states > 1);
    while (h.marks < 6) { /* four, and one undone and redone */
        hear(feed, &h);
    }
    const int64_t now = h.next;
    while (h.next < now + 2000) {
        hear(feed, &h);
    }
    assert_reply(desk, "status", "{\"schema\":\"myotwitch.status/1\"");
    assert_reply(desk, "latency", "{\"schema\":\"myotwitch.latency/1\"");
    assert_true(h.meters > 10 && h.spectra > 0);
    myo_desk_tell_rest(desk, &(myo_feed_relax){.channel = 2}); /* there is none */
    myo_desk_tell_rest(desk, &(myo_feed_relax){.channel = 1, .ratio = 0.75});
    while (h.rests == 0) {
        hear(feed, &h);
    }
    assert_reply(desk, "stop yes", "ok");
    while (!h.ended) {
        hear(feed, &h);
    }
    myo_desk_join(desk, &end);
    assert_true(end.frames < (int64_t)signal_of_wav.frames && !end.lost);
    free(h.events.event);
    myo_desk_free(desk);
}

static void test_refusals(void **state)
{
    (void)state;
    myo_desk *desk = NULL;
    myo_why why = {""};
    const myo_desk_options missing = {.program = MYO_PROGRAM_PATH, .replay = "/nowhere/x.wav"};
    assert_int_equal(myo_desk_new(&missing, &desk, &why), MYO_ERR_OPEN);
    assert_true(why.text[0] != '\0');
    const myo_desk_options broken = {.program = "/bin/false", .replay = wav};
    assert_int_equal(myo_desk_new(&broken, &desk, &why), MYO_ERR_OPEN);
    assert_non_null(strstr(why.text, "ended with status 1"));
    const myo_desk_options absent = {.program = "/nowhere/program", .replay = wav};
    assert_int_equal(myo_desk_new(&absent, &desk, &why), MYO_ERR_OPEN);
    assert_null(desk);
    desk = desk_of(0.0);
    myo_config config;
    myo_config_default(&config, 1000.0, 2);
    assert_int_equal(myo_desk_configure(desk, &config, &why), MYO_ERR_BAD_ARG);
    myo_desk_free(desk); /* never started */
    myo_desk_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_are_those_of_the_pipeline),
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, make_wav, remove_wav);
}
