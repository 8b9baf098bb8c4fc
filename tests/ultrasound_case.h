/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A phantom with known truth run through the detector. */
#ifndef MYO_TEST_ULTRASOUND_CASE_H
#define MYO_TEST_ULTRASOUND_CASE_H

#include "myotwitch/cine_synth.h"
#include "myotwitch/ultrasound.h"

#include "near.h"

#include <string.h>

enum { MOST = 64, WIDTH = 320, HEIGHT = 224 };

typedef struct {
    myo_motion_event events[MOST]; /* confirmed ones */
    size_t count, provisional, withdrawn;
    myo_ultrasound_summary summary;
    myo_cine_truth truth[MOST];
    size_t truths;
} outcome;

static inline myo_cine_synth_config phantom(const char *scenario, uint64_t seed, double seconds)
{
    myo_cine_synth_config config;
    assert_int_equal(myo_cine_synth_config_default(&config, scenario), MYO_OK);
    config.seed = seed;
    config.duration_s = seconds;
    if (config.width > 1) {
        config.width = WIDTH;
        config.height = HEIGHT;
    }
    return config;
}

static inline void take(myo_ultrasound *ultrasound, outcome *out)
{
    myo_motion_event event;
    while (myo_ultrasound_next(ultrasound, &event)) {
        out->provisional += event.stage == MYO_PROVISIONAL;
        out->withdrawn += event.stage == MYO_WITHDRAWN;
        if (event.stage == MYO_CONFIRMED) {
            assert_true(out->count < MOST);
            out->events[out->count++] = event;
        }
    }
}

static inline myo_ultrasound *detector(const myo_cine_synth_config *synth, double needle_deg)
{
    myo_ultrasound_config config;
    myo_ultrasound *ultrasound = NULL;
    myo_ultrasound_config_default(&config, synth->width, synth->height, synth->rate_hz);
    config.mm_per_px = synth->mm_per_px;
    config.needle_deg = needle_deg;
    assert_int_equal(myo_ultrasound_new(&config, &ultrasound), MYO_OK);
    return ultrasound;
}

/* Changes a frame before it is seen; NULL = as it is. */
typedef void spoil(myo_frame *frame);

static inline myo_ultrasound *echo_detector(const myo_cine_synth_config *synth, double carrier)
{
    myo_ultrasound_config config;
    myo_ultrasound *ultrasound = NULL;
    myo_ultrasound_config_default(&config, synth->width, synth->height, synth->rate_hz);
    config.mm_per_px = synth->mm_per_px;
    config.carrier = carrier;
    assert_int_equal(myo_ultrasound_new(&config, &ultrasound), MYO_OK);
    return ultrasound;
}

static inline void run(const myo_cine_synth_config *config, spoil *change, outcome *out)
{
    myo_cine_synth *synth = NULL;
    myo_frame frame;
    *out = (outcome){.count = 0};
    assert_int_equal(myo_cine_synth_new(config, &synth), MYO_OK);
    const double carrier = myo_cine_synth_carrier(synth);
    myo_ultrasound *ultrasound = carrier > 0.0 ? echo_detector(config, carrier)
                                               : detector(config, myo_cine_synth_needle_deg(synth));
    while (myo_cine_synth_next(synth, &frame)) {
        if (change) {
            change(&frame);
        }
        myo_ultrasound_process(ultrasound, &frame);
        take(ultrasound, out);
    }
    myo_ultrasound_finish(ultrasound);
    take(ultrasound, out);
    myo_ultrasound_summary_get(ultrasound, &out->summary);
    const myo_cine_truth *truth = myo_cine_synth_truth(synth, &out->truths);
    memcpy(out->truth, truth, out->truths * sizeof *truth);
    myo_ultrasound_free(ultrasound);
    myo_cine_synth_free(synth);
}

static inline size_t count_of(const outcome *out, myo_event_type type)
{
    size_t count = 0;
    for (size_t i = 0; i < out->count; i++) {
        count += out->events[i].type == type;
    }
    return count;
}

#endif
