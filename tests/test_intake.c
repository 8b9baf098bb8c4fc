/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From slots to blocks on one time line: made-up devices write into a ring of the same process. */
#include "live/intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define RATE 2000.0
enum { CHANNELS = 3, TAKEN = 2, BLOCK = 8 /* 4 ms */, MS = 1000000, PERIOD = 32 };

typedef struct {
    myo_ring *ring;
    myo_intake *intake;
    int64_t brought; /* frames that the device took, lost ones too */
    int64_t now_ns;
} bench;

/* Frames of the device: every sample tells its frame and channel. */
static float sample(int64_t frame, uint32_t channel)
{
    return (float)(frame * CHANNELS + channel + 1);
}

static bench bench_of(bool paced, bool silence)
{
    const myo_ring_about about = {.rate_hz = RATE, .channels = CHANNELS};
    const myo_intake_config config = {.rate_hz = RATE,
                                      .ring_channels = CHANNELS,
                                      .channels = TAKEN,
                                      .pick = {2, 0},
                                      .paced = paced,
                                      .watched = true,
                                      .allow_silence = silence};
    bench b = {.now_ns = 1000 * (int64_t)MS};
    assert_int_equal(myo_ring_new(&b.ring), MYO_OK);
    assert_int_equal(myo_ring_shape(b.ring, &about), MYO_OK);
    assert_int_equal(myo_intake_new(&config, b.ring, &b.intake), MYO_OK);
    myo_intake_begin(b.intake, b.now_ns);
    return b;
}

static void bench_free(bench *b)
{
    myo_intake_free(b->intake);
    myo_ring_free(b->ring);
}

/* One call of the device, in time; NULL-like when silent. */
static void bring(bench *b, size_t frames, bool silent)
{
    float samples[256 * CHANNELS];
    for (size_t i = 0; i < frames * CHANNELS; i++) {
        samples[i] = silent ? 0.0f : sample(b->brought + (int64_t)i / CHANNELS, i % CHANNELS);
    }
    b->brought += (int64_t)frames;
    b->now_ns = 1000 * (int64_t)MS + (int64_t)(1e9 * (double)b->brought / RATE);
    (void)myo_ring_write(b->ring, samples, frames, 0, b->now_ns, 0.0);
}

static myo_intake_item next(bench *b)
{
    myo_intake_item item;
    myo_intake_next(b->intake, b->now_ns, false, &item);
    return item;
}

/* Takes all blocks that are there; they must follow each other and hold what belongs on the time line, which
 * is the device's own count. */
static int64_t take_blocks(bench *b, int64_t from, myo_intake_item *last)
{
    for (*last = next(b); last->kind == MYO_INTAKE_BLOCK; *last = next(b)) {
        assert_int_equal(last->frame, from);
        assert_in_range(last->frames, 1, BLOCK);
        for (int64_t i = 0; i < last->frames; i++) {
            assert_true(last->samples[i * TAKEN] == sample(from + i, 2));
            assert_true(last->samples[i * TAKEN + 1] == sample(from + i, 0));
        }
        from += last->frames;
    }
    return from;
}

static void test_blocks_of_any_call(void **state)
{
    (void)state;
    static const size_t calls[] = {1, 3, 104, 8, 8, 31, 256, 7};
    bench b = bench_of(false, true);
    myo_intake_item item;
    int64_t line = 0;
    for (size_t i = 0; i < 8; i++) {
        bring(&b, calls[i], false);
        line = take_blocks(&b, line, &item);
        assert_int_equal(line, b.brought);
        assert_int_equal(item.kind, MYO_INTAKE_NOTHING);
    }
    assert_int_equal(myo_intake_period(b.intake), 256);
    bench_free(&b);
}

static void test_full_ring_is_a_gap(void **state)
{
    (void)state;
    bench b = bench_of(false, true);
    const size_t room = myo_ring_room(b.ring);
    while (b.brought < (int64_t)room + 100) {
        bring(&b, 4, false); /* half a slot each: it is full half way */
    }
    const int64_t lost_from = (int64_t)room / 2;
    myo_intake_item item;
    assert_int_equal(take_blocks(&b, 0, &item), lost_from);
    const int64_t lost_to = b.brought;
    bring(&b, 8, false);
    item = next(&b);
    assert_int_equal(item.kind, MYO_INTAKE_GAP);
    assert_int_equal(item.frame, lost_from);
    assert_int_equal(item.frames, lost_to - lost_from);
    assert_int_equal(take_blocks(&b, lost_to, &item), b.brought);
    bench_free(&b);
}

