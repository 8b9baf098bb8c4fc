/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch analyze`: recordings in, events out. */
#include "analysis.h"
#include "analysis_options.h"
#include "cine_options.h"
#include "cine_run.h"
#include "command.h"
#include "method_run.h"
#include "options.h"
#include "outputs.h"
#include "signals.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    analysis_settings analysis;
    bool print_config;
    cine_settings cine;
} settings;

static const option_row rows[] = {
    OPTION_TEXT_ROW(settings, analysis.events, "events", 'e', "FILE",
                    "write the events as JSON Lines to FILE, - for standard output"),
    OPTION_TEXT_ROW(settings, analysis.tsv, "tsv", 't', "FILE",
                    "write the events as tab-separated values to FILE, - for standard output"),
    OPTION_TEXT_ROW(settings, analysis.out, "out", 'o', "DIR",
                    "write NAME.events.jsonl, NAME.events.tsv and NAME.nwb into DIR"),
    OPTION_TEXT_ROW(settings, analysis.format, "format", 'f', "LIST",
                    "only these into DIR: jsonl, tsv, nwb"),
    OPTION_FLAG_ROW(settings, analysis.force, "force", 0, "replace outputs that exist"),
    OPTION_FLAG_ROW(settings, analysis.relaxation.quality, "quality", 0,
                    "judge every second of every channel: usable, doubtful, unusable, and why"),
    OPTION_TEXT_ROW(settings, analysis.relaxation.segments.span[SEGMENT_BASELINE], "baseline", 0,
                    "A-B", "seconds of rest before the treatment; instead of the marks"),
    OPTION_TEXT_ROW(settings, analysis.relaxation.segments.span[SEGMENT_HOLD], "hold", 0, "A-B",
                    "seconds of compression: did the muscle let go, and when"),
    OPTION_TEXT_ROW(settings, analysis.relaxation.segments.span[SEGMENT_AFTER], "after", 0, "A-B",
                    "seconds of rest after it: is the muscle more relaxed than in the baseline"),
    OPTION_TEXT_ROW(settings, analysis.relaxation.control_channel, "control-channel", 0, "N",
                    "channel far from the treated muscle, best the other side"),
    ANALYSIS_OPTION_ROWS(settings),
    OPTION_TEXT_ROW(settings, analysis.method, "method", 0, "NAME",
                    "a published method in the detector's place, to compare with"),
    OPTION_TEXT_ROW(settings, analysis.method_settings, "method-settings", 0, "LIST",
                    "its settings, like threshold=4,window=25 (ms)"),
    OPTION_TEXT_ROW(settings, cine.cine, "cine", 0, "FILE",
                    "ultrasound: video, DICOM, stacks, a directory of pictures; alone, or beside "
                    "one recording"),
    OPTION_TEXT_ROW(settings, cine.events, "cine-events", 0, "FILE",
                    "write the events of the ultrasound as JSON Lines to FILE"),
    OPTION_NUMBER_ROW(settings, cine.offset_s, "cine-offset", 0, "S",
                      "the recording's time when the ultrasound's is 0; see 'sync'", -1e9, 1e9),
    CINE_OPTION_ROWS(settings),
    OPTION_FLAG_ROW(settings, print_config, "print-config", 0,
                    "print the detector settings for each FILE and do nothing"),
    OPTION_FLAG_ROW(settings, analysis.provisional, "provisional", 'p',
                    "write every stage of an event, in the order of the decisions"),
    OPTION_FLAG_ROW(settings, analysis.quiet, "quiet", 'q', "no summary, no progress bar"),
    OPTION_END,
};

static const char *const examples[] = {
    "myotwitch analyze session.wav",
    "a table of the twitches and the state of every channel",
    "myotwitch analyze --full-scale-uv 10000 --events session.jsonl session.wav",
    "event lines too, sizes in uV",
    "myotwitch analyze --needle 1 --out results day1/*.wav",
    "three files for each recording; channel 1 is the needle itself",
    "myotwitch analyze --dataset /emg/raw --rate 2000 recording.h5",
    "a plain HDF5 data set, frames by channels",
    "myotwitch analyze --baseline 0-60 --hold 65-125 --after 130-190 session.wav",
    "whether the muscle relaxed, too",
    "myotwitch analyze --cine clip.mp4 --cine-crop 205,45,726,566 --mm-per-px 0.0883",
    "twitches in ultrasound",
    NULL,
};

static const option_page page = {
    "analyze",
    "FILE...",
    "find local twitch responses in recordings",
    "A FILE is WAV, RF64, W64, AIFF, FLAC, AU or CAF (PCM or floating point; markers are read "
    "from\n"
    "NAME-events.txt beside it and from its cue points), EDF, BDF, BrainVision, WFDB, XDF, Open\n"
    "Ephys, MATLAB, text, or HDF5: a session file of this program, NWB, OpenSignals, or any "
    "numeric\n"
    "data set named with --dataset and --rate. 'myotwitch info' shows what was understood of "
    "it.\n\n"
    "The summary goes to standard output, or to standard error when events go there. Events come\n"
    "in the order of their onsets, each when its type is settled; --provisional gives the first\n"
    "word, the verdict and the withdrawals as they fall.\n\n"
    "Relaxation is measured where --baseline, --hold and --after say, or else the recording's "
    "marks\n"
    "baseline, compress (hold) and recheck (after), each ended by 'end', 'NAME end' or the next.\n"
    "Events then wait for the verdicts, which stand among them; signal quality and the series of\n"
    "twitches come with it. Where most seconds of a channel are unusable, that no twitch was\n"
    "detected there is not assessed.\n\n"
    "--method takes hodges_bui, modified_hodges, bonato, lidierth, abbink, solnik, silva, londral "
    "or "
    "aglr\n"
    "(docs/methods.md), to be scored beside the detector. They look at the whole recording at once "
    "and\n"
    "know no types: whatever they take for activity stands as ltr, joined over gaps of 30 ms. "
    "Their settings are threshold, "
    "second,\n"
    "low_pass_hz, and in ms window, long_window, active and fail.\n\n"
    "--cine reads ultrasound: alone, or beside one recording whose events go to a file. Its "
    "twitches\n"
    "are motions that go and return at a small place; stretches in which nothing can be said "
    "stand\n"
    "as gap. With a recording each says who saw it: both, or ultrasound only.\n\n"
    "Samples that are not numbers are treated as missing. A recording that is cut off is analysed\n"
    "as far as it goes, and the exit status is 3. When one of many recordings fails, the others\n"
    "are still done. Existing outputs are kept unless --force is given; an output has its final\n"
    "name only when it is complete.",
    rows,
    examples};

static int usage(const char *text, const char *detail)
{
    fprintf(stderr, "myotwitch analyze: %s%s\n", text, detail);
    return EXIT_USAGE;
}

/* Two recordings of one name would write the same files in DIR. */
static const char *shared_stem(int count, char **paths)
{
    char one[256], other[256];
    for (int i = 1; i < count; i++) {
        outputs_stem(paths[i], one, sizeof one);
        for (int j = 0; j < i; j++) {
            outputs_stem(paths[j], other, sizeof other);
            if (strcmp(one, other) == 0) {
                return paths[i];
            }
        }
    }
    return NULL;
}

static int settings_check(const settings *chosen, int count, char **paths)
{
    const analysis_settings *analysis = &chosen->analysis;
    const char *bad_format = outputs_unknown_format(analysis->format);
    if (bad_format != NULL) {
        return usage("--format knows jsonl, tsv and nwb, not ", bad_format);
    }
    if (analysis->format != NULL && analysis->out == NULL) {
        return usage("--format needs --out", "");
    }
    if (analysis->surface && analysis->needle != NULL) {
        return usage("--surface and --needle exclude each other", "");
    }
    if (count > 1 && (analysis->events != NULL || analysis->tsv != NULL)) {
        return usage("--events and --tsv take one FILE; use --out for many", "");
    }
    const char *const names[] = {analysis->events, analysis->tsv, chosen->cine.events};
    const char *shared = outputs_shared(names, sizeof names / sizeof names[0]);
    if (shared != NULL) {
        return usage("two outputs have one name: ", shared);
    }
    const char *const *span = analysis->relaxation.segments.span;
    if (span[SEGMENT_BASELINE] == NULL &&
        (span[SEGMENT_HOLD] != NULL || span[SEGMENT_AFTER] != NULL)) {
        return usage("--hold and --after need --baseline", "");
    }
    if (span[SEGMENT_BASELINE] != NULL && span[SEGMENT_HOLD] == NULL &&
        span[SEGMENT_AFTER] == NULL) {
        return usage("--baseline needs --hold or --after", "");
    }
    if (!method_settings_good(analysis)) {
        return EXIT_USAGE;
    }
    const char *twice = analysis->out == NULL ? NULL : shared_stem(count, paths);
    return twice == NULL ? OPTIONS_GO : usage("two FILEs would write the same output: ", twice);
}

/* The images first: the recording's session file holds what they show. The recording's events are read
 * again for the pairs. */
static int cine_analyze(settings *chosen, int count, char **paths)
{
    const char *events = chosen->analysis.events;
    if (count > 1 || (count == 1 && (events == NULL || strcmp(events, "-") == 0))) {
        return usage("--cine takes at most one FILE, and with it --events FILE", "");
    }
    chosen->cine.force = chosen->analysis.force;
    chosen->cine.quiet = chosen->analysis.quiet;
    signals_take(analysis_stop);
    int status = EXIT_DONE, images = EXIT_DONE;
    cine_run *cine = cine_run_new(&chosen->cine, &images);
    if (cine != NULL && count == 1) {
        chosen->analysis.cine = cine_run_findings(cine);
        status = analysis_run(paths[0], &chosen->analysis);
    }
    if (cine != NULL && status == EXIT_DONE && !analysis_stopped()) {
        status = cine_run_write(cine, count == 1 ? events : NULL);
    }
    cine_run_free(cine);
    return status > images ? status : images;
}

int command_analyze(int argc, char **argv)
{
    settings chosen = {.cine = {.interval_s = (double)NAN,
                                .mm_per_px = (double)NAN,
                                .needle_deg = (double)NAN,
                                .carrier_hz = (double)NAN}};
    int first = 0;
    int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    int count = argc - first;
    if (chosen.cine.cine != NULL && !chosen.print_config) {
        status = settings_check(&chosen, count, argv + first);
        return status == OPTIONS_GO ? cine_analyze(&chosen, count, argv + first) : status;
    }
    if (count == 0 && chosen.print_config) {
        return analysis_print_config(NULL, &chosen.analysis);
    }
    if (count == 0) {
        return usage("no FILE given; see 'myotwitch analyze --help'", "");
    }
    status = settings_check(&chosen, count, argv + first);
    if (status != OPTIONS_GO) {
        return status;
    }
    signals_take(analysis_stop);
    int worst = EXIT_DONE;
    for (int i = first; i < argc && !analysis_stopped(); i++) {
        status = chosen.print_config              ? analysis_print_config(argv[i], &chosen.analysis)
                 : chosen.analysis.method != NULL ? method_run(argv[i], &chosen.analysis)
                                                  : analysis_run(argv[i], &chosen.analysis);
        worst = status > worst ? status : worst;
    }
    return worst;
}
