/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings in memory for `bench`: made by the generators, as a 16-bit converter would give them. */
#ifndef MYO_CLI_BENCH_SIGNAL_H
#define MYO_CLI_BENCH_SIGNAL_H

#include "export/label_read.h"

#include "myotwitch/pipeline.h"
#include "myotwitch/synth.h"

/** Interleaved samples in units of full scale. Zero-initialise. */
typedef struct {
    float *samples;
    size_t frames;
    uint32_t channels;
    double rate_hz;
} bench_signal;

/** Makes a recording: the samples that `synth` writes to a WAV file. @p labels (may be NULL) gets
 *  what is in it, in order of onset. On failure both are empty. */
myo_status bench_signal_new(const myo_synth_config *config, bench_signal *signal,
                            myo_label_list *labels);

/** Length of the recordings that speed is measured on: the detectors arm and meet twitches. */
#define BENCH_SIGNAL_S       10.0
#define BENCH_SIGNAL_QUICK_S 4.0

/** The scenario "clean", seed 1, 16 channels (as many as the generators make), @p duration_s. */
myo_status bench_signal_clean(double duration_s, bench_signal *signal);

/** A recording of @p channels electrodes along a muscle from another: the first of its channels,
 *  and where it has fewer, all of them again, each time 2.5 ms later (10 mm at 4 m/s). On failure
 *  @p wide is empty. */
myo_status bench_signal_widen(const bench_signal *narrow, uint32_t channels, bench_signal *wide);

void bench_signal_free(bench_signal *signal);

/** An engine for @p signal as `analyze` makes it, with the instruction sets @p cpu. */
myo_status bench_pipeline_new(const bench_signal *signal, const char *cpu, myo_pipeline **pipeline);

/** Processes @p frames frames from frame @p at on and takes out all events. Returns how many. */
size_t bench_feed(myo_pipeline *pipeline, const bench_signal *signal, size_t at, size_t frames);

#endif
