/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Throughput of the engine in turn with the limits of processor and memory, so that whatever else
 * the machine does meets all of them alike. */
#include "bench_signal.h"
#include "bench_speed.h"
#include "probe.h"
#include "timing.h"

#include <stdlib.h>

#define ROUNDS       15
#define ROUNDS_QUICK 3

/* Channel-samples in one timing: some 20 ms; quick: one pass. */
#define SAMPLES       ((size_t)1 << 22)
#define SAMPLES_QUICK ((size_t)1)

#define BLOCK_FRAMES 1024

#define PROBE_ROUNDS 200000            /* a few ms of multiply-adds */
#define READ_COUNT   ((size_t)8 << 20) /* 64 MiB: more than a core's share of any cache */

/* The filters alone: four bands, each a gain and four sections of two multiply-adds. */
#define MULTIPLY_ADDS 36.0

static const uint32_t counts[] = {1, 8, 64, 256};
#define COUNTS (sizeof counts / sizeof counts[0])

/** One number of channels. */
typedef struct {
    bench_signal signal;
    myo_pipeline *pipeline;
    double rates[ROUNDS]; /**< channel-samples a second */
} contender;

typedef struct {
    contender contenders[COUNTS];
    double *memory;
    double multiply_adds[ROUNDS], bytes[ROUNDS]; /**< a second */
    double sink;                                 /**< keeps the probes' work from being left out */
} race;

static void pass(contender *c)
{
    for (size_t at = 0; at < c->signal.frames;) {
        const size_t left = c->signal.frames - at;
        const size_t frames = left < BLOCK_FRAMES ? left : BLOCK_FRAMES;
        (void)bench_feed(c->pipeline, &c->signal, at, frames);
        at += frames;
    }
}

static double rate_of(contender *c, size_t samples)
{
    size_t done = 0;
    const double start = timing_cpu_s();
    do {
        pass(c);
        done += c->signal.frames * c->signal.channels;
    } while (done < samples);
    return (double)done / (timing_cpu_s() - start);
}

static void limits_measure(race *r, size_t round)
{
    double start = timing_cpu_s();
    const double done = probe_multiply_adds(PROBE_ROUNDS, &r->sink);
    r->multiply_adds[round] = done / (timing_cpu_s() - start);
    start = timing_cpu_s();
    const double read = probe_read(r->memory, READ_COUNT, &r->sink);
    r->bytes[round] = read / (timing_cpu_s() - start);
}

static myo_status prepare(race *r, const char *cpu, double duration_s)
{
    bench_signal narrow = {0};
    myo_status status = bench_signal_clean(duration_s, &narrow);
    for (size_t i = 0; status == MYO_OK && i < COUNTS; i++) {
        contender *c = &r->contenders[i];
        status = bench_signal_widen(&narrow, counts[i], &c->signal);
        if (status == MYO_OK) {
            status = bench_pipeline_new(&c->signal, cpu, &c->pipeline);
        }
        if (status == MYO_OK) {
            pass(c); /* arms the detectors */
        }
    }
    bench_signal_free(&narrow);
    r->memory = malloc(READ_COUNT * sizeof *r->memory);
    for (size_t i = 0; r->memory != NULL && i < READ_COUNT; i++) {
        r->memory[i] = 1.0; /* pages that were never written share one */
    }
    return r->memory == NULL ? MYO_ERR_NO_MEMORY : status;
}

static void report(race *r, size_t rounds, bench_result *result)
{
    const double multiply_adds = timing_quantile(r->multiply_adds, rounds, 0.5);
    const double bytes = timing_quantile(r->bytes, rounds, 0.5);
    bench_add(result, multiply_adds / 1e9, "G multiply-adds/s", BENCH_PLAIN, "limit.multiply_adds");
    bench_add(result, bytes / 1e9, "GB/s", BENCH_PLAIN, "limit.memory_read");
    for (size_t i = 0; i < COUNTS; i++) {
        contender *c = &r->contenders[i];
        const double rate = timing_quantile(c->rates, rounds, 0.5);
        bench_add(result, rate / 1e6, "M channel-samples/s", BENCH_BIGGER, "throughput.%uch",
                  counts[i]);
        bench_add(result, rate / (counts[i] * c->signal.rate_hz), "x real time", BENCH_PLAIN,
                  "throughput.%uch.realtime", counts[i]);
        bench_add(result, 100.0 * rate * MULTIPLY_ADDS / multiply_adds, "%", BENCH_BIGGER,
                  "throughput.%uch.of_compute", counts[i]);
        bench_add(result, 100.0 * rate * (double)sizeof(float) / bytes, "%", BENCH_PLAIN,
                  "throughput.%uch.of_memory", counts[i]);
    }
}

myo_status bench_throughput(bench_result *result)
{
    const size_t rounds = result->quick ? ROUNDS_QUICK : ROUNDS;
    race *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    const myo_status status =
        prepare(r, result->cpu, result->quick ? BENCH_SIGNAL_QUICK_S : BENCH_SIGNAL_S);
    for (size_t round = 0; status == MYO_OK && round < rounds; round++) {
        limits_measure(r, round);
        for (size_t i = 0; i < COUNTS; i++) {
            r->contenders[i].rates[round] =
                rate_of(&r->contenders[i], result->quick ? SAMPLES_QUICK : SAMPLES);
        }
    }
    if (status == MYO_OK) {
        report(r, rounds, result);
    }
    for (size_t i = 0; i < COUNTS; i++) {
        myo_pipeline_free(r->contenders[i].pipeline);
        bench_signal_free(&r->contenders[i].signal);
    }
    free(r->memory);
    free(r);
    return status;
}
