/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Open Ephys' binary format: structure.oebin tells of streams in folders below it, each with
 * interleaved 16 bit samples, the number of each, and the events on the same numbers. */
#include "beside.h"
#include "flat.h"
#include "npy.h"
#include "voltage.h"

#include <cjson/cJSON.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_GAPS = 65536 };

static const size_t max_structure_bytes = (size_t)16 << 20;

/* All gaps together; a hostile list must not ask for years of silence. */
static const double all_gaps_s = 86400.0;

/* So many frames are missing before this frame of the file. */
typedef struct {
    int64_t before, missing;
} oebin_gap;

typedef struct {
    myo_reader inner; /* the samples as they lie in the file; its state is a flat_recording */
    oebin_gap *gaps;
    size_t gap_count, next_gap;
    int64_t read;    /* frames of the file so far */
    int64_t missing; /* to be handed out */
    int64_t first;   /* number of the first sample */
} oebin_state;

static void oebin_close(myo_reader *reader)
{
    oebin_state *state = reader->state;
    if (state != NULL) {
        flat_close(&state->inner);
        free(state->gaps);
        free(state);
    }
    reader->state = NULL;
}

static const char *text_of(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItem(object, key);
    return cJSON_IsString(item) ? item->valuestring : "";
}

static double number_of(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItem(object, key);
    return cJSON_IsNumber(item) ? item->valuedouble : 0.0;
}

/* The stream that is named, or the only one. */
static const cJSON *stream_choose(const cJSON *streams, const char *name, myo_why *why)
{
    char names[160] = "";
    const cJSON *found = NULL, *stream;
    int count = 0;
    cJSON_ArrayForEach(stream, streams)
    {
        const char *own = text_of(stream, "stream_name");
        own = own[0] == '\0' ? text_of(stream, "folder_name") : own;
        myo_note_add(names, sizeof names, "%s", own);
        if (name == NULL || strcmp(name, own) == 0) {
            found = stream;
            count++;
        }
    }
    if (count != 1) {
        (void)myo_why_set(why, count == 0 ? MYO_ERR_EMPTY : MYO_ERR_UNSUPPORTED,
                          "%s stream of samples; --dataset names one of: %s",
                          count == 0 ? "no such" : "more than one",
                          names[0] == '\0' ? "none" : names);
        return NULL;
    }
    return found;
}

static int below_open(const char *path, const char *room, const char *folder, const char *name,
                      myo_why *why)
{
    char place[512];
    size_t length = strlen(folder);
    const char *slash = length > 0 && folder[length - 1] != '/' ? "/" : "";
    (void)snprintf(place, sizeof place, "%s/%.300s%s%s", room, folder, slash, name);
    return myo_below_open(path, place, why);
}

/* The numbers of samples or events: sample_numbers.npy, or timestamps.npy before version 0.6. */
static bool numbers_open(const char *path, const char *room, const char *folder, npy_list *list)
{
    static const char *const names[] = {"sample_numbers.npy", "timestamps.npy"};
    myo_why why;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int file = below_open(path, room, folder, names[i], &why);
        if (file >= 0 && npy_open(file, list, &why) == MYO_OK) {
            if (!list->is_text && list->width == 8) {
                return true;
            }
            npy_close(list);
        }
    }
    return false;
}

static myo_status gap_add(oebin_state *state, int64_t before, int64_t missing, myo_why *why)
{
    if (state->gap_count == MAX_GAPS) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "frame %lld: more than %d gaps",
                           (long long)before, MAX_GAPS);
    }
    if (state->gaps == NULL) {
        state->gaps = malloc(MAX_GAPS * sizeof *state->gaps);
        if (state->gaps == NULL) {
            return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
        }
    }
    state->gaps[state->gap_count++] = (oebin_gap){before, missing};
    return MYO_OK;
}

/* From one number on to a later one; 0 when it is not later. Hostile numbers may lie so far apart
 * that only this type holds the step. */
static uint64_t number_step(int64_t from, int64_t to)
{
    return to > from ? (uint64_t)to - (uint64_t)from : 0;
}

