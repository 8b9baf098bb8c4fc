/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch report`: a session as one HTML page, to read and to print. */
#include "clinic_files.h"
#include "cine_intake.h"
#include "command.h"
#include "options.h"
#include "report_trace.h"
#include "talk.h"

#include "export/outfile.h"
#include "export/report.h"

#include "myotwitch/event.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SESSIONS_MAX = 256 };

typedef struct {
    const char *out, *events, *cine_events, *recording, *channel, *overlay, *dataset;
    const char *cine, *cine_times, *cine_crop;
    double rate_hz, full_scale_uv, cine_interval_s;
    bool replace;
} settings;

static const option_row rows[] = {
    OPTION_TEXT_ROW(settings, out, "out", 'o', "FILE",
                    "write the page there; default standard output"),
    OPTION_FLAG_ROW(settings, replace, "force", 'f', "replace FILE if it exists"),
    OPTION_TEXT_ROW(settings, events, "events", 'e', "FILE",
                    "event lines of 'analyze' to take over for the page"),
    OPTION_TEXT_ROW(settings, cine_events, "cine-events", 0, "FILE",
                    "event lines of its ultrasound, 'analyze --cine-events', on the same clock"),
    OPTION_TEXT_ROW(settings, cine, "cine", 0, "FILE",
                    "that ultrasound: shows pictures of its twitches; needs --cine-events"),
    OPTION_TEXT_ROW(settings, cine_times, "cine-times", 0, "CSV",
                    "times of its frames, as 'analyze' had them"),
    OPTION_NUMBER_ROW(settings, cine_interval_s, "cine-interval", 0, "S",
                      "time between its frames, as 'analyze' had it", 1e-6, 10),
    OPTION_TEXT_ROW(settings, cine_crop, "cine-crop", 0, "X,Y,W,H",
                    "the part of its picture, as 'analyze' had it"),
    OPTION_TEXT_ROW(settings, recording, "recording", 'r', "FILE",
                    "the recording, or the NWB session of 'analyze': shows the trace"),
    OPTION_TEXT_ROW(settings, channel, "channel", 'c', "NAME",
                    "channel to show; default the one with most twitches"),
    OPTION_TEXT_ROW(settings, overlay, "overlay", 0, "DIR",
                    "lay the .yaml files of DIR over the shipped model"),
    OPTION_TEXT_ROW(settings, dataset, "dataset", 'd', "PATH",
                    "data set of HDF5, stream of XDF or Open Ephys, variable of MATLAB"),
    OPTION_NUMBER_ROW(settings, rate_hz, "rate", 0, "HZ",
                      "frames a second, for data that does not say", 500, 100000),
    OPTION_NUMBER_ROW(settings, full_scale_uv, "full-scale-uv", 's', "UV",
                      "size of a sample of 1.0 in uV", 1e-6, 1e12),
    OPTION_END,
};

static const char *const examples[] = {
    "myotwitch report session.json --recording r.wav --out session.html",
    "the session with its trace",
    "myotwitch report --cine-events us.jsonl --cine clip.mp4 --out us.html",
    "twitches of an ultrasound clip, with pictures",
    "myotwitch report --events r.events.jsonl --recording r.wav > r.html",
    "a recording without a session: marks make its steps",
    "myotwitch report week1.json week2.json --out week2.html",
    "the latest of a course",
    NULL,
};

static const option_page page = {
    "report",
    "[SESSION...]",
    "write a session as a page to read and print",
    "One HTML file that needs nothing else, no network either. It shows the figures, what the\n"
    "rules say, trace, twitches, relaxation and the body, light or dark, and prints to two sides\n"
    "of A4. Of several sessions the latest is reported, the others are its course. Nothing is\n"
    "changed in a session. The same inputs give the same page.",
    rows,
    examples};

/* What the command works on. */
typedef struct {
    const settings *chosen;
    myo_clinic *clinic;
    myo_session *sessions[SESSIONS_MAX];
    size_t count;
    bool bare; /* events without a session */
    myo_session *latest;
    const myo_session *course[SESSIONS_MAX];
} work;

static int complain(int status, const char *what)
{
    fprintf(stderr, "myotwitch report: %s\n", what);
    return status;
}

/* A recording without a session: nothing is known but what its events say. */
static int empty_session(work *w)
{
    static const char text[] =
        "schema: myotwitch.session/1\nheader: {id: recording, setting: clinical}\n";
    static myo_issues issues;
    myo_source_text source = {"events", text, sizeof text - 1};
    w->count = 1;
    return myo_session_read(w->clinic, &source, &w->sessions[0], &issues) == MYO_OK
               ? EXIT_DONE
               : complain(EXIT_FAILED, "out of memory");
}

static int read_sessions(work *w, char **paths, size_t count)
{
    int status = count == 0 ? empty_session(w) : EXIT_DONE;
    for (size_t i = 0; i < count && status == EXIT_DONE; i++) {
        status = clinic_read_session("report", w->clinic, paths[i], false, &w->sessions[i]);
        w->count = i + 1;
    }
    for (size_t i = 0; i < w->count; i++) {
        w->course[i] = w->sessions[i];
    }
    return status == EXIT_DONE ? clinic_sort_sessions("report", w->course, w->count) : status;
}

static int import_events(work *w, const char *path)
{
    static myo_issues issues;
    char *data = NULL;
    const char *slash = strrchr(path, '/');
    /* The page names the file, not the place of it on somebody's disk. */
    myo_source_text lines = {slash != NULL ? slash + 1 : path, NULL, 0};
    int status = clinic_read_file("report", path, &data, &lines.size);
    if (status != EXIT_DONE) {
        return status;
    }
    lines.data = data;
    const myo_author author = {"report", NULL};
    myo_status taken = myo_session_import(w->latest, &lines, &author, &issues);
    free(data);
    if (taken == MYO_ERR_FORMAT) {
        clinic_complain("report", &issues, false);
        return EXIT_BAD_INPUT;
    }
    return taken == MYO_OK ? EXIT_DONE : complain(EXIT_FAILED, myo_status_text(taken));
}

/* The channel on which most twitches were strongest; of equals the first. */
static uint32_t busiest_channel(const myo_session *session)
{
    size_t count[MYO_MAX_CHANNELS] = {0}, index = 0;
    const myo_finding *finding;
    while ((finding = myo_session_next(session, MYO_FINDINGS, &index)) != NULL) {
        if (finding->type == MYO_EVENT_LTR + 1 && finding->channel >= 0.0 &&
            finding->channel < MYO_MAX_CHANNELS) {
            count[(size_t)finding->channel]++;
        }
    }
    uint32_t best = 0;
    for (uint32_t c = 1; c < MYO_MAX_CHANNELS; c++) {
        best = count[c] > count[best] ? c : best;
    }
    return best;
}

static int read_trace(const work *w, myo_report_trace *trace)
{
    char number[16];
    snprintf(number, sizeof number, "%u", busiest_channel(w->latest));
    const myo_source_options options = {.dataset = w->chosen->dataset,
                                        .rate_hz = w->chosen->rate_hz,
                                        .full_scale_uv = w->chosen->full_scale_uv,
                                        .channels = w->chosen->channel != NULL ? w->chosen->channel
                                                                               : number};
    return report_trace_read(w->chosen->recording, &options, w->latest, trace);
}

static int read_strips(const work *w, myo_strips *strips)
{
    const settings *chosen = w->chosen;
    myo_cine_options options = {.times = chosen->cine_times, .interval_s = chosen->cine_interval_s};
    myo_why why = {""};
    if (!cine_crop_read(chosen->cine_crop, &options.crop)) {
        return complain(EXIT_USAGE, "--cine-crop is X,Y,WIDTH,HEIGHT in pixels");
    }
    const myo_status status =
        myo_strips_read(chosen->cine_events, chosen->cine, &options, strips, &why);
    if (status != MYO_OK) {
        talk_file("report", chosen->cine, why.text);
        return status == MYO_ERR_NO_MEMORY ? EXIT_FAILED : EXIT_BAD_INPUT;
    }
    return EXIT_DONE;
}

static int write_page(const work *w, const myo_string *html)
{
    if (html->failed) {
        return complain(EXIT_FAILED, "out of memory");
    }
    if (w->chosen->out != NULL) {
        return clinic_write_file("report", w->chosen->out, html, w->chosen->replace);
    }
    bool fine = fwrite(html->data, 1, html->length, stdout) == html->length && fflush(stdout) == 0;
    return fine ? EXIT_DONE : complain(EXIT_FAILED, "standard output: cannot be written");
}

static int run_checks(const work *w, myo_check **check)
{
    myo_status run = myo_check_run(w->course, w->count, check);
    if (run != MYO_OK) {
        return run == MYO_ERR_BAD_ARG
                   ? complain(EXIT_BAD_INPUT, "the sessions are not of one patient code")
                   : complain(EXIT_FAILED, myo_status_text(run));
    }
    myo_check_sort(*check, MYO_BY_POINT);
    return EXIT_DONE;
}

static int report(work *w)
{
    static myo_strips strips;
    myo_report_trace trace = {0};
    myo_check *check = NULL;
    myo_string html = {0};
    int status = w->chosen->events != NULL ? import_events(w, w->chosen->events) : EXIT_DONE;
    if (status == EXIT_DONE && w->chosen->cine_events != NULL) {
        status = import_events(w, w->chosen->cine_events);
    }
    if (status == EXIT_DONE && w->chosen->recording != NULL) {
        status = read_trace(w, &trace);
    }
    if (status == EXIT_DONE && w->chosen->cine != NULL) {
        status = read_strips(w, &strips);
    }
    if (status == EXIT_DONE && !w->bare) {
        status = run_checks(w, &check);
    }
    if (status == EXIT_DONE) {
        const myo_report what = {w->course, w->count, check,
                                 w->chosen->recording != NULL ? &trace : NULL,
                                 w->chosen->cine != NULL ? &strips : NULL};
        myo_report_html(&what, &html);
        status = write_page(w, &html);
    }
    myo_string_free(&html);
    myo_check_free(check);
    report_trace_free(&trace);
    myo_strips_free(&strips);
    return status;
}

/* The page never takes the place of what it is made from. */
static int out_check(const settings *chosen, char **paths, size_t count)
{
    const char *const inputs[] = {chosen->events, chosen->cine_events, chosen->recording,
                                  chosen->cine, chosen->cine_times};
    const size_t more = sizeof inputs / sizeof inputs[0];
    myo_why why = {""};
    myo_status status = MYO_OK;
    for (size_t i = 0; i < count + more && status == MYO_OK; i++) {
        status = myo_outfile_spare(chosen->out, i < count ? paths[i] : inputs[i - count], &why);
    }
    return status == MYO_OK ? EXIT_DONE : complain(EXIT_FAILED, why.text);
}

int command_report(int argc, char **argv)
{
    static work w;
    settings chosen = {0};
    int first = 0;
    int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    size_t count = (size_t)(argc - first);
    if (count > SESSIONS_MAX ||
        (count == 0 && chosen.events == NULL && chosen.cine_events == NULL)) {
        return complain(EXIT_USAGE, "a session or --events is wanted; see --help");
    }
    if (chosen.cine != NULL && chosen.cine_events == NULL) {
        return complain(EXIT_USAGE, "--cine needs --cine-events");
    }
    w = (work){.chosen = &chosen, .bare = count == 0};
    status = out_check(&chosen, argv + first, count);
    if (status == EXIT_DONE) {
        status = clinic_load("report", chosen.overlay, false, &w.clinic);
    }
    if (status == EXIT_DONE) {
        status = read_sessions(&w, argv + first, count);
    }
    for (size_t i = 0; i < w.count && status == EXIT_DONE; i++) {
        w.latest = w.course[w.count - 1] == w.sessions[i] ? w.sessions[i] : w.latest;
    }
    if (status == EXIT_DONE) {
        status = report(&w);
    }
    for (size_t i = 0; i < w.count; i++) {
        myo_session_free(w.sessions[i]);
    }
    myo_clinic_free(w.clinic);
    return status;
}
