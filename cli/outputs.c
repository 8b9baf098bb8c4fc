/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which sinks an analysis has, and every call passed on to each. */
#include "outputs.h"

#include "batch_row.h"
#include "summary.h"

#include "export/outfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef myo_status sink_new(const char *path, bool replace, const myo_session_head *head,
                            myo_sink **sink, myo_why *why);

/* The files that --out writes for each recording. */
static const struct {
    const char *format, *suffix;
    sink_new *make;
} kinds[] = {
    {"jsonl", ".events.jsonl", myo_jsonl_new},
    {"tsv", ".events.tsv", myo_tsv_new},
    {"nwb", ".nwb", myo_nwb_new},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

/** What all outputs of one recording are opened with. */
typedef struct {
    outputs *all;
    const analysis_settings *settings;
    const char *input;
    const myo_session_head *head;
} opening;

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

void outputs_stem(const char *path, char *stem, size_t size)
{
    const char *base = base_name(path);
    const char *dot = strrchr(base, '.');
    size_t length = dot == NULL || dot == base ? strlen(base) : (size_t)(dot - base);
    (void)snprintf(stem, size, "%.*s", (int)length, base);
}

/* Where @p path will be: its folder. */
static bool folder_of(const char *path, struct stat *folder)
{
    const char *slash = strrchr(path, '/');
    char *name = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path + 1));
    const bool found = name != NULL && stat(name, folder) == 0;
    free(name);
    return found;
}

/* Neither may exist yet. */
static bool is_same_file(const char *one, const char *other)
{
    struct stat a, b;
    return strcmp(one, other) == 0 ||
           (strcmp(base_name(one), base_name(other)) == 0 && folder_of(one, &a) &&
            folder_of(other, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

const char *outputs_shared(const char *const *names, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (names[i] != NULL && names[j] != NULL && is_same_file(names[i], names[j])) {
                return names[i];
            }
        }
    }
    return NULL;
}

/* Whether the comma-separated @p list holds @p word; NULL holds every word. */
static bool list_has(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; at != NULL; at = strchr(at, ','), at += at != NULL) {
        if (strncmp(at, word, length) == 0 && (at[length] == ',' || at[length] == '\0')) {
            return true;
        }
    }
    return list == NULL;
}

const char *outputs_unknown_format(const char *list)
{
    for (const char *at = list; at != NULL; at = strchr(at, ','), at += at != NULL) {
        size_t k = 0, length = strcspn(at, ",");
        while (k < KINDS &&
               (strlen(kinds[k].format) != length || strncmp(kinds[k].format, at, length) != 0)) {
            k++;
        }
        if (k == KINDS) {
            return at;
        }
    }
    return NULL;
}

static myo_status output_add(const opening *self, sink_new *make, const char *path, myo_why *why)
{
    outputs *all = self->all;
    myo_status status = myo_outfile_spare(path, self->input, why);
    if (status != MYO_OK) {
        return status;
    }
    status = make(path, self->settings->force, self->head, &all->sinks[all->count], why);
    all->count += status == MYO_OK;
    return status;
}

static myo_status folder_open(const opening *self, myo_why *why)
{
    const analysis_settings *settings = self->settings;
    char stem[256], path[4096];
    myo_status status = MYO_OK;
    if (mkdir(settings->out, 0777) != 0 && errno != EEXIST) {
        return myo_why_set(why, MYO_ERR_WRITE, "%.180s: %s", settings->out, strerror(errno));
    }
    outputs_stem(self->head->recording, stem, sizeof stem);
    for (size_t k = 0; k < KINDS && status == MYO_OK; k++) {
        if (!list_has(settings->format, kinds[k].format)) {
            continue;
        }
        int length = snprintf(path, sizeof path, "%s/%s%s", settings->out, stem, kinds[k].suffix);
        status = length < (int)sizeof path
                     ? output_add(self, kinds[k].make, path, why)
                     : myo_why_set(why, MYO_ERR_WRITE, "%.180s: name too long", settings->out);
    }
    return status;
}

myo_status outputs_open(outputs *all, const analysis_settings *settings, const char *input,
                        const myo_session_head *head, myo_why *why)
{
    const opening self = {all, settings, input, head};
    myo_status status = MYO_OK;
    if (settings->events != NULL) {
        status = output_add(&self, myo_jsonl_new, settings->events, why);
    }
    if (settings->tsv != NULL && status == MYO_OK) {
        status = output_add(&self, myo_tsv_new, settings->tsv, why);
    }
    if (settings->row != NULL && status == MYO_OK) {
        status = output_add(&self, batch_row_new, settings->row, why);
    }
    if (settings->out != NULL && status == MYO_OK) {
        status = folder_open(&self, why);
    }
    if (!settings->quiet && status == MYO_OK) {
        bool stdout_taken = list_has(settings->events != NULL ? settings->events : "", "-") ||
                            list_has(settings->tsv != NULL ? settings->tsv : "", "-");
        status = summary_new(stdout_taken ? stderr : stdout, head, &all->sinks[all->count], why);
        all->count += status == MYO_OK;
    }
    if (status != MYO_OK) {
        outputs_free(all);
    }
    return status;
}

myo_status outputs_samples(outputs *all, const float *samples, size_t frames, myo_why *why)
{
    myo_status status = MYO_OK;
    for (size_t s = 0; s < all->count && status == MYO_OK; s++) {
        myo_sink *sink = all->sinks[s];
        status = sink->samples == NULL ? MYO_OK : sink->samples(sink, samples, frames, why);
    }
    return status;
}

myo_status outputs_event(outputs *all, const myo_event *event, myo_why *why)
{
    myo_status status = MYO_OK;
    for (size_t s = 0; s < all->count && status == MYO_OK; s++) {
        status = all->sinks[s]->event(all->sinks[s], event, why);
    }
    return status;
}

myo_status outputs_mark(outputs *all, const myo_mark *mark, myo_why *why)
{
    myo_status status = MYO_OK;
    for (size_t s = 0; s < all->count && status == MYO_OK; s++) {
        myo_sink *sink = all->sinks[s];
        status = sink->mark == NULL ? MYO_OK : sink->mark(sink, mark, why);
    }
    return status;
}

myo_status outputs_rest(outputs *all, const myo_rest_event *rest, myo_why *why)
{
    myo_status status = MYO_OK;
    for (size_t s = 0; s < all->count && status == MYO_OK; s++) {
        myo_sink *sink = all->sinks[s];
        status = sink->rest == NULL ? MYO_OK : sink->rest(sink, rest, why);
    }
    return status;
}

myo_status outputs_finish(outputs *all, const myo_session_tail *tail, myo_why *why)
{
    myo_status status = MYO_OK;
    for (size_t s = 0; s < all->count && status == MYO_OK; s++) {
        status = all->sinks[s]->finish(all->sinks[s], tail, why);
    }
    return status;
}

void outputs_free(outputs *all)
{
    for (size_t s = 0; s < all->count; s++) {
        all->sinks[s]->free(all->sinks[s]);
    }
    all->count = 0;
}
