/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The annotated session: an NWB 2 file (nwb-schema 2.9, hdmf-common 1.8) with the samples, the
 * events, the marks, and beside them what is ours: configuration, versions, state of the channels.
 */
#include "sink.h"

#include "nwb_motion.h"
#include "nwb_parts.h"
#include "nwb_rest.h"
#include "outfile.h"

#include "myotwitch/version.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 64 KiB, which HDF5 gathers in memory before it writes. */
enum { CHUNK_SAMPLES = 16384 };

typedef struct {
    myo_sink sink; /* first: a sink is cast to this */
    const myo_session_head *head;
    myo_outfile *file;
    nwb_file nwb;
    hid_t data;
    int64_t frames;
    uint64_t content; /* hash of the samples */
    nwb_table events, marks, rest;
    nwb_twitches twitches; /* for the pairs with the ultrasound's */
} nwb;

static myo_status state(nwb *self, myo_why *why)
{
    return self->nwb.failed ? myo_why_set(why, MYO_ERR_WRITE,
                                          "session file: cannot be written; is the disk full?")
                            : MYO_OK;
}

static myo_status nwb_samples(myo_sink *sink, const float *samples, size_t frames, myo_why *why)
{
    nwb *self = (nwb *)sink;
    uint32_t channels = self->head->info->channels;
    self->content = nwb_hash(self->content, samples, frames * channels * sizeof *samples);
    nwb_append(&self->nwb, self->data, H5T_NATIVE_FLOAT, self->frames, frames, channels, samples);
    self->frames += (int64_t)frames;
    return state(self, why);
}

static myo_status nwb_event(myo_sink *sink, const myo_event *event, myo_why *why)
{
    nwb *self = (nwb *)sink;
    if (event->stage != MYO_CONFIRMED) {
        return MYO_OK; /* a session file holds what was settled */
    }
    if (event->type == MYO_EVENT_LTR && self->head->cine != NULL) {
        nwb_twitches_add(&self->twitches, (double)event->onset_frame / self->head->info->rate_hz);
    }
    nwb_events_row(&self->events, self->head->info, event);
    return state(self, why);
}

static myo_status nwb_mark(myo_sink *sink, const myo_mark *mark, myo_why *why)
{
    nwb *self = (nwb *)sink;
    if (self->marks.nwb == NULL) {
        nwb_marks_open(&self->marks, &self->nwb);
    }
    nwb_marks_row(&self->marks, self->head->info, mark->frame, mark->label);
    return state(self, why);
}

static myo_status nwb_rest_event(myo_sink *sink, const myo_rest_event *rest, myo_why *why)
{
    nwb *self = (nwb *)sink;
    if (self->rest.nwb == NULL) {
        nwb_rest_open(&self->rest, &self->nwb);
    }
    nwb_rest_row(&self->rest, rest, self->head->info->rate_hz);
    return state(self, why);
}

static void channels_write(nwb *self, const myo_session_tail *tail)
{
    nwb_table table;
    nwb_channels_open(&table, &self->nwb, tail->looks != NULL);
    nwb_channels_rows(&table, self->head->info, tail);
    nwb_dynamic_ids(&table);
    nwb_table_close(&table);
}

/* Ours, beside what NWB knows. */
static void run_write(nwb *self, const myo_session_tail *tail)
{
    nwb_file *file = &self->nwb;
    hid_t group = nwb_group(file, "/general/myotwitch");
    nwb_text(file, group, "recording", self->head->recording);
    nwb_text(file, group, "version", myo_version());
    nwb_text(file, group, "detector", myo_head_detector(self->head));
    nwb_text(file, group, "config", self->head->config_text);
    nwb_text(file, group, "config_hash", self->head->config_hash);
    nwb_text(file, group, "complete", tail->complete ? "yes" : "no: the recording was damaged");
    nwb_text(file, group, "note", myo_honest_sentence());
    (void)H5Gclose(group);
}

static void identifier_write(nwb *self)
{
    char text[40];
    const char *hash = self->head->config_hash;
    self->content = nwb_hash(self->content, hash, strlen(hash));
    (void)snprintf(text, sizeof text, "myotwitch-%016" PRIx64, self->content);
    nwb_text_set(&self->nwb, "/identifier", text, false);
    nwb_object_ids(&self->nwb, self->content);
}

static bool handles_close(nwb *self)
{
    nwb_table_close(&self->events);
    nwb_table_close(&self->marks);
    nwb_table_close(&self->rest);
    if (self->data > 0) {
        (void)H5Dclose(self->data);
        self->data = -1;
    }
    return nwb_file_close(&self->nwb);
}

static myo_status nwb_finish(myo_sink *sink, const myo_session_tail *tail, myo_why *why)
{
    nwb *self = (nwb *)sink;
    nwb_dynamic_ids(&self->events);
    if (self->rest.nwb != NULL) {
        nwb_dynamic_ids(&self->rest);
    }
    channels_write(self, tail);
    if (self->head->cine != NULL) {
        nwb_motion_write(&self->nwb, self->head->cine, &self->twitches);
    }
    run_write(self, tail);
    nwb_table_close(&self->events);
    nwb_table_close(&self->marks);
    nwb_table_close(&self->rest);
    identifier_write(self);
    if (!handles_close(self)) {
        return state(self, why);
    }
    myo_outfile *file = self->file;
    self->file = NULL;
    return myo_outfile_commit(file, why);
}

static void nwb_free(myo_sink *sink)
{
    nwb *self = (nwb *)sink;
    (void)handles_close(self);
    myo_outfile_discard(self->file);
    free(self->twitches.onsets);
    free(self);
}

static myo_status nwb_prepare(nwb *self, const char *path, bool replace, myo_why *why)
{
    myo_status status = myo_outfile_open(path, replace, &self->file, why);
    if (status == MYO_OK && myo_outfile_temporary(self->file) == NULL) {
        status = myo_why_set(why, MYO_ERR_WRITE, "a session file needs a plain file's name");
    }
    if (status != MYO_OK) {
        return status;
    }
    myo_outfile_sync_later(self->file, self->head->sync_later);
    nwb_file_open(&self->nwb, myo_outfile_temporary(self->file));
    if (!self->nwb.failed) {
        const myo_source_info *info = self->head->info;
        nwb_root_write(&self->nwb, info);
        self->data = nwb_emg_open(&self->nwb, info, CHUNK_SAMPLES / info->channels);
        nwb_events_open(&self->events, &self->nwb, "/intervals/events",
                        myo_head_detector(self->head));
    }
    return state(self, why);
}

myo_status myo_nwb_new(const char *path, bool replace, const myo_session_head *head,
                       myo_sink **sink, myo_why *why)
{
    nwb *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->sink = (myo_sink){.samples = nwb_samples,
                            .event = nwb_event,
                            .mark = nwb_mark,
                            .rest = nwb_rest_event,
                            .finish = nwb_finish,
                            .free = nwb_free};
    self->head = head;
    self->content = NWB_HASH_START;
    myo_status status = nwb_prepare(self, path, replace, why);
    if (status != MYO_OK) {
        nwb_free(&self->sink);
        return status;
    }
    *sink = &self->sink;
    return MYO_OK;
}
