/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Needle, pulse, M-mode and irregular times, on phantoms. */
#include "us_rows.h"
#include "us_tally.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Phantoms that figures are reported of begin with this seed; thresholds are chosen on those from 1. */
enum { REPORTED = 101, RHYTHM_RUNS = 4 };

static double now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

/* Runs one phantom; @p from_s leaves out what comes before. Returns processor seconds of the chain. */
static double run(const myo_cine_synth_config *config, double from_s, us_tally *tally,
                  us_events *events)
{
    myo_cine_synth *synth = NULL;
    myo_ultrasound *ultrasound = NULL;
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
    if (myo_ultrasound_new(&detect, &ultrasound) == MYO_OK) {
        while (myo_cine_synth_next(synth, &frame)) {
            const double began = now_ms();
            myo_ultrasound_process(ultrasound, &frame);
            spent += 1e-3 * (now_ms() - began);
            us_events_take(events, ultrasound);
        }
        myo_ultrasound_finish(ultrasound);
        us_events_take(events, ultrasound);
        int kept = 0;
        for (int i = 0; i < events->count; i++) {
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
            config.duration_s = 20.0;
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

/* Speeds of what was found with even intervals and with ones that vary, against each other. */
static int speeds_compare(const us_events *even, const us_events *odd, double *ratios)
{
    int count = 0;
    for (int i = 0; i < even->count; i++) {
        for (int k = 0; k < odd->count; k++) {
            if (fabs(even->events[i].onset_s - odd->events[k].onset_s) < 0.1) {
                ratios[count++] = odd->events[k].features[MYO_MOTION_SPEED] /
                                  even->events[i].features[MYO_MOTION_SPEED];
            }
        }
    }
    return count;
}

/* The same twitches of 50 to 120 ms with even intervals of 17 ms and with ones of 3 to 30 ms. */
static void irregular_row(uint64_t from)
{
    static us_tally tally;
    static us_events even, odd;
    static double ratios[3 * US_MOST_EVENTS];
    double worst = 0.0, sum = 0.0;
    int count = 0;
    memset(&tally, 0, sizeof tally);
    for (uint64_t seed = from; seed < from + 3; seed++) {
        myo_cine_synth_config config;
        (void)myo_cine_synth_config_default(&config, "us-twitch");
        config.seed = seed;
        config.twitch_mm = 0.8;
        (void)run(&config, 0.0, &tally, &even);
        config.jitter = 0.8;
        (void)run(&config, 0.0, &tally, &odd);
        count += speeds_compare(&even, &odd, ratios + count);
    }
    for (int i = 0; i < count; i++) {
        sum += ratios[i] - 1.0;
        ratios[i] = fabs(ratios[i] - 1.0);
        worst = fmax(worst, ratios[i]);
    }
    qsort(ratios, (size_t)count, sizeof ratios[0], us_by_size);
    printf("intervals that vary by 80 %%: peak speed of %d twitches %+.1f %% in the mean, "
           "median error %.1f %%, worst %.1f %%\n",
           count, 100.0 * sum / count, 100.0 * ratios[count / 2], 100.0 * worst);
}

void us_phantom_rows(const us_clip *clips, int count)
{
    static const double strokes[] = {1.0, 2.0, 3.0}, beats[] = {1.0, 1.25, 1.5};
    (void)clips;
    (void)count;
    mmode_row(REPORTED);
    irregular_row(REPORTED);
    rhythm_rows("us-needle", strokes, 3, 0.0);
    rhythm_rows("us-pulse", beats, 3, 5.0);
}

void us_phantom_tuning_rows(void)
{
    mmode_row(1);
    irregular_row(1);
}
