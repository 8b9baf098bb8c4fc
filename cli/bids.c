/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch bids`: a batch with the command line of a BIDS App (bids-apps.neuroimaging.io). */
#include "analysis_options.h"
#include "batch_entry.h"
#include "batch_study.h"
#include "command.h"
#include "options.h"
#include "talk.h"

#include "export/json.h"
#include "export/outfile.h"

#include "myotwitch/version.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    analysis_settings analysis;
    const char *labels;
    double jobs, time_limit_s;
    bool skip_validation;
} settings;

/** The participants asked for: a list, then operands. */
typedef struct {
    const char *list;
    int count;
    char **more;
} participants;

static const option_row rows[] = {
    OPTION_TEXT_ROW(settings, labels, "participant_label", 'p', "LIST",
                    "only these, without sub-: 01,02; more may stand at the end of the line"),
    OPTION_NUMBER_ROW(settings, jobs, "n_cpus", 'j', "N",
                      "processors to keep busy (default: all that may be used)", 1, 1024),
    OPTION_NUMBER_ROW(settings, time_limit_s, "time_limit", 0, "S",
                      "give a recording up after so many seconds", 0.1, 1e9),
    OPTION_FLAG_ROW(settings, skip_validation, "skip_bids_validator", 0,
                    "accepted; what is read is judged by its content anyway"),
    OPTION_FLAG_ROW(settings, analysis.force, "force", 0,
                    "take over an output_dir that was made with other settings"),
    ANALYSIS_OPTION_ROWS(settings),
    OPTION_FLAG_ROW(settings, analysis.quiet, "quiet", 'q', "no messages on single recordings"),
    OPTION_END,
};

static const char *const examples[] = {
    "myotwitch bids study study/derivatives/myotwitch participant",
    "every recording of every participant",
    "myotwitch bids study study/derivatives/myotwitch participant --participant_label 01 02",
    "two participants, for example as one job of a cluster",
    "myotwitch bids study study/derivatives/myotwitch group",
    "the tables, when all participants are done",
    NULL,
};

static const option_page page = {
    "bids",
    "bids_dir output_dir participant|group",
    "the batch as a BIDS App",
    "Recordings are sub-*/[ses-*/]emg/*_emg.* of bids_dir. participant writes for each a table\n"
    "*_desc-ltr_events.tsv under the same folders of output_dir; group joins all of them as\n"
    "'myotwitch batch --merge' does. What was done is not done again. Participants may run side "
    "by\n"
    "side when they are given the same labels never twice at a time.\n\n"
    "The exit status is 3 when a recording failed or is damaged; the others are done all the same.",
    rows,
    examples};

static int usage(const char *text, const char *detail)
{
    fprintf(stderr, "myotwitch bids: %s%s\n", text, detail);
    return EXIT_USAGE;
}

static bool label_is(const char *wanted, size_t wanted_length, const char *label, size_t length)
{
    if (wanted_length > 4 && strncmp(wanted, "sub-", 4) == 0) {
        wanted += 4;
        wanted_length -= 4;
    }
    return wanted_length == length && strncmp(wanted, label, length) == 0;
}

static bool participant_wanted(const participants *wanted, const char *label, size_t length)
{
    for (const char *at = wanted->list, *comma; at != NULL; at = comma == NULL ? NULL : comma + 1) {
        comma = strchr(at, ',');
        if (label_is(at, strcspn(at, ","), label, length)) {
            return true;
        }
    }
    for (int k = 0; k < wanted->count; k++) {
        if (label_is(wanted->more[k], strlen(wanted->more[k]), label, length)) {
            return true;
        }
    }
    return wanted->list == NULL && wanted->count == 0;
}

/* sub-LABEL/[ses-LABEL/]emg/NAME_emg.EXTENSION; @p context is the participants. */
static bool is_emg(const char *name, const void *context)
{
    if (strncmp(name, "sub-", 4) != 0) {
        return false;
    }
    size_t length = strcspn(name + 4, "/");
    const char *rest = name + 4 + length;
    if (strncmp(rest, "/ses-", 5) == 0) {
        rest += 1 + strcspn(rest + 1, "/");
    }
    const char *dot = strrchr(rest, '.');
    return strncmp(rest, "/emg/", 5) == 0 && strchr(rest + 5, '/') == NULL && dot != NULL &&
           dot - rest > 9 && strncmp(dot - 4, "_emg", 4) == 0 &&
           participant_wanted(context, name + 4, length);
}

/* Copies @p from to @p to, which appears when it is whole. */
static bool file_copy(const char *from, const char *to)
{
    char bytes[65536];
    myo_outfile *copy = NULL;
    myo_why why;
    FILE *file = fopen(from, "re");
    if (file == NULL || myo_outfile_open(to, true, &copy, &why) != MYO_OK) {
        if (file != NULL) {
            (void)fclose(file);
        }
        return false;
    }
    for (size_t got = fread(bytes, 1, sizeof bytes, file); got > 0;
         got = fread(bytes, 1, sizeof bytes, file)) {
        (void)fwrite(bytes, 1, got, myo_outfile_stream(copy));
    }
    bool read = !ferror(file);
    (void)fclose(file);
    if (!read) {
        myo_outfile_discard(copy);
        return false;
    }
    return myo_outfile_commit(copy, &why) == MYO_OK;
}

static bool derivative_write(const char *out, const batch_recording *recording)
{
    char *to = NULL;
    char *from = batch_entry_path(out, recording, "events.tsv");
    int stem = (int)(strrchr(recording->name, '.') - recording->name) - (int)strlen("_emg");
    bool written = from != NULL &&
                   asprintf(&to, "%s/%.*s_desc-ltr_events.tsv", out, stem, recording->name) >= 0;
    if (written) {
        written = batch_folders_make(to) && file_copy(from, to);
    }
    if (!written) {
        talk_file("bids", to == NULL ? out : to, strerror(errno));
    }
    free(from);
    free(to);
    return written;
}

static bool derivatives_write(const batch_list *list, const char *out, const char *key)
{
    char reason[BATCH_REASON_SIZE];
    bool written = true;
    for (size_t k = 0; k < list->count && written; k++) {
        batch_state state = batch_entry_state(out, &list->items[k], key, reason);
        if (state == BATCH_DONE || state == BATCH_DAMAGED) {
            written = derivative_write(out, &list->items[k]);
        }
    }
    return written;
}

typedef void text_fill(FILE *out);

static void description_fill(FILE *out)
{
    myo_json json;
    myo_json_start(&json, out);
    myo_json_object(&json, NULL);
    myo_json_string(&json, "Name", "Local twitch responses found by myotwitch");
    myo_json_string(&json, "BIDSVersion", "1.11.1");
    myo_json_string(&json, "DatasetType", "derivative");
    myo_json_array(&json, "GeneratedBy");
    myo_json_object(&json, NULL);
    myo_json_string(&json, "Name", "myotwitch");
    myo_json_string(&json, "Version", myo_version());
    myo_json_string(&json, "Description", myo_detector_version());
    myo_json_end(&json);
    myo_json_end(&json);
    myo_json_end(&json);
    myo_json_line(&json);
}

/* What lies beside the participants' folders is no part of the data set; and for the tables of
 * events the schema of 1.11.1 has no rule in derivatives of emg, though its text names such ones. */
static void ignore_fill(FILE *out)
{
    fputs("/recordings\n/events.tsv\n/recordings.tsv\n/failures.tsv\n/subjects.tsv\n"
          "/overview.html\n"
          "*desc-ltr_events.tsv\n*desc-ltr_events.json\n",
          out);
}

static void descriptions_fill(FILE *out)
{
    fprintf(out,
            "desc_id\tdescription\ndesc-ltr\tevents found by %s, local twitch responses (type ltr) "
            "among them\n",
            myo_detector_version());
}

/* What the columns of every table of events mean; BIDS lets a file of the root speak for all. */
static void columns_fill(FILE *out)
{
    static const struct {
        const char *name, *about, *units;
    } columns[] = {{"type", "what the event is; ltr: local twitch response", NULL},
                   {"channel", "number of the channel that saw it strongest, from 0", NULL},
                   {"channels", "numbers of all channels that saw it", NULL},
                   {"reported", "when its first, provisional word was given", "s"},
                   {"confirmed", "when its type was settled", "s"},
                   {"onset_frame", "onset in frames of the recording", NULL},
                   {"peak_uv", "largest magnitude in the measure band", "uV"},
                   {"snr_db", "peak over RMS of the noise", "dB"},
                   {"confidence", "that the type is right, 0 to 1", NULL},
                   {"reasons", "why it has this type", NULL},
                   {"label", "text of a mark of the recording", NULL},
                   {"provenance", "auto: found by the detector; recording: a mark in it", NULL},
                   {"detector", "name and version", NULL},
                   {"config_hash", "of the whole configuration", NULL}};
    myo_json json;
    myo_json_start(&json, out);
    myo_json_object(&json, NULL);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        myo_json_object(&json, columns[i].name);
        myo_json_string(&json, "Description", columns[i].about);
        if (columns[i].units != NULL) {
            myo_json_string(&json, "Units", columns[i].units);
        }
        myo_json_end(&json);
    }
    myo_json_end(&json);
    myo_json_line(&json);
}

static bool text_write(const char *out, const char *name, text_fill *fill)
{
    char *path = NULL;
    myo_outfile *file = NULL;
    myo_why why = {"out of memory"};
    bool written = asprintf(&path, "%s/%s", out, name) >= 0 &&
                   myo_outfile_open(path, true, &file, &why) == MYO_OK;
    if (written) {
        fill(myo_outfile_stream(file));
        written = myo_outfile_commit(file, &why) == MYO_OK;
    }
    if (!written) {
        fprintf(stderr, "myotwitch bids: %s\n", why.text);
    }
    free(path);
    return written;
}

/* Name of the lock: the same labels, the same name. */
static void part_name(const participants *wanted, char *name, size_t size)
{
    uint64_t hash = BATCH_HASH_START;
    hash = batch_hash(hash, wanted->list, wanted->list == NULL ? 0 : strlen(wanted->list));
    for (int k = 0; k < wanted->count; k++) {
        hash = batch_hash(hash, wanted->more[k], strlen(wanted->more[k]) + 1);
    }
    (void)snprintf(name, size, "participants-%016" PRIx64, hash);
}

static int participants_run(const settings *chosen, const batch_list *list, const char *key,
                            const participants *wanted)
{
    char part[40];
    const char *out = chosen->analysis.out;
    batch_counts counts = {0};
    const batch_plan plan = {.out = out,
                             .key = key,
                             .analysis = &chosen->analysis,
                             .jobs = (size_t)chosen->jobs,
                             .time_limit_s = chosen->time_limit_s,
                             .shards = 1};
    part_name(wanted, part, sizeof part);
    if (!batch_part_lock(out, part)) {
        return EXIT_FAILED;
    }
    int status = batch_pool_run(list, &plan, &counts);
    if (status != EXIT_DONE || !derivatives_write(list, out, key)) {
        return EXIT_FAILED;
    }
    printf("%zu were done before, %zu done, %zu damaged, %zu failed\n", counts.ready, counts.done,
           counts.damaged, counts.failed);
    return counts.damaged + counts.failed > 0 ? EXIT_BAD_INPUT : EXIT_DONE;
}

static int bids_run(const settings *chosen, char *tree, bool group, const participants *wanted)
{
    char key[BATCH_KEY_SIZE];
    const char *out = chosen->analysis.out;
    batch_list list = {0};
    if (!batch_key_make(&chosen->analysis, key) ||
        !batch_folder_claim(out, key, chosen->analysis.force) ||
        !text_write(out, "dataset_description.json", description_fill) ||
        !text_write(out, ".bidsignore", ignore_fill) ||
        !text_write(out, "descriptions.tsv", descriptions_fill) ||
        !text_write(out, "desc-ltr_events.json", columns_fill)) {
        return EXIT_FAILED;
    }
    int status = batch_list_make(&list, 1, &tree, out, is_emg, wanted) ? EXIT_DONE : EXIT_BAD_INPUT;
    if (status == EXIT_DONE && list.count == 0) {
        talk_file("bids", tree, "holds no sub-*/[ses-*/]emg/*_emg.* of these participants");
        status = EXIT_BAD_INPUT;
    }
    if (status == EXIT_DONE) {
        status = group ? batch_study_finish(&list, out, key)
                       : participants_run(chosen, &list, key, wanted);
    }
    status = status == EXIT_DONE && list.partial ? EXIT_BAD_INPUT : status;
    batch_list_free(&list);
    return status;
}

static bool is_folder(const char *path)
{
    DIR *folder = opendir(path);
    return folder != NULL && closedir(folder) == 0;
}

int command_bids(int argc, char **argv)
{
    settings chosen = {0};
    int first = 0;
    int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    if (argc - first < 3) {
        return usage("bids_dir, output_dir and participant or group are needed", "");
    }
    bool group = strcmp(argv[first + 2], "group") == 0;
    if (!group && strcmp(argv[first + 2], "participant") != 0) {
        return usage("the level is participant or group, not ", argv[first + 2]);
    }
    const participants wanted = {chosen.labels, argc - first - 3, argv + first + 3};
    if (wanted.count > 0 && wanted.list == NULL) {
        return usage("what is this: ", wanted.more[0]);
    }
    if (chosen.analysis.surface && chosen.analysis.needle != NULL) {
        return usage("--surface and --needle exclude each other", "");
    }
    chosen.analysis.out = argv[first + 1];
    if (!is_folder(argv[first])) {
        talk_file("bids", argv[first], strerror(errno));
        return EXIT_BAD_INPUT;
    }
    /* As a BIDS App does: derivatives/NAME of a data set that has no derivatives yet. */
    if (!batch_folders_make(argv[first + 1])) {
        talk_file("bids", argv[first + 1], strerror(errno));
        return EXIT_FAILED;
    }
    return bids_run(&chosen, argv[first], group, &wanted);
}