/* Where the numbers of the samples leap, frames are missing. */
static myo_status gaps_find(myo_reader *reader, npy_list *numbers, myo_why *why)
{
    oebin_state *state = reader->state;
    int64_t most = (int64_t)(all_gaps_s * reader->info.rate_hz), lost = 0;
    int64_t count =
        numbers->count < state->inner.info.frames ? numbers->count : state->inner.info.frames;
    myo_status status = MYO_OK;
    state->first = npy_number(numbers, 0);
    int64_t before = state->first;
    for (int64_t i = 1; status == MYO_OK && i < count; i++) {
        int64_t number = npy_number(numbers, i);
        uint64_t step = number_step(before, number);
        bool is_leap = step >= 1 && step - 1 <= (uint64_t)(most - lost);
        if (is_leap && step > 1) {
            status = gap_add(state, i, (int64_t)step - 1, why);
            lost += (int64_t)step - 1;
        } else if (!is_leap) {
            myo_note_add(reader->info.note, sizeof reader->info.note,
                         "sample %lld has the number %lld after %lld; ignored", (long long)i,
                         (long long)number, (long long)before);
        }
        before = number;
    }
    reader->info.frames += lost;
    if (lost > 0) {
        myo_note_add(reader->info.note, sizeof reader->info.note,
                     "%lld frames are missing by the numbers of the samples", (long long)lost);
    }
    return status;
}

static void channels_take(myo_reader *reader, const cJSON *stream, const char *list)
{
    oebin_state *state = reader->state;
    flat_recording *recording = state->inner.state;
    myo_source_info *info = &reader->info;
    bool is_voltage[MYO_MAX_CHANNELS] = {false};
    const cJSON *channels = cJSON_GetObjectItem(stream, "channels");
    for (uint32_t c = 0; c < info->channels; c++) {
        const cJSON *channel = cJSON_GetArrayItem(channels, (int)c);
        double uv = myo_unit_uv(text_of(channel, "units")), step = number_of(channel, "bit_volts");
        is_voltage[c] = uv > 0.0 && step > 0.0;
        recording->gain[c] = (step > 0.0 ? step : 1.0) * (uv > 0.0 ? uv : 1.0);
        info->rail_low[c] = (double)(float)(-32768.0 * recording->gain[c]);
        info->rail_high[c] = (double)(float)(32767.0 * recording->gain[c]);
        info->channel_number[c] = c;
        (void)snprintf(info->channel_name[c], sizeof info->channel_name[c], "%s",
                       text_of(channel, "channel_name"));
    }
    myo_voltage_choose(reader, is_voltage, list);
}

static myo_status samples_open(myo_reader *reader, const char *path, const cJSON *stream,
                               myo_why *why)
{
    oebin_state *state = reader->state;
    flat_recording *recording = state->inner.state;
    double channels = number_of(stream, "num_channels");
    if (!(channels >= 1.0 && channels <= MYO_MAX_CHANNELS)) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "structure.oebin: %g channels; 1 to %d can be analysed", channels,
                           MYO_MAX_CHANNELS);
    }
    reader->info.channels = (uint32_t)channels;
    reader->info.rate_hz = number_of(stream, "sample_rate");
    /* Gaps are reckoned with it. */
    if (!(reader->info.rate_hz >= 0.0 && reader->info.rate_hz <= MYO_SOURCE_MAX_RATE_HZ)) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "structure.oebin: %g frames a second",
                           reader->info.rate_hz);
    }
    flat_file samples = {.kind = FLAT_INT16, .columns = reader->info.channels};
    samples.file =
        below_open(path, "continuous", text_of(stream, "folder_name"), "continuous.dat", why);
    if (samples.file < 0) {
        return MYO_ERR_OPEN;
    }
    flat_add(recording, &samples);
    recording->missing = NAN;
    myo_status status = flat_prepare(recording, why);
    state->inner.info.channels = reader->info.channels;
    state->inner.info.frames = reader->info.frames = recording->there;
    (void)snprintf(reader->info.format, sizeof reader->info.format, "Open Ephys binary, %.28s",
                   text_of(stream, "stream_name"));
    return status;
}

/* Lines of events: numbers beside states (+k: line k rose, -k: it fell) or texts. */
static myo_status events_take(myo_reader *reader, const char *path, const char *folder)
{
    static const char *const names[] = {"states.npy", "channel_states.npy", "text.npy"};
    const oebin_state *state = reader->state;
    npy_list numbers, what = {.file = -1};
    myo_why why;
    myo_status status = MYO_OK;
    if (!numbers_open(path, "events", folder, &numbers)) {
        return MYO_OK;
    }
    for (size_t i = 0; what.file < 0 && i < sizeof names / sizeof names[0]; i++) {
        int file = below_open(path, "events", folder, names[i], &why);
        if (file >= 0) {
            (void)npy_open(file, &what, &why);
        }
    }
    int64_t count = what.file < 0 ? 0 : what.count < numbers.count ? what.count : numbers.count;
    for (int64_t i = 0; status == MYO_OK && i < count; i++) {
        char label[64];
        int64_t number = npy_number(&numbers, i), line = npy_number(&what, i);
        uint64_t frame = number_step(state->first, number);
        npy_text(&what, i, label, sizeof label);
        if (!what.is_text) {
            (void)snprintf(label, sizeof label, "TTL %.0f %s", fabs((double)line),
                           line < 0 ? "off" : "on");
        }
        if (number >= state->first && frame <= (uint64_t)reader->info.frames) {
            status = myo_marks_add(&reader->marks, (int64_t)frame, label);
        }
    }
    npy_close(&numbers);
    npy_close(&what);
    return status;
}

