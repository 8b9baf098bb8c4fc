/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings in memory for `bench`. */
#include "bench_signal.h"

#include <math.h>
#include <stdlib.h>

#define CODES   32768.0 /* of a 16-bit converter, either side of zero */
#define DELAY_S 0.0025

static void convert(float *samples, size_t count, double full_scale_uv)
{
    for (size_t i = 0; i < count; i++) {
        const double code = rint((double)samples[i] / full_scale_uv * CODES);
        samples[i] = (float)(fmin(fmax(code, -CODES), CODES - 1.0) / CODES);
    }
}

static myo_status label_add(myo_label_list *labels, const myo_truth *truth, double rate_hz)
{
    myo_label *grown = realloc(labels->labels, (labels->count + 1) * sizeof *grown);
    if (grown == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    labels->labels = grown;
    grown[labels->count++] = (myo_label){.type = truth->type,
                                         .onset_s = (double)truth->onset_frame / rate_hz,
                                         .offset_s = (double)truth->offset_frame / rate_hz,
                                         .reported_s = (double)NAN,
                                         .confirmed_s = (double)NAN,
                                         .snr_db = truth->snr_db};
    return MYO_OK;
}

static myo_status read_all(myo_synth *synth, bench_signal *signal, myo_label_list *labels)
{
    const size_t frames = signal->frames;
    size_t got = 1;
    myo_truth truth;
    for (size_t done = 0; done < frames && got > 0; done += got) {
        got = myo_synth_read(synth, signal->samples + done * signal->channels, frames - done);
    }
    myo_status status = myo_synth_status(synth);
    while (status == MYO_OK && labels != NULL && myo_synth_next_truth(synth, &truth)) {
        status = label_add(labels, &truth, signal->rate_hz);
    }
    convert(signal->samples, frames * signal->channels, myo_synth_full_scale_uv(synth));
    return status;
}

static myo_status allocate(bench_signal *signal)
{
    signal->samples = calloc(signal->frames * signal->channels, sizeof *signal->samples);
    return signal->samples == NULL ? MYO_ERR_NO_MEMORY : MYO_OK;
}

myo_status bench_signal_new(const myo_synth_config *config, bench_signal *signal,
                            myo_label_list *labels)
{
    *signal = (bench_signal){.frames = (size_t)lround(config->duration_s * config->rate_hz),
                             .channels = config->channels,
                             .rate_hz = config->rate_hz};
    if (labels != NULL) {
        *labels = (myo_label_list){.duration_s = config->duration_s};
    }
    myo_synth *synth = NULL;
    myo_status status = allocate(signal);
    if (status == MYO_OK) {
        status = myo_synth_new(config, &synth);
    }
    if (status == MYO_OK) {
        status = read_all(synth, signal, labels);
    }
    myo_synth_free(synth);
    if (status != MYO_OK) {
        bench_signal_free(signal);
        if (labels != NULL) {
            myo_label_list_free(labels);
        }
    }
    return status;
}

myo_status bench_signal_clean(double duration_s, bench_signal *signal)
{
    myo_synth_config config;
    const myo_status status = myo_synth_config_default(&config, "clean");
    config.channels = 16;
    config.duration_s = duration_s;
    return status == MYO_OK ? bench_signal_new(&config, signal, NULL) : status;
}

myo_status bench_signal_widen(const bench_signal *narrow, uint32_t channels, bench_signal *wide)
{
    *wide = *narrow;
    wide->channels = channels;
    const size_t step = (size_t)lround(DELAY_S * narrow->rate_hz);
    myo_status status = allocate(wide);
    for (uint32_t c = 0; status == MYO_OK && c < channels; c++) {
        const size_t late = step * (c / narrow->channels) % narrow->frames;
        for (size_t n = 0; n < wide->frames; n++) {
            const size_t from = (n + narrow->frames - late) % narrow->frames;
            wide->samples[n * channels + c] =
                narrow->samples[from * narrow->channels + c % narrow->channels];
        }
    }
    return status;
}

void bench_signal_free(bench_signal *signal)
{
    free(signal->samples);
    *signal = (bench_signal){0};
}

myo_status bench_pipeline_new(const bench_signal *signal, const char *cpu, myo_pipeline **pipeline)
{
    myo_config config;
    myo_config_default(&config, signal->rate_hz, signal->channels);
    for (uint32_t c = 0; c < signal->channels; c++) {
        config.rail_low[c] = -1.0;
        config.rail_high[c] = 1.0 - 1.0 / CODES;
    }
    const myo_status status = myo_config_set_cpu(&config, cpu);
    return status == MYO_OK ? myo_pipeline_new(&config, pipeline) : status;
}

size_t bench_feed(myo_pipeline *pipeline, const bench_signal *signal, size_t at, size_t frames)
{
    size_t events = 0;
    myo_event event;
    for (size_t done = 0; done < frames;) {
        done += myo_pipeline_process(pipeline, signal->samples + (at + done) * signal->channels,
                                     frames - done);
        while (myo_pipeline_next(pipeline, &event)) {
            events++;
        }
    }
    return events;
}
