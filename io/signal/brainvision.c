/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BrainVision Core Data Format 1.0 and 2.0: a header of "key=value" lines, binary samples and
 * markers in files beside it. */
#include "beside.h"
#include "decimal.h"
#include "flat.h"
#include "voltage.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A header has a few hundred bytes a channel; a marker line some 60 bytes. */
static const size_t max_header_bytes = (size_t)1 << 20, max_marker_bytes = (size_t)128 << 20;

typedef struct {
    char data_file[256], marker_file[256];
    bool is_vectorized;
    int kind; /* flat_kind; -1 = none that is read */
    char kind_name[20];
    int64_t channels, frames;
    double interval_us;
    char unread[64]; /* a value that is not supported; "" = none */
} header;

static void copy(char *to, size_t size, const char *from)
{
    (void)snprintf(to, size, "%s", from);
}

static bool key_is(const char *line, const char *key, const char **value)
{
    size_t length = strlen(key);
    if (strncasecmp(line, key, length) != 0 || line[length] != '=') {
        return false;
    }
    *value = line + length + 1;
    return true;
}

/* Takes the next field of a comma-separated value; "\1" in it is a comma. */
static void field_take(const char **at, char *text, size_t size)
{
    size_t used = 0;
    for (; **at != '\0' && **at != ','; (*at)++) {
        bool is_comma = (*at)[0] == '\\' && (*at)[1] == '1';
        if (used + 1 < size) {
            text[used++] = is_comma ? ',' : **at;
        }
        *at += is_comma;
    }
    text[used] = '\0';
    *at += **at == ',';
}

static void kind_take(header *head, const char *value)
{
    static const struct {
        const char *name;
        flat_kind kind;
        const char *words;
    } kinds[] = {{"INT_16", FLAT_INT16, "16 bit"},
                 {"UINT_16", FLAT_UINT16, "16 bit"},
                 {"INT_32", FLAT_INT32, "32 bit"},
                 {"IEEE_FLOAT_32", FLAT_FLOAT32, "32 bit float"}};
    head->kind = -1;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcasecmp(value, kinds[i].name) == 0) {
            head->kind = (int)kinds[i].kind;
            copy(head->kind_name, sizeof head->kind_name, kinds[i].words);
        }
    }
    if (head->kind < 0) {
        copy(head->unread, sizeof head->unread, value);
    }
}

static void key_take(header *head, const char *line)
{
    const char *value = NULL;
    if (key_is(line, "DataFile", &value)) {
        copy(head->data_file, sizeof head->data_file, value);
    } else if (key_is(line, "MarkerFile", &value)) {
        copy(head->marker_file, sizeof head->marker_file, value);
    } else if (key_is(line, "DataOrientation", &value)) {
        head->is_vectorized = strcasecmp(value, "VECTORIZED") == 0;
    } else if (key_is(line, "NumberOfChannels", &value)) {
        (void)myo_decimal_whole(value, strlen(value), &head->channels);
    } else if (key_is(line, "DataPoints", &value)) {
        (void)myo_decimal_whole(value, strlen(value), &head->frames);
    } else if (key_is(line, "SamplingInterval", &value)) {
        (void)myo_decimal_read(value, strlen(value), true, &head->interval_us);
    } else if (key_is(line, "BinaryFormat", &value)) {
        kind_take(head, value);
    } else if ((key_is(line, "DataFormat", &value) && strcasecmp(value, "BINARY") != 0) ||
               (key_is(line, "DataType", &value) && strcasecmp(value, "TIMEDOMAIN") != 0) ||
               (key_is(line, "UseBigEndianOrder", &value) && strcasecmp(value, "NO") != 0)) {
        copy(head->unread, sizeof head->unread, line);
    }
}

