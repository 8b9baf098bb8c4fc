/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loss found from time: made-up devices with jitter, drift, held-up blocks and losses. */
#include "live/pace.h"

#include "synth/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* A device: blocks of `period` frames, each late at random, sometimes by a scheduler's slice. */
typedef struct {
    double rate_hz, drift_ppm;
    int64_t period;
    double jitter_s, slice_s, slice_share;
    myo_rng rng;
    int64_t end;      /* frames that came */
    int64_t vanished; /* frames that did not */
} device;

static int64_t next_block(device *d)
{
    d->end += d->period;
    double late_s = d->jitter_s * -log(1.0 - myo_rng_uniform(&d->rng));
    if (myo_rng_uniform(&d->rng) < d->slice_share) {
        late_s += d->slice_s * myo_rng_uniform(&d->rng);
    }
    const double taken_s =
        (double)(d->end + d->vanished) / d->rate_hz * (1.0 + 1e-6 * d->drift_ppm);
    return (int64_t)llround(1e9 * (5.0 + taken_s + late_s));
}

static device device_of(double rate_hz, int64_t period, double drift_ppm, uint64_t seed)
{
    device d = {.rate_hz = rate_hz,
                .period = period,
                .drift_ppm = drift_ppm,
                .jitter_s = 0.0003,
                .slice_s = 0.012, /* as measured under load without real-time priority */
                .slice_share = 0.02};
    myo_rng_start(&d.rng, seed, 970, 0);
    return d;
}

typedef struct {
    int64_t gaps, lost, at; /* number, frames of the last, where it was put */
} losses;

enum { HELD = 4096 };

/* As the intake does it: blocks that wait are shown again after a loss. */
typedef struct {
    myo_pace pace;
    int64_t end[HELD], stamp[HELD];
    size_t held;
} listener;

static void listen(listener *l, const device *d, int64_t stamp, losses *found)
{
    l->end[l->held] = d->end;
    l->stamp[l->held++] = stamp;
    for (size_t i = l->held - 1; i < l->held;) {
        switch (myo_pace_add(&l->pace, l->end[i], d->period, l->stamp[i])) {
        case MYO_PACE_FINE:
            for (size_t k = i + 1; k < l->held; k++) {
                l->end[k - i - 1] = l->end[k];
                l->stamp[k - i - 1] = l->stamp[k];
            }
            l->held -= i + 1;
            i = 0;
            break;
        case MYO_PACE_WAIT:
            assert_true(l->held < HELD);
            i++;
            break;
        default:
            found->gaps++;
            found->lost = l->pace.lost;
            found->at = l->end[0] - d->period;
            i = 0;
        }
    }
}

static losses run(device *d, double seconds, double lose_at_s, int64_t frames, double hold_up_s)
{
    losses found = {0};
    listener *l = calloc(1, sizeof *l);
    assert_non_null(l);
    myo_pace_start(&l->pace, d->rate_hz);
    double held_until = 0.0;
    bool done = false;
    while ((double)d->end < seconds * d->rate_hz) {
        if (!done && (double)d->end >= lose_at_s * d->rate_hz && lose_at_s > 0.0) {
            d->vanished += frames;
            held_until = hold_up_s > 0.0 ? 5.0 + lose_at_s + hold_up_s : 0.0;
            done = true;
        }
        const int64_t stamp = next_block(d);
        const int64_t until = (int64_t)(1e9 * held_until);
        listen(l, d, stamp < until ? until : stamp, &found);
    }
    free(l);
    return found;
}

static const struct {
    double rate_hz;
    int64_t period;
} shapes[] = {{48000.0, 256}, {48000.0, 1024}, {10000.0, 32},
              {2048.0, 32},   {2048.0, 1024},  {44100.0, 512}};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

/* Twenty hours in all, clocks up to 200 ppm off, late blocks, nothing lost. */
static void test_no_false_gap(void **state)
{
    (void)state;
    static const double drifts[] = {0.0, 60.0, -60.0, 200.0, -200.0};
    for (size_t s = 0; s < SHAPES; s++) {
        for (size_t k = 0; k < sizeof drifts / sizeof drifts[0]; k++) {
            device d = device_of(shapes[s].rate_hz, shapes[s].period, drifts[k], s * 16 + k);
            const losses found = run(&d, 2400.0, 0.0, 0, 0.0);
            assert_int_equal(found.gaps, 0);
        }
    }
}

/* From one period to 65,536 frames; the length within one period, the place within one block. */
static void test_every_gap_is_found(void **state)
{
    (void)state;
    static const int64_t longest[] = {1, 2, 3, 10, 100};
    for (size_t s = 0; s < SHAPES; s++) {
        for (size_t k = 0; k < 6; k++) {
            const int64_t period = shapes[s].period;
            int64_t frames = k < 5 ? longest[k] * period : 65536;
            frames = frames > 65536 ? 65536 : frames;
            device d = device_of(shapes[s].rate_hz, period, 80.0, 100 + s * 16 + k);
            const double at_s = 20.0 + (double)k;
            const losses found = run(&d, at_s + 20.0, at_s, frames, 0.0);
            assert_int_equal(found.gaps, 1);
            assert_true(llabs(found.lost - frames) <= period);
            assert_true(fabs((double)found.at - at_s * d.rate_hz) <= (double)period);
        }
    }
}

/* Blocks that were held up and then came all at once: nothing is lost. */
static void test_held_up_is_not_lost(void **state)
{
    (void)state;
    static const double times_s[] = {0.02, 0.1, 0.5, 1.4};
    for (size_t s = 0; s < SHAPES; s++) {
        for (size_t k = 0; k < sizeof times_s / sizeof times_s[0]; k++) {
            device d = device_of(shapes[s].rate_hz, shapes[s].period, 0.0, 200 + s * 16 + k);
            assert_int_equal(run(&d, 40.0, 20.0, 0, times_s[k]).gaps, 0);
        }
    }
}

/* Half a second of blocks held up, of which a tenth of a second is lost. */
static void test_loss_behind_a_hold_up(void **state)
{
    (void)state;
    device d = device_of(48000.0, 256, 0.0, 300);
    const losses found = run(&d, 40.0, 20.0, 4800, 0.5);
    assert_int_equal(found.gaps, 1);
    assert_true(llabs(found.lost - 4800) <= 256);
}

static void test_drift_is_learned(void **state)
{
    (void)state;
    device d = device_of(48000.0, 256, 150.0, 400);
    myo_pace pace;
    myo_pace_start(&pace, d.rate_hz);
    while (d.end < 120 * 48000) {
        const int64_t stamp = next_block(&d);
        (void)myo_pace_add(&pace, d.end, d.period, stamp);
    }
    assert_true(fabs(myo_pace_drift_ppm(&pace) - 150.0) < 10.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_false_gap),        cmocka_unit_test(test_every_gap_is_found),
        cmocka_unit_test(test_held_up_is_not_lost), cmocka_unit_test(test_loss_behind_a_hold_up),
        cmocka_unit_test(test_drift_is_learned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
