/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of `bench` that measure this machine at this moment; docs/bench.md says how. */
#ifndef MYO_CLI_BENCH_SPEED_H
#define MYO_CLI_BENCH_SPEED_H

#include "bench_report.h"

#include "myotwitch/status.h"

/** Peak resident memory of the process with engines of growing size. Must come first: what later
 *  parts allocate would count. */
myo_status bench_memory(bench_result *result);

/** Time to make an engine, and from there to the first event of a recording in memory. */
myo_status bench_startup(bench_result *result);

/** Throughput of the whole engine, with the limits of processor and memory beside it. */
myo_status bench_throughput(bench_result *result);

/** Time of one call with a short block, and of taking out its events. */
myo_status bench_latency(bench_result *result);

#endif
