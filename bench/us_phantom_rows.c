/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Needle, pulse, M-mode and irregular times, on phantoms. */
#include "us_peak_rows.h"
#include "us_rows.h"
#include "us_tally.h"

#include "myotwitch/quadrature.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Phantoms that figures are reported of begin with this seed; thresholds are chosen on those from 1. */
enum { REPORTED = 101, RHYTHM_RUNS = 4, ECHO_RUNS = 12 };

/* Three rates, four runs, and so many seconds of each that count: 240 s without a false twitch exclude more
 * than one a minute (3.7 in the mean, Garwood). */
#define RHYTHM_S 20.0

static double now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

/* RF is demodulated first: what the detector then sees. */
static bool quadrature_put(myo_ultrasound_config *detect, myo_quadrature **quadrature)
{
    myo_quadrature_shape shape;
    if (myo_quadrature_new(detect->width, detect->height, detect->carrier, UINT32_MAX,
                           quadrature) != MYO_OK) {
        return false;
    }
    myo_quadrature_shape_get(*quadrature, &shape);
    detect->height = shape.height;
    detect->carrier = shape.carrier;
    detect->step = shape.step;
    detect->mm_per_px *= shape.every;
    return true;
}

/* Runs one phantom; @p from_s leaves out what comes before. Returns processor seconds of the chain. */
static double run(const myo_cine_synth_config *config, double from_s, us_tally *tally,
                  us_events *events)
{
    myo_cine_synth *synth = NULL;
    myo_ultrasound *ultrasound = NULL;
    myo_quadrature *quadrature = NULL;
    myo_ultrasound_config detect;
    myo_frame frame;
    size_t truths = 0;
    double spent = 0.0;
    events->count = 0;
    myo_ultrasound_config_default(&detect, config->width, config->height, config->rate_hz);
    detect.mm_per_px = config->mm_per_px;
    if (myo_cine_synth_new(config, &synth) != MYO_OK) {
        return 0.0;
    }
    detect.needle_deg = myo_cine_synth_needle_deg(synth);
    detect.carrier = myo_cine_synth_carrier(synth);
    detect.step = detect.carrier > 0.0 ? 16 : detect.step;
    const bool sampled = strcmp(config->scenario, "us-rf") == 0;
    if ((!sampled || quadrature_put(&detect, &quadrature)) &&
        myo_ultrasound_new(&detect, &ultrasound) == MYO_OK) {
        while (myo_cine_synth_next(synth, &frame)) {
            const double began = now_ms();
            if (quadrature) {
                const myo_frame echoes = frame;
                myo_quadrature_process(quadrature, &echoes, &frame);
            }
            myo_ultrasound_process(ultrasound, &frame);
            spent += 1e-3 * (now_ms() - began);
            us_events_take(events, ultrasound);
        }
        myo_ultrasound_finish(ultrasound);
        us_events_take(events, ultrasound);
        int kept = 0;
        for (int i = 0; i < events->count; i++) {
            events->events[i].y_px *= detect.mm_per_px / config->mm_per_px;
            if (events->events[i].onset_s >= from_s) {
                events->events[kept++] = events->events[i];
            }
        }
        events->count = kept;
        const myo_cine_truth *truth = myo_cine_synth_truth(synth, &truths);
        us_tally_add(tally, events, truth, (int)truths, config->mm_per_px,
                     config->duration_s - from_s);
    }
    myo_ultrasound_free(ultrasound);
    myo_quadrature_free(quadrature);
    myo_cine_synth_free(synth);
    return spent;
}

