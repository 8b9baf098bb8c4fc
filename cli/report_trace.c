/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One channel of a recording: its envelope, and the samples around every twitch. */
#include "report_trace.h"

#include "command.h"
#include "talk.h"

#include "myotwitch/band.h"
#include "myotwitch/event.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 4096, BINS_MAX = 32768 };

/* The measure band of the detector: what its peaks are measured in. */
#define LOW_HZ  20.0
#define HIGH_HZ 450.0
/* The band ends below this rate's half, so that points this dense lose nothing. */
#define POINTS_HZ 2000.0
#define LEAD_S    0.03
#define TAIL_S    0.17

/** What is gathered while the recording goes by. */
typedef struct {
    const myo_source_info *info;
    double scale; /* from samples to what the report shows */
    myo_band band;
    double state[MYO_BAND_SECTIONS][2];
    int64_t delay; /* of the band, in frames */
    int64_t frame; /* of the recording, next to come out of the band */
    int64_t bin_frames, stride;
    float *low, *high; /* BINS_MAX each */
    size_t bins;
    int64_t in_bin;
    float *twitches;
    double *onsets;
    size_t twitch_count, points;
} gathering;

static bool is_here(const myo_finding *finding, const myo_source_info *info)
{
    return finding->type == MYO_EVENT_LTR + 1 && !myo_finding_is_ultrasound(finding) &&
           (isnan(finding->channel) || finding->channel == (double)info->channel_number[0]);
}

static size_t take_onsets(const myo_session *session, gathering *g)
{
    size_t index = 0, count = 0;
    const myo_finding *finding;
    while ((finding = myo_session_next(session, MYO_FINDINGS, &index)) != NULL) {
        if (is_here(finding, g->info) && !myo_session_masked(session, finding->at)) {
            if (g->onsets != NULL) {
                g->onsets[count] = finding->at;
            }
            count++;
        }
    }
    return count;
}

/* Two bins become one, when there is no room for more: the whole recording in one pass. */
static void halve(gathering *g)
{
    for (size_t i = 0; i < g->bins / 2; i++) {
        g->low[i] = fminf(g->low[2 * i], g->low[2 * i + 1]);
        g->high[i] = fmaxf(g->high[2 * i], g->high[2 * i + 1]);
    }
    g->bins /= 2;
    g->bin_frames *= 2;
}

static void add_to_bins(gathering *g, float y)
{
    if (g->in_bin == 0) {
        if (g->bins == BINS_MAX) {
            halve(g);
        }
        g->low[g->bins] = g->high[g->bins] = y;
        g->bins++;
    }
    g->low[g->bins - 1] = fminf(g->low[g->bins - 1], y);
    g->high[g->bins - 1] = fmaxf(g->high[g->bins - 1], y);
    g->in_bin = (g->in_bin + 1) % g->bin_frames;
}

static void add_to_twitches(gathering *g, int64_t start, const float *y, size_t frames)
{
    for (size_t t = 0; t < g->twitch_count; t++) {
        int64_t first = (int64_t)llround((g->onsets[t] - LEAD_S) * g->info->rate_hz);
        for (size_t p = 0; p < g->points; p++) {
            int64_t at = first + (int64_t)p * g->stride - start;
            if (at >= 0 && at < (int64_t)frames) {
                g->twitches[t * g->points + p] = y[at];
            }
        }
    }
}

static void push(gathering *g, float *block, size_t frames)
{
    for (size_t i = 0; i < frames; i++) {
        double x = isfinite(block[i]) ? (double)block[i] : 0.0;
        block[i] = (float)(g->scale * myo_band_run(&g->band, g->state, x));
    }
    int64_t start = g->frame;
    g->frame += (int64_t)frames;
    /* What comes before frame 0 is the band filling up. */
    for (size_t i = start < 0 ? (size_t)-start : 0; i < frames; i++) {
        add_to_bins(g, block[i]);
    }
    add_to_twitches(g, start, block, frames);
}

static int complain(int status, const char *path, const char *why)
{
    talk_file("report", path, why);
    return status;
}

