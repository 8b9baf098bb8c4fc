/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of instruction sets become masks; denormals are flushed between begin and end only. */
#include "core/cpu.h"

#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        uint32_t mask;
    } rows[] = {
        {"c", MYO_CPU_C | MYO_CPU_FMA},
        {"sse2", MYO_CPU_SSE2},
        {"avx2", MYO_CPU_AVX2},
        {"avx512", MYO_CPU_AVX512},
        {"neon", MYO_CPU_NEON},
        {"auto", MYO_CPU_ALL},
        {"sse2,avx2", MYO_CPU_SSE2 | MYO_CPU_AVX2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t mask = 0;
        assert_int_equal(myo_cpu_from_name(rows[i].list, &mask), MYO_OK);
        assert_int_equal(mask, rows[i].mask);
    }
}

static void test_unknown_names_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", ",", "avx", "avx2,", ",avx2", "avx2,,c", "AVX2", "avx2 "};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint32_t mask = 77;
        assert_int_equal(myo_cpu_from_name(bad[i], &mask), MYO_ERR_BAD_ARG);
        assert_int_equal(mask, 77);
    }
}

static void test_detection_is_consistent(void **state)
{
    (void)state;
    const uint32_t flags = myo_cpu_detect();
    assert_true(flags & MYO_CPU_C);
    if (flags & MYO_CPU_AVX512) {
        assert_true(flags & MYO_CPU_AVX2);
    }
    if (flags & (MYO_CPU_AVX2 | MYO_CPU_NEON)) {
        assert_true(flags & MYO_CPU_FMA);
    }
#if defined(__x86_64__)
    assert_true(flags & MYO_CPU_SSE2);
#elif defined(__aarch64__)
    assert_true(flags & MYO_CPU_NEON);
#endif
}

#if defined(__x86_64__) || defined(__aarch64__)
static double halve(double x)
{
    volatile double v = x;
    v = v * 0.5;
    return v;
}

static void test_denormals_are_flushed_inside_only(void **state)
{
    (void)state;
    assert_true(halve(DBL_MIN) > 0.0);
    const uint64_t saved = myo_cpu_flush_begin();
    const double inside = halve(DBL_MIN);
    myo_cpu_flush_end(saved);
    assert_true(inside == 0.0);
    assert_true(halve(DBL_MIN) > 0.0);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_unknown_names_are_refused),
        cmocka_unit_test(test_detection_is_consistent),
#if defined(__x86_64__) || defined(__aarch64__)
        cmocka_unit_test(test_denormals_are_flushed_inside_only),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
