/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch batch`: trees of recordings in, tables out. */
#include "analysis_options.h"
#include "batch_entry.h"
#include "batch_html.h"
#include "batch_pool.h"
#include "batch_slurm.h"
#include "batch_tables.h"
#include "command.h"
#include "options.h"
#include "outputs.h"
#include "talk.h"

#include "myotwitch/version.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Raised when what an entry holds changes. */
enum { LAYOUT = 1, KEY_SIZE = 128 };

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
                      "recordings at a time (default: the processors that may be used)", 1, 1024),
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

static const option_row deciding_rows[] = {
    OPTION_TEXT_ROW(settings, analysis.format, "format", 'f', "", ""),
    ANALYSIS_OPTION_ROWS(settings),
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
    "analysed in a process of its own. Links are followed; what begins with a dot, .tsv, .json "
    "and\n"
    "NAME-events.txt are passed over. Results: events.tsv (all events), recordings.tsv (length,\n"
    "noise, counts, refusals), failures.tsv (what could not be analysed, or not to its end, and\n"
    "why), overview.html, and for each recording a folder recordings/NAME.\n\n"
    "A recording that was done is not done again, unless it (its size, its time of change, its\n"
    "first and last 4096 bytes, the files that share its name) or the detector changed. What\n"
    "crashed, hung or ran out of memory or disk is tried again by the next run. The tables do not\n"
    "depend on --jobs, on parts, or on interruptions.\n\n"
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

/* The file's content decides, not its name. */
static bool config_hash(const char *path, uint64_t *hash)
{
    char bytes[4096];
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        talk_file("batch", path, strerror(errno));
        return false;
    }
    for (size_t got = fread(bytes, 1, sizeof bytes, file); got > 0;
         got = fread(bytes, 1, sizeof bytes, file)) {
        *hash = batch_hash(*hash, bytes, got);
    }
    (void)fclose(file);
    return true;
}

/* The folder of entries in the making is empty when all are made. */
static void part_remove(const char *out)
{
    char *path = NULL;
    if (asprintf(&path, "%s/.part", out) >= 0) {
        (void)rmdir(path);
        free(path);
    }
}

/* Everything but the recording that decides what an entry holds. */
static bool key_make(const settings *chosen, char key[KEY_SIZE])
{
    static const char *const by_content[] = {"config", NULL};
    char *text = NULL;
    size_t size = 0;
    uint64_t hash = BATCH_HASH_START;
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL) {
        return false;
    }
    batch_options_write(deciding_rows, chosen, by_content, memory);
    (void)fclose(memory);
    hash = batch_hash(hash, text, size);
    free(text);
    (void)snprintf(key, KEY_SIZE, "layout=%d detector=%.40s settings=", LAYOUT,
                   myo_detector_version());
    if (chosen->analysis.config != NULL && !config_hash(chosen->analysis.config, &hash)) {
        return false;
    }
    size_t length = strlen(key);
    (void)snprintf(key + length, KEY_SIZE - length, "%016" PRIx64, hash);
    return true;
}

static bool folder_empty(const char *path)
{
    DIR *folder = opendir(path);
    int entries = 0;
    while (folder != NULL && readdir(folder) != NULL) {
        entries++;
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return entries <= 2; /* . and .. */
}

/* The folder must be new, or of a batch with these settings. Its file .batch holds the key; it is
 * written first, so that shards that start together agree. */
static bool folder_claim(const char *out, const char *key, bool force)
{
    char *path = NULL, was[KEY_SIZE] = "";
    if ((mkdir(out, 0777) != 0 && errno != EEXIST) || asprintf(&path, "%s/.batch", out) < 0) {
        talk_file("batch", out, strerror(errno));
        return false;
    }
    FILE *file = fopen(path, "re");
    bool is_batch = file != NULL, same = false;
    if (is_batch) {
        same = fgets(was, sizeof was, file) != NULL && strcmp(was, key) == 0;
        (void)fclose(file);
    }
    if (!same && !force && (is_batch || !folder_empty(out))) {
        talk_file("batch", out,
                  is_batch ? "was made with other settings or another detector; choose another "
                             "--out, or --force to redo everything in it"
                           : "exists and is no folder of a batch; choose another --out or --force");
        free(path);
        return false;
    }
    file = same ? NULL : fopen(path, "we");
    bool written = same || (file != NULL && fputs(key, file) >= 0 && fclose(file) == 0);
    if (!written) {
        talk_file("batch", path, strerror(errno));
    }
    free(path);
    return written;
}

/* Two runs of the same shard would take each other's files away. The lock goes with the process,
 * however it ends, and holds on network file systems too. */
static bool shard_lock(const char *out, size_t shard, size_t shards)
{
    char *path = NULL;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (asprintf(&path, "%s/.lock-%zu-of-%zu", out, shard + 1, shards) < 0) {
        return false;
    }
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    bool locked = file >= 0 && fcntl(file, F_SETLK, &lock) == 0;
    if (!locked) {
        bool busy = file >= 0 && (errno == EACCES || errno == EAGAIN);
        talk_file("batch", out, busy ? "another run is at work on this part" : strerror(errno));
    }
    free(path);
    return locked; /* the file stays open until the end of the program */
}

static int processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

static int tables_make(const batch_list *list, const char *out, const char *key)
{
    batch_totals totals;
    batch_totals_take(&totals, list, out, key);
    if (totals.missing > 0) {
        fprintf(stderr, "myotwitch batch: %zu of %zu recordings are not done with these settings, ",
                totals.missing, list->count);
        talk_clean(totals.first_missing, stderr);
        fputs(" is one; no tables were written\n", stderr);
        return EXIT_FAILED;
    }
    if (!batch_tables_write(list, out, key) || !batch_html_write(out, &totals)) {
        return EXIT_FAILED;
    }
    part_remove(out);
    printf("%zu recordings: %zu done, %zu damaged, %zu failed; %zu other files\n", list->count,
           totals.done, totals.damaged, totals.failed, list->passed_over);
    return totals.damaged + totals.failed > 0 ? EXIT_BAD_INPUT : EXIT_DONE;
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
                       .jobs = chosen->jobs > 0.0 ? (int)chosen->jobs : processors(),
                       .time_limit_s = chosen->time_limit_s};
    (void)shard_parse(chosen->shard, &plan.shard, &plan.shards);
    if (!shard_lock(plan.out, plan.shard, plan.shards)) {
        return EXIT_FAILED;
    }
    int status = batch_pool_run(list, &plan, &counts);
    if (status != EXIT_DONE) {
        return status;
    }
    if (chosen->shard != NULL) {
        return shard_tell(chosen, &counts);
    }
    if (!chosen->analysis.quiet) {
        fprintf(stderr, "myotwitch batch: %zu were done before\n", counts.ready);
    }
    return tables_make(list, plan.out, key);
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
    char key[KEY_SIZE];
    const char *out = chosen->analysis.out;
    batch_list list = {0};
    if (!key_make(chosen, key) || !folder_claim(out, key, chosen->analysis.force)) {
        return EXIT_FAILED;
    }
    if (chosen->slurm) {
        return slurm_make(chosen, count, trees);
    }
    int status = batch_list_make(&list, count, trees, out, NULL, NULL) ? EXIT_DONE : EXIT_BAD_INPUT;
    if (status == EXIT_DONE) {
        status = chosen->merge ? tables_make(&list, out, key) : analyse_all(chosen, &list, key);
    }
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
