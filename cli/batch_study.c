/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims the folder of a batch, locks its parts, and makes its tables. */
#include "batch_study.h"

#include "analysis_options.h"
#include "batch_html.h"
#include "batch_slurm.h"
#include "batch_tables.h"
#include "command.h"
#include "talk.h"

#include "myotwitch/version.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Raised when what an entry holds changes. */
enum { LAYOUT = 1 };

typedef struct {
    analysis_settings analysis;
} settings;

static const option_row deciding_rows[] = {
    OPTION_TEXT_ROW(settings, analysis.format, "format", 'f', "", ""),
    ANALYSIS_OPTION_ROWS(settings),
    OPTION_END,
};

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
bool batch_key_make(const analysis_settings *analysis, char key[BATCH_KEY_SIZE])
{
    static const char *const by_content[] = {"config", NULL};
    const settings chosen = {.analysis = *analysis};
    char *text = NULL;
    size_t size = 0;
    uint64_t hash = BATCH_HASH_START;
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL) {
        return false;
    }
    batch_options_write(deciding_rows, &chosen, by_content, memory);
    (void)fclose(memory);
    hash = batch_hash(hash, text, size);
    free(text);
    (void)snprintf(key, BATCH_KEY_SIZE, "layout=%d detector=%.40s settings=", LAYOUT,
                   myo_detector_version());
    if (analysis->config != NULL && !config_hash(analysis->config, &hash)) {
        return false;
    }
    size_t length = strlen(key);
    (void)snprintf(key + length, BATCH_KEY_SIZE - length, "%016" PRIx64, hash);
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

/* The key in .batch is read and, where there is none yet, written by one program at a time. */
static bool key_agree(int file, const char *key, bool force, bool *agreed)
{
    char was[BATCH_KEY_SIZE] = "";
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(file, F_SETLKW, &lock) != 0 || pread(file, was, sizeof was - 1, 0) < 0) {
        return false;
    }
    *agreed = strcmp(was, key) == 0 || was[0] == '\0' || force;
    const size_t length = strlen(key);
    return !*agreed || strcmp(was, key) == 0 ||
           (ftruncate(file, 0) == 0 && pwrite(file, key, length, 0) == (ssize_t)length);
}

/* The folder must be new, or of a batch with these settings. Its file .batch holds the key and is the
 * first thing in it: a folder that was seen with anything in it has that file if it is a batch's,
 * also when shards that started together have only just made it. */
bool batch_folder_claim(const char *out, const char *key, bool force)
{
    char *path = NULL;
    bool agreed = false;
    if ((mkdir(out, 0777) != 0 && errno != EEXIST) || asprintf(&path, "%s/.batch", out) < 0) {
        talk_file("batch", out, strerror(errno));
        return false;
    }
    const bool may_begin = force || folder_empty(out);
    int file = open(path, O_RDWR | O_CLOEXEC | (may_begin ? O_CREAT : 0), 0666);
    if (file < 0 && errno == ENOENT && !may_begin) {
        talk_file("batch", out,
                  "exists and is no folder of a batch; choose another --out or --force");
    } else if (file < 0 || !key_agree(file, key, force, &agreed)) {
        talk_file("batch", path, strerror(errno));
        agreed = false;
    } else if (!agreed) {
        talk_file(
            "batch", out,
            "was made with other settings or another detector; choose another --out, or --force to "
            "redo everything in it");
    }
    if (file >= 0) {
        (void)close(file);
    }
    free(path);
    return agreed;
}

/* Two runs of the same part would take each other's files away. The lock goes with the process,
 * however it ends, and holds on network file systems too. */
bool batch_part_lock(const char *out, const char *part)
{
    char *path = NULL;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (asprintf(&path, "%s/.lock-%s", out, part) < 0) {
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

int batch_study_finish(const batch_list *list, const char *out, const char *key)
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
