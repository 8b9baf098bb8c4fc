/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One defect at a time: each is named, and the verdict is what its limit says. */
#include "myotwitch/quality.h"

#include "near.h"
#include "rest_signal.h"

#include <string.h>

#define RATE    2000
#define SECONDS 20
#define FRAMES  (RATE * SECONDS)

static const double pi = 3.14159265358979323846;

typedef enum {
    CLEAN,
    HUM_SMALL,
    HUM,
    HUM_LARGE,
    HUM_60,
    RAIL,
    RAIL_UNKNOWN,
    FLAT,
    DEAD_RAIL,
    MISSING,
    TENS,
    MOTION,
    DRIFT,
    CONTRACTION,
    NOISY,
    CASES
} defect;

static float raw[FRAMES], measure[FRAMES];

static double clip(double x, double limit)
{
    return fmin(fmax(x, -limit), limit);
}

static double spoil(defect d, double x, int i)
{
    const double t = (double)i / RATE;
    switch (d) {
    case HUM_SMALL:
        return x + 1.0 * sqrt(2.0) * sin(2.0 * pi * 50.0 * t);
    case HUM:
        return x + 6.0 * sqrt(2.0) * sin(2.0 * pi * 50.1 * t);
    case HUM_LARGE:
        return x + 60.0 * sqrt(2.0) * sin(2.0 * pi * 50.0 * t);
    case HUM_60:
        return x + 6.0 * sqrt(2.0) * sin(2.0 * pi * 60.0 * t) +
               3.0 * sqrt(2.0) * sin(2.0 * pi * 180.0 * t);
    case RAIL:
    case RAIL_UNKNOWN:
        return clip(x + (i % RATE < 200 ? 900.0 * sin(2.0 * pi * 80.0 * t) : 0.0), 500.0);
    case FLAT:
        return i > 5 * RATE ? 12.0 : x;
    case DEAD_RAIL:
        return i > 5 * RATE ? 500.0 : x;
    case MISSING:
        return i > 5 * RATE && i % 2 ? (double)NAN : x;
    case TENS:
        return x + (i % 20 == 0 ? 800.0 : i % 20 == 1 ? -500.0 : 0.0);
    case MOTION:
        return x + 600.0 * exp(-2.0 * fmod(t, 1.0)) * sin(2.0 * pi * 4.0 * t);
    case DRIFT:
        return x + 400.0 * t;
    case CONTRACTION:
        return i > 8 * RATE && i < 12 * RATE ? 60.0 * x : x;
    case NOISY:
        return 10.0 * x;
    default:
        return x;
    }
}

static void make(defect d)
{
    const rest_config config = {.rate_hz = RATE, .floor_uv = 3.0};
    rest_signal s;
    rest_start(&s, &config, 1);
    double state[MYO_BAND_SECTIONS][2] = {{0}};
    for (int i = 0; i < FRAMES; i++) {
        const double x = spoil(d, (double)rest_next(&s), i);
        raw[i] = (float)x;
        measure[i] = (float)myo_band_run(&s.band, state, isfinite(x) ? x : 0.0);
    }
}

static myo_quality *quality_new(uint32_t channels)
{
    myo_quality_config config;
    myo_quality_config_default(&config, RATE, channels);
    config.full_scale_uv = 1.0;
    myo_quality *quality = NULL;
    assert_int_equal(myo_quality_new(&config, &quality), MYO_OK);
    return quality;
}

static void test_each_defect_is_named(void **state)
{
    (void)state;
    const struct {
        myo_verdict verdict; /* of second 10 */
        uint32_t reasons;
    } expected[CASES] = {
        [CLEAN] = {MYO_QUALITY_USABLE, 0},
        [HUM_SMALL] = {MYO_QUALITY_USABLE, 0},
        [HUM] = {MYO_QUALITY_DOUBTFUL, MYO_QUALITY_HUM},
        [HUM_LARGE] = {MYO_QUALITY_UNUSABLE, MYO_QUALITY_HUM},
        [HUM_60] = {MYO_QUALITY_DOUBTFUL, MYO_QUALITY_HUM},
        [RAIL] = {MYO_QUALITY_UNUSABLE, MYO_QUALITY_CLIPPED},
        [RAIL_UNKNOWN] = {MYO_QUALITY_DOUBTFUL, MYO_QUALITY_CLIPPED},
        [FLAT] = {MYO_QUALITY_UNUSABLE, MYO_QUALITY_FLAT},
        [DEAD_RAIL] = {MYO_QUALITY_UNUSABLE,
                       MYO_QUALITY_FLAT | MYO_QUALITY_LEAD_OFF | MYO_QUALITY_CLIPPED},
        [MISSING] = {MYO_QUALITY_UNUSABLE, MYO_QUALITY_GAP},
        [TENS] = {MYO_QUALITY_UNUSABLE, MYO_QUALITY_STIMULATOR | MYO_QUALITY_NOISY},
        [MOTION] = {MYO_QUALITY_DOUBTFUL, MYO_QUALITY_MOTION},
        [DRIFT] = {MYO_QUALITY_DOUBTFUL, MYO_QUALITY_DRIFT},
        [CONTRACTION] = {MYO_QUALITY_DOUBTFUL, MYO_QUALITY_NOISY},
        [NOISY] = {MYO_QUALITY_DOUBTFUL, MYO_QUALITY_NOISY},
    };
    for (int d = 0; d < CASES; d++) {
        make((defect)d);
        myo_quality *quality = quality_new(1);
        if (d == RAIL || d == DEAD_RAIL) {
            myo_quality_set_rails(quality, 0, -500.0, 500.0);
        }
        myo_quality_second q, tenth = {0};
        for (int s = 0; s < SECONDS; s++) {
            myo_quality_process(quality, raw + s * RATE, measure + s * RATE, RATE);
            while (myo_quality_next(quality, &q)) {
                tenth = q.frame == 10 * RATE ? q : tenth;
            }
        }
        if (tenth.verdict != expected[d].verdict || tenth.reasons != expected[d].reasons) {
            fail_msg("case %d: %s, reasons %x; floor %g hum %g slow %g drift %g clipped %d", d,
                     myo_verdict_name(tenth.verdict), tenth.reasons, tenth.floor_rms, tenth.hum_rms,
                     tenth.slow_rms, tenth.drift, tenth.clipped_frames);
        }
        if (d == CLEAN || d == HUM || d == HUM_60 || d == HUM_SMALL) {
            assert_near(tenth.floor_rms, 2.8, 0.4); /* quiet fifth of a floor of 3 */
        }
        if (d == HUM || d == HUM_60) {
            assert_near(tenth.hum_hz, d == HUM ? 50.0 : 60.0, 0.0);
            assert_near(tenth.hum_rms, d == HUM ? 6.0 : sqrt(45.0), 0.5);
        }
        if (d == TENS) {
            assert_near(tenth.stimulator_hz, 100.0, 0.5);
        }
        myo_quality_free(quality);
    }
}