/* "Ch3=name,reference,resolution,unit": an empty resolution is 1, an empty unit is uV. */
static void channel_take(myo_reader *reader, bool *is_voltage, const char *line)
{
    flat_recording *recording = reader->state;
    const char *at = strchr(line, '=');
    int64_t number = 0;
    char name[64], reference[64], resolution[32], unit[16];
    double scale = 1.0;
    if (strncasecmp(line, "Ch", 2) != 0 || at == NULL ||
        !myo_decimal_whole(line + 2, (size_t)(at - line - 2), &number) || number < 1 ||
        number > reader->info.channels) {
        return;
    }
    at++;
    field_take(&at, name, sizeof name);
    field_take(&at, reference, sizeof reference);
    field_take(&at, resolution, sizeof resolution);
    field_take(&at, unit, sizeof unit);
    (void)myo_decimal_read(resolution, strlen(resolution), true, &scale);
    double uv = unit[0] == '\0' ? 1.0 : myo_unit_uv(unit);
    recording->gain[number - 1] = scale * (uv > 0.0 ? uv : 1.0);
    is_voltage[number - 1] = uv > 0.0;
    (void)snprintf(reader->info.channel_name[number - 1], sizeof reader->info.channel_name[0],
                   "%.31s", name);
}

static myo_status header_check(const header *head, myo_why *why)
{
    if (head->unread[0] != '\0' || head->kind < 0) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "header: '%s' is not read", head->unread);
    }
    if (head->channels < 1 || head->channels > MYO_MAX_CHANNELS) {
        return myo_why_set(why, head->channels == 0 ? MYO_ERR_EMPTY : MYO_ERR_UNSUPPORTED,
                           "header: %lld channels; 1 to %d can be analysed",
                           (long long)head->channels, MYO_MAX_CHANNELS);
    }
    if (!(head->interval_us > 0.0)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "header: no SamplingInterval");
    }
    if (head->frames < 0 || head->frames > INT64_MAX / 2048 / MYO_MAX_CHANNELS ||
        (head->is_vectorized && head->frames == 0)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "header: no number of DataPoints");
    }
    return MYO_OK;
}

/* What the header says of the file as a whole. */
static myo_status head_read(char *text, header *head, myo_why *why)
{
    char section[40] = "";
    *head = (header){.kind = FLAT_INT16, .kind_name = "16 bit"};
    for (char *at = text, *line; (line = myo_text_line(&at)) != NULL;) {
        if (line[0] == '[') {
            copy(section, sizeof section, line);
        } else if (line[0] != ';' && (strcasecmp(section, "[Common Infos]") == 0 ||
                                      strcasecmp(section, "[Binary Infos]") == 0)) {
            key_take(head, line);
        }
    }
    return header_check(head, why);
}

static void channels_read(myo_reader *reader, const header *head, bool *is_voltage, char *text)
{
    flat_recording *recording = reader->state;
    bool inside = false;
    reader->info.channels = (uint32_t)head->channels;
    for (uint32_t c = 0; c < reader->info.channels; c++) {
        reader->info.channel_number[c] = c;
        recording->gain[c] = 1.0;
        is_voltage[c] = true;
    }
    for (char *at = text, *line; (line = myo_text_line(&at)) != NULL;) {
        inside = line[0] == '[' ? strcasecmp(line, "[Channel Infos]") == 0 : inside;
        if (inside && line[0] != ';') {
            channel_take(reader, is_voltage, line);
        }
    }
}

static void rails_set(myo_reader *reader, const header *head)
{
    const flat_recording *recording = reader->state;
    for (uint32_t c = 0; c < reader->info.channels && head->kind == FLAT_INT16; c++) {
        float rail = (float)(32768.0 * recording->gain[c]);
        float high = (float)(32767.0 * recording->gain[c]);
        reader->info.rail_low[c] = -(double)rail;
        reader->info.rail_high[c] = (double)high;
    }
}

/* "Mk4=type,description,position,size,channel,date"; positions count from 1. The date of the first
 * new segment is when the recording began. */
static myo_status marker_take(myo_reader *reader, const char *line, int64_t *unread)
{
    const char *at = strchr(line, '=');
    char type[64], text[64], position[24], skipped[32], date[24];
    int64_t frame = 0;
    if (strncasecmp(line, "Mk", 2) != 0 || at == NULL) {
        return MYO_OK;
    }
    at++;
    field_take(&at, type, sizeof type);
    field_take(&at, text, sizeof text);
    field_take(&at, position, sizeof position);
    field_take(&at, skipped, sizeof skipped);
    field_take(&at, skipped, sizeof skipped);
    field_take(&at, date, sizeof date);
    if (!myo_decimal_whole(position, strlen(position), &frame) || frame < 1) {
        (*unread)++;
        return MYO_OK;
    }
    if (strcasecmp(type, "New Segment") == 0 && frame == 1) {
        if (strspn(date, "0123456789") == 20 && strspn(date, "0") < 20) {
            (void)snprintf(reader->info.start_time, sizeof reader->info.start_time,
                           "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s.%.6s", date, date + 4, date + 6, date + 8,
                           date + 10, date + 12, date + 14);
        }
        return MYO_OK;
    }
    return myo_marks_add(&reader->marks, frame - 1, text[0] == '\0' ? type : text);
}

