/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Octets: all kernels give the hops of plain C bit by bit; cuts and neighbours do not matter. */
#include "emg/octet.h"

#include "core/cpu.h"
#include "emg/octet_kern.h"

#include "near.h"
#include "synth/rng.h"

#include <stdlib.h>
#include <string.h>

enum { SECONDS = 12, RATES = 3, LOST = 100, MAX_FRAMES = SECONDS * 10000 };

static const double rates[RATES] = {1000.0, 2000.0, 10000.0};

static float signal[MAX_FRAMES * MYO_OCTET];

/* A hop as an octet gives it. */
typedef struct {
    float energy[MYO_LANE_COUNT];
    float peak, turns, edge;
    uint32_t flags;
} hop;

typedef struct {
    hop hops[SECONDS * 1000 + LOST][MYO_OCTET];
    size_t count;
    double hum_hz[MYO_OCTET], hum_rms[MYO_OCTET];
} course;

/* Noise of another size on every channel, and on each something else. */
static float sample(size_t lane, double second, size_t frame, double noise)
{
    const double hum = sin(6.283185307179586 * 50.03 * second);
    switch (lane) {
    case 1: /* hum that goes */
        return (float)(noise + (second < 7.0 ? 3.0 * hum : 0.0));
    case 2: /* edges, and a step */
        return (float)(noise + (frame % 977 == 0 ? 90.0 : 0.0) + (second > 5.0 ? 300.0 : 0.0));
    case 3: /* a converter's rail that nobody told of */
        return (float)fmin(noise + (second > 4.0 && second < 4.02 ? 900.0 : 0.0), 400.0);
    case 4: /* not a number */
        return frame % 5003 == 5000 ? NAN : (float)noise;
    case 5: /* an open lead */
        return second > 6.0 && second < 6.5 ? 1.0f : (float)noise;
    case 6: /* infinite, once; a converter whose steps are larger than the noise, pulses of few and of many of them */
        return frame == 4711 ? INFINITY
                             : (float)(floor(0.35 * noise + 0.5) + (frame % 1511 < 3 ? 3.0 : 0.0) +
                                       (frame % 2203 == 0 ? 9.0 : 0.0));
    case 7: /* coarse steps of a known converter, at its rail at times */
        return (float)(fmax(-3.0, fmin(3.0, floor(1.5 * noise + 0.5))) * 0.125);
    default:
        return (float)noise;
    }
}

static size_t make(double rate_hz)
{
    const size_t frames = (size_t)(SECONDS * rate_hz);
    myo_rng rng;
    myo_rng_start(&rng, 5, 941, (uint64_t)rate_hz);
    for (size_t n = 0; n < frames; n++) {
        for (size_t lane = 0; lane < MYO_OCTET; lane++) {
            signal[n * MYO_OCTET + lane] =
                sample(lane, (double)n / rate_hz, n, myo_rng_normal(&rng));
        }
    }
    return frames;
}

/* Channels [first, first + lanes) of those above, each with its own bands. */
static myo_octet *new_octet(double rate_hz, uint32_t first, uint32_t lanes, uint32_t cpu_mask)
{
    myo_octet_config config = {.rate_hz = rate_hz,
                               .cpu_mask = cpu_mask,
                               .lanes = lanes,
                               .blank_edges = true,
                               .hum_cancel = true,
                               .settle_frames = 50};
    for (uint32_t i = 0; i < lanes; i++) {
        const double lane = first + i;
        config.high_hz[i] = 300.0 + 20.0 * lane;
        config.rail_low[i] = first + i == 7 ? -0.375 : 0.0;
        config.rail_high[i] = -config.rail_low[i];
        assert_int_equal(myo_band_design(rate_hz, 20.0 + lane, 450.0, &config.bands[i][0]), 0);
        assert_int_equal(myo_band_design(rate_hz, 60.0, 300.0 + lane, &config.bands[i][1]), 0);
        assert_int_equal(myo_band_design(rate_hz, 8.0, 45.0 + lane, &config.bands[i][2]), 0);
        myo_band_silence(&config.bands[i][3]);
    }
    myo_octet *octet = NULL;
    assert_int_equal(myo_octet_new(&config, &octet), MYO_OK);
    for (uint32_t i = 0; i < lanes; i++) {
        myo_octet_set_turn(octet, i, 0.5);
    }
    return octet;
}

