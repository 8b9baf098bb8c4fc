/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the shipped sessions in memory, runs the engine over them and scores what it said. */
#include "bench_detect.h"

#include "bench_signal.h"
#include "score_pairs.h"

#include <math.h>
#include <stdlib.h>

#define BLOCK_FRAMES 1024
#define TOLERANCE_S  0.05 /* emg.md 9.4 */
#define MIN_SNR_DB   18.0 /* smaller twitches count neither way, as in the campaign's rows */

/* As datasets/demo/make; a test compares the figures with those of the files. */
static const struct {
    const char *scenario;
    uint64_t seed;
    double duration_s;
} sessions[] = {{"needling", 7, 45.0}, {"upper-trapezius", 3, 30.0}, {"multi", 5, 20.0}};
#define SESSIONS (sizeof sessions / sizeof sessions[0])

static myo_status event_add(myo_label_list *events, const myo_event *event, double rate_hz)
{
    myo_label *grown = realloc(events->labels, (events->count + 1) * sizeof *grown);
    if (grown == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    events->labels = grown;
    grown[events->count++] = (myo_label){.type = event->type,
                                         .onset_s = (double)event->onset_frame / rate_hz,
                                         .offset_s = (double)event->offset_frame / rate_hz,
                                         .reported_s = (double)event->reported_frame / rate_hz,
                                         .confirmed_s = (double)event->confirmed_frame / rate_hz,
                                         .snr_db = event->snr_db};
    return MYO_OK;
}

static myo_status events_take(myo_pipeline *pipeline, double rate_hz, myo_label_list *events)
{
    myo_status status = MYO_OK;
    myo_event event;
    while (status == MYO_OK && myo_pipeline_next(pipeline, &event)) {
        if (event.stage == MYO_CONFIRMED) {
            status = event_add(events, &event, rate_hz);
        }
    }
    return status;
}

static int by_onset(const void *a, const void *b)
{
    const myo_label *p = a, *q = b;
    return (p->onset_s > q->onset_s) - (p->onset_s < q->onset_s);
}

static myo_status analyze(const bench_signal *signal, const char *cpu, myo_label_list *events)
{
    myo_pipeline *pipeline = NULL;
    myo_status status = bench_pipeline_new(signal, cpu, &pipeline);
    for (size_t done = 0; status == MYO_OK && done < signal->frames;) {
        const size_t left = signal->frames - done;
        done += myo_pipeline_process(pipeline, signal->samples + done * signal->channels,
                                     left < BLOCK_FRAMES ? left : BLOCK_FRAMES);
        status = events_take(pipeline, signal->rate_hz, events);
    }
    for (bool finished = false; status == MYO_OK && !finished;) {
        finished = myo_pipeline_finish(pipeline);
        status = events_take(pipeline, signal->rate_hz, events);
    }
    myo_pipeline_free(pipeline);
    if (events->count > 0) {
        qsort(events->labels, events->count, sizeof *events->labels, by_onset);
    }
    return status;
}

static myo_status session_add(size_t which, const char *cpu, score_pairs *pairs)
{
    bench_signal signal = {0};
    myo_label_list labels = {0}, events = {.duration_s = (double)NAN};
    myo_synth_config config;
    myo_status status = myo_synth_config_default(&config, sessions[which].scenario);
    if (status == MYO_OK) {
        config.seed = sessions[which].seed;
        config.duration_s = sessions[which].duration_s;
        status = bench_signal_new(&config, &signal, &labels);
    }
    if (status == MYO_OK) {
        status = analyze(&signal, cpu, &events);
    }
    if (status == MYO_OK) {
        status = score_pairs_add(pairs, &labels, &events, sessions[which].scenario);
    }
    myo_label_list_free(&labels);
    myo_label_list_free(&events);
    bench_signal_free(&signal);
    return status;
}

static void add_figures(bench_result *result, const myo_score_result *r)
{
    bench_add(result, (double)r->truths, "twitches", BENCH_PLAIN, "detection.labels");
    bench_add(result, (double)r->events, "events", BENCH_PLAIN, "detection.events");
    bench_add(result, (double)r->hits, "events", BENCH_PLAIN, "detection.hits");
    bench_add(result, r->recall.value, "fraction", BENCH_BIGGER, "detection.recall");
    bench_add(result, r->precision.value, "fraction", BENCH_BIGGER, "detection.precision");
    bench_add(result, r->f1.value, "fraction", BENCH_BIGGER, "detection.f1");
    bench_add(result, r->onset_median_ms.value, "ms", BENCH_SMALLER, "detection.onset_error.p50");
    bench_add(result, r->onset_p95_ms.value, "ms", BENCH_SMALLER, "detection.onset_error.p95");
    bench_add(result, r->delay_median_ms.value, "ms", BENCH_SMALLER, "detection.delay.p50");
    bench_add(result, r->delay_p95_ms.value, "ms", BENCH_SMALLER, "detection.delay.p95");
}

myo_status bench_detect(bench_result *result)
{
    score_summary summary = {.truth_types = 1u << MYO_EVENT_LTR,
                             .event_types = 1u << MYO_EVENT_LTR,
                             .min_snr_db = MIN_SNR_DB,
                             .max_snr_db = (double)NAN};
    score_pairs pairs = {.summary = &summary};
    myo_status status = myo_score_new(TOLERANCE_S, &pairs.chosen);
    if (status == MYO_OK) {
        status = myo_score_new(TOLERANCE_S, &pairs.all);
    }
    for (size_t i = 0; status == MYO_OK && i < SESSIONS; i++) {
        status = session_add(i, result->cpu, &pairs);
    }
    if (status == MYO_OK) {
        myo_score_result_get(pairs.chosen, &summary.result);
        add_figures(result, &summary.result);
    }
    myo_score_free(pairs.chosen);
    myo_score_free(pairs.all);
    return status;
}