static myo_status markers_read(myo_reader *reader, const char *path, const header *head,
                               myo_why *why)
{
    myo_status status = MYO_OK;
    int64_t unread = 0;
    char *note = reader->info.note;
    myo_why trouble;
    int file =
        head->marker_file[0] == '\0' ? -1 : myo_beside_open(path, head->marker_file, &trouble);
    if (file < 0) {
        if (head->marker_file[0] != '\0') {
            myo_note_add(note, sizeof reader->info.note, "%s", trouble.text);
        }
        return MYO_OK;
    }
    char *text = myo_text_load(file, max_marker_bytes, &status, why);
    (void)close(file);
    for (char *at = text, *line;
         status == MYO_OK && text != NULL && (line = myo_text_line(&at)) != NULL;) {
        status = marker_take(reader, line, &unread);
        if (status != MYO_OK) {
            (void)myo_why_set(why, status, "%s: too many marks", head->marker_file);
        }
    }
    free(text);
    if (unread > 0) {
        myo_note_add(note, sizeof reader->info.note, "%s: %lld markers without position",
                     head->marker_file, (long long)unread);
    }
    return status;
}

static myo_status data_open(myo_reader *reader, const char *path, const header *head, myo_why *why)
{
    flat_recording *recording = reader->state;
    flat_file data = {.kind = (flat_kind)head->kind,
                      .columns = reader->info.channels,
                      .column_frames = head->is_vectorized ? head->frames : 0};
    data.file = myo_beside_open(path, head->data_file, why);
    if (data.file < 0) {
        return MYO_ERR_OPEN;
    }
    flat_add(recording, &data);
    recording->missing = NAN;
    myo_status status = flat_prepare(recording, why);
    reader->info.frames = head->frames > 0 ? head->frames : recording->there;
    return status;
}

static myo_status texts_read(myo_reader *reader, const char *path, const char *list, char *text,
                             char *again, myo_why *why)
{
    header head;
    bool is_voltage[MYO_MAX_CHANNELS] = {false};
    myo_status status = head_read(text, &head, why);
    if (status != MYO_OK) {
        return status;
    }
    channels_read(reader, &head, is_voltage, again);
    rails_set(reader, &head);
    myo_voltage_choose(reader, is_voltage, list);
    reader->info.rate_hz = 1e6 / head.interval_us;
    (void)snprintf(reader->info.format, sizeof reader->info.format, "BrainVision, %s",
                   head.kind_name);
    status = markers_read(reader, path, &head, why);
    return status == MYO_OK ? data_open(reader, path, &head, why) : status;
}

static myo_status header_load(myo_reader *reader, const char *path, const char *list, myo_why *why)
{
    myo_status status = MYO_OK;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return myo_why_set(why, MYO_ERR_OPEN, "cannot be opened: %s", strerror(errno));
    }
    char *text = myo_text_load(file, max_header_bytes, &status, why);
    char *again = text == NULL ? NULL : strdup(text); /* lines are ended in place */
    (void)close(file);
    if (text != NULL && again == NULL) {
        status = myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    } else if (text != NULL) {
        status = texts_read(reader, path, list, text, again, why);
    }
    free(text);
    free(again);
    return status;
}

static myo_status brainvision_open(myo_reader *reader, const char *path,
                                   const myo_source_options *options, myo_why *why)
{
    reader->state = calloc(1, sizeof(flat_recording));
    if (reader->state == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status = header_load(reader, path, options->channels, why);
    if (status != MYO_OK) {
        flat_close(reader);
    }
    return status;
}

const myo_reader_class myo_brainvision_reader = {
    .open = brainvision_open, .read = flat_read, .close = flat_close, .folder = true};
