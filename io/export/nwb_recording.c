/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording as an NWB 2 file: samples and marks, and nothing of an analysis (nwb.c writes that). */
#include "recording.h"

#include "nwb_parts.h"
#include "outfile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* 64 KiB, which HDF5 gathers in memory before it writes. */
enum { CHUNK_SAMPLES = 16384 };

typedef struct {
    myo_recording recording; /* first: a recording is cast to this */
    const myo_source_info *info;
    const myo_mark *marks;
    size_t mark_count;
    myo_outfile *file;
    nwb_file nwb;
    hid_t data;
    int64_t frames;
    uint64_t content; /* hash of the samples */
} writer;

static myo_status state(const writer *self, myo_why *why)
{
    return self->nwb.failed
               ? myo_why_set(why, MYO_ERR_WRITE, "NWB: cannot be written; is the disk full?")
               : MYO_OK;
}

static myo_status nwb_add(myo_recording *recording, const float *samples, size_t frames,
                          myo_why *why)
{
    writer *self = (writer *)recording;
    const uint32_t channels = self->info->channels;
    self->content = nwb_hash(self->content, samples, frames * channels * sizeof *samples);
    nwb_append(&self->nwb, self->data, H5T_NATIVE_FLOAT, self->frames, frames, channels, samples);
    self->frames += (int64_t)frames;
    return state(self, why);
}

/* An AnnotationSeries has moments only. Returns how many marks had a length. */
static size_t marks_write(writer *self)
{
    nwb_table table;
    size_t lengths = 0;
    if (self->mark_count == 0) {
        return 0;
    }
    nwb_marks_open(&table, &self->nwb);
    for (size_t i = 0; i < self->mark_count; i++) {
        nwb_marks_row(&table, self->info, self->marks[i].frame, self->marks[i].label);
        lengths += self->marks[i].frames > 0;
    }
    nwb_table_close(&table);
    return lengths;
}

static void identifier_write(writer *self)
{
    char text[40];
    (void)snprintf(text, sizeof text, "myotwitch-%016" PRIx64, self->content);
    nwb_text_set(&self->nwb, "/identifier", text, false);
    nwb_object_ids(&self->nwb, self->content);
}

static bool handles_close(writer *self)
{
    if (self->data >= 0) {
        (void)H5Dclose(self->data);
        self->data = -1;
    }
    return nwb_file_close(&self->nwb);
}

static void nwb_free(myo_recording *recording)
{
    writer *self = (writer *)recording;
    (void)handles_close(self);
    myo_outfile_discard(self->file);
    free(self);
}

static myo_status nwb_commit(myo_recording *recording, myo_loss *loss, myo_why *why)
{
    writer *self = (writer *)recording;
    const size_t lengths = marks_write(self);
    identifier_write(self);
    myo_status status = handles_close(self) ? MYO_OK : state(self, why);
    if (status == MYO_OK) {
        status = myo_outfile_commit(self->file, why);
        self->file = NULL;
    }
    if (status == MYO_OK && lengths > 0) {
        myo_note_add(loss->text, sizeof loss->text,
                     "NWB has no length of an annotation: %zu are moments", lengths);
    }
    nwb_free(recording);
    return status;
}

static myo_status file_begin(writer *self, const myo_recording_options *options, myo_why *why)
{
    myo_status status = myo_outfile_open(options->path, options->replace, &self->file, why);
    if (status == MYO_OK && myo_outfile_temporary(self->file) == NULL) {
        status = myo_why_set(why, MYO_ERR_WRITE, "NWB needs a plain file's name");
    }
    if (status != MYO_OK) {
        return status;
    }
    nwb_file_open(&self->nwb, myo_outfile_temporary(self->file));
    if (!self->nwb.failed) {
        nwb_root_write(&self->nwb, self->info);
        self->data = nwb_emg_open(&self->nwb, self->info, CHUNK_SAMPLES / self->info->channels);
    }
    return state(self, why);
}

myo_status myo_nwb_recording_new(const myo_recording_options *options, myo_recording **recording,
                                 myo_why *why)
{
    writer *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->recording = (myo_recording){.add = nwb_add, .commit = nwb_commit, .free = nwb_free};
    self->info = options->info;
    self->marks = options->marks;
    self->mark_count = options->mark_count;
    self->data = -1;
    self->content = NWB_HASH_START;
    myo_status status = file_begin(self, options, why);
    if (status != MYO_OK) {
        nwb_free(&self->recording);
        return status;
    }
    *recording = &self->recording;
    return MYO_OK;
}
