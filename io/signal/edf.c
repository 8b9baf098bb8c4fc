/* SPDX-License-Identifier: GPL-3.0-or-later */
/* EDF, EDF+, BDF and BDF+: signals of the rate of the EMG as channels in uV. Frames that a
 * discontinuous recording leaves out are filled with NaN, which the engine takes as a gap. */
#include "edf_header.h"
#include "edf_marks.h"
#include "voltage.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    int64_t offset; /* of its samples in a record */
    double gain, shift;
} column;

typedef struct {
    int file;
    edf_header header;
    edf_time_line line;
    column columns[MYO_MAX_CHANNELS];
    bool is_voltage[MYO_MAX_CHANNELS];
    int64_t record_frames; /* frames in a record */
    int64_t records;       /* whole ones that are there */
    unsigned char *bytes;  /* the record being read */
    int64_t next_record;   /* to be loaded */
    int64_t left;          /* frames of the loaded record that were not handed out */
    int64_t gap_left;      /* missing frames to hand out before the next record is loaded */
    size_t next_gap;
    int64_t frame; /* next to be read */
} edf_state;

static bool has_word(const char *text, const char *word)
{
    return strcasestr(text, word) != NULL;
}

/* Samples in a record of the signals that belong together: those called EMG, else the fastest. */
static int64_t record_frames_choose(const edf_header *header)
{
    int64_t fastest = 0, emg = 0;
    for (uint32_t s = 0; s < header->signal_count; s++) {
        const edf_signal *signal = &header->signals[s];
        if (signal->role == EDF_SAMPLES && signal->record_samples > fastest) {
            fastest = signal->record_samples;
        }
        if (signal->role == EDF_SAMPLES && has_word(signal->label, "EMG") &&
            signal->record_samples > emg) {
            emg = signal->record_samples;
        }
    }
    return emg > 0 ? emg : fastest;
}

static void channel_add(myo_reader *reader, const edf_signal *signal, uint32_t number)
{
    edf_state *state = reader->state;
    myo_source_info *info = &reader->info;
    uint32_t c = info->channels++;
    column *to = &state->columns[c];
    double uv = signal->is_scaled ? myo_unit_uv(signal->unit) : 0.0;
    double unit = uv > 0.0 ? uv : 1.0;
    double gain = (signal->physical_high - signal->physical_low) /
                  (signal->digital_high - signal->digital_low);
    to->offset = signal->offset;
    state->is_voltage[c] = uv > 0.0;
    to->gain = gain * unit;
    to->shift = (signal->physical_low - gain * signal->digital_low) * unit;
    float low = (float)(signal->digital_low * to->gain + to->shift);
    float high = (float)(signal->digital_high * to->gain + to->shift);
    info->rail_low[c] = (double)fminf(low, high);
    info->rail_high[c] = (double)fmaxf(low, high);
    info->channel_number[c] = number;
    (void)snprintf(info->channel_name[c], sizeof info->channel_name[c], "%s", signal->label);
}

static myo_status channels_take(myo_reader *reader, myo_why *why)
{
    edf_state *state = reader->state;
    const edf_header *header = &state->header;
    char *note = reader->info.note;
    state->record_frames = record_frames_choose(header);
    for (uint32_t s = 0; s < header->signal_count; s++) {
        const edf_signal *signal = &header->signals[s];
        if (signal->role != EDF_SAMPLES) {
            continue;
        }
        if (signal->record_samples != state->record_frames) {
            myo_note_add(note, sizeof reader->info.note, "%s (%g Hz) is left out", signal->label,
                         (double)signal->record_samples / header->record_s);
        } else if (reader->info.channels == MYO_MAX_CHANNELS) {
            return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                               "header: more than %d channels of one rate", MYO_MAX_CHANNELS);
        } else {
            channel_add(reader, signal, s);
        }
    }
    if (state->record_frames > 0 && !(header->record_s > 0.0)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "byte 244: records of %g s", header->record_s);
    }
    reader->info.rate_hz = (double)state->record_frames / header->record_s;
    return MYO_OK;
}