static void rhythm_rows(const char *scenario, const double *hz, int count, double from_s)
{
    static us_events events;
    static us_tally all; /* rates together: the interval of one is wide */
    char together[96];
    memset(&all, 0, sizeof all);
    for (int i = 0; i < count; i++) {
        static us_tally tally;
        char what[96];
        memset(&tally, 0, sizeof tally);
        for (uint64_t seed = REPORTED; seed < REPORTED + RHYTHM_RUNS; seed++) {
            myo_cine_synth_config config;
            (void)myo_cine_synth_config_default(&config, scenario);
            config.seed = seed;
            config.rhythm_hz = hz[i];
            config.width = 288;
            config.height = 256;
            config.duration_s = from_s + RHYTHM_S;
            (void)run(&config, from_s, &tally, &events);
        }
        (void)snprintf(what, sizeof what, "%s at %.2f Hz", scenario, hz[i]);
        us_tally_print(what, &tally);
        all.events += tally.events;
        all.seconds += tally.seconds;
    }
    (void)snprintf(together, sizeof together, "%s, all rates", scenario);
    us_tally_print(together, &all);
}

static void mmode_row(uint64_t from)
{
    static us_tally tally;
    static us_events events;
    double spent = 0.0;
    memset(&tally, 0, sizeof tally);
    for (uint64_t seed = from; seed < from + 4; seed++) {
        myo_cine_synth_config config;
        (void)myo_cine_synth_config_default(&config, "us-mmode");
        config.seed = seed;
        spent += run(&config, 0.0, &tally, &events);
    }
    us_tally_print("us-mmode, 1 kHz", &tally);
    printf("  M-mode takes %.2f %% of a core\n", 100.0 * spent / tally.seconds);
}

/* The speeds of twitches that were found over the true ones at their places, less 1; how many. */
static int speeds_judge(const myo_cine_synth_config *config, const us_events *events,
                        double *errors)
{
    myo_cine_synth *synth = NULL;
    size_t truths = 0;
    int count = 0;
    if (myo_cine_synth_new(config, &synth) != MYO_OK) {
        return 0;
    }
    const myo_cine_truth *truth = myo_cine_synth_truth(synth, &truths);
    for (int i = 0; i < events->count; i++) {
        for (size_t t = 0; t < truths; t++) {
            if (events->events[i].type == MYO_EVENT_LTR &&
                fabs(events->events[i].onset_s - truth[t].onset_s) < 0.1) {
                errors[count++] =
                    events->events[i].features[MYO_MOTION_SPEED] / truth[t].speed_mm_s - 1.0;
            }
        }
    }
    myo_cine_synth_free(synth);
    return count;
}

static void echo_rows(const char *scenario, uint64_t from, int runs)
{
    static us_tally tally;
    static us_events events;
    static double errors[US_MOST_EVENTS * ECHO_RUNS];
    char what[32];
    double spent = 0.0;
    int count = 0;
    memset(&tally, 0, sizeof tally);
    for (uint64_t seed = from; seed < from + (uint64_t)runs; seed++) {
        myo_cine_synth_config config;
        (void)myo_cine_synth_config_default(&config, scenario);
        config.seed = seed;
        spent += run(&config, 0.0, &tally, &events);
        count += speeds_judge(&config, &events, errors + count);
    }
    (void)snprintf(what, sizeof what, "%s, 1 kHz", scenario);
    us_tally_print(what, &tally);
    us_errors_print("  peak speed against that of the place,", errors, count, "twitches");
    printf("  %s takes %.2f %% of a core\n", scenario, 100.0 * spent / tally.seconds);
}

void us_iq_rows(const us_clip *clips, int count)
{
    (void)clips;
    (void)count;
    echo_rows("us-iq", REPORTED, ECHO_RUNS);
}

void us_rf_rows(const us_clip *clips, int count)
{
    (void)clips;
    (void)count;
    echo_rows("us-rf", REPORTED, ECHO_RUNS);
}

void us_phantom_rows(const us_clip *clips, int count)
{
    static const double strokes[] = {1.0, 2.0, 3.0}, beats[] = {1.0, 1.25, 1.5};
    (void)clips;
    (void)count;
    mmode_row(REPORTED);
    us_peak_rows(REPORTED);
    rhythm_rows("us-needle", strokes, 3, 0.0);
    rhythm_rows("us-pulse", beats, 3, 5.0);
}

void us_phantom_tuning_rows(void)
{
    mmode_row(1);
    us_peak_rows(1);
    echo_rows("us-iq", 1, 3);
    echo_rows("us-rf", 1, 3);
}
