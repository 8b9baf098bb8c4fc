/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch sync`: how the clock of an ultrasound recording lies to that of the EMG. */
#include "command.h"
#include "options.h"
#include "talk.h"

#include "export/json.h"
#include "export/label_read.h"

#include "myotwitch/fusion.h"

#include <stdlib.h>

typedef struct {
    double within_s;
    bool json;
} settings;

static const option_row rows[] = {
    OPTION_NUMBER_ROW(settings, within_s, "within", 'w', "S",
                      "largest offset that is looked for (default 600)", 0.001, 1e6),
    OPTION_FLAG_ROW(settings, json, "json", 'j', "print one JSON object"), OPTION_END};

static const char *const examples[] = {
    "myotwitch sync emg.jsonl cine.jsonl",
    "the offset to give to 'analyze --cine-offset'",
    NULL,
};

static const option_page page = {
    "sync",
    "EMG CINE",
    "find how the clocks of EMG and ultrasound lie",
    "EMG and CINE are event lines of 'analyze' and 'analyze --cine'. The offset is the one at "
    "which "
    "most\n"
    "twitches of both pair up, the ultrasound's 0 to 80 ms behind the EMG's; with 6 pairs over a "
    "minute\n"
    "the drift is told too. As many pairs at another offset make it a guess: then status 5.\n\n"
    "A tap on the probe that both record serves as well as a twitch.",
    rows,
    examples};

/* The twitches of a file of event lines, NULL on failure, which is reported. */
static myo_moment *moments_read(const char *path, size_t *count, int *status)
{
    myo_label_list list;
    myo_why why = {""};
    *count = 0;
    if (myo_label_read_events(path, &list, &why) != MYO_OK) {
        talk_file("sync", path, why.text);
        *status = EXIT_BAD_INPUT;
        return NULL;
    }
    myo_moment *moments = calloc(list.count + 1, sizeof *moments);
    for (size_t i = 0; moments != NULL && i < list.count; i++) {
        if (list.labels[i].type == MYO_EVENT_LTR) {
            moments[(*count)++].onset_s = list.labels[i].onset_s;
        }
    }
    myo_label_list_free(&list);
    *status = moments == NULL ? EXIT_FAILED : EXIT_DONE;
    return moments;
}

static void match_print(const myo_clock_match *match, bool as_json)
{
    if (!as_json) {
        printf("offset %.6f s, drift %s%.3g, %zu pairs (%zu at another offset), spread %.4f s\n",
               match->clock.offset_s, match->drift_is_known ? "" : "not known, taken as ",
               match->clock.drift, match->pairs, match->runner_up, match->spread_s);
        return;
    }
    myo_json json;
    myo_json_start(&json, stdout);
    myo_json_object(&json, NULL);
    myo_json_string(&json, "schema", "myotwitch.sync/1");
    myo_json_fixed(&json, "offset_s", match->clock.offset_s, 6);
    myo_json_number(&json, "drift", match->clock.drift, 6);
    myo_json_bool(&json, "drift_is_known", match->drift_is_known);
    myo_json_integer(&json, "pairs", (int64_t)match->pairs);
    myo_json_integer(&json, "runner_up", (int64_t)match->runner_up);
    myo_json_fixed(&json, "spread_s", match->spread_s, 6);
    myo_json_end(&json);
    myo_json_line(&json);
}

static int match_find(const settings *chosen, const myo_moment *emg, size_t emg_count,
                      const myo_moment *cine, size_t cine_count)
{
    myo_clock_match match;
    const myo_status status =
        myo_clock_find(emg, emg_count, cine, cine_count, chosen->within_s, &match);
    if (status == MYO_ERR_EMPTY || (status == MYO_OK && match.pairs == 0)) {
        fputs("myotwitch sync: no twitch in common\n", stderr);
        return EXIT_GATE;
    }
    if (status != MYO_OK) {
        fputs("myotwitch sync: more than 2000 twitches\n", stderr);
        return EXIT_BAD_INPUT;
    }
    match_print(&match, chosen->json);
    if (match.runner_up >= match.pairs) {
        fputs("myotwitch sync: another offset fits as well: this one is a guess\n", stderr);
        return EXIT_GATE;
    }
    return EXIT_DONE;
}

int command_sync(int argc, char **argv)
{
    settings chosen = {.within_s = 600.0};
    int first = 0;
    int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    if (argc - first != 2) {
        fputs("myotwitch sync: give two files of event lines; see --help\n", stderr);
        return EXIT_USAGE;
    }
    size_t emg_count = 0, cine_count = 0;
    myo_moment *cine = NULL, *emg = moments_read(argv[first], &emg_count, &status);
    if (emg != NULL) {
        cine = moments_read(argv[first + 1], &cine_count, &status);
    }
    if (cine != NULL) {
        status = match_find(&chosen, emg, emg_count, cine, cine_count);
    }
    free(cine);
    free(emg);
    return status;
}
