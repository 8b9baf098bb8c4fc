/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The live page's parts without a socket: who is let in, what is kept, what a page is told. */
#include "web/access.h"
#include "web/page.h"

#include "near.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANNELS 2u
#define RATE     1000.0

static void host_must_be_this_server(void **state)
{
    (void)state;
    myo_web_access access;
    assert_int_equal(myo_web_access_open(&access, 8123), MYO_OK);
    const struct {
        const char *host;
        bool right;
    } rows[] = {{"127.0.0.1:8123", true},       {"localhost:8123", true},
                {"127.0.0.1", false},           {"127.0.0.1:81230", false},
                {"127.0.0.1:8124", false},      {"evil.example:8123", false},
                {"localhost:8123.evil", false}, {"", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(myo_web_access_host(&access, rows[i].host), rows[i].right);
    }
}

static void origin_must_be_its_page(void **state)
{
    (void)state;
    myo_web_access access;
    assert_int_equal(myo_web_access_open(&access, 8123), MYO_OK);
    const struct {
        const char *host, *origin;
        bool right;
    } rows[] = {{"127.0.0.1:8123", "http://127.0.0.1:8123", true},
                {"localhost:8123", "http://localhost:8123", true},
                {"localhost:8123", "http://127.0.0.1:8123", false},
                {"127.0.0.1:8123", "https://127.0.0.1:8123", false},
                {"127.0.0.1:8123", "http://127.0.0.1:8123.evil.example", false},
                {"127.0.0.1:8123", "null", false},
                {"evil.example:8123", "http://evil.example:8123", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(myo_web_access_origin(&access, rows[i].host, rows[i].origin),
                         rows[i].right);
    }
}

static void address_opens_once(void **state)
{
    (void)state;
    myo_web_access access;
    assert_int_equal(myo_web_access_open(&access, 8123), MYO_OK);
    assert_int_equal(strlen(access.address), 32);
    char used[MYO_WEB_SECRET];
    memcpy(used, access.address, sizeof used);
    assert_false(myo_web_access_enter(&access, ""));
    assert_false(myo_web_access_enter(&access, "00000000000000000000000000000000"));
    assert_true(myo_web_access_enter(&access, used));
    assert_false(myo_web_access_enter(&access, used));
    assert_false(myo_web_access_enter(&access, ""));
    assert_int_equal(myo_web_access_renew(&access), MYO_OK);
    assert_false(myo_web_access_enter(&access, used));
    memcpy(used, access.address, sizeof used);
    assert_true(myo_web_access_enter(&access, used));
}

static void cookie_is_found_among_others(void **state)
{
    (void)state;
    myo_web_access access;
    assert_int_equal(myo_web_access_open(&access, 8123), MYO_OK);
    char text[256];
    snprintf(text, sizeof text, "a=b; myotwitch_8123=%s; c=d", access.cookie);
    assert_true(myo_web_access_cookie(&access, text));
    snprintf(text, sizeof text, "myotwitch_8124=%s", access.cookie);
    assert_false(myo_web_access_cookie(&access, text));
    snprintf(text, sizeof text, "myotwitch_8123=%sx", access.cookie);
    assert_false(myo_web_access_cookie(&access, text));
    snprintf(text, sizeof text, "xmyotwitch_8123=%s", access.cookie);
    assert_false(myo_web_access_cookie(&access, text));
    assert_false(myo_web_access_cookie(&access, "myotwitch_8123="));
    assert_false(myo_web_access_cookie(&access, ""));
    myo_web_access_set_cookie(&access, text, sizeof text);
    assert_non_null(strstr(text, "; HttpOnly; SameSite=Strict"));
}

static void view_is_read_or_refused(void **state)
{
    (void)state;
    myo_web_view view;
    assert_true(myo_web_read_view("7 8 1200 -1 20 1 0,1", CHANNELS, &view));
    assert_int_equal(view.id, 7);
    assert_int_equal(view.width, 8);
    assert_int_equal(view.columns, 1200);
    assert_int_equal(view.end, -1);
    assert_int_equal(view.low_hz, 20);
    assert_int_equal(view.focus, 1);
    assert_int_equal(view.channels, 2);
    assert_int_equal(view.channel[1], 1);
    const char *bad[] = {"",
                         "7",
                         "7 0 1200 -1 0 0 0",
                         "7 16777217 1200 -1 0 0 0",
                         "7 8 8193 -1 0 0 0",
                         "7 8 1200 -2 0 0 0",
                         "7 8 1200 99999999999999999999 0 0 0",
                         "7 8 1200 -1 1001 0 0",
                         "7 8 1200 -1 0 2 0",
                         "7 8 1200 -1 0 0 2",
                         "7 8 1200 -1 0 0 0,1,0",
                         "7 8 1200 -1 0 0 ",
                         "7 8 1200 -1 0 0 0;1",
                         "x 8 1200 -1 0 0 0"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        view.id = 99;
        assert_false(myo_web_read_view(bad[i], CHANNELS, &view));
        assert_int_equal(view.id, 99);
    }
}

/* Channel 0 counts the frames, channel 1 counts down. */
static void put_frames(myo_web_history *history, int64_t start, size_t frames)
{
    float *samples = calloc(frames, CHANNELS * sizeof *samples);
    assert_non_null(samples);
    for (size_t i = 0; i < frames; i++) {
        samples[i * CHANNELS] = (float)(start + (int64_t)i);
        samples[i * CHANNELS + 1] = -samples[i * CHANNELS];
    }
    myo_web_history_put(history, start, samples, frames);
    free(samples);
}

static void columns_are_least_and_largest(void **state)
{
    (void)state;
    myo_web_history *history = NULL;
    assert_int_equal(myo_web_history_new(RATE, CHANNELS, &history), MYO_OK);
    put_frames(history, 0, 100);
    float out[8];
    myo_web_history_columns(history, 0, 20, 10, 2, 0, out);
    assert_true(out[0] == 20 && out[1] == 29 && out[2] == 30 && out[3] == 39);
    myo_web_history_columns(history, 1, 20, 10, 1, 0, out);
    assert_true(out[0] == -29 && out[1] == -20);
    myo_web_history_columns(history, 0, 98, 1, 3, 0, out);
    assert_true(out[0] == 98 && out[1] == 99 && isnan(out[2]));
    myo_web_history_free(history);
}

static void what_was_dropped_is_empty(void **state)
{
    (void)state;
    myo_web_history *history = NULL;
    assert_int_equal(myo_web_history_new(RATE, CHANNELS, &history), MYO_OK);
    put_frames(history, 0, 100);
    put_frames(history, 150, 50);
    put_frames(history, 120, 40); /* older than the newest: passed over */
    assert_int_equal(myo_web_history_end(history), 200);
    float out[8];
    myo_web_history_columns(history, 0, 90, 10, 4, 0, out);
    assert_true(out[0] == 90 && out[1] == 99);
    assert_true(isnan(out[2]) && isnan(out[3]) && isnan(out[4]) && isnan(out[5]));
    myo_web_history_columns(history, 0, 140, 20, 1, 0, out);
    assert_true(out[0] == 150 && out[1] == 159);
    myo_web_history_free(history);
}

static void a_minute_is_kept(void **state)
{
    (void)state;
    assert_true(myo_web_history_seconds(10000, 64) >= 70);
    assert_true(myo_web_history_seconds(2000, 8) == 600);
    myo_web_history *history = NULL;
    assert_int_equal(myo_web_history_new(RATE, CHANNELS, &history), MYO_OK);
    const int64_t kept = (int64_t)(600 * RATE);
    put_frames(history, 0, 1000);
    for (int64_t at = 1000; at < kept + 5000; at += 1000) {
        put_frames(history, at, 1000);
    }
    assert_int_equal(myo_web_history_begin(history), 5000);
    float out[2];
    myo_web_history_columns(history, 0, 5000, 1000, 1, 0, out);
    assert_true(out[0] == 5000 && out[1] == 5999);
    myo_web_history_columns(history, 0, 4000, 1000, 1, 0, out);
    assert_true(isnan(out[0]));
    put_frames(history, 10 * kept, 10); /* a hole longer than all that is kept */
    myo_web_history_columns(history, 0, 10 * kept - 1000, 1000, 1, 0, out);
    assert_true(isnan(out[0]));
    myo_web_history_free(history);
}

/* A 2nd-order Butterworth high-pass at 20 Hz takes off a constant, leaves 200 Hz at
 * 1 / sqrt(1 + (20/200)^4) = 0.99995 and, the response being prewarped at its corner, 20 Hz at
 * 1 / sqrt(2); least and largest of 50 samples a period lie within 0.2 % of it. */
static void high_pass_for_the_display(void **state)
{
    (void)state;
    const struct {
        double hz, gain;
    } rows[] = {{20, 0.70711}, {200, 0.99995}};
    for (size_t i = 0; i < 2; i++) {
        myo_web_history *history = NULL;
        assert_int_equal(myo_web_history_new(10000, 1, &history), MYO_OK);
        static float samples[20000];
        for (size_t k = 0; k < 20000; k++) {
            samples[k] =
                (float)(5.0 + sin(2 * 3.14159265358979 * rows[i].hz * (double)k / 10000.0));
        }
        myo_web_history_put(history, 0, samples, 20000);
        float whole[2], parts[20];
        myo_web_history_columns(history, 0, 10000, 5000, 1, 20, whole);
        assert_near(whole[1], rows[i].gain, 0.004);
        assert_near(whole[0], -rows[i].gain, 0.004);
        myo_web_history_columns(history, 0, 10000, 500, 10, 20, parts);
        float most = -INFINITY;
        for (size_t k = 0; k < 10; k++) {
            most = parts[2 * k + 1] > most ? parts[2 * k + 1] : most;
        }
        assert_true(most == whole[1]);
        myo_web_history_free(history);
    }
}

static myo_web_board *board_new(void)
{
    static myo_feed_head head;
    head = (myo_feed_head){.rate_hz = RATE, .channels = CHANNELS};
    myo_web_board *board = NULL;
    assert_int_equal(myo_web_board_new(&head, &board), MYO_OK);
    return board;
}

/* Kind of the next message, 0 = none. */
static unsigned next_kind(myo_web_page *page, const myo_web_board *board, uint8_t *bytes,
                          size_t size)
{
    myo_web_wire wire = {.bytes = bytes, .size = size};
    myo_web_page_next(page, board, &wire);
    assert_false(wire.full);
    return wire.used > 0 ? wire.bytes[0] : 0;
}

static void a_late_page_is_told_all(void **state)
{
    (void)state;
    _Alignas(8) static uint8_t bytes[65536];
    static myo_web_page page;
    myo_web_board *board = board_new();
    myo_feed_message event = {.kind = MYO_FEED_EVENT, .event = {.id = 3, .type = MYO_EVENT_LTR}};
    myo_feed_message mark = {.kind = MYO_FEED_MARK, .mark = {.frame = 5, .id = 1}};
    myo_feed_message gap = {.kind = MYO_FEED_GAP, .gap = {.frame = 6, .frames = 2}};
    myo_feed_message now = {.kind = MYO_FEED_STATE, .state = {.frame = 9}};
    myo_web_board_take(board, &event);
    myo_web_board_take(board, &mark);
    myo_web_board_take(board, &gap);
    myo_web_board_take(board, &now);
    board->sound = true;
    myo_web_page_open(&page, board);
    const unsigned order[] = {MYO_WEB_HELLO, MYO_WEB_EVENT, MYO_WEB_MARK,
                              MYO_WEB_GAP,   MYO_WEB_STATE, 0};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        assert_int_equal(next_kind(&page, board, bytes, sizeof bytes), order[i]);
        assert_true(order[i] != MYO_WEB_HELLO || bytes[3] == 1); /* it can be muted */
    }
    myo_web_board_take(board, &event);
    assert_int_equal(next_kind(&page, board, bytes, sizeof bytes), MYO_WEB_EVENT);
    myo_web_board_free(board);
}

static void events_go_before_traces(void **state)
{
    (void)state;
    _Alignas(8) static uint8_t bytes[65536];
    static myo_web_page page;
    static float samples[CHANNELS * 100];
    myo_web_board *board = board_new();
    myo_web_page_open(&page, board);
    assert_int_equal(next_kind(&page, board, bytes, sizeof bytes), MYO_WEB_HELLO);
    assert_int_equal(bytes[3], 0);
    myo_web_view view = {.width = 10, .columns = 100, .end = -1, .channels = 1};
    myo_web_page_look(&page, board, &view);
    myo_feed_message trace = {.kind = MYO_FEED_TRACE, .trace = {0, 100, CHANNELS, samples}};
    myo_feed_message event = {.kind = MYO_FEED_EVENT, .event = {.id = 3}};
    myo_web_board_take(board, &trace);
    myo_web_board_take(board, &event);
    assert_int_equal(next_kind(&page, board, bytes, sizeof bytes), MYO_WEB_EVENT);
    assert_int_equal(next_kind(&page, board, bytes, sizeof bytes), MYO_WEB_TRACE);
    assert_int_equal(bytes[1], 2);
    assert_int_equal(bytes[12], 100); /* the whole screen: 90 of its columns before frame 0 */
    assert_int_equal(next_kind(&page, board, bytes, sizeof bytes), 0);
    myo_web_board_free(board);
}

static void a_page_that_falls_behind_is_given_up(void **state)
{
    (void)state;
    static myo_web_page page;
    myo_web_board *board = board_new();
    myo_feed_message event = {.kind = MYO_FEED_EVENT, .event = {.id = 3}};
    myo_web_page_open(&page, board);
    for (size_t i = 0; i < MYO_WEB_NOTES; i++) {
        myo_web_board_take(board, &event);
    }
    assert_true(myo_web_page_keeps_up(&page, board));
    myo_web_board_take(board, &event);
    assert_false(myo_web_page_keeps_up(&page, board));
    for (uint32_t i = 0; i < MYO_WEB_ANSWERS; i++) {
        assert_non_null(myo_web_page_answer(&page, i));
    }
    assert_null(myo_web_page_answer(&page, 99));
    myo_web_board_free(board);
}

static void a_twitch_is_shown_when_its_frames_have_come(void **state)
{
    (void)state;
    static float samples[CHANNELS * 1000];
    _Alignas(8) uint8_t bytes[4096];
    myo_web_board *board = board_new();
    myo_feed_message event = {
        .kind = MYO_FEED_EVENT,
        .event = {.id = 3, .type = MYO_EVENT_LTR, .stage = MYO_CONFIRMED, .onset_frame = 800}};
    samples[800 * CHANNELS] = 1.0f;
    myo_feed_message trace = {.kind = MYO_FEED_TRACE, .trace = {0, 1000, CHANNELS, samples}};
    myo_web_board_take(board, &trace);
    myo_web_board_take(board, &event);
    assert_int_equal(board->twitch_count, 0);
    trace.trace = (myo_feed_trace){1000, 50, CHANNELS, samples};
    myo_web_board_take(board, &trace);
    assert_int_equal(board->twitch_count, 1);
    myo_web_wire wire = {.bytes = bytes, .size = sizeof bytes};
    myo_web_board_put_twitch(board, 0, &wire);
    assert_false(wire.full);
    assert_int_equal(wire.used, 36 + 300 * sizeof(float));
    float shape[300];
    memcpy(shape, bytes + 36, sizeof shape);
    assert_true(shape[50] == 1.0f && shape[49] == 0.0f);
    myo_web_board_free(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_must_be_this_server),
        cmocka_unit_test(origin_must_be_its_page),
        cmocka_unit_test(address_opens_once),
        cmocka_unit_test(cookie_is_found_among_others),
        cmocka_unit_test(view_is_read_or_refused),
        cmocka_unit_test(columns_are_least_and_largest),
        cmocka_unit_test(what_was_dropped_is_empty),
        cmocka_unit_test(a_minute_is_kept),
        cmocka_unit_test(high_pass_for_the_display),
        cmocka_unit_test(a_late_page_is_told_all),
        cmocka_unit_test(events_go_before_traces),
        cmocka_unit_test(a_page_that_falls_behind_is_given_up),
        cmocka_unit_test(a_twitch_is_shown_when_its_frames_have_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
