/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration: what is refused and by which name, its text, its hash, its instruction sets. */
#include "core/cpu.h"

#include "myotwitch/pipeline.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static myo_config plain;

static int defaults(void **state)
{
    (void)state;
    myo_config_default(&plain, 2000.0, 2);
    return 0;
}

static void assert_refused(const myo_config *config, const char *name)
{
    const char *where = NULL;
    assert_int_equal(myo_config_check(config, &where), MYO_ERR_BAD_ARG);
    assert_string_equal(where, name);
    assert_int_equal(myo_config_check(config, NULL), MYO_ERR_BAD_ARG);
    myo_pipeline *pipeline = NULL;
    assert_int_equal(myo_pipeline_new(config, &pipeline), MYO_ERR_BAD_ARG);
    assert_null(pipeline);
}

/* Ends of each range as the header has them; both belong to it, what is next to them does not, nor does
 * what is no number. */
static void test_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t offset;
        double low, high;
    } rows[] = {
        {"rate_hz", offsetof(myo_config, rate_hz), 500.0, 100000.0},
        {"false_alarms_per_hour", offsetof(myo_config, false_alarms_per_hour), 0.01, 3600.0},
        {"ltr_max_ms", offsetof(myo_config, ltr_max_ms), 50.0, 2000.0},
        {"merge_gap_ms", offsetof(myo_config, merge_gap_ms), 5.0, 200.0},
        {"refractory_ms", offsetof(myo_config, refractory_ms), 0.0, 1000.0},
        {"floor_window_s", offsetof(myo_config, floor_window_s), 2.0, 60.0},
        {"arm_s", offsetof(myo_config, arm_s), 0.5, 10.0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_config config = plain;
        double *number = (double *)((char *)&config + rows[i].offset);
        const double good[] = {rows[i].low, rows[i].high};
        const double bad[] = {nextafter(rows[i].low, -1.0), nextafter(rows[i].high, DBL_MAX),
                              (double)NAN, (double)INFINITY, -(double)INFINITY};
        for (size_t k = 0; k < sizeof good / sizeof good[0]; k++) {
            *number = good[k];
            assert_int_equal(myo_config_check(&config, NULL), MYO_OK);
        }
        for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
            *number = bad[k];
            assert_refused(&config, rows[i].name);
        }
    }
}

static void test_what_does_not_fit_together(void **state)
{
    (void)state;
    myo_config config = plain;
    config.channels = 0;
    assert_refused(&config, "channels");
    config.channels = MYO_MAX_CHANNELS + 1;
    assert_refused(&config, "channels");
    config = plain;
    config.measure_low_hz = config.measure_high_hz;
    assert_refused(&config, "measure_high_hz");
    config = plain;
    config.detect_low_hz = config.detect_high_hz + 1.0;
    assert_refused(&config, "detect_high_hz");
    config = plain;
    config.profile[1] = MYO_PROFILE_NEEDLE + 1;
    assert_refused(&config, "profile");
    config.channels = 1; /* of a channel that is not there nothing is asked */
    assert_int_equal(myo_config_check(&config, NULL), MYO_OK);
}

/* Numbers with six places at most and no zeros behind; a text that is cut is the beginning of the whole. */
static void test_text(void **state)
{
    (void)state;
    static const char expected[] =
        "rate_hz=2000\nfalse_alarms_per_hour=0.125\nmeasure_low_hz=20\nmeasure_high_hz=450\n"
        "detect_low_hz=60\ndetect_high_hz=300.000001\nltr_max_ms=400\nmerge_gap_ms=30\n"
        "refractory_ms=150\nfloor_window_s=8\narm_s=2\nchannels=2\nhum_cancel=1\nblank_edges=0\n"
        "needle_channels=1 \n";
    char text[1024], cut[1024];
    myo_config config = plain;
    config.false_alarms_per_hour = 0.125;
    config.detect_high_hz = 300.0000006; /* rounded */
    config.blank_edges = false;
    config.profile[1] = MYO_PROFILE_NEEDLE;
    assert_int_equal(myo_config_print(&config, text, sizeof text), sizeof expected - 1);
    assert_string_equal(text, expected);
    assert_int_equal(myo_config_print(&config, NULL, 0), sizeof expected - 1);
    for (size_t size = 1; size <= sizeof expected; size++) {
        assert_int_equal(myo_config_print(&config, cut, size), sizeof expected - 1);
        assert_int_equal(strlen(cut), size - 1);
        assert_memory_equal(cut, expected, size - 1);
    }
}

/* FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) of the text. */
static void test_hash(void **state)
{
    (void)state;
    char text[1024];
    uint64_t hash = UINT64_C(14695981039346656037);
    myo_config other = plain;
    const size_t length = myo_config_print(&plain, text, sizeof text);
    for (size_t i = 0; i < length; i++) {
        hash ^= (unsigned char)text[i];
        hash *= UINT64_C(1099511628211);
    }
    assert_true(myo_config_hash(&plain) == hash);
    other.arm_s = 2.5;
    assert_true(myo_config_hash(&other) != hash);
    other = plain;
    other.cpu_mask = MYO_CPU_C; /* decides no event */
    assert_true(myo_config_hash(&other) == hash);
}

static void test_instruction_sets(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "z80", "c,", ",c", "c,z80", "avx", "avx2x", "C"};
    myo_config config = plain;
    assert_int_equal(myo_config_set_cpu(&config, "c"), MYO_OK);
    const uint32_t c = config.cpu_mask;
    assert_int_equal(myo_config_set_cpu(&config, "sse2,avx2"), MYO_OK);
    assert_int_equal(config.cpu_mask, MYO_CPU_SSE2 | MYO_CPU_AVX2);
    assert_int_equal(myo_config_set_cpu(&config, "avx2,c"), MYO_OK);
    assert_int_equal(config.cpu_mask, c | MYO_CPU_AVX2);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(myo_config_set_cpu(&config, bad[i]), MYO_ERR_BAD_ARG);
        assert_int_equal(config.cpu_mask, c | MYO_CPU_AVX2); /* as it was */
    }
    assert_int_equal(myo_config_set_cpu(&config, "auto"), MYO_OK);
    assert_int_equal(config.cpu_mask, plain.cpu_mask);
}

/* No code is without words, and none has those of another. */
static void test_texts_of_a_status(void **state)
{
    (void)state;
    for (int a = 0; a < MYO_STATUS_COUNT; a++) {
        assert_true(strlen(myo_status_text((myo_status)a)) > 3);
        for (int b = 0; b < a; b++) {
            assert_string_not_equal(myo_status_text((myo_status)a), myo_status_text((myo_status)b));
        }
    }
    assert_string_equal(myo_status_text(MYO_STATUS_COUNT), "unknown status");
    assert_string_equal(myo_status_text((myo_status)-1), "unknown status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_what_does_not_fit_together),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_instruction_sets),
        cmocka_unit_test(test_texts_of_a_status),
    };
    return cmocka_run_group_tests(tests, defaults, NULL);
}
