/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the whole engine over noise with twitches: to be timed, profiled and counted.
 *
 * usage: bench_chain CHANNELS RATE_HZ SECONDS CPU [BLOCK [PASSES]]. The signal needs no generator, and goes
 * through the engine so many times, so that a profile shows nothing but the engine. Prints million
 * channel-samples a second of CPU time. */
#include "timing.h"

#include "myotwitch/pipeline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Marsaglia (2003), "Xorshift RNGs", the 64-bit triple (13, 7, 17). */
static double uniform(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (double)(*state >> 11) / 9007199254740992.0 - 0.5;
}

/* White noise; a swell of 100 ms and 24 dB once in two seconds, on one channel after the other. */
static void fill(float *samples, size_t frames, uint32_t channels, double rate_hz)
{
    uint64_t state = 88172645463325252u;
    for (size_t n = 0; n < frames; n++) {
        const double second = (double)n / rate_hz;
        const double beat = fmod(second, 2.0);
        const uint32_t loud = (uint32_t)(second / 2.0) % channels;
        for (uint32_t c = 0; c < channels; c++) {
            const double gain = c == loud && beat > 1.0 && beat < 1.1 ? 16.0 : 1.0;
            const double sum = uniform(&state) + uniform(&state) + uniform(&state);
            samples[n * channels + c] = (float)(0.002 * gain * sum);
        }
    }
}

static size_t run(myo_pipeline *pipeline, const float *samples, size_t frames, uint32_t channels,
                  size_t block)
{
    size_t events = 0;
    for (size_t at = 0; at < frames;) {
        const size_t left = frames - at;
        at += myo_pipeline_process(pipeline, samples + at * channels, left < block ? left : block);
        myo_event event;
        while (myo_pipeline_next(pipeline, &event)) {
            events += event.stage == MYO_CONFIRMED;
        }
    }
    return events;
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fputs("usage: bench_chain CHANNELS RATE_HZ SECONDS CPU [BLOCK [PASSES]]\n", stderr);
        return 2;
    }
    const uint32_t channels = (uint32_t)strtoul(argv[1], NULL, 10);
    const double rate_hz = strtod(argv[2], NULL);
    const size_t frames = (size_t)(rate_hz * strtod(argv[3], NULL));
    const size_t block = argc > 5 ? strtoul(argv[5], NULL, 10) : 1024;
    const size_t passes = argc > 6 ? strtoul(argv[6], NULL, 10) : 1;
    myo_config config;
    myo_pipeline *pipeline = NULL;
    myo_config_default(&config, rate_hz, channels);
    float *samples = malloc(frames * channels * sizeof *samples);
    if (samples == NULL || myo_config_set_cpu(&config, argv[4]) != MYO_OK ||
        myo_pipeline_new(&config, &pipeline) != MYO_OK) {
        fputs("bench_chain: cannot make it\n", stderr);
        free(samples);
        return 1;
    }
    fill(samples, frames, channels, rate_hz);
    const double start = timing_cpu_s();
    size_t events = 0;
    for (size_t pass = 0; pass < passes; pass++) {
        events += run(pipeline, samples, frames, channels, block);
    }
    const double taken = timing_cpu_s() - start;
    printf("%zu events, %.1f M channel-samples/s\n", events,
           (double)passes * (double)frames * channels / taken / 1e6);
    myo_pipeline_free(pipeline);
    free(samples);
    return 0;
}