static hop hop_of(const myo_octet *octet, size_t index, size_t lane)
{
    const myo_hop_row *row = &myo_octet_rows(octet)[index];
    hop one = {.peak = row->peak[lane],
               .turns = row->turns[lane],
               .edge = myo_octet_edges(octet)[index][lane],
               .flags = myo_octet_flags(octet)[index][lane]};
    for (int band = 0; band < MYO_LANE_COUNT; band++) {
        one.energy[band] = row->energy[band][lane];
    }
    return one;
}

static void take(const myo_octet *octet, size_t hops, uint32_t lanes, course *c)
{
    for (size_t i = 0; i < hops; i++, c->count++) {
        for (uint32_t lane = 0; lane < lanes; lane++) {
            c->hops[c->count][lane] = hop_of(octet, i, lane);
        }
    }
}

/* Tiles of @p tile frames, 0 = of chance; LOST frames are lost after six seconds, hop by hop. */
static course *run(double rate_hz, uint32_t first, uint32_t lanes, uint32_t cpu_mask, size_t tile)
{
    const size_t frames = make(rate_hz);
    const int32_t hop_frames = myo_hop_frames(rate_hz);
    const size_t lost_at = frames / 2;
    course *c = calloc(1, sizeof *c);
    assert_non_null(c);
    myo_octet *octet = new_octet(rate_hz, first, lanes, cpu_mask);
    myo_rng rng;
    myo_rng_start(&rng, 6, 942, 0);
    for (size_t at = 0; at < frames;) {
        size_t count = tile > 0 ? tile : 1 + (size_t)(63.9 * myo_rng_uniform(&rng));
        const size_t end = at < lost_at ? lost_at : frames;
        count = count < end - at ? count : end - at;
        take(octet, myo_octet_process(octet, signal + at * MYO_OCTET + first, MYO_OCTET, count),
             lanes, c);
        at += count;
        for (int32_t lost = 0; at == lost_at && lost < LOST; lost += hop_frames) {
            take(octet, myo_octet_lose(octet, hop_frames), lanes, c);
        }
    }
    for (uint32_t lane = 0; lane < lanes; lane++) {
        c->hum_hz[lane] = myo_octet_hum_hz(octet, lane);
        c->hum_rms[lane] = myo_octet_hum_rms(octet, lane);
    }
    myo_octet_free(octet);
    return c;
}

static void expect_same(const course *a, const course *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        if (memcmp(a->hops[i], b->hops[i], sizeof a->hops[i]) != 0) {
            for (int lane = 0; lane < MYO_OCTET; lane++) {
                if (memcmp(&a->hops[i][lane], &b->hops[i][lane], sizeof(hop)) != 0) {
                    fail_msg("hop %zu of channel %d differs", i, lane);
                }
            }
        }
    }
    assert_memory_equal(a->hum_hz, b->hum_hz, sizeof a->hum_hz);
    assert_memory_equal(a->hum_rms, b->hum_rms, sizeof a->hum_rms);
}

/* All that happens happened: otherwise equal courses would say little. */
static void expect_events(const course *c)
{
    uint8_t seen[MYO_OCTET] = {0};
    for (size_t i = 0; i < c->count; i++) {
        for (int lane = 0; lane < MYO_OCTET; lane++) {
            seen[lane] |= (uint8_t)c->hops[i][lane].flags;
        }
    }
    assert_true(seen[1] & MYO_HOP_HUM);
    assert_true((seen[2] & MYO_HOP_EDGE) && (seen[2] & MYO_HOP_STEP) && (seen[2] & MYO_HOP_HELD));
    assert_true(seen[3] & MYO_HOP_SATURATED);
    assert_true((seen[4] & MYO_HOP_LOST) && (seen[6] & MYO_HOP_LOST));
    assert_true(seen[7] & MYO_HOP_SATURATED);
    assert_false(seen[0] & (MYO_HOP_EDGE | MYO_HOP_HUM | MYO_HOP_SATURATED));
}

static void test_kernels_equal_plain_c(void **state)
{
    (void)state;
    for (size_t r = 0; r < RATES; r++) {
        course *plain = run(rates[r], 0, MYO_OCTET, MYO_CPU_C, MYO_OCTET_FRAMES);
        expect_events(plain);
        for (size_t i = 0; myo_octet_tables[i] != NULL; i++) {
            const uint32_t needs = myo_octet_tables[i]->needs;
            if ((needs & ~myo_cpu_detect()) != 0 || needs == MYO_CPU_SSE2) {
                continue;
            }
            course *fast = run(rates[r], 0, MYO_OCTET, needs, MYO_OCTET_FRAMES);
            expect_same(plain, fast);
            free(fast);
        }
        free(plain);
    }
}

