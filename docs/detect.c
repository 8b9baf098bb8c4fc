/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Detects from an array. cc detect.c $(pkg-config --cflags --libs myotwitch) -lm */
#include <myotwitch/myotwitch.h>
#include <math.h>
#include <stdio.h>

static void print_confirmed(myo_pipeline *pipeline, double rate_hz)
{
    for (myo_event event; myo_pipeline_next(pipeline, &event);) {
        if (event.stage == MYO_CONFIRMED) {
            printf("%s at %.4f s\n", myo_event_type_name(event.type), event.onset_frame / rate_hz);
        }
    }
}

int detect(const float *samples, size_t frames, double rate_hz)
{
    myo_config config;
    myo_pipeline *pipeline = NULL;
    myo_config_default(&config, rate_hz, 1);
    if (myo_pipeline_new(&config, &pipeline) != MYO_OK) {
        return 1;
    }
    for (size_t done = 0; done < frames; print_confirmed(pipeline, rate_hz)) {
        done += myo_pipeline_process(pipeline, samples + done, frames - done);
    }
    while (!myo_pipeline_finish(pipeline)) {
        print_confirmed(pipeline, rate_hz);
    }
    print_confirmed(pipeline, rate_hz);
    myo_pipeline_free(pipeline);
    return 0;
}

int main(void)
{
    static float samples[20000]; /* 10 s at 2 kHz: noise, and 60 ms of 90 Hz from 6 s on */
    for (unsigned n = 0, seed = 1; n < 20000; n++) {
        seed = seed * 1664525u + 1013904223u;
        samples[n] = (float)(seed >> 8) / 8388608.0f - 1.0f;
        if (n >= 12000 && n < 12120) {
            float t = (float)(n - 12000) * 0.0005f; /* s */
            samples[n] += 20.0f * sinf(565.5f * t) * sinf(52.36f * t);
        }
    }
    return detect(samples, 20000, 2000.0);
}
