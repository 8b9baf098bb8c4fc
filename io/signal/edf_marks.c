/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goes through the records once for their times, annotations and trigger codes. */
#include "edf_marks.h"

#include "edf_tal.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Longest sum of gaps that is filled, s: a week. What says more is damaged or no session. */
static const double max_missing_s = 7 * 86400.0;

enum {
    TRIGGER_BITS = 0xFFFF
}; /* BioSemi's trigger port; the bits above tell the amplifier's state */

typedef struct {
    int file;
    const edf_header *header;
    int64_t record, record_frames;
    double rate_hz;
    edf_time_line *line;
    myo_marks *marks;
    char *bytes;  /* one signal of one record */
    int64_t code; /* last of the trigger port; -1 before the first */
    int64_t idle; /* its value at rest */
    int64_t bad_lists, first_bad, overlaps;
    myo_why *why;
} scan;

static int64_t record_start(const scan *self)
{
    return self->record * self->record_frames + self->line->missing;
}

static myo_status gap_add(scan *self, int64_t frames)
{
    edf_time_line *line = self->line;
    if ((double)(line->missing + frames) > max_missing_s * self->rate_hz) {
        return myo_why_set(self->why, MYO_ERR_UNSUPPORTED,
                           "record %lld: more than %g days are missing before it",
                           (long long)self->record, max_missing_s / 86400.0);
    }
    if (line->count == line->capacity) {
        size_t capacity = line->capacity == 0 ? 16 : 2 * line->capacity;
        edf_gap *gaps = realloc(line->gaps, capacity * sizeof *gaps);
        if (gaps == NULL) {
            return myo_why_set(self->why, MYO_ERR_NO_MEMORY, "out of memory");
        }
        line->gaps = gaps;
        line->capacity = capacity;
    }
    line->gaps[line->count++] = (edf_gap){self->record, frames};
    line->missing += frames;
    return MYO_OK;
}

/* Only a discontinuous recording may have gaps; elsewhere the first record's start is all that the
 * times of records add. Starts that fall between two frames are rounded, which is no gap. */
static myo_status start_take(scan *self, double start_s)
{
    if (self->record == 0) {
        self->line->first_s = start_s;
        return MYO_OK;
    }
    if (!self->header->is_discontinuous) {
        return MYO_OK;
    }
    double ahead =
        round((start_s - self->line->first_s) * self->rate_hz) - (double)record_start(self);
    self->overlaps += ahead < -1.0;
    return ahead > 1.0 ? gap_add(self, (int64_t)ahead) : MYO_OK;
}

static myo_status texts_take(scan *self, const edf_tal *tal)
{
    char text[sizeof((myo_mark *)NULL)->label];
    int64_t frame = llround((tal->onset_s - self->line->first_s) * self->rate_hz);
    for (size_t at = 0; edf_tal_text(tal, &at, text, sizeof text);) {
        myo_status status = myo_marks_add(self->marks, frame, text);
        if (status != MYO_OK) {
            return myo_why_set(self->why, status, "record %lld: too many marks",
                               (long long)self->record);
        }
        self->marks->items[self->marks->count - 1].frames =
            llround(tal->duration_s * self->rate_hz);
    }
    return MYO_OK;
}

static myo_status annotations_take(scan *self, size_t size, bool keeps_time)
{
    edf_tal tal;
    myo_status status = MYO_OK;
    for (size_t at = 0; status == MYO_OK && edf_tal_next(self->bytes, size, &at, &tal);) {
        if (!tal.is_valid) {
            self->first_bad = self->bad_lists++ == 0 ? self->record : self->first_bad;
        } else if (keeps_time) {
            status = start_take(self, tal.onset_s);
        }
        keeps_time = false;
        if (tal.is_valid && status == MYO_OK) {
            status = texts_take(self, &tal);
        }
    }
    return status;
}

/* A code counts where it appears; back to rest is no mark. */
static myo_status codes_take(scan *self, const edf_signal *signal)
{
    int64_t width = self->header->sample_bytes;
    for (int64_t i = 0; i < signal->record_samples; i++) {
        const unsigned char *bytes = (const unsigned char *)self->bytes + i * width;
        int64_t code = (bytes[0] | bytes[1] << 8) & TRIGGER_BITS;
        if (self->code < 0) {
            self->idle = code;
        } else if (code != self->code && code != 0 && code != self->idle) {
            char text[16];
            (void)snprintf(text, sizeof text, "%d", (int)code);
            int64_t frame = record_start(self) + i * self->record_frames / signal->record_samples;
            myo_status status = myo_marks_add(self->marks, frame, text);
            if (status != MYO_OK) {
                return myo_why_set(self->why, status, "record %lld: too many marks",
                                   (long long)self->record);
            }
        }
        self->code = code;
    }
    return MYO_OK;
}

static myo_status signal_take(scan *self, const edf_signal *signal, bool keeps_time)
{
    size_t size = (size_t)(signal->record_samples * self->header->sample_bytes);
    int64_t at = self->header->data_offset + self->record * self->header->record_bytes;
    if (pread(self->file, self->bytes, size, (off_t)(at + signal->offset)) != (ssize_t)size) {
        return myo_why_set(self->why, MYO_ERR_READ, "record %lld: %s", (long long)self->record,
                           strerror(errno));
    }
    return signal->role == EDF_ANNOTATIONS ? annotations_take(self, size, keeps_time)
                                           : codes_take(self, signal);
}

/* Annotations first: they say when the record starts. */
static myo_status record_take(scan *self)
{
    bool keeps_time = true;
    for (int role = EDF_ANNOTATIONS; role <= EDF_STATUS; role++) {
        for (uint32_t s = 0; s < self->header->signal_count; s++) {
            const edf_signal *signal = &self->header->signals[s];
            if ((int)signal->role != role) {
                continue;
            }
            myo_status status = signal_take(self, signal, keeps_time);
            if (status != MYO_OK) {
                return status;
            }
            keeps_time = false;
        }
    }
    return MYO_OK;
}

static void oddities_note(const scan *self, char *note, size_t size)
{
    if (self->bad_lists > 0) {
        myo_note_add(note, size, "record %lld: annotation that cannot be read (%lld in all)",
                     (long long)self->first_bad, (long long)self->bad_lists);
    }
    if (self->overlaps > 0) {
        myo_note_add(note, size, "%lld records start before the one before them ends",
                     (long long)self->overlaps);
    }
}

static int64_t largest_slice(const edf_header *header)
{
    int64_t largest = 0;
    for (uint32_t s = 0; s < header->signal_count; s++) {
        const edf_signal *signal = &header->signals[s];
        if (signal->role != EDF_SAMPLES && signal->record_samples > largest) {
            largest = signal->record_samples;
        }
    }
    return largest * header->sample_bytes;
}

myo_status edf_marks_read(int file, const edf_header *header, int64_t records,
                          int64_t record_frames, edf_time_line *line, myo_marks *marks, char *note,
                          size_t note_size, myo_why *why)
{
    scan self = {.file = file,
                 .header = header,
                 .record_frames = record_frames,
                 .rate_hz = (double)record_frames / header->record_s,
                 .line = line,
                 .marks = marks,
                 .code = -1,
                 .why = why};
    int64_t size = largest_slice(header);
    *line = (edf_time_line){0};
    if (size == 0) {
        return MYO_OK;
    }
    self.bytes = malloc((size_t)size);
    myo_status status =
        self.bytes == NULL ? myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory") : MYO_OK;
    for (; status == MYO_OK && self.record < records; self.record++) {
        status = record_take(&self);
    }
    oddities_note(&self, note, note_size);
    free(self.bytes);
    return status;
}
