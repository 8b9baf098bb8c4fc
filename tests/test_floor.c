/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The floor: without bias in noise, deaf to bursts, quick where the level falls for good. */
#include "emg/floor.h"

#include "core/cpu.h"
#include "emg/octet_kern.h"

#include "near.h"
#include "synth/rng.h"

enum { BLOCK = 25, LANE = 5, HELD = 8 };

static myo_hop_kept held[HELD];
static myo_board board = {.rows = {.kept = held, .capacity = HELD},
                          .floor = {.take = myo_octet_floor_take_c,
                                    .tell = myo_octet_floor_tell_c,
                                    .ahead = myo_octet_floor_ahead_c}};

/* 1 kHz, one frame a hop, the whole band: independent samples, 25 degrees of freedom a block. */
static const myo_floor_config config = {.rate_hz = 1000.0,
                                        .board = &board,
                                        .lane = LANE,
                                        .window_s = 8.0,
                                        .bandwidth_hz = {500.0, 500.0, 500.0, 500.0}};

static myo_rng rng;

static myo_floor *new_floor(uint64_t seed)
{
    static myo_floor floor;
    assert_int_equal(myo_floor_init(&config, NULL, &floor), MYO_OK);
    myo_rng_start(&rng, seed, 951, 0);
    return &floor;
}

/* A hop with these samples, one in each lane. */
static void feed_hop(myo_floor *floor, const double sample[MYO_LANE_COUNT], bool quiet,
                     uint8_t flags)
{
    myo_hop_row row = {.energy = {{0}}};
    const uint8_t all_flags[MYO_OCTET] = {[LANE] = flags};
    for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
        row.energy[lane][LANE] = (float)(sample[lane] * sample[lane]);
    }
    (void)myo_octet_gather_c(&board, &row, all_flags, 1u << LANE);
    myo_floor_hop(floor, flags, quiet);
}

/* Hops of noise with standard deviations sd, 2 sd, 3 sd and 4 sd in the four lanes. */
static void feed(myo_floor *floor, int hops, double sd, bool quiet, uint8_t flags)
{
    for (int i = 0; i < hops; i++) {
        double sample[MYO_LANE_COUNT];
        for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
            sample[lane] = (lane + 1) * sd * myo_rng_normal(&rng);
        }
        feed_hop(floor, sample, quiet, flags);
    }
}

/* The mean over 40 floors of 8 s each is the power itself. One quantile of 320 blocks has a standard
 * error of sqrt(0.24 / 320) over its density, 1.4 / sqrt(12.5) = 2.2 %; of 40, 0.35 %; 3 of them, and
 * 0.5 % for the interpolated rank. */
static void test_floor_is_unbiased(void **state)
{
    (void)state;
    double sum[MYO_LANE_COUNT] = {0};
    for (uint64_t seed = 0; seed < 40; seed++) {
        myo_floor *floor = new_floor(seed);
        feed(floor, 8000, 1.5, true, 0);
        assert_int_equal(myo_floor_blocks(floor), 320);
        for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
            sum[lane] += myo_floor_power(floor, lane) / 40.0;
        }
    }
    for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
        const double expected = 2.25 * (lane + 1) * (lane + 1);
        assert_near(sum[lane] / expected, 1.0, 0.016);
    }
}

/* A quarter of the blocks 20 dB up, told as quiet: the 0.4 quantile becomes that of 0.4 / 0.75 = 0.53
 * of the noise, half a standard deviation (0.28) of a block's power up: less than 12 %, not 2475 %. */
static void test_bursts_hardly_lift_it(void **state)
{
    (void)state;
    myo_floor *floor = new_floor(1);
    for (int i = 0; i < 80; i++) {
        feed(floor, 3 * BLOCK, 1.0, true, 0);
        feed(floor, BLOCK, 10.0, true, 0);
    }
    assert_near(myo_floor_power(floor, MYO_LANE_MEASURE), 1.06, 0.12);
}

/* Nothing that was not quiet, held, invalid or at the rail teaches. */
static void test_what_does_not_teach(void **state)
{
    (void)state;
    static const uint8_t flags[] = {MYO_HOP_HELD, MYO_HOP_INVALID, MYO_HOP_SATURATED};
    myo_floor *floor = new_floor(2);
    feed(floor, 8000, 1.0, true, 0);
    const double before = myo_floor_power(floor, MYO_LANE_DETECT);
    for (size_t k = 0; k < sizeof flags; k++) {
        feed(floor, 4000, 30.0, true, flags[k]);
        assert_near(myo_floor_power(floor, MYO_LANE_DETECT), before, 0.0);
    }
    feed(floor, 4000, 30.0, false, 0);
    assert_near(myo_floor_power(floor, MYO_LANE_DETECT), before, 0.0);
}

