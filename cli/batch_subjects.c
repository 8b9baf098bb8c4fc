/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds up the recordings of each subject. */
#include "batch_subjects.h"

#include "options.h"
#include "talk.h"

#include "export/json.h"
#include "export/outfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char name[64];
    long done, damaged, failed;
    double duration_s;
    long twitches;
} subject;

typedef struct {
    subject *items;
    size_t count, room;
} subjects;

/* Columns of a table that are looked at; -1 = it has none of this name. */
typedef struct {
    int recording, status, subject, duration_s, ltr;
} columns;

static subject *subject_find(subjects *all, const char *name)
{
    for (size_t s = all->count; s > 0; s--) { /* neighbours in the table are mostly of one */
        if (strcmp(all->items[s - 1].name, name) == 0) {
            return &all->items[s - 1];
        }
    }
    if (all->count == all->room) {
        size_t room = all->room == 0 ? 64 : 2 * all->room;
        subject *items = reallocarray(all->items, room, sizeof *items);
        if (items == NULL) {
            return NULL;
        }
        all->items = items;
        all->room = room;
    }
    subject *added = &all->items[all->count++];
    *added = (subject){.done = 0};
    (void)snprintf(added->name, sizeof added->name, "%s", name);
    return added;
}

/* The name that stands for the subject of @p recording. */
static void subject_name(const char *recording, const char *own, char *name, size_t size)
{
    const char *at = strncmp(recording, "sub-", 4) == 0 ? recording : strstr(recording, "/sub-");
    if (at != NULL) {
        at += at[0] == '/';
        (void)snprintf(name, size, "%.*s", (int)strcspn(at, "/_"), at);
    } else if (own[0] != '\0' && strcmp(own, "n/a") != 0) {
        (void)snprintf(name, size, "%s", own);
    } else {
        size_t folder = strchr(recording, '/') == NULL ? 0 : strcspn(recording, "/");
        (void)snprintf(name, size, "%.*s", (int)folder, recording);
    }
    if (name[0] == '\0') {
        (void)snprintf(name, size, "n/a");
    }
}

static columns columns_find(char *names)
{
    columns found = {-1, -1, -1, -1, -1};
    const struct {
        const char *name;
        int *column;
    } wanted[] = {{"recording", &found.recording},
                  {"status", &found.status},
                  {"subject", &found.subject},
                  {"duration_s", &found.duration_s},
                  {"ltr", &found.ltr}};
    int column = 0;
    for (char *rest = names, *name; (name = strsep(&rest, "\t")) != NULL; column++) {
        for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
            if (strcmp(name, wanted[i].name) == 0) {
                *wanted[i].column = column;
            }
        }
    }
    return found;
}

/* A size of a recording; 0 for what is none, as in a table that somebody else changed. */
static double size_read(const char *cell)
{
    static const double most = 1e9;
    double value = 0.0;
    return options_number(cell, &value) && value > 0.0 && value < most ? value : 0.0;
}

static bool row_take(subjects *all, const columns *where, char *line)
{
    const char *recording = "", *status = "", *own = "", *duration = "0", *ltr = "0";
    char name[64];
    int column = 0;
    for (char *rest = line, *cell; (cell = strsep(&rest, "\t")) != NULL; column++) {
        recording = column == where->recording ? cell : recording;
        status = column == where->status ? cell : status;
        own = column == where->subject ? cell : own;
        duration = column == where->duration_s ? cell : duration;
        ltr = column == where->ltr ? cell : ltr;
    }
    subject_name(recording, own, name, sizeof name);
    subject *whose = subject_find(all, name);
    if (whose == NULL) {
        return false;
    }
    whose->done += strcmp(status, "done") == 0;
    whose->damaged += strcmp(status, "damaged") == 0;
    whose->failed += strcmp(status, "failed") == 0;
    whose->duration_s += size_read(duration);
    whose->twitches += (long)size_read(ltr);
    return true;
}

/* Rows of @p status, or of every one, of the table @p name. */
static bool table_take(subjects *all, const char *out, const char *name, bool failed_only)
{
    char *path = NULL, *line = NULL;
    size_t room = 0;
    columns where = {-1, -1, -1, -1, -1};
    bool good = asprintf(&path, "%s/%s", out, name) >= 0;
    FILE *file = good && path != NULL ? fopen(path, "re") : NULL;
    ssize_t length = file == NULL ? -1 : getline(&line, &room, file);
    good = length > 0;
    for (int number = 0; good && length > 0; number++) {
        line[length - 1] = '\0';
        if (number == 0) {
            where = columns_find(line);
        } else if (!failed_only || strstr(line, "\tfailed\t") != NULL) {
            good = row_take(all, &where, line);
        }
        length = getline(&line, &room, file);
    }
    if (!good) {
        talk_file("batch", path == NULL ? out : path,
                  length < 0 && file != NULL ? "is empty" : strerror(errno));
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    free(line);
    free(path);
    return good;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(((const subject *)left)->name, ((const subject *)right)->name);
}

static void rows_print(FILE *out, const subjects *all)
{
    fputs("subject\trecordings\tdone\tdamaged\tfailed\tduration_s\tltr\tltr_per_min\n", out);
    for (size_t s = 0; s < all->count; s++) {
        const subject *one = &all->items[s];
        char duration[64], rate[64] = "n/a";
        (void)myo_fixed_print(duration, sizeof duration, one->duration_s, 3);
        if (one->duration_s > 0.0) {
            (void)myo_fixed_print(rate, sizeof rate, 60.0 * (double)one->twitches / one->duration_s,
                                  3);
        }
        talk_clean(one->name, out);
        fprintf(out, "\t%ld\t%ld\t%ld\t%ld\t%s\t%ld\t%s\n", one->done + one->damaged + one->failed,
                one->done, one->damaged, one->failed, duration, one->twitches, rate);
    }
}

static bool table_write(const char *out, const subjects *all)
{
    char *path = NULL;
    myo_outfile *file = NULL;
    myo_why why = {"out of memory"};
    bool written = asprintf(&path, "%s/subjects.tsv", out) >= 0 &&
                   myo_outfile_open(path, true, &file, &why) == MYO_OK;
    if (written) {
        rows_print(myo_outfile_stream(file), all);
        written = myo_outfile_commit(file, &why) == MYO_OK;
    }
    if (!written) {
        fprintf(stderr, "myotwitch batch: %s\n", why.text);
    }
    free(path);
    return written;
}

bool batch_subjects_write(const char *out)
{
    subjects all = {.count = 0};
    bool good = table_take(&all, out, "recordings.tsv", false) &&
                table_take(&all, out, "failures.tsv", true);
    if (good && all.count > 1) {
        qsort(all.items, all.count, sizeof *all.items, by_name);
    }
    good = good && table_write(out, &all);
    free(all.items);
    return good;
}
