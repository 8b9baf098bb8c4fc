/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory, start-up and block latency of the engine. */
#include "bench_speed.h"

#include "bench_signal.h"
#include "timing.h"

#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>

#define US_PER_S  1e6
#define MS_PER_S  1e3
#define KB_PER_MB 1024.0

#define BLOCK_FRAMES 32 /* of a latency figure: 16 ms at 2000 frames/s */

#define STARTS       21
#define STARTS_QUICK 5

/* Ten seconds: every part of an engine has then been touched, the floor's memory included. */
#define MEMORY_BLOCKS 20
#define MEMORY_S      0.5

/* Enough for the 99.9th percentile to stand on a hundred blocks; quick: on three. */
#define CALLS       100000
#define CALLS_QUICK 3000

myo_status bench_memory(bench_result *result)
{
    static const uint32_t counts[] = {1, 8, 64, 256};
    bench_signal narrow = {0};
    myo_status status = bench_signal_clean(MEMORY_S, &narrow);
    for (size_t i = 0; status == MYO_OK && i < sizeof counts / sizeof counts[0]; i++) {
        bench_signal wide = {0};
        myo_pipeline *pipeline = NULL;
        status = bench_signal_widen(&narrow, counts[i], &wide);
        if (status == MYO_OK) {
            status = bench_pipeline_new(&wide, result->cpu, &pipeline);
        }
        for (int block = 0; status == MYO_OK && block < MEMORY_BLOCKS; block++) {
            (void)bench_feed(pipeline, &wide, 0, wide.frames);
        }
        myo_pipeline_free(pipeline);
        bench_signal_free(&wide);
        struct rusage usage = {0};
        (void)getrusage(RUSAGE_SELF, &usage);
        bench_add(result, (double)usage.ru_maxrss / KB_PER_MB, "MB", BENCH_SMALLER, "memory.%uch",
                  counts[i]);
    }
    bench_signal_free(&narrow);
    return status;
}

/* Makes an engine and runs it to its first event. NAN in @p event_s if there was none. */
static myo_status start_once(const bench_signal *signal, const char *cpu, double *new_s,
                             double *event_s)
{
    myo_pipeline *pipeline = NULL;
    const double start = timing_wall_s();
    const myo_status status = bench_pipeline_new(signal, cpu, &pipeline);
    *new_s = timing_wall_s() - start;
    *event_s = (double)NAN;
    for (size_t at = 0; status == MYO_OK && at + BLOCK_FRAMES <= signal->frames && isnan(*event_s);
         at += BLOCK_FRAMES) {
        if (bench_feed(pipeline, signal, at, BLOCK_FRAMES) > 0) {
            *event_s = timing_wall_s() - start;
        }
    }
    myo_pipeline_free(pipeline);
    return status;
}

myo_status bench_startup(bench_result *result)
{
    double made[STARTS], event[STARTS];
    const size_t starts = result->quick ? STARTS_QUICK : STARTS;
    bench_signal narrow = {0}, signal = {0};
    myo_status status = bench_signal_clean(BENCH_SIGNAL_S, &narrow);
    if (status == MYO_OK) {
        status = bench_signal_widen(&narrow, 8, &signal);
    }
    for (size_t i = 0; status == MYO_OK && i < starts; i++) {
        status = start_once(&signal, result->cpu, &made[i], &event[i]);
    }
    if (status == MYO_OK) {
        bench_add(result, US_PER_S * timing_quantile(made, starts, 0.5), "us", BENCH_SMALLER,
                  "start.engine_8ch");
        bench_add(result, MS_PER_S * timing_quantile(event, starts, 0.5), "ms", BENCH_SMALLER,
                  "start.first_event_8ch");
    }
    bench_signal_free(&signal);
    bench_signal_free(&narrow);
    return status;
}

/* Block after block, hot: the one comes right behind the other. */
static void time_calls(myo_pipeline *pipeline, const bench_signal *signal, size_t count,
                       double *times)
{
    const size_t blocks = signal->frames / BLOCK_FRAMES;
    for (size_t i = 0; i < blocks + count; i++) { /* the first round arms the detectors */
        const double start = timing_wall_s();
        (void)bench_feed(pipeline, signal, i % blocks * BLOCK_FRAMES, BLOCK_FRAMES);
        if (i >= blocks) {
            times[i - blocks] = US_PER_S * (timing_wall_s() - start);
        }
    }
}

static void add_latency(bench_result *result, uint32_t channels, double *times, size_t count)
{
    static const struct {
        const char *name;
        double q;
    } quantiles[] = {{"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}};
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
        bench_add(result, timing_quantile(times, count, quantiles[i].q), "us", BENCH_SMALLER,
                  "latency.%ux%d.%s", channels, BLOCK_FRAMES, quantiles[i].name);
    }
}

static myo_status latency_of(bench_result *result, const bench_signal *narrow, uint32_t channels,
                             double *times)
{
    const size_t count = result->quick ? CALLS_QUICK : CALLS;
    bench_signal signal = {0};
    myo_pipeline *pipeline = NULL;
    myo_status status = bench_signal_widen(narrow, channels, &signal);
    if (status == MYO_OK) {
        status = bench_pipeline_new(&signal, result->cpu, &pipeline);
    }
    if (status == MYO_OK) {
        time_calls(pipeline, &signal, count, times);
        add_latency(result, channels, times, count);
    }
    myo_pipeline_free(pipeline);
    bench_signal_free(&signal);
    return status;
}

/* What reading the clock adds to each time. */
static void add_clock(bench_result *result, double *times, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const double start = timing_wall_s();
        times[i] = US_PER_S * (timing_wall_s() - start);
    }
    bench_add(result, timing_quantile(times, count, 0.5), "us", BENCH_PLAIN, "limit.clock");
}

myo_status bench_latency(bench_result *result)
{
    double *times = calloc(CALLS, sizeof *times);
    bench_signal narrow = {0};
    myo_status status = times == NULL ? MYO_ERR_NO_MEMORY : MYO_OK;
    if (status == MYO_OK) {
        status = bench_signal_clean(result->quick ? BENCH_SIGNAL_QUICK_S : BENCH_SIGNAL_S, &narrow);
    }
    if (status == MYO_OK) {
        add_clock(result, times, CALLS_QUICK);
        status = latency_of(result, &narrow, 8, times);
    }
    if (status == MYO_OK) {
        status = latency_of(result, &narrow, 64, times);
    }
    bench_signal_free(&narrow);
    free(times);
    return status;
}