/* A fall to a tenth of the power is the floor after the 0.8 s that are watched, not after half of 8 s. */
static void test_fall_is_followed_at_once(void **state)
{
    (void)state;
    myo_floor *floor = new_floor(3);
    feed(floor, 8000, 10.0, true, 0);
    feed(floor, 850, 1.0, true, 0);
    assert_near(myo_floor_power(floor, MYO_LANE_MEASURE), 1.0, 0.25);
}

/* A fall to a ninth of the power in 40 blocks; @return blocks that the floor rests on afterwards, of 320. */
static int32_t blocks_after_fall(bool units)
{
    myo_floor *floor = new_floor(3);
    for (int i = 0; i < 321; i++) {
        feed(floor, BLOCK, units && i % 3 == 0 ? 1.0 : 3.0, true, 0);
    }
    feed(floor, 40 * BLOCK, 1.0, true, 0);
    const int32_t blocks = myo_floor_blocks(floor);
    return blocks;
}

/* Where a few units fire, in two blocks of three, they pause at times: no new floor, as it is of even noise. With
 * log(9) between the quantiles the tail is (2.2 / 2.123)^2 * 12.5 = 13, and a fall 0.5^3.7 = 0.08. */
static void test_pause_of_units_is_no_fall(void **state)
{
    (void)state;
    assert_true(blocks_after_fall(false) < 60);
    assert_int_equal(blocks_after_fall(true), 320);
}

/* A rise is followed when it is told to relearn: from the last 2 s, that were not quiet. */
static void test_relearn(void **state)
{
    (void)state;
    myo_floor *floor = new_floor(4);
    feed(floor, 8000, 1.0, true, 0);
    feed(floor, 2000, 2.0, false, 0);
    assert_true(myo_floor_looks_stationary(floor, 2.5));
    assert_false(myo_floor_looks_stationary(floor, 1.5));
    myo_floor_relearn(floor);
    assert_int_equal(myo_floor_blocks(floor), 80);
    assert_near(myo_floor_power(floor, MYO_LANE_MEASURE), 4.0, 0.5);
    for (int i = 0; i < 10; i++) { /* what swells and ebbs is not stationary */
        feed(floor, 100, i % 2 ? 4.0 : 1.0, false, 0);
    }
    assert_false(myo_floor_looks_stationary(floor, 10.0));
}

/* From the 25th new block on the old ones are gone. */
static void test_forget(void **state)
{
    (void)state;
    myo_floor *floor = new_floor(5);
    feed(floor, 8000, 1.0, true, 0);
    myo_floor_forget(floor);
    feed(floor, 24 * BLOCK, 1.5, true, 0);
    assert_int_equal(myo_floor_blocks(floor), 320);
    feed(floor, BLOCK, 1.5, true, 0);
    assert_int_equal(myo_floor_blocks(floor), 25);
    assert_near(myo_floor_power(floor, MYO_LANE_MEASURE), 2.25, 0.6);
}

/* In Gaussian noise the tail is 1; where the level itself varies with a log standard deviation of 0.5
 * from block to block, the variance of the log power rises from 0.08 to 0.08 + 1. */
static void test_tail(void **state)
{
    (void)state;
    myo_floor *floor = new_floor(6);
    feed(floor, 8000, 1.0, true, 0);
    assert_near(myo_floor_tail(floor), 1.15, 0.16);
    myo_floor_reset(floor);
    assert_near(myo_floor_tail(floor), 1.0, 0.0);
    for (int i = 0; i < 320; i++) {
        feed(floor, BLOCK, exp(0.5 * myo_rng_normal(&rng)), true, 0);
    }
    assert_near(myo_floor_tail(floor), 1.08 / 0.08, 4.0);
}

/* 25 independent samples make 25 degrees of freedom, variance 1; white noise in 60-300 Hz has 0.81. A minute's is
 * known to sqrt((2 + 12 / 25) / 2400) = 3.2 %, 3 of these. With every sample twice there are half as many
 * degrees, but for the pairs that lie in two blocks: (12 * 4 + 1 ) / 25 of the variance. Below 300 blocks
 * behind the first 40 nothing is known. */