static void records_count(edf_state *state, char *note, size_t note_size)
{
    edf_header *header = &state->header;
    int64_t bytes = header->file_bytes - header->data_offset;
    int64_t there = bytes / header->record_bytes;
    if (header->records <= 0) { /* -1 while recording; some recorders leave 0 */
        myo_note_add(note, note_size, "the recording was not closed: %lld whole records",
                     (long long)there);
        header->records = there;
    } else if (bytes > header->records * header->record_bytes) {
        myo_note_add(note, note_size, "%lld bytes after the last record are ignored",
                     (long long)(bytes - header->records * header->record_bytes));
    }
    state->records = there < header->records ? there : header->records;
}

/* The header has whole seconds; EDF+ tells by the time of the first record how much later that begins:
 * a fraction, but what was cut out of a longer recording may begin an hour after the header's time. */
static void start_time_set(const edf_state *state, myo_source_info *info)
{
    enum { MICRO = 1000000 };
    char *text = info->start_time;
    const size_t size = sizeof info->start_time;
    int64_t later_us = llround(state->line.first_s * MICRO);
    int64_t fraction_us = (later_us % MICRO + MICRO) % MICRO;
    time_t later_s = (time_t)((later_us - fraction_us) / MICRO);
    struct tm date = {0};
    (void)snprintf(text, size, "%s", state->header.start_time);
    if (later_s != 0 && strptime(text, "%Y-%m-%dT%H:%M:%S", &date) != NULL) {
        const time_t start = timegm(&date) + later_s;
        (void)gmtime_r(&start, &date);
        text[strftime(text, size, "%Y-%m-%dT%H:%M:%S", &date)] = '\0';
    }
    if (fraction_us != 0 && text[0] != '\0') {
        size_t length = strlen(text);
        (void)snprintf(text + length, size - length, ".%06d", (int)fraction_us);
    }
}

static void info_fill(myo_reader *reader)
{
    edf_state *state = reader->state;
    const edf_header *header = &state->header;
    myo_source_info *info = &reader->info;
    const char *plus = !header->is_plus ? "" : header->is_discontinuous ? "+D" : "+C";
    info->frames = header->records * state->record_frames + state->line.missing;
    (void)snprintf(info->format, sizeof info->format, "%s%s, %d bit",
                   header->sample_bytes == 2 ? "EDF" : "BDF", plus,
                   (int)(8 * header->sample_bytes));
    (void)snprintf(info->subject, sizeof info->subject, "%s", header->subject);
    start_time_set(state, info);
    if (state->line.count > 0) {
        myo_note_add(info->note, sizeof info->note, "%zu gaps, %.3f s in all", state->line.count,
                     (double)state->line.missing / info->rate_hz);
    }
}

static void edf_close(myo_reader *reader)
{
    edf_state *state = reader->state;
    if (state != NULL) {
        (void)close(state->file);
        edf_header_free(&state->header);
        free(state->line.gaps);
        free(state->bytes);
        free(state);
    }
    reader->state = NULL;
}