/* Events of another stream are on another clock; texts are on that of the first stream. */
static myo_status all_events_take(myo_reader *reader, const char *path, const cJSON *root,
                                  const char *own, myo_why *why)
{
    myo_status status = MYO_OK;
    const cJSON *events = cJSON_GetObjectItem(root, "events"), *event;
    size_t length = strlen(own);
    length -= length > 0 && own[length - 1] == '/';
    cJSON_ArrayForEach(event, events)
    {
        const char *folder = text_of(event, "folder_name");
        if (status == MYO_OK &&
            (strncmp(folder, own, length) == 0 || strncmp(folder, "MessageCenter", 13) == 0 ||
             strncmp(folder, "Message_Center", 14) == 0)) {
            status = events_take(reader, path, folder);
        }
    }
    return status == MYO_OK ? status : myo_why_set(why, status, "events: too many");
}

static myo_status stream_open(myo_reader *reader, const char *path, const cJSON *root,
                              const myo_source_options *options, myo_why *why)
{
    npy_list numbers;
    const cJSON *stream =
        stream_choose(cJSON_GetObjectItem(root, "continuous"), options->dataset, why);
    if (stream == NULL) {
        return MYO_ERR_UNSUPPORTED;
    }
    const char *folder = text_of(stream, "folder_name");
    myo_status status = samples_open(reader, path, stream, why);
    if (status != MYO_OK) {
        return status;
    }
    channels_take(reader, stream, options->channels);
    if (numbers_open(path, "continuous", folder, &numbers)) {
        status = gaps_find(reader, &numbers, why);
        npy_close(&numbers);
    } else {
        myo_note_add(reader->info.note, sizeof reader->info.note,
                     "no sample_numbers.npy: gaps cannot be seen, events are counted from 0");
    }
    return status == MYO_OK ? all_events_take(reader, path, root, folder, why) : status;
}

static myo_status structure_read(myo_reader *reader, const char *path,
                                 const myo_source_options *options, myo_why *why)
{
    myo_status status = MYO_OK;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return myo_why_set(why, MYO_ERR_OPEN, "cannot be opened: %s", strerror(errno));
    }
    char *text = myo_text_load(file, max_structure_bytes, &status, why);
    (void)close(file);
    if (text == NULL) {
        return status;
    }
    const char *end = NULL;
    cJSON *root = cJSON_ParseWithOpts(text, &end, false);
    status = root == NULL ? myo_why_set(why, MYO_ERR_FORMAT, "byte %lld: not JSON",
                                        (long long)(end == NULL ? 0 : end - text))
                          : stream_open(reader, path, root, options, why);
    cJSON_Delete(root);
    free(text);
    return status;
}

static myo_status oebin_open(myo_reader *reader, const char *path,
                             const myo_source_options *options, myo_why *why)
{
    oebin_state *state = calloc(1, sizeof *state);
    reader->state = state;
    if (state != NULL) {
        state->inner.state = calloc(1, sizeof(flat_recording));
    }
    if (state == NULL || state->inner.state == NULL) {
        oebin_close(reader);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status = structure_read(reader, path, options, why);
    if (status != MYO_OK) {
        oebin_close(reader);
    }
    return status;
}

static myo_status oebin_read(myo_reader *reader, float *samples, size_t frames, size_t *got,
                             myo_why *why)
{
    oebin_state *state = reader->state;
    const uint32_t channels = reader->info.channels;
    if (state->next_gap < state->gap_count && state->gaps[state->next_gap].before == state->read) {
        state->missing = state->gaps[state->next_gap++].missing;
    }
    if (state->missing > 0) {
        *got = state->missing < (int64_t)frames ? (size_t)state->missing : frames;
        for (size_t i = 0; i < *got * channels; i++) {
            samples[i] = NAN;
        }
        state->missing -= (int64_t)*got;
        return MYO_OK;
    }
    if (state->next_gap < state->gap_count) {
        int64_t left = state->gaps[state->next_gap].before - state->read;
        frames = left < (int64_t)frames ? (size_t)left : frames;
    }
    myo_status status = flat_read(&state->inner, samples, frames, got, why);
    state->read += (int64_t)*got;
    return status;
}

const myo_reader_class myo_oebin_reader = {
    .open = oebin_open, .read = oebin_read, .close = oebin_close, .folder = true};