/* Frames that never came: the ring cannot know, the clock can. Time does not shift. */
static void test_loss_is_found_from_time(void **state)
{
    (void)state;
    bench b = bench_of(true, true);
    myo_intake_item item;
    int64_t line = 0;
    while (b.brought < 4000) {
        bring(&b, PERIOD, false);
        line = take_blocks(&b, line, &item);
    }
    assert_int_equal(line, 4000);
    b.brought += 320; /* 160 ms vanish */
    for (int i = 0; i < 100 && item.kind != MYO_INTAKE_GAP; i++) {
        bring(&b, PERIOD, false);
        item = next(&b);
    }
    assert_int_equal(item.kind, MYO_INTAKE_GAP);
    assert_int_equal(item.frame, 4000);
    assert_int_equal(item.frames, 320);
    assert_true(b.brought - 4320 <= 0.4 * RATE); /* told within 0.4 s */
    assert_int_equal(take_blocks(&b, 4320, &item), b.brought);
    bench_free(&b);
}

static void test_stall(void **state)
{
    (void)state;
    bench b = bench_of(true, true);
    myo_intake_item item;
    while (b.brought < 3200) {
        bring(&b, PERIOD, false);
    }
    assert_int_equal(take_blocks(&b, 0, &item), 3200);
    b.now_ns += 1700 * (int64_t)MS;
    assert_int_equal(next(&b).kind, MYO_INTAKE_NOTHING);
    b.now_ns += 200 * (int64_t)MS;
    item = next(&b);
    assert_int_equal(item.kind, MYO_INTAKE_LOST);
    assert_non_null(strstr(item.text.text, "stalled"));
    assert_int_equal(next(&b).kind, MYO_INTAKE_NOTHING); /* once */
    bench_free(&b);
}

/* Zeros for 1.6 s: a dead device, unless that is allowed. */
static void test_silence(void **state)
{
    (void)state;
    for (int allowed = 0; allowed < 2; allowed++) {
        bench b = bench_of(true, allowed);
        myo_intake_item item = {.kind = MYO_INTAKE_NOTHING};
        bring(&b, PERIOD, false);
        while (b.brought < 5 * (int64_t)RATE && item.kind != MYO_INTAKE_LOST) {
            bring(&b, PERIOD, true);
            do {
                item = next(&b);
            } while (item.kind == MYO_INTAKE_BLOCK);
        }
        assert_int_equal(item.kind, allowed ? MYO_INTAKE_NOTHING : MYO_INTAKE_LOST);
        assert_true(allowed || (b.brought > 1.6 * RATE && b.brought < 1.7 * RATE));
        bench_free(&b);
    }
}

/* Blocks that wait for a verdict are handed out when no more will come. */
static void test_end_of_a_file(void **state)
{
    (void)state;
    bench b = bench_of(true, true);
    myo_intake_item item;
    while (b.brought < 2048) {
        bring(&b, PERIOD, false);
    }
    (void)take_blocks(&b, 0, &item);
    b.brought += 100;
    bring(&b, PERIOD, false); /* suspect */
    assert_int_equal(next(&b).kind, MYO_INTAKE_NOTHING);
    myo_ring_say(b.ring, MYO_CAPTURE_DAMAGED, "frame 7: torn");
    item = next(&b);
    assert_int_equal(item.kind, MYO_INTAKE_BLOCK);
    while (item.kind == MYO_INTAKE_BLOCK) {
        item = next(&b);
    }
    assert_int_equal(item.kind, MYO_INTAKE_END);
    assert_true(item.damaged);
    assert_string_equal(item.text.text, "frame 7: torn");
    assert_int_equal(item.frame, 2048 + PERIOD);
    bench_free(&b);
}

static void test_failures_are_told(void **state)
{
    (void)state;
    bench b = bench_of(true, true);
    myo_ring_say(b.ring, MYO_CAPTURE_FAILED, "the device stopped");
    myo_intake_item item = next(&b);
    assert_int_equal(item.kind, MYO_INTAKE_LOST);
    assert_string_equal(item.text.text, "the device stopped");
    bench_free(&b);
    b = bench_of(true, true);
    myo_intake_next(b.intake, b.now_ns, true, &item);
    assert_int_equal(item.kind, MYO_INTAKE_LOST);
    bench_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_of_any_call),
        cmocka_unit_test(test_full_ring_is_a_gap),
        cmocka_unit_test(test_loss_is_found_from_time),
        cmocka_unit_test(test_stall),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_end_of_a_file),
        cmocka_unit_test(test_failures_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
