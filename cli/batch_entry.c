/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries: made in .part, stamped, renamed. */
#include "batch_entry.h"

#include "talk.h"

#include "export/outfile.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The words in stamps, by state. */
static const char *const stamp_words[] = {"missing", "done", "damaged", "failed", "broke"};

enum { STATES = sizeof stamp_words / sizeof stamp_words[0] };

const char *batch_state_name(batch_state state)
{
    return stamp_words[state == BATCH_BROKE ? BATCH_FAILED : state];
}

char *batch_entry_path(const char *out, const batch_recording *recording, const char *file)
{
    char *path = NULL;
    return asprintf(&path, "%s/recordings/%s/%s", out, recording->name, file) < 0 ? NULL : path;
}

/* Reads a line without its end; false at the end of the file or when it does not fit. */
static bool line_read(FILE *file, char *line, size_t size)
{
    if (fgets(line, (int)size, file) == NULL) {
        return false;
    }
    char *end = strchr(line, '\n');
    if (end != NULL) {
        *end = '\0';
    }
    return end != NULL;
}

static batch_state word_state(const char *word)
{
    for (int s = BATCH_DONE; s < STATES; s++) {
        if (strcmp(word, stamp_words[s]) == 0) {
            return (batch_state)s;
        }
    }
    return BATCH_MISSING;
}

batch_state batch_entry_state(const char *out, const batch_recording *recording, const char *key,
                              char reason[BATCH_REASON_SIZE])
{
    char line[BATCH_REASON_SIZE];
    batch_state state = BATCH_MISSING;
    reason[0] = '\0';
    char *path = batch_entry_path(out, recording, "stamp");
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    free(path);
    if (file == NULL) {
        return BATCH_MISSING;
    }
    if (line_read(file, line, sizeof line) && strcmp(line, key) == 0 &&
        line_read(file, line, sizeof line) && strcmp(line, recording->version) == 0 &&
        line_read(file, line, sizeof line)) {
        state = word_state(line);
        if (!line_read(file, reason, BATCH_REASON_SIZE)) {
            state = BATCH_MISSING;
        }
    }
    (void)fclose(file);
    return state;
}

void batch_folder_clear(const char *path, bool keep)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return;
    }
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        (void)unlinkat(dirfd(folder), entry->d_name, 0);
    }
    (void)closedir(folder);
    if (!keep) {
        (void)rmdir(path);
    }
}

bool batch_folders_make(char *path)
{
    for (size_t k = 1; path[k - 1] != '\0' && path[k] != '\0'; k++) {
        if (path[k] != '/') {
            continue;
        }
        path[k] = '\0';
        bool made = mkdir(path, 0777) == 0 || errno == EEXIST;
        path[k] = '/';
        if (!made) {
            return false;
        }
    }
    return true;
}

char *batch_entry_begin(const char *out, const batch_recording *recording)
{
    char *part = NULL;
    uint64_t hash = batch_hash(BATCH_HASH_START, recording->name, strlen(recording->name));
    if (asprintf(&part, "%s/.part/%016" PRIx64, out, hash) < 0) {
        return NULL;
    }
    batch_folder_clear(part, true);
    if (!batch_folders_make(part) || (mkdir(part, 0777) != 0 && errno != EEXIST)) {
        free(part);
        return NULL;
    }
    return part;
}

static bool stamp_write(const char *part, const char *key, const char *version, batch_state state,
                        const char *reason)
{
    char *path = NULL;
    myo_outfile *file = NULL;
    myo_why why;
    if (asprintf(&path, "%s/stamp", part) < 0) {
        return false;
    }
    bool written = myo_outfile_open(path, true, &file, &why) == MYO_OK;
    if (written) {
        FILE *out = myo_outfile_stream(file);
        myo_outfile_sync_later(file, true);
        fprintf(out, "%s\n%s\n%s\n", key, version, stamp_words[state]);
        talk_clean(reason, out);
        fputc('\n', out);
        written = myo_outfile_commit(file, &why) == MYO_OK;
    }
    free(path);
    return written;
}

bool batch_entry_end(const char *out, const batch_recording *recording, const char *key,
                     const char *part, batch_state state, const char *reason)
{
    char *path = batch_entry_path(out, recording, "");
    if (path == NULL) {
        return false;
    }
    path[strlen(path) - 1] = '\0'; /* the slash */
    if (!batch_folders_make(path) || !stamp_write(part, key, recording->version, state, reason) ||
        !myo_outfile_sync_folder(part)) {
        free(path);
        return false;
    }
    batch_folder_clear(path, false);
    bool named = rename(part, path) == 0;
    free(path);
    return named;
}
