/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cost of the spectra beside a plain real transform of FFTW, and of a block, in the same run.
 *
 * usage: bench_spectrum [ROUNDS [CPU]], CPU a list of instruction sets for ours as --cpu takes it. Both
 * candidates take turns in every round; medians of thread CPU time. A window's cost is everything: taking
 * samples in, window, transform, power, Welch sum, mean and median frequency, band powers. Plain: the copy of
 * one frame and fftwf_execute (r2c, float as ours), with the plan that FFTW estimates, and with the one that it
 * finds by measuring. */
#define _POSIX_C_SOURCE 200809L
#include "myotwitch/spectrum.h"

#include "core/cpu.h"

#include <fftw3.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SIZE       1024
#define HOP        512
#define CHANNELS   8
#define BLOCK      32
#define BLOCKS     512 /* in one round */
#define MAX_ROUNDS 1001
#define TRANSFORMS (BLOCKS * BLOCK / HOP * CHANNELS)

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(double *values, size_t count, double p)
{
    qsort(values, count, sizeof *values, ascending);
    return values[(size_t)(p * (double)(count - 1))];
}

static float samples[BLOCKS * BLOCK * CHANNELS];
static double block_us[MAX_ROUNDS * BLOCKS];

/* One block through the spectra; returns how many windows it ended. */
static int run_block(myo_spectrum *spectrum, int block)
{
    const float *x = samples + block * BLOCK * CHANNELS;
    myo_spectrum_frame frame;
    int windows = 0;
    size_t done = 0;
    while (done < BLOCK) {
        done += myo_spectrum_process(spectrum, x + done * CHANNELS, BLOCK - done);
        while (myo_spectrum_next(spectrum, &frame)) {
            windows++;
        }
    }
    return windows;
}

/* All blocks of a round; us a window. */
static double run_ours(myo_spectrum *spectrum)
{
    const double begin = now_us();
    int windows = 0;
    for (int b = 0; b < BLOCKS; b++) {
        windows += run_block(spectrum, b);
    }
    return (now_us() - begin) / windows;
}

/* The same, each block on its own. */
static void run_blocks(myo_spectrum *spectrum, double *blocks)
{
    for (int b = 0; b < BLOCKS; b++) {
        const double begin = now_us();
        run_block(spectrum, b);
        blocks[b] = now_us() - begin;
    }
}

/* Taking samples in alone, us for as many as one window brings. */
static double run_intake(const myo_spectrum_config *config)
{
    myo_spectrum_config longer = *config;
    longer.size = 32768; /* no window is full in a round */
    longer.hop = longer.size;
    myo_spectrum *spectrum = NULL;
    if (myo_spectrum_new(&longer, &spectrum) != MYO_OK) {
        return 0.0;
    }
    double best = 1e9;
    for (int r = 0; r < 5; r++) {
        myo_spectrum_reset(spectrum);
        const double begin = now_us();
        for (int b = 0; b < BLOCKS; b++) {
            run_block(spectrum, b);
        }
        best = fmin(best, (now_us() - begin) / TRANSFORMS);
    }
    myo_spectrum_free(spectrum);
    return best;
}

static double run_plain(fftwf_plan plan, float *in)
{
    const double begin = now_us();
    for (int i = 0; i < TRANSFORMS; i++) {
        memcpy(in, samples + (size_t)i * 64, SIZE * sizeof *in);
        fftwf_execute(plan);
    }
    return (now_us() - begin) / TRANSFORMS;
}

int main(int argc, char **argv)
{
    const int asked = argc > 1 ? atoi(argv[1]) : 101;
    const int rounds = asked < 21 ? 21 : asked > MAX_ROUNDS ? MAX_ROUNDS : asked;
    static double ours[MAX_ROUNDS], plain[2][MAX_ROUNDS], ratio[2][MAX_ROUNDS];
    static const char *const names[2] = {"estimated", "measured"};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        samples[i] = (float)sin(0.37 * (double)i + 1e-4 * (double)i * (double)i);
    }
    myo_spectrum_config config;
    myo_spectrum_config_default(&config, 2000.0, CHANNELS);
    config.size = SIZE;
    config.hop = HOP;
    if (argc > 2 && myo_cpu_from_name(argv[2], &config.cpu_mask) != MYO_OK) {
        return 2;
    }
    myo_spectrum *spectrum = NULL;
    float *in = fftwf_alloc_real(SIZE);
    fftwf_complex *out = fftwf_alloc_complex(SIZE / 2 + 1);
    if (!in || !out || myo_spectrum_new(&config, &spectrum) != MYO_OK) {
        return 1;
    }
    fftwf_plan plan[2] = {fftwf_plan_dft_r2c_1d(SIZE, in, out, FFTW_ESTIMATE),
                          fftwf_plan_dft_r2c_1d(SIZE, in, out, FFTW_MEASURE)};
    run_ours(spectrum);
    for (int r = 0; r < rounds; r++) {
        ours[r] = run_ours(spectrum);
        run_blocks(spectrum, block_us + (size_t)r * BLOCKS);
        for (int p = 0; p < 2; p++) {
            plain[p][r] = run_plain(plan[p], in);
            ratio[p][r] = ours[r] / plain[p][r];
        }
    }
    const size_t blocks = (size_t)rounds * BLOCKS;
    printf("window of %d, hop %d, %d channels, blocks of %d\n", SIZE, HOP, CHANNELS, BLOCK);
    const double window = quantile(ours, (size_t)rounds, 0.5), intake = run_intake(&config);
    printf("ours %.3f us a window, %.3f us of it taking samples in\n", window, intake);
    for (int p = 0; p < 2; p++) {
        printf("plain transform, %s plan, %.3f us: ratio %.2f (asked <= 1.0)\n", names[p],
               quantile(plain[p], (size_t)rounds, 0.5), quantile(ratio[p], (size_t)rounds, 0.5));
    }
    printf("block: p50 %.2f us, p99 %.2f us (asked <= 5), p99.9 %.2f us; clock read included\n",
           quantile(block_us, blocks, 0.5), quantile(block_us, blocks, 0.99),
           quantile(block_us, blocks, 0.999));
    fftwf_destroy_plan(plan[0]);
    fftwf_destroy_plan(plan[1]);
    fftwf_free(in);
    fftwf_free(out);
    myo_spectrum_free(spectrum);
    return 0;
}