static void test_heart_beats_are_told(void **state)
{
    (void)state;
    make(CLEAN);
    myo_quality *quality = quality_new(1);
    myo_quality_set_ecg(quality, 0, 30.0);
    myo_quality_second q;
    myo_quality_process(quality, raw, measure, RATE);
    assert_true(myo_quality_next(quality, &q));
    assert_int_equal(q.reasons, MYO_QUALITY_ECG);
    assert_int_equal(q.verdict, MYO_QUALITY_USABLE);
    myo_quality_free(quality);
}

/* Two channels, two block sizes: the same seconds, staggered by half a second. */
static void test_block_split_and_stagger(void **state)
{
    (void)state;
    make(HUM);
    static float both[2][2 * FRAMES];
    for (int i = 0; i < FRAMES; i++) {
        both[0][2 * i] = both[0][2 * i + 1] = raw[i];
        both[1][2 * i] = both[1][2 * i + 1] = measure[i];
    }
    static myo_quality_second whole[2 * SECONDS], parts[2 * SECONDS];
    memset(whole, 0, sizeof whole);
    memset(parts, 0, sizeof parts);
    int counts[2] = {0, 0};
    for (int run = 0; run < 2; run++) {
        myo_quality *quality = quality_new(2);
        const int block = run ? 77 : 2000;
        for (int i = 0; i < FRAMES; i += block) {
            const int n = FRAMES - i < block ? FRAMES - i : block;
            myo_quality_process(quality, both[0] + 2 * i, both[1] + 2 * i, (size_t)n);
            while (myo_quality_next(quality, &(run ? parts : whole)[counts[run]])) {
                counts[run]++;
            }
        }
        myo_quality_free(quality);
    }
    assert_int_equal(counts[0], 2 * SECONDS - 1);
    assert_int_equal(counts[1], counts[0]);
    assert_memory_equal(whole, parts, sizeof whole);
    assert_int_equal(whole[0].frame, 0);
    assert_int_equal(whole[1].channel, 1);
    assert_int_equal(whole[1].frame, 1000);
}

static void test_gap_and_summary(void **state)
{
    (void)state;
    make(CLEAN);
    myo_quality *quality = quality_new(1);
    myo_quality_process(quality, raw, measure, 5 * RATE);
    myo_quality_gap(quality, 3 * RATE);
    myo_quality_process(quality, raw, measure, 4 * RATE);
    myo_quality_summary summary;
    myo_quality_summary_get(quality, 0, &summary);
    assert_int_equal(summary.seconds[MYO_QUALITY_USABLE], 9);
    assert_int_equal(summary.seconds[MYO_QUALITY_UNUSABLE], 3);
    assert_int_equal(summary.reasons, MYO_QUALITY_GAP);
    assert_near(summary.floor_rms, 2.7, 0.4);
    assert_string_equal(myo_quality_reason_text(MYO_QUALITY_GAP), "frames missing");
    assert_string_equal(myo_quality_reason_text(1u << 20), "unknown");
    myo_quality_free(quality);
}

static void test_refusals(void **state)
{
    (void)state;
    myo_quality_config config;
    myo_quality *quality = NULL;
    myo_quality_config_default(&config, 100.0, 1);
    assert_int_equal(myo_quality_new(&config, &quality), MYO_ERR_BAD_ARG);
    myo_quality_config_default(&config, 2000.0, 1);
    config.hum_unusable = 0.5;
    assert_int_equal(myo_quality_new(&config, &quality), MYO_ERR_BAD_ARG);
    assert_null(quality);
    myo_quality_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_defect_is_named),
        cmocka_unit_test(test_heart_beats_are_told),
        cmocka_unit_test(test_block_split_and_stagger),
        cmocka_unit_test(test_gap_and_summary),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