static int feed(gathering *g, myo_source *source, const char *path)
{
    float block[BLOCK];
    myo_why why = {""};
    size_t got = 0;
    do {
        if (myo_source_read(source, block, BLOCK, &got, &why) != MYO_OK) {
            return complain(EXIT_BAD_INPUT, path, why.text);
        }
        push(g, block, got);
    } while (got > 0);
    memset(block, 0, sizeof block);
    push(g, block, (size_t)g->delay); /* what is still inside the band */
    return g->frame > 0 ? EXIT_DONE : complain(EXIT_BAD_INPUT, path, "holds no frames");
}

static bool open_gathering(gathering *g, const myo_session *session)
{
    double rate = g->info->rate_hz;
    g->scale = g->info->full_scale_uv > 0.0 ? g->info->full_scale_uv : 100.0;
    (void)myo_band_design(rate, LOW_HZ, fmin(HIGH_HZ, 0.45 * rate), &g->band);
    g->delay = (int64_t)llround(myo_band_delay(&g->band, rate, 100.0));
    g->frame = -g->delay;
    g->bin_frames = 1;
    g->stride = (int64_t)fmax(floor(rate / POINTS_HZ), 1.0);
    g->points = (size_t)floor((LEAD_S + TAIL_S) * rate / (double)g->stride);
    g->twitch_count = take_onsets(session, g);
    g->onsets = calloc(g->twitch_count + 1, sizeof *g->onsets);
    g->twitches = calloc(g->twitch_count * g->points + 1, sizeof *g->twitches);
    g->low = calloc(BINS_MAX, sizeof *g->low);
    g->high = calloc(BINS_MAX, sizeof *g->high);
    if (g->onsets == NULL || g->twitches == NULL || g->low == NULL || g->high == NULL) {
        return false;
    }
    (void)take_onsets(session, g);
    return true;
}

static char *channel_name(const myo_source_info *info)
{
    myo_string text = {0};
    myo_string_add(&text, "%u%s%s%s", info->channel_number[0],
                   info->channel_name[0][0] != '\0' ? " (" : "", info->channel_name[0],
                   info->channel_name[0][0] != '\0' ? ")" : "");
    return text.data;
}

static int gather(const char *path, myo_source *source, const myo_session *session,
                  myo_report_trace *trace)
{
    gathering g = {.info = myo_source_info_get(source)};
    if (g.info->channels != 1) {
        return complain(EXIT_USAGE, path, "one channel is wanted; see --channel");
    }
    bool opened = open_gathering(&g, session);
    int status = opened ? feed(&g, source, path) : complain(EXIT_FAILED, path, "out of memory");
    const char *slash = strrchr(path, '/');
    *trace = (myo_report_trace){.recording = slash != NULL ? slash + 1 : path,
                                .channel = channel_name(g.info),
                                .duration_s = (double)g.frame / g.info->rate_hz,
                                .calibrated = g.info->full_scale_uv > 0.0,
                                .low = g.low,
                                .high = g.high,
                                .bins = g.bins,
                                .bin_s = (double)g.bin_frames / g.info->rate_hz,
                                .twitches = g.twitches,
                                .twitch_count = g.twitch_count,
                                .twitch_points = g.points,
                                .point_s = (double)g.stride / g.info->rate_hz,
                                .lead_s = LEAD_S};
    free(g.onsets);
    return status;
}

int report_trace_read(const char *path, const myo_source_options *options,
                      const myo_session *session, myo_report_trace *trace)
{
    myo_source *source = NULL;
    myo_why why = {""};
    myo_status opened = myo_source_open(path, options, &source, &why);
    if (opened != MYO_OK) {
        return complain(opened == MYO_ERR_NO_MEMORY ? EXIT_FAILED : EXIT_BAD_INPUT, path, why.text);
    }
    int status = gather(path, source, session, trace);
    myo_source_free(source);
    return status;
}

void report_trace_free(myo_report_trace *trace)
{
    free((void *)(uintptr_t)trace->channel);
    free((void *)(uintptr_t)trace->low);
    free((void *)(uintptr_t)trace->high);
    free((void *)(uintptr_t)trace->twitches);
}