/* Without a fused multiply-add the filters round twice where the others do once, 2^-53 each time; the
 * noise gain of 8 Hz poles at 10 kHz is about (rate / low)^1.5 (see band.c): 5e4, so 1e-11 of the signal
 * and, of an energy as a float, its last bits. 0.001 of each energy, and of the mean where it is small. */
static void test_two_roundings_are_close(void **state)
{
    (void)state;
    if (!(myo_cpu_detect() & MYO_CPU_SSE2)) {
        skip();
    }
    course *plain = run(2000.0, 0, MYO_OCTET, MYO_CPU_C, MYO_OCTET_FRAMES);
    course *twice = run(2000.0, 0, MYO_OCTET, MYO_CPU_SSE2, MYO_OCTET_FRAMES);
    assert_int_equal(plain->count, twice->count);
    for (size_t i = 0; i < plain->count; i++) {
        for (int lane = 0; lane < MYO_OCTET; lane++) {
            const hop *a = &plain->hops[i][lane], *b = &twice->hops[i][lane];
            assert_int_equal(a->flags, b->flags);
            const double energy = (double)a->energy[MYO_LANE_MEASURE];
            assert_near((double)b->energy[MYO_LANE_MEASURE], energy, 1e-3 * energy + 1e-3);
        }
    }
    free(plain);
    free(twice);
}

static void test_cuts_do_not_matter(void **state)
{
    (void)state;
    for (size_t r = 0; r < RATES; r++) {
        course *whole = run(rates[r], 0, MYO_OCTET, MYO_CPU_ALL, MYO_OCTET_FRAMES);
        course *cut = run(rates[r], 0, MYO_OCTET, MYO_CPU_ALL, 0);
        course *single = run(rates[r], 0, MYO_OCTET, MYO_CPU_ALL, 1);
        expect_same(whole, cut);
        expect_same(whole, single);
        free(whole);
        free(cut);
        free(single);
    }
}

/* Any channel alone, and the last five together, are what they are among eight. */
static void test_neighbours_do_not_matter(void **state)
{
    (void)state;
    course *all = run(2000.0, 0, MYO_OCTET, MYO_CPU_ALL, MYO_OCTET_FRAMES);
    for (uint32_t first = 0; first < MYO_OCTET; first++) {
        const uint32_t lanes = first == 3 ? 5 : 1;
        course *some = run(2000.0, first, lanes, MYO_CPU_ALL, MYO_OCTET_FRAMES);
        assert_int_equal(some->count, all->count);
        for (size_t i = 0; i < some->count; i++) {
            assert_memory_equal(some->hops[i], &all->hops[i][first], lanes * sizeof(hop));
        }
        assert_memory_equal(some->hum_hz, &all->hum_hz[first], lanes * sizeof(double));
        free(some);
    }
    free(all);
}

/* A sine of amplitude 1 in the middle of the measure band: mean square 1/2 and two turns a period. */
static void test_sums_over_a_hop(void **state)
{
    (void)state;
    const double rate_hz = 10000.0;
    myo_octet *octet = new_octet(rate_hz, 0, 1, MYO_CPU_ALL);
    double energy = 0.0, turns = 0.0, peak = 0.0;
    size_t hops = 0;
    for (size_t n = 0; n < 20000; n++) {
        const float x = (float)sin(6.283185307179586 * 130.0 * (double)n / rate_hz);
        if (myo_octet_process(octet, &x, 1, 1) == 0) {
            continue;
        }
        const hop one = hop_of(octet, 0, 0);
        if (++hops > 1000) { /* a second of a thousand hops */
            energy += (double)one.energy[MYO_LANE_MEASURE];
            turns += (double)one.turns;
            peak = fmax(peak, (double)one.peak);
        }
    }
    myo_octet_free(octet);
    assert_int_equal(hops, 2000);
    assert_near(energy / 10000.0, 0.5, 0.01); /* Butterworth, 20 and 450 Hz: within 1 % at 130 Hz */
    assert_near(peak, 1.0, 0.01);
    assert_near(turns, 260.0, 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernels_equal_plain_c),
        cmocka_unit_test(test_two_roundings_are_close),
        cmocka_unit_test(test_cuts_do_not_matter),
        cmocka_unit_test(test_neighbours_do_not_matter),
        cmocka_unit_test(test_sums_over_a_hop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
