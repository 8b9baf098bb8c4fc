/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joins the small tables of the entries into large ones. */
#include "batch_tables.h"

#include "batch_entry.h"
#include "batch_subjects.h"
#include "talk.h"

#include "export/outfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *file;   /* in each entry */
    const char *before; /* names of the columns that are put in front */
    bool has_state;     /* one of them is the state */
    bool has_peak;      /* peak_uv and peak_fs are made of the one that the entry has */
    char *names;        /* of the columns; NULL before the first entry */
    FILE *out;
} table;

void batch_totals_take(batch_totals *totals, const batch_list *list, const char *out,
                       const char *key)
{
    char reason[BATCH_REASON_SIZE];
    *totals = (batch_totals){0};
    for (size_t k = 0; k < list->count; k++) {
        switch (batch_entry_state(out, &list->items[k], key, reason)) {
        case BATCH_DONE:
            totals->done++;
            break;
        case BATCH_DAMAGED:
            totals->damaged++;
            break;
        case BATCH_FAILED:
        case BATCH_BROKE:
            totals->failed++;
            break;
        case BATCH_MISSING:
            totals->first_missing =
                totals->missing++ == 0 ? list->items[k].name : totals->first_missing;
            break;
        }
    }
}

/* A spreadsheet takes a cell that begins so for a formula. */
static void name_cell(FILE *out, const char *name)
{
    fputs(strchr("=+-@", name[0]) != NULL ? "'" : "", out);
    talk_clean(name, out);
}

/* Number of the column peak_uv or peak_fs among @p names, or -1. */
static int peak_column(const char *names, bool *calibrated)
{
    const char *at = strstr(names, "\tpeak_");
    int column = 0;
    if (at == NULL) {
        return -1;
    }
    *calibrated = strncmp(at, "\tpeak_uv", 8) == 0;
    for (const char *c = names; c <= at; c++) {
        column += *c == '\t';
    }
    return column;
}

/* Both kinds of size have a column of their own, so that no one adds them up. The rest of a line is
 * copied as it stands: the events of a study are many. */
static void line_write(FILE *out, const char *line, int peak, bool calibrated)
{
    const char *cell = line;
    for (int column = 0; peak >= 0 && column < peak && cell != NULL; column++) {
        cell = strchr(cell, '\t');
        cell += cell != NULL;
    }
    fputc('\t', out);
    if (peak < 0 || cell == NULL) {
        fputs(line, out);
        return;
    }
    size_t length = strcspn(cell, "\t");
    (void)fwrite(line, 1, (size_t)(cell - line), out);
    fprintf(out, calibrated ? "%.*s\tn/a%s" : "n/a\t%.*s%s", (int)length, cell, cell + length);
}

/* The names of the columns as they are in the joined table. */
static char *names_joined(const table *self, const char *names)
{
    const char *peak = self->has_peak ? strstr(names, "\tpeak_") : NULL;
    char *joined = NULL;
    int length = peak == NULL ? asprintf(&joined, "%s\t%s", self->before, names)
                              : asprintf(&joined, "%s\t%.*s\tpeak_uv\tpeak_fs%s", self->before,
                                         (int)(peak - names), names, peak + strlen("\tpeak_uv"));
    return length < 0 ? NULL : joined;
}

static bool names_take(table *self, const char *names)
{
    char *joined = names_joined(self, names);
    if (joined == NULL) {
        return false;
    }
    if (self->names == NULL) {
        self->names = joined;
        fprintf(self->out, "%s\n", joined);
        return true;
    }
    bool same = strcmp(self->names, joined) == 0;
    free(joined);
    return same;
}

static bool rows_copy(table *self, FILE *file, const char *name, batch_state state)
{
    char *line = NULL;
    size_t room = 0;
    int peak = -1;
    bool calibrated = false, sound = true;
    ssize_t length = getline(&line, &room, file);
    for (int number = 0; sound && length > 0; number++) {
        line[length - 1] = '\0';
        if (number == 0) {
            sound = names_take(self, line);
            peak = self->has_peak ? peak_column(line, &calibrated) : -1;
        } else {
            name_cell(self->out, name);
            fprintf(self->out, "%s%s", self->has_state ? "\t" : "",
                    self->has_state ? batch_state_name(state) : "");
            line_write(self->out, line, peak, calibrated);
            fputc('\n', self->out);
        }
        length = getline(&line, &room, file);
    }
    free(line);
    return sound && !ferror(file);
}

static bool entry_join(table *self, const char *out, const batch_recording *recording,
                       batch_state state)
{
    char *path = batch_entry_path(out, recording, self->file);
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    if (file == NULL) {
        talk_file("batch", path == NULL ? out : path, strerror(errno));
        free(path);
        return false;
    }
    bool sound = rows_copy(self, file, recording->name, state);
    (void)fclose(file);
    if (!sound) {
        talk_file("batch", path, "is no table as this program writes it");
    }
    free(path);
    return sound;
}

static bool entries_join(table *self, const batch_list *list, const char *out, const char *key)
{
    char reason[BATCH_REASON_SIZE];
    for (size_t k = 0; k < list->count; k++) {
        batch_state state = batch_entry_state(out, &list->items[k], key, reason);
        if ((state == BATCH_DONE || state == BATCH_DAMAGED) &&
            !entry_join(self, out, &list->items[k], state)) {
            return false;
        }
    }
    if (self->names == NULL) {
        fprintf(self->out, "%s\n", self->before);
    }
    return true;
}

static bool failures_list(table *self, const batch_list *list, const char *out, const char *key)
{
    char reason[BATCH_REASON_SIZE];
    fprintf(self->out, "%s\n", self->before);
    for (size_t k = 0; k < list->count; k++) {
        batch_state state = batch_entry_state(out, &list->items[k], key, reason);
        if (state != BATCH_DONE) {
            name_cell(self->out, list->items[k].name);
            fprintf(self->out, "\t%s\t%s\n", batch_state_name(state), reason);
        }
    }
    return true;
}

typedef bool table_fill(table *self, const batch_list *list, const char *out, const char *key);

static bool table_write(const char *name, table self, table_fill *fill, const batch_list *list,
                        const char *out, const char *key)
{
    char *path = NULL;
    myo_outfile *file = NULL;
    myo_why why = {"out of memory"};
    if (asprintf(&path, "%s/%s", out, name) < 0) {
        return false;
    }
    bool written = myo_outfile_open(path, true, &file, &why) == MYO_OK;
    if (written) {
        self.out = myo_outfile_stream(file);
        myo_outfile_name_later(file); /* batch_subjects_write() comes last */
        written = fill(&self, list, out, key);
        free(self.names);
        if (!written) {
            myo_outfile_discard(file);
            free(path);
            return false;
        }
        written = myo_outfile_commit(file, &why) == MYO_OK;
    }
    if (!written) {
        fprintf(stderr, "myotwitch batch: %s\n", why.text);
    }
    free(path);
    return written;
}

bool batch_tables_write(const batch_list *list, const char *out, const char *key)
{
    const table events = {.file = "events.tsv", .before = "recording", .has_peak = true};
    const table rows = {.file = "recording.tsv", .before = "recording\tstatus", .has_state = true};
    const table failures = {.before = "recording\tstatus\treason"};
    return table_write("events.tsv", events, entries_join, list, out, key) &&
           table_write("recordings.tsv", rows, entries_join, list, out, key) &&
           table_write("failures.tsv", failures, failures_list, list, out, key) &&
           batch_subjects_write(out);
}
