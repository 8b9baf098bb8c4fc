/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch batch`: trees of recordings in, tables out. */
#include "analysis_options.h"
#include "batch_slurm.h"
#include "batch_study.h"
#include "command.h"
#include "options.h"
#include "outputs.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    analysis_settings analysis;
    const char *shard;
    double jobs, time_limit_s, tasks;
    bool merge, slurm, submit;
} settings;

static const option_row rows[] = {
    OPTION_TEXT_ROW(settings, analysis.out, "out", 'o', "DIR",
                    "folder for entries and tables; needed"),
    OPTION_NUMBER_ROW(settings, jobs, "jobs", 'j', "N",
                      "processors to keep busy (default: all that may be used)", 1, 1024),
    OPTION_NUMBER_ROW(settings, time_limit_s, "time-limit", 0, "S",
                      "give a recording up after so many seconds", 0.1, 1e9),
    OPTION_TEXT_ROW(settings, analysis.format, "format", 'f', "LIST",
                    "these too into the entry of each recording: jsonl, tsv, nwb"),
    OPTION_TEXT_ROW(settings, shard, "shard", 0, "K/N",
                    "only the K-th of N parts (K from 1), no tables; for several machines"),
    OPTION_FLAG_ROW(settings, merge, "merge", 0, "analyse nothing, write the tables of all parts"),
    OPTION_FLAG_ROW(settings, slurm, "slurm", 0, "write job scripts for Slurm into DIR/slurm"),
    OPTION_FLAG_ROW(settings, submit, "submit", 0, "and submit them"),
    OPTION_NUMBER_ROW(settings, tasks, "tasks", 0, "N", "parts of the Slurm job (default 4)", 1,
                      1e6),
    OPTION_FLAG_ROW(settings, analysis.force, "force", 0,
                    "take over a DIR that was made with other settings"),
    ANALYSIS_OPTION_ROWS(settings),
    OPTION_FLAG_ROW(settings, analysis.quiet, "quiet", 'q', "no messages on single recordings"),
    OPTION_END,
};

static const char *const examples[] = {
    "myotwitch batch study --out results",
    "every recording below study; the same command goes on after an interruption",
    "myotwitch batch study --out results --shard 2/3",
    "the second third, on another machine",
    "myotwitch batch study --out results --merge",
    "the tables, when all parts are done",
    "myotwitch batch study --out results --slurm --submit --tasks 100",
    "the same on a cluster",
    NULL,
};

static const option_page page = {
    "batch",
    "DIR...",
    "analyze trees of recordings, resumable, in parallel",
    "Every file below DIR that is a recording by its content, or claims to be one by its name, is\n"
    "analysed in a process of its own; a .csv, .txt or .asc when it is a table that tells its "
    "rate. Links are followed, never in a circle; what begins with a dot, .tsv, .vmrk, "
    ".json "
    "and\n"
    "NAME-events.txt are passed over. Results: events.tsv (all events), recordings.tsv (length,\n"
    "noise, counts, refusals), failures.tsv (what could not be analysed, or not to its end, and\n"
    "why), subjects.tsv (the recordings of each subject added up), overview.html, and for each "
    "recording a folder recordings/NAME.\n\n"
    "A recording that was done is not done again, unless it (its size, its time of change, its\n"
    "first and last 4096 bytes, the files that share its name) or the detector changed. What\n"
    "crashed, hung or ran out of memory or disk is tried again by the next run. The tables do not\n"
    "depend on --jobs, on parts, or on interruptions.\n\n"
    "Where --jobs takes every processor and no --time-limit is set, two recordings share each, so\n"
    "that none waits for a file or, at the end, for the last recording; else each has its own.\n\n"
    "The exit status is 3 when a recording failed or is damaged; the others are done all the same.",
    rows,
    examples};

static int usage(const char *text, const char *detail)
{
    fprintf(stderr, "myotwitch batch: %s%s\n", text, detail);
    return EXIT_USAGE;
}

/* "2/3": shard 1 of 0..2. */
static bool shard_parse(const char *text, size_t *shard, size_t *shards)
{
    int end = 0;
    unsigned k = 0, n = 0;
    *shard = 0;
    *shards = 1;
    if (text == NULL) {
        return true;
    }
    if (sscanf(text, "%9u/%9u%n", &k, &n, &end) != 2 || text[end] != '\0' || k < 1 || k > n) {
        return false;
    }
    *shard = k - 1;
    *shards = n;
    return true;
}

static int settings_check(const settings *chosen)
{
    const analysis_settings *analysis = &chosen->analysis;
    myo_config config;
    size_t shard = 0, shards = 0;
    myo_config_default(&config, 2000.0, 1);
    const char *bad_format = outputs_unknown_format(analysis->format);
    if (analysis->out == NULL) {
        return usage("--out is needed; see 'myotwitch batch --help'", "");
    }
    if (bad_format != NULL) {
        return usage("--format knows jsonl, tsv and nwb, not ", bad_format);
    }
    if (analysis->surface && analysis->needle != NULL) {
        return usage("--surface and --needle exclude each other", "");
    }
    if (analysis->cpu != NULL && myo_config_set_cpu(&config, analysis->cpu) != MYO_OK) {
        return usage("--cpu does not know ", analysis->cpu);
    }
    if (!shard_parse(chosen->shard, &shard, &shards)) {
        return usage("--shard takes K/N with K from 1 to N, not ", chosen->shard);
    }
    if ((chosen->shard != NULL) + chosen->merge + chosen->slurm > 1) {
        return usage("--shard, --merge and --slurm exclude each other", "");
    }
    return chosen->submit && !chosen->slurm ? usage("--submit needs --slurm", "") : OPTIONS_GO;
}

static int shard_tell(const settings *chosen, const batch_counts *counts)
{
    printf("part %s: %zu were done before, %zu done, %zu damaged, %zu failed\n", chosen->shard,
           counts->ready, counts->done, counts->damaged, counts->failed);
    return counts->damaged + counts->failed > 0 ? EXIT_BAD_INPUT : EXIT_DONE;
}

static int analyse_all(const settings *chosen, const batch_list *list, const char *key)
{
    batch_counts counts = {0};
    batch_plan plan = {.out = chosen->analysis.out,
                       .key = key,
                       .analysis = &chosen->analysis,
                       .jobs = (size_t)chosen->jobs,
                       .time_limit_s = chosen->time_limit_s};
    (void)shard_parse(chosen->shard, &plan.shard, &plan.shards);
    char part[40];
    (void)snprintf(part, sizeof part, "%zu-of-%zu", plan.shard + 1, plan.shards);
    if (!batch_part_lock(plan.out, part)) {
        return EXIT_FAILED;
    }
    int status = batch_pool_run(list, &plan, &counts);
    if (status != EXIT_DONE) {
        return status;
    }
    if (chosen->shard != NULL) {
        return shard_tell(chosen, &counts);
    }
    if (counts.ready > 0 && !chosen->analysis.quiet) {
        fprintf(stderr, "myotwitch batch: %zu were done before\n", counts.ready);
    }
    return batch_study_finish(list, plan.out, key);
}

static int slurm_make(const settings *chosen, int count, char **trees)
{
    static const char *const left[] = {"out",    "jobs",  "shard", "merge", "slurm",
                                       "submit", "tasks", "force", "quiet", NULL};
    const batch_slurm job = {.out = chosen->analysis.out,
                             .trees = count,
                             .tree = trees,
                             .tasks = chosen->tasks > 0.0 ? (int)chosen->tasks : 4,
                             .jobs = chosen->jobs > 0.0 ? (int)chosen->jobs : 1,
                             .rows = rows,
                             .settings = chosen,
                             .left = left};
    if (!batch_slurm_write(&job)) {
        return EXIT_FAILED;
    }
    if (chosen->submit) {
        return batch_slurm_submit(&job);
    }
    printf("written; submit with: sh %s/slurm/submit.sh\n", job.out);
    return EXIT_DONE;
}

static int batch_run(const settings *chosen, int count, char **trees)
{
    char key[BATCH_KEY_SIZE];
    const char *out = chosen->analysis.out;
    batch_list list = {0};
    if (!batch_key_make(&chosen->analysis, key) ||
        !batch_folder_claim(out, key, chosen->analysis.force)) {
        return EXIT_FAILED;
    }
    if (chosen->slurm) {
        return slurm_make(chosen, count, trees);
    }
    int status = batch_list_make(&list, count, trees, out, NULL, NULL) ? EXIT_DONE : EXIT_BAD_INPUT;
    if (status == EXIT_DONE) {
        status =
            chosen->merge ? batch_study_finish(&list, out, key) : analyse_all(chosen, &list, key);
    }
    status = status == EXIT_DONE && list.partial ? EXIT_BAD_INPUT : status;
    batch_list_free(&list);
    return status;
}

int command_batch(int argc, char **argv)
{
    settings chosen = {0};
    int first = 0;
    int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status == OPTIONS_GO && first == argc) {
        return usage("no DIR given; see 'myotwitch batch --help'", "");
    }
    if (status == OPTIONS_GO) {
        status = settings_check(&chosen);
    }
    return status == OPTIONS_GO ? batch_run(&chosen, argc - first, argv + first) : status;
}