static void test_spread(void **state)
{
    (void)state;
    myo_floor *floor = new_floor(9);
    feed(floor, 339 * BLOCK, 1.0, true, 0);
    assert_near(myo_floor_spread(floor), 1.0, 0.0);
    feed(floor, 3000 * BLOCK, 1.0, true, 0);
    assert_near(myo_floor_spread(floor), 1.0 / 0.81, 0.12);
    myo_floor_reset(floor);
    assert_near(myo_floor_spread(floor), 1.0, 0.0);
    for (int i = 0; i < 3000 * BLOCK; i += 2) {
        double sample[MYO_LANE_COUNT];
        for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
            sample[lane] = myo_rng_normal(&rng);
        }
        feed_hop(floor, sample, true, 0);
        feed_hop(floor, sample, true, 0);
    }
    assert_near(myo_floor_spread(floor), 49.0 / 25.0 / 0.81, 0.3);
}

/* The same hops, the same floor, before and after a reset. */
static void test_reset(void **state)
{
    (void)state;
    myo_floor *floor = new_floor(7);
    feed(floor, 3000, 1.0, true, 0);
    const double power = myo_floor_power(floor, MYO_LANE_DETECT);
    feed(floor, 3010, 5.0, true, 0);
    myo_floor_forget(floor);
    myo_floor_reset(floor);
    assert_int_equal(myo_floor_blocks(floor), 0);
    assert_near(myo_floor_power(floor, MYO_LANE_DETECT), 0.0, 0.0);
    myo_rng_start(&rng, 7, 951, 0);
    feed(floor, 3000, 1.0, true, 0);
    assert_near(myo_floor_power(floor, MYO_LANE_DETECT), power, 0.0);
}

/* What the floor says after each of many blocks, some of them not quiet. With @p ahead, quantiles are looked for
 * between them. */
static void note_all(double *said, size_t count, bool ahead)
{
    myo_floor *floor = new_floor(8);
    for (size_t i = 0; i < count; i += MYO_LANE_COUNT + 5) {
        feed(floor, BLOCK, i % 198 == 0 ? 4.0 : 1.0, i % 198 != 0, 0);
        for (int tile = 0; ahead && tile < 3; tile++) {
            board.floor.busy = false;
            myo_floors_ahead(&board.floor);
        }
        for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
            said[i + (size_t)lane] = myo_floor_power(floor, lane);
        }
        said[i + MYO_LANE_COUNT] = myo_floor_tail(floor);
        said[i + MYO_LANE_COUNT + 1] = myo_floor_long_tail(floor);
        said[i + MYO_LANE_COUNT + 2] = myo_floor_local_power(floor);
        said[i + MYO_LANE_COUNT + 3] = myo_floor_spikiness(floor);
        said[i + MYO_LANE_COUNT + 4] = myo_floor_spread(floor);
    }
}

static void test_kernels_say_the_same(void **state)
{
    (void)state;
    enum { SAID = 9 * 1000 };
    static double plain[SAID], fast[SAID];
    note_all(plain, SAID, false);
    for (size_t i = 0; myo_octet_tables[i] != NULL; i++) {
        if ((myo_octet_tables[i]->needs & ~myo_cpu_detect()) == 0) {
            board.floor.take = myo_octet_tables[i]->floor_take;
            board.floor.tell = myo_octet_tables[i]->floor_tell;
            board.floor.ahead = myo_octet_tables[i]->floor_ahead;
            for (int ahead = 0; ahead < 2; ahead++) {
                note_all(fast, SAID, ahead != 0);
                assert_memory_equal(plain, fast, sizeof plain);
            }
        }
    }
    board.floor.take = myo_octet_floor_take_c;
    board.floor.tell = myo_octet_floor_tell_c;
    board.floor.ahead = myo_octet_floor_ahead_c;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_floor_is_unbiased),
        cmocka_unit_test(test_bursts_hardly_lift_it),
        cmocka_unit_test(test_what_does_not_teach),
        cmocka_unit_test(test_fall_is_followed_at_once),
        cmocka_unit_test(test_pause_of_units_is_no_fall),
        cmocka_unit_test(test_relearn),
        cmocka_unit_test(test_forget),
        cmocka_unit_test(test_tail),
        cmocka_unit_test(test_spread),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_kernels_say_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
