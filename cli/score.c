/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch score`: events against labels, over any number of recordings. */
#include "command.h"
#include "options.h"
#include "score_pairs.h"
#include "talk.h"

#include "export/outfile.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MS_PER_S 1000.0

typedef struct {
    const char *truth_type, *event_type, *json;
    double tolerance_ms, min_snr_db, max_snr_db;
    bool list;
    double gates[SCORE_MEASURES];
} settings;

#define GATE_ROW(which, name, about, high)                                                         \
    OPTION_NUMBER_ROW(settings, gates[which], name, 0, "X", about, 0, high)
#define NO_LIMIT 1e9

static const option_row rows[] = {
    OPTION_TEXT_ROW(settings, truth_type, "truth-type", 't', "TYPE[,TYPE...]",
                    "labels to be found (default ltr; 'any' for all)"),
    OPTION_TEXT_ROW(settings, event_type, "event-type", 'e', "TYPE[,TYPE...]",
                    "events that count as found (default ltr)"),
    OPTION_NUMBER_ROW(settings, tolerance_ms, "tolerance-ms", 0, "MS",
                      "largest onset error of a hit (default 50)", 0, 3600000),
    OPTION_NUMBER_ROW(settings, min_snr_db, "min-snr-db", 0, "DB",
                      "labels with less count neither way", -200, 200),
    OPTION_NUMBER_ROW(settings, max_snr_db, "max-snr-db", 0, "DB",
                      "labels with more count neither way", -200, 200),
    OPTION_FLAG_ROW(settings, list, "list", 'l',
                    "list each miss and each false alarm, and what was there instead"),
    OPTION_TEXT_ROW(
        settings, json, "json", 'j', "FILE",
        "write the figures as JSON to FILE, - for standard output instead of the table"),
    GATE_ROW(SCORE_RECALL, "gate-recall", "status 5 if recall is below X", 1),
    GATE_ROW(SCORE_PRECISION, "gate-precision", "status 5 if precision is below X", 1),
    GATE_ROW(SCORE_F1, "gate-f1", "status 5 if F1 is below X", 1),
    GATE_ROW(SCORE_ONSET_BIAS, "gate-onset-bias-ms", "status 5 if the bias is beyond +-X",
             NO_LIMIT),
    GATE_ROW(SCORE_ONSET_MEDIAN, "gate-onset-median-ms",
             "status 5 if the median onset error is above X", NO_LIMIT),
    GATE_ROW(SCORE_ONSET_P95, "gate-onset-p95-ms",
             "status 5 if the 95th percentile of the onset error is above X", NO_LIMIT),
    GATE_ROW(SCORE_DELAY_MEDIAN, "gate-delay-median-ms",
             "status 5 if the median reporting delay is above X", NO_LIMIT),
    GATE_ROW(SCORE_DELAY_P95, "gate-delay-p95-ms",
             "status 5 if the 95th percentile of the reporting delay is above X", NO_LIMIT),
    GATE_ROW(SCORE_DELAY_MAX, "gate-delay-max-ms",
             "status 5 if the longest reporting delay is above X", NO_LIMIT),
    GATE_ROW(SCORE_CONFIRM_MEDIAN, "gate-confirm-median-ms",
             "status 5 if types settle later than X after the end, median", NO_LIMIT),
    GATE_ROW(SCORE_CONFIRM_P95, "gate-confirm-p95-ms", "the same, 95th percentile", NO_LIMIT),
    GATE_ROW(SCORE_CONFIRM_MAX, "gate-confirm-max-ms", "the same, longest", NO_LIMIT),
    GATE_ROW(SCORE_FALSE_PER_MINUTE, "gate-false-per-minute",
             "status 5 if there are more false alarms a minute than X", NO_LIMIT),
    GATE_ROW(SCORE_FALSE_PER_HOUR, "gate-false-per-hour",
             "status 5 if there are more false alarms an hour than X", NO_LIMIT),
    OPTION_END,
};

static const char *const examples[] = {
    "myotwitch score session.json events.jsonl",
    "the table of one session that 'myotwitch synth' made and 'myotwitch analyze' read",
    "myotwitch score --min-snr-db 18 --gate-f1 0.97 a.json a.jsonl b.json b.jsonl",
    "two sessions pooled, twitches of at least 18 dB; fails with status 5 below F1 = 0.97",
    NULL,
};

static const option_page page = {
    "score",
    "TRUTH EVENTS [TRUTH EVENTS...]",
    "measure events against labels",
    "TRUTH is the label file of a synthetic session, EVENTS are the event lines of 'analyze'. An\n"
    "event is a hit if its onset is within the tolerance of a label's; matching is one to one,\n"
    "with as many pairs as possible and the least total error. Every interval is a two-sided 95 %\n"
    "one: Clopper-Pearson for shares (F1 through hits/(hits+false+missed)), Garwood for rates,\n"
    "Student for the mean, order statistics for median and p95.\n\n"
    "The confusion table matches events of all types with labels of all types.",
    rows,
    examples};

static int say(int status, const char *name, const char *text)
{
    talk_file("score", name, text);
    return status;
}

static bool parse_types(const char *text, uint32_t *types)
{
    *types = 0;
    while (*text != '\0') {
        char name[32];
        size_t length = strcspn(text, ",");
        if (length >= sizeof name) {
            return false;
        }
        memcpy(name, text, length);
        name[length] = '\0';
        myo_event_type type = myo_event_type_from_name(name);
        if (type != MYO_EVENT_TYPE_COUNT) {
            *types |= 1u << type;
        } else if (strcmp(name, "any") == 0) {
            *types |= (1u << MYO_EVENT_TYPE_COUNT) - 1u;
        } else {
            return false;
        }
        text += length + (text[length] == ',');
    }
    return *types != 0;
}

static int score_files(score_pairs *pairs, const char *truth_name, const char *events_name)
{
    myo_label_list truth, events;
    myo_why why = {""};
    if (myo_label_read_truth(truth_name, &truth, &why) != MYO_OK) {
        return say(EXIT_BAD_INPUT, truth_name, why.text);
    }
    if (myo_label_read_events(events_name, &events, &why) != MYO_OK) {
        myo_label_list_free(&truth);
        return say(EXIT_BAD_INPUT, events_name, why.text);
    }
    myo_status status = score_pairs_add(pairs, &truth, &events, truth_name);
    myo_label_list_free(&truth);
    myo_label_list_free(&events);
    pairs->summary->recordings++;
    return status == MYO_OK ? EXIT_DONE : say(EXIT_FAILED, truth_name, myo_status_text(status));
}

static int write_json(const score_summary *summary, const char *name)
{
    myo_why why = {""};
    myo_outfile *file = NULL;
    myo_status status = myo_outfile_open(name, false, &file, &why);
    if (status == MYO_OK) {
        score_print_json(summary, myo_outfile_stream(file));
        status = myo_outfile_commit(file, &why);
    }
    if (status != MYO_OK) {
        fprintf(stderr, "myotwitch score: %s\n", why.text); /* it names the file */
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}

static int show(const score_summary *summary, const char *json)
{
    bool only_json = json != NULL && strcmp(json, "-") == 0;
    if (only_json) {
        score_print_json(summary, stdout);
    } else {
        score_print_table(summary, stdout);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return say(EXIT_FAILED, "standard output", strerror(errno));
    }
    return json == NULL || only_json ? EXIT_DONE : write_json(summary, json);
}

static int judge(const score_summary *summary)
{
    for (int which = 0; which < SCORE_MEASURES; which++) {
        if (!score_gate_is_met(summary, (score_measure)which)) {
            return EXIT_GATE;
        }
    }
    return EXIT_DONE;
}

static int run(score_pairs *pairs, int count, char **names)
{
    double tolerance_s = pairs->summary->tolerance_ms / MS_PER_S;
    myo_status made = myo_score_new(tolerance_s, &pairs->chosen);
    if (made == MYO_OK) {
        made = myo_score_new(tolerance_s, &pairs->all);
    }
    int status = made == MYO_OK ? EXIT_DONE : say(EXIT_FAILED, "score", myo_status_text(made));
    for (int i = 0; i < count && status == EXIT_DONE; i += 2) {
        status = score_files(pairs, names[i], names[i + 1]);
    }
    if (status == EXIT_DONE) {
        myo_score_result_get(pairs->chosen, &pairs->summary->result);
    }
    myo_score_free(pairs->chosen);
    myo_score_free(pairs->all);
    return status;
}

int command_score(int argc, char **argv)
{
    settings chosen = {.truth_type = "ltr", .event_type = "ltr", .tolerance_ms = 50.0};
    chosen.min_snr_db = chosen.max_snr_db = (double)NAN;
    for (int i = 0; i < SCORE_MEASURES; i++) {
        chosen.gates[i] = (double)NAN;
    }
    int first = 0;
    int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    score_summary summary = {.tolerance_ms = chosen.tolerance_ms,
                             .min_snr_db = chosen.min_snr_db,
                             .max_snr_db = chosen.max_snr_db};
    memcpy(summary.gates, chosen.gates, sizeof summary.gates);
    if (!parse_types(chosen.truth_type, &summary.truth_types)) {
        return say(EXIT_USAGE, chosen.truth_type, "not a list of types");
    }
    if (!parse_types(chosen.event_type, &summary.event_types)) {
        return say(EXIT_USAGE, chosen.event_type, "not a list of types");
    }
    if (chosen.list && chosen.json != NULL && strcmp(chosen.json, "-") == 0) {
        return say(EXIT_USAGE, "--list", "needs the standard output that --json - takes");
    }
    if (first == argc || (argc - first) % 2 != 0) {
        return say(EXIT_USAGE, "operands", "pairs of TRUTH and EVENTS are needed");
    }
    score_pairs pairs = {.summary = &summary, .list = chosen.list ? stdout : NULL};
    status = run(&pairs, argc - first, argv + first);
    if (status == EXIT_DONE) {
        status = show(&summary, chosen.json);
    }
    return status == EXIT_DONE ? judge(&summary) : status;
}
