/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Holds of a session measured in its recording: the steps say where to look. */
#include "session_relax.h"

#include "band_run.h"
#include "command.h"

#include "myotwitch/ecg.h"
#include "myotwitch/relax.h"

#include "signal/source.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1024 };

/* Resting EMG: the measure band of the detector. */
#define LOW_HZ     20.0
#define HIGH_HZ    450.0
#define DETECTOR   "myotwitch-relax/1"
#define MEMORY_MIN 60.0
#define MEMORY_MAX 36000.0

/** Band, heart and relaxation, one after the other. */
typedef struct {
    double rate_hz;
    uint32_t channels;
    myo_ecg *ecg;
    myo_relax *relax;
    myo_band band;
    double (*state)[MYO_BAND_SECTIONS][2];
    float *raw, *measure, *clean;
    uint8_t flags[BLOCK];
    int64_t delay, frames;
} chain;

static void chain_close(chain *c)
{
    myo_ecg_free(c->ecg);
    myo_relax_free(c->relax);
    free(c->state);
    free(c->raw);
    free(c->measure);
    free(c->clean);
}

static myo_status chain_open(chain *c, const myo_source_info *info)
{
    *c = (chain){.rate_hz = info->rate_hz, .channels = info->channels};
    size_t samples = (size_t)BLOCK * c->channels;
    c->state = calloc(c->channels, sizeof *c->state);
    c->raw = calloc(samples, sizeof *c->raw);
    c->measure = calloc(samples, sizeof *c->measure);
    c->clean = calloc(samples, sizeof *c->clean);
    if (c->state == NULL || c->raw == NULL || c->measure == NULL || c->clean == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    myo_ecg_config ecg;
    myo_ecg_config_default(&ecg, c->rate_hz, c->channels);
    myo_relax_config relax;
    myo_relax_config_default(&relax, c->rate_hz, c->channels);
    /* The whole recording is asked about afterwards. */
    double length_s = info->frames > 0 ? (double)info->frames / c->rate_hz : MEMORY_MAX;
    relax.memory_s = fmin(fmax(ceil(length_s) + 2.0, MEMORY_MIN), MEMORY_MAX);
    myo_status status = myo_ecg_new(&ecg, &c->ecg);
    if (status == MYO_OK) {
        status = myo_relax_new(&relax, &c->relax);
    }
    if (status == MYO_OK) {
        myo_band_design(c->rate_hz, LOW_HZ, fmin(HIGH_HZ, 0.45 * c->rate_hz), &c->band);
        c->delay = myo_ecg_delay(c->ecg);
    }
    return status;
}

static void push(chain *c, size_t frames)
{
    for (size_t i = 0; i < frames * c->channels; i++) {
        if (!isfinite(c->raw[i])) {
            int64_t frame = c->frames + (int64_t)(i / c->channels) + c->delay;
            c->raw[i] = 0.0f;
            myo_relax_exclude(c->relax, (uint32_t)(i % c->channels), frame, frame + 1);
        }
        c->measure[i] = (float)band_run(&c->band, c->state[i % c->channels], (double)c->raw[i]);
    }
    myo_ecg_process(c->ecg, c->raw, c->measure, frames, c->clean, c->flags);
    myo_relax_process(c->relax, c->clean, c->flags, frames);
    c->frames += (int64_t)frames;
}

/* Frames as relax counts them lie delay behind the recording's. */
static myo_span span_of(const chain *c, double from_s, double to_s)
{
    return (myo_span){(int64_t)llround(from_s * c->rate_hz) + c->delay,
                      (int64_t)llround(to_s * c->rate_hz) + c->delay};
}

/* Twitches, contractions and stimulators are no resting activity. */
static void leave_out(const chain *c, const myo_session *session)
{
    size_t index = 0;
    const myo_finding *finding;
    while ((finding = myo_session_next(session, MYO_FINDINGS, &index)) != NULL) {
        bool burst = finding->type == MYO_EVENT_LTR + 1 ||
                     finding->type == MYO_EVENT_CONTRACTION + 1 ||
                     finding->type == MYO_EVENT_SINGLE_UNIT + 1;
        if (burst && finding->end >= finding->at) {
            myo_span span = span_of(c, finding->at, finding->end);
            myo_relax_exclude(c->relax, MYO_ALL_CHANNELS, span.from, span.to);
        }
    }
    index = 0;
    const myo_step *step;
    while ((step = myo_session_next(session, MYO_STEPS, &index)) != NULL) {
        if ((step->kind == MYO_STEP_TENS || step->kind == MYO_STEP_IFC) &&
            step->end > step->start) {
            myo_span span = span_of(c, step->start, step->end);
            myo_relax_exclude(c->relax, MYO_ALL_CHANNELS, span.from, span.to);
        }
    }
}

/* The last step of a kind that ends before @p before, or the first that begins after @p after. */
static const myo_step *neighbour(const myo_session *session, int kind, const myo_step *hold)
{
    const myo_step *found = NULL;
    size_t index = 0;
    const myo_step *step;
    while ((step = myo_session_next(session, MYO_STEPS, &index)) != NULL) {
        bool same =
            step->point == NULL || hold->point == NULL || strcmp(step->point, hold->point) == 0;
        if (step->kind != kind || !same || !(step->end > step->start)) {
            continue;
        }
        if (kind == MYO_STEP_BASELINE && step->end <= hold->start) {
            found = step;
        } else if (kind == MYO_STEP_RECHECK && step->start >= hold->end) {
            return step;
        }
    }
    return found;
}

static void add_line(myo_string *lines, const char *type, double at, double end, uint32_t channel)
{
    myo_string_add(lines,
                   "{\"schema\": \"myotwitch.event/1\", \"type\": \"%s\", \"modality\": \"emg\", "
                   "\"channel\": %u, \"detector\": \"" DETECTOR "\", \"onset_s\": ",
                   type, channel);
    myo_string_add_number(lines, at);
    myo_string_add(lines, ", \"offset_s\": ");
    myo_string_add_number(lines, end);
}

static void add_number(myo_string *lines, const char *key, double value)
{
    myo_string_add(lines, ", \"%s\": ", key);
    myo_string_add_number(lines, value);
}

static void measure_hold(const chain *c, uint32_t channel, const myo_step *baseline,
                         const myo_step *hold, myo_string *lines)
{
    myo_span before = span_of(c, baseline->start, baseline->end);
    myo_span during = span_of(c, hold->start, hold->end);
    myo_relax_hold result;
    myo_relax_release release;
    myo_relax_hold_get(c->relax, channel, &before, &during, &result);
    myo_relax_find_release(c->relax, channel, &during, &release);
    bool let_go = release.found && release.ratio < 1.0;
    add_line(lines, "relaxation", hold->start, hold->end, channel);
    myo_string_add(lines, ", \"verdict\": \"%s\"",
                   !result.assessed ? "unusable"
                   : let_go         ? "released"
                                    : "not_released");
    if (result.assessed) {
        add_number(lines, "guarding_ratio", result.ratio);
    }
    myo_string_add(lines, "}\n");
    if (result.assessed && let_go) {
        double at = (double)(release.frame - c->delay) / c->rate_hz;
        add_line(lines, "release", at, at, channel);
        add_number(lines, "level", release.ratio);
        myo_string_add(lines, "}\n");
    }
}

static void measure_after(const chain *c, uint32_t channel, uint32_t control,
                          const myo_step *baseline, const myo_step *recheck, myo_string *lines)
{
    myo_span before = span_of(c, baseline->start, baseline->end);
    myo_span after = span_of(c, recheck->start, recheck->end);
    myo_relax_verdict verdict;
    myo_relax_compare(c->relax, channel, control, &before, &after, &verdict);
    add_line(lines, "relaxation", recheck->start, recheck->end, channel);
    myo_string_add(lines, ", \"verdict\": \"%s\"", myo_relax_state_name(verdict.state));
    if (verdict.state != MYO_RELAX_NOT_ASSESSED) {
        add_number(lines, "level", verdict.ratio);
        add_number(lines, "level_low", verdict.low);
        add_number(lines, "level_high", verdict.high);
    }
    myo_string_add(lines, "}\n");
}

static void measure(const chain *c, const myo_session *session, uint32_t channel, uint32_t control,
                    myo_string *lines)
{
    size_t index = 0;
    const myo_step *step;
    const myo_step *last = NULL;
    while ((step = myo_session_next(session, MYO_STEPS, &index)) != NULL) {
        bool held = step->kind == MYO_STEP_COMPRESS && step->end > step->start;
        bool treated = held || (step->kind == MYO_STEP_NEEDLE && step->end > step->start);
        const myo_step *baseline = treated ? neighbour(session, MYO_STEP_BASELINE, step) : NULL;
        if (baseline == NULL) {
            continue;
        }
        if (held) {
            measure_hold(c, channel, baseline, step, lines);
        }
        const myo_step *recheck = neighbour(session, MYO_STEP_RECHECK, step);
        if (recheck != NULL && recheck != last) {
            measure_after(c, channel, control, baseline, recheck, lines);
            last = recheck;
        }
    }
}

static int complain(int status, const char *path, const char *why)
{
    fprintf(stderr, "myotwitch session: %s: %s\n", path, why);
    return status;
}

static int feed(chain *c, myo_source *source, const char *path)
{
    myo_why why = {""};
    size_t got = 0;
    do {
        if (myo_source_read(source, c->raw, BLOCK, &got, &why) != MYO_OK) {
            return complain(EXIT_BAD_INPUT, path, why.text);
        }
        push(c, got);
    } while (got > 0);
    return EXIT_DONE;
}

static int run(const myo_session *session, const char *path, myo_source *source,
               const uint32_t channels[2], myo_string *lines)
{
    const myo_source_info *info = myo_source_info_get(source);
    if (channels[0] >= info->channels ||
        (channels[1] != MYO_ALL_CHANNELS && channels[1] >= info->channels)) {
        return complain(EXIT_USAGE, path, "has no such channel");
    }
    chain c;
    myo_status opened = chain_open(&c, info);
    int status = opened == MYO_OK ? feed(&c, source, path)
                                  : complain(EXIT_FAILED, path, myo_status_text(opened));
    if (status == EXIT_DONE) {
        leave_out(&c, session);
        /* Says who measured, also when there is nothing to say. */
        myo_string_add(lines,
                       "{\"schema\": \"myotwitch.run/1\", \"detector\": \"" DETECTOR "\"}\n");
        measure(&c, session, channels[0], channels[1], lines);
        status = lines->failed ? EXIT_FAILED : EXIT_DONE;
    }
    chain_close(&c);
    return status;
}

int session_measure(const myo_session *session, const char *path, uint32_t channel,
                    uint32_t control, myo_string *lines)
{
    const myo_source_options options = {0};
    myo_source *source = NULL;
    myo_why why = {""};
    if (myo_source_open(path, &options, &source, &why) != MYO_OK) {
        return complain(EXIT_BAD_INPUT, path, why.text);
    }
    const uint32_t channels[2] = {channel, control};
    int status = run(session, path, source, channels, lines);
    myo_source_free(source);
    return status;
}
