/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bands' kernels filter as their design says: against the definition in long double, and against
 * the response that the design states. That they equal each other bit by bit is in test_octet. */
#include "core/cpu.h"
#include "emg/octet_kern.h"

#include "near.h"
#include "synth/rng.h"

#include <string.h>

#define RATE 2000.0
enum { FRAMES = 4096, TILE = MYO_OCTET_FRAMES };

static double z[FRAMES * MYO_OCTET];
static myo_hop_row rows[FRAMES];

/* Every lane another band, so that a lane that takes its neighbour's coefficients is seen. */
static void design(myo_band bands[MYO_OCTET][MYO_LANE_COUNT])
{
    for (int lane = 0; lane < MYO_OCTET; lane++) {
        assert_int_equal(myo_band_design(RATE, 20.0 + lane, 450.0, &bands[lane][0]), MYO_OK);
        assert_int_equal(myo_band_design(RATE, 60.0, 300.0 + lane, &bands[lane][1]), MYO_OK);
        assert_int_equal(myo_band_design(RATE, 8.0, 45.0 + lane, &bands[lane][2]), MYO_OK);
        myo_band_silence(&bands[lane][3]);
    }
}

/* Hops of one frame: a hop's energy is the square of what a band lets through. */
static void run(const myo_octet_kernels *kernels, size_t lanes,
                myo_band bands[MYO_OCTET][MYO_LANE_COUNT])
{
    static myo_bands state;
    memset(&state, 0, sizeof state);
    for (size_t lane = 0; lane < MYO_OCTET; lane++) {
        for (int band = 0; band < MYO_LANE_COUNT; band++) {
            state.gain[band][lane] = bands[lane][band].gain;
            for (int k = 0; k < MYO_BAND_SECTIONS; k++) {
                state.a1[band][k][lane] = -bands[lane][band].section[k].a1;
                state.a2[band][k][lane] = -bands[lane][band].section[k].a2;
            }
        }
    }
    for (size_t at = 0; at < FRAMES; at += TILE) {
        kernels->bands(&state, z + at * MYO_OCTET, TILE, 1, lanes, rows + at);
    }
}

/* Unfused sections one after the other, in long double. Energies are floats: 2^-24 of each, and where
 * the output crosses zero 1e-9 of the input's square (noise gain of the 8 Hz poles, see band.c). */
static void expect_definition(const myo_band *band, int which, size_t lane)
{
    long double s[MYO_BAND_SECTIONS][2] = {{0}};
    for (size_t n = 0; n < FRAMES; n++) {
        long double v = (long double)z[n * MYO_OCTET + lane] * band->gain;
        for (int k = 0; k < MYO_BAND_SECTIONS; k++) {
            const long double u = v;
            v = u + s[k][0];
            s[k][0] = s[k][1] - band->section[k].a1 * v;
            s[k][1] = -band->section[k].a2 * v - u;
        }
        const double energy = (double)(v * v);
        assert_near((double)rows[n].energy[which][lane], energy, 1e-6 * energy + 1e-9);
    }
}

static bool is_here(const myo_octet_kernels *kernels)
{
    return (kernels->needs & ~myo_cpu_detect()) == 0;
}

static void test_definition(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 3, 5, 8};
    static myo_band bands[MYO_OCTET][MYO_LANE_COUNT];
    myo_rng rng;
    myo_rng_start(&rng, 11, 945, 0);
    design(bands);
    for (size_t i = 0; i < FRAMES * MYO_OCTET; i++) {
        z[i] = myo_rng_normal(&rng);
    }
    for (size_t i = 0; myo_octet_tables[i] != NULL; i++) {
        for (size_t k = 0; is_here(myo_octet_tables[i]) && k < 5; k++) {
            run(myo_octet_tables[i], counts[k], bands);
            for (size_t lane = 0; lane < counts[k]; lane++) {
                for (int band = 0; band < MYO_LANE_COUNT; band++) {
                    expect_definition(&bands[lane][band], band, lane);
                }
            }
        }
    }
}

/* Mean square of a sine of amplitude 1 behind a band is half the square of its response. */
static void test_response(void **state)
{
    (void)state;
    static const double hz[] = {5.0, 12.5, 25.0, 62.5, 100.0, 250.0, 450.0, 800.0};
    static myo_band bands[MYO_OCTET][MYO_LANE_COUNT];
    design(bands);
    for (size_t i = 0; i < FRAMES * MYO_OCTET; i++) {
        z[i] = sin(6.283185307179586 * hz[i % MYO_OCTET] * (double)(i / MYO_OCTET) / RATE);
    }
    run(myo_octet_choose(MYO_CPU_ALL, MYO_OCTET), MYO_OCTET, bands);
    for (size_t lane = 0; lane < MYO_OCTET; lane++) {
        for (int band = 0; band < MYO_LANE_COUNT; band++) {
            double sum = 0.0;
            for (size_t n = FRAMES - 1600; n < FRAMES; n++) { /* whole periods of all */
                sum += (double)rows[n].energy[band][lane];
            }
            const double gain = myo_band_magnitude(&bands[lane][band], RATE, hz[lane]);
            assert_near(sum / 1600.0, 0.5 * gain * gain, 1e-3);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definition),
        cmocka_unit_test(test_response),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