static myo_status state_fill(myo_reader *reader, const myo_source_options *options, myo_why *why)
{
    edf_state *state = reader->state;
    edf_header *header = &state->header;
    myo_source_info *info = &reader->info;
    myo_status status = edf_header_read(state->file, header, info->note, sizeof info->note, why);
    if (status != MYO_OK) {
        return status;
    }
    status = channels_take(reader, why);
    if (status != MYO_OK || info->channels == 0) {
        return status; /* the refusal of zero channels is the same for every kind of file */
    }
    myo_voltage_choose(reader, state->is_voltage, options->channels);
    records_count(state, info->note, sizeof info->note);
    status = edf_marks_read(state->file, header, state->records, state->record_frames, &state->line,
                            &reader->marks, info->note, sizeof info->note, why);
    if (status != MYO_OK) {
        return status;
    }
    state->bytes = malloc((size_t)header->record_bytes);
    if (state->bytes == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    info_fill(reader);
    return MYO_OK;
}

static myo_status edf_open(myo_reader *reader, const char *path, const myo_source_options *options,
                           myo_why *why)
{
    edf_state *state = calloc(1, sizeof *state);
    if (state == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    reader->state = state;
    state->file = open(path, O_RDONLY | O_CLOEXEC);
    myo_status status =
        state->file < 0 ? myo_why_set(why, MYO_ERR_OPEN, "cannot be opened: %s", strerror(errno))
                        : state_fill(reader, options, why);
    if (status != MYO_OK) {
        edf_close(reader);
    }
    return status;
}

static double sample_at(const unsigned char *bytes, int64_t width)
{
    if (width == 2) {
        return (int16_t)(uint16_t)(bytes[0] | bytes[1] << 8);
    }
    int32_t value = bytes[0] | bytes[1] << 8 | bytes[2] << 16;
    return value - ((value & 0x800000) << 1);
}

static void frames_copy(const myo_reader *reader, float *samples, int64_t first, size_t frames)
{
    const edf_state *state = reader->state;
    uint32_t channels = reader->info.channels;
    int64_t width = state->header.sample_bytes;
    for (uint32_t c = 0; c < channels; c++) {
        const column *from = &state->columns[c];
        const unsigned char *bytes = state->bytes + from->offset + first * width;
        for (size_t f = 0; f < frames; f++, bytes += width) {
            samples[f * channels + c] = (float)(sample_at(bytes, width) * from->gain + from->shift);
        }
    }
}

/* Loads the next record, or begins the gap before it. */
static myo_status advance(edf_state *state, myo_why *why)
{
    const edf_time_line *line = &state->line;
    if (state->next_gap < line->count && line->gaps[state->next_gap].record == state->next_record) {
        state->gap_left = line->gaps[state->next_gap++].frames;
        return MYO_OK;
    }
    int64_t bytes = state->header.record_bytes;
    int64_t at = state->header.data_offset + state->next_record * bytes;
    if (pread(state->file, state->bytes, (size_t)bytes, (off_t)at) != (ssize_t)bytes) {
        return myo_why_set(why, MYO_ERR_READ, "record %lld: %s", (long long)state->next_record,
                           errno != 0 ? strerror(errno) : "cannot be read");
    }
    state->next_record++;
    state->left = state->record_frames;
    return MYO_OK;
}

/* Hands out up to @p room frames of what advance() made ready. */
static size_t piece_take(myo_reader *reader, float *samples, size_t room)
{
    edf_state *state = reader->state;
    int64_t *left = state->gap_left > 0 ? &state->gap_left : &state->left;
    size_t frames = *left < (int64_t)room ? (size_t)*left : room;
    if (state->gap_left > 0) {
        for (size_t i = 0; i < frames * reader->info.channels; i++) {
            samples[i] = NAN;
        }
    } else {
        frames_copy(reader, samples, state->record_frames - state->left, frames);
    }
    *left -= (int64_t)frames;
    return frames;
}

static myo_status edf_read(myo_reader *reader, float *samples, size_t frames, size_t *got,
                           myo_why *why)
{
    edf_state *state = reader->state;
    *got = 0;
    while (*got < frames) {
        if (state->gap_left == 0 && state->left == 0) {
            if (state->next_record == state->records) {
                break;
            }
            myo_status status = advance(state, why);
            if (status != MYO_OK) {
                return status;
            }
        }
        size_t room = frames - *got;
        *got += piece_take(reader, samples + *got * reader->info.channels, room);
    }
    state->frame += (int64_t)*got;
    if (*got == 0 && state->frame < reader->info.frames) {
        return myo_why_set(why, MYO_ERR_READ,
                           "frame %lld: the file ends before the %lld frames that it promises",
                           (long long)state->frame, (long long)reader->info.frames);
    }
    return MYO_OK;
}

const myo_reader_class myo_edf_reader = {.open = edf_open, .read = edf_read, .close = edf_close};
