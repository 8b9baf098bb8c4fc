/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Holds of a session measured in its recording: the steps say where to look. */
#include "session_relax.h"

#include "command.h"
#include "resting.h"

#include "signal/source.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1024 };

/* The recording's length is not always known; then the last ten hours can be asked about. */
#define MEMORY_S 36000.0

/** A recording on its way; frames of events are in seconds in the session. */
typedef struct {
    double rate_hz;
    resting *resting;
    float *block;
} chain;

static void chain_close(chain *c)
{
    resting_free(c->resting);
    free(c->block);
}

static myo_status chain_open(chain *c, const myo_source_info *info)
{
    *c = (chain){.rate_hz = info->rate_hz};
    /* The whole recording is asked about afterwards. */
    double length_s = info->frames > 0 ? (double)info->frames / c->rate_hz + 2.0 : MEMORY_S;
    c->block = calloc((size_t)BLOCK * info->channels, sizeof *c->block);
    return c->block == NULL ? MYO_ERR_NO_MEMORY : resting_new(info, length_s, &c->resting);
}

static myo_span span_of(const chain *c, double from_s, double to_s)
{
    return (myo_span){llround(from_s * c->rate_hz), llround(to_s * c->rate_hz)};
}

/* Twitches, contractions and stimulators are no resting activity. */
static myo_status leave_out(const chain *c, const myo_session *session)
{
    myo_status status = MYO_OK;
    size_t index = 0;
    const myo_finding *finding;
    while (status == MYO_OK &&
           (finding = myo_session_next(session, MYO_FINDINGS, &index)) != NULL) {
        bool burst = finding->type == MYO_EVENT_LTR + 1 ||
                     finding->type == MYO_EVENT_CONTRACTION + 1 ||
                     finding->type == MYO_EVENT_SINGLE_UNIT + 1;
        if (burst && finding->end >= finding->at) {
            myo_span span = span_of(c, finding->at, finding->end);
            status = resting_leave_out(c->resting, MYO_ALL_CHANNELS, span.from, span.to);
        }
    }
    index = 0;
    const myo_step *step;
    while (status == MYO_OK && (step = myo_session_next(session, MYO_STEPS, &index)) != NULL) {
        if ((step->kind == MYO_STEP_TENS || step->kind == MYO_STEP_IFC) &&
            step->end > step->start) {
            myo_span span = span_of(c, step->start, step->end);
            status = resting_leave_out(c->resting, MYO_ALL_CHANNELS, span.from, span.to);
        }
    }
    return status;
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
                   "\"channel\": %u, \"detector\": \"" RESTING_DETECTOR "\", \"onset_s\": ",
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
    resting_hold(c->resting, channel, &before, &during, &result);
    resting_release(c->resting, channel, &during, &release);
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
        double at = (double)release.frame / c->rate_hz;
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
    resting_compare(c->resting, channel, control, &before, &after, &verdict);
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
        if (myo_source_read(source, c->block, BLOCK, &got, &why) != MYO_OK) {
            return complain(EXIT_BAD_INPUT, path, why.text);
        }
        myo_status status = resting_push(c->resting, c->block, got);
        if (status != MYO_OK) {
            return complain(EXIT_FAILED, path, myo_status_text(status));
        }
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
    if (status == EXIT_DONE && leave_out(&c, session) != MYO_OK) {
        status = complain(EXIT_FAILED, path, myo_status_text(MYO_ERR_NO_MEMORY));
    }
    if (status == EXIT_DONE) {
        /* Says who measured, also when there is nothing to say. */
        myo_string_add(lines, "{\"schema\": \"myotwitch.run/1\", \"detector\": \"" RESTING_DETECTOR
                              "\"}\n");
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
