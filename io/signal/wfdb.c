/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WFDB records (PhysioNet): a text header NAME.hea, signals of format 16, 61, 24 or 212 in files
 * beside it. The layout is that of the header(5) and signal(5) pages of the WFDB Applications Guide. */
#include "beside.h"
#include "decimal.h"
#include "flat.h"
#include "voltage.h"
#include "wfdb_marks.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const size_t max_header_bytes = (size_t)1 << 20;
static const double default_rate_hz = 250.0, default_gain = 200.0; /* of header(5) */

typedef struct {
    char file[256];
    int format;
    int64_t offset;
} place;

typedef struct {
    const char *format_name;
    int number, bits;
    flat_kind kind;
} format_row;

static const format_row formats[] = {{"format 16", 16, 16, FLAT_INT16},
                                     {"format 61", 61, 16, FLAT_INT16_BIG},
                                     {"format 24", 24, 24, FLAT_INT24},
                                     {"format 212", 212, 12, FLAT_PACKED12}};

static const format_row *format_find(int number)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (formats[i].number == number) {
            return &formats[i];
        }
    }
    return NULL;
}

/* Takes the next word between blanks; false at the end of the line. */
static bool word_take(const char **at, char *word, size_t size)
{
    *at += strspn(*at, " \t");
    size_t length = strcspn(*at, " \t");
    (void)snprintf(word, size, "%.*s", (int)(length < size ? length : size - 1), *at);
    *at += length;
    return length > 0;
}

/* The number that @p text begins with, up to any of @p stops. */
static bool number_before(const char *text, const char *stops, double *value)
{
    return myo_decimal_read(text, strcspn(text, stops), false, value);
}

/* "NAME[/segments] signals [rate[/counter] [frames [time [date]]]]" */
static myo_status record_line(myo_reader *reader, const char *line, int64_t *signals, myo_why *why)
{
    char word[128];
    double rate_hz = default_rate_hz;
    myo_source_info *info = &reader->info;
    (void)word_take(&line, word, sizeof word);
    if (strchr(word, '/') != NULL) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "header: records of segments are not read");
    }
    if (!word_take(&line, word, sizeof word) || !myo_decimal_whole(word, strlen(word), signals) ||
        *signals < 0) {
        return myo_why_set(why, MYO_ERR_FORMAT, "header: not a number of signals");
    }
    if (*signals == 0 || *signals > MYO_MAX_CHANNELS) {
        return myo_why_set(why, *signals == 0 ? MYO_ERR_EMPTY : MYO_ERR_UNSUPPORTED,
                           "header: %lld signals; 1 to %d can be analysed", (long long)*signals,
                           MYO_MAX_CHANNELS);
    }
    if (word_take(&line, word, sizeof word) && !number_before(word, "/(", &rate_hz)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "header: not a rate: '%.20s'", word);
    }
    info->rate_hz = rate_hz;
    info->frames = -1;
    if (word_take(&line, word, sizeof word)) {
        (void)myo_decimal_whole(word, strlen(word), &info->frames);
    }
    return MYO_OK;
}

/* "16x2:3+256": samples a frame, skew in frames, offset in bytes. */
static bool format_word(const char *word, place *where)
{
    double format = 0.0, offset = 0.0;
    const char *plus = strchr(word, '+');
    if (!number_before(word, "x:+", &format) || fabs(format) > 1000.0 ||
        strchr(word, 'x') != NULL || strchr(word, ':') != NULL ||
        (plus != NULL && !number_before(plus + 1, "", &offset)) || offset < 0.0 || offset > 1e15) {
        return false;
    }
    where->format = (int)format;
    where->offset = (int64_t)offset;
    return true;
}

/* "gain(baseline)/unit", then resolution, zero, first value, checksum, block size, description. */
static void scale_take(myo_reader *reader, uint32_t c, const char *line, bool *is_voltage)
{
    flat_recording *recording = reader->state;
    char word[128], unit[16] = "mV";
    double gain = 0.0, baseline = 0.0, zero = 0.0;
    int64_t checksum = 0;
    bool has_baseline = false;
    if (word_take(&line, word, sizeof word)) {
        const char *open = strchr(word, '('), *slash = strchr(word, '/');
        (void)number_before(word, "(/", &gain);
        has_baseline = open != NULL && number_before(open + 1, ")", &baseline);
        if (slash != NULL) {
            (void)snprintf(unit, sizeof unit, "%.15s", slash + 1);
        }
    }
    (void)word_take(&line, word, sizeof word);
    if (word_take(&line, word, sizeof word)) {
        (void)number_before(word, "", &zero);
    }
    (void)word_take(&line, word, sizeof word);
    if (word_take(&line, word, sizeof word)) {
        recording->has_checksum[c] = myo_decimal_whole(word, strlen(word), &checksum);
    }
    recording->checksum[c] = (uint16_t)checksum;
    (void)word_take(&line, word, sizeof word);
    (void)snprintf(reader->info.channel_name[c], sizeof reader->info.channel_name[c], "%.31s",
                   line + strspn(line, " \t"));
    double uv = myo_unit_uv(unit);
    double step = (uv > 0.0 ? uv : 1.0) / (gain != 0.0 ? gain : default_gain);
    is_voltage[c] = uv > 0.0;
    recording->gain[c] = step;
    recording->shift[c] = -step * (has_baseline ? baseline : zero);
}

/* The lowest code means a missing sample, so that the rail is one above. */
static void rails_set(myo_reader *reader, uint32_t c, int bits)
{
    const flat_recording *recording = reader->state;
    double top = ldexp(1.0, bits - 1) - 1.0;
    float a = (float)(-top * recording->gain[c] + recording->shift[c]);
    float b = (float)(top * recording->gain[c] + recording->shift[c]);
    reader->info.rail_low[c] = (double)fminf(a, b);
    reader->info.rail_high[c] = (double)fmaxf(a, b);
}

/* Signals that follow each other in the same file are interleaved there. */
static myo_status place_add(flat_recording *recording, const char *path, const place *where,
                            const place *before, myo_why *why)
{
    if (before->file[0] != '\0' && strcmp(where->file, before->file) == 0) {
        if (where->format != before->format) {
            return myo_why_set(why, MYO_ERR_UNSUPPORTED, "header: two formats in %.60s",
                               where->file);
        }
        recording->files[recording->file_count - 1].columns++;
        return MYO_OK;
    }
    flat_file data = {
        .kind = format_find(where->format)->kind, .offset = where->offset, .columns = 1};
    data.file = myo_beside_open(path, where->file, why);
    if (data.file < 0) {
        return MYO_ERR_OPEN;
    }
    flat_add(recording, &data);
    return MYO_OK;
}

static myo_status signal_line(myo_reader *reader, const char *path, const char *line, uint32_t c,
                              place *before, bool *is_voltage, myo_why *why)
{
    place where = {.format = 0};
    char word[64];
    const format_row *format = NULL;
    if (!word_take(&line, where.file, sizeof where.file) || !word_take(&line, word, sizeof word)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "header: signal %u has no format", c);
    }
    if (!format_word(word, &where) || (format = format_find(where.format)) == NULL) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "header: signal %u: format %.20s; 16, 24, 61 and 212 are read", c, word);
    }
    myo_status status = place_add(reader->state, path, &where, before, why);
    *before = where;
    if (status == MYO_OK) {
        reader->info.channel_number[c] = c;
        scale_take(reader, c, line, is_voltage);
        rails_set(reader, c, format->bits);
        ((flat_recording *)reader->state)->missing = -ldexp(1.0, format->bits - 1);
        (void)snprintf(reader->info.format, sizeof reader->info.format, "WFDB, %s",
                       format->format_name);
    }
    return status;
}

static char *content_line(char **at)
{
    char *line = myo_text_line(at);
    while (line != NULL && (line[0] == '#' || line[strspn(line, " \t")] == '\0')) {
        line = myo_text_line(at);
    }
    return line;
}

static myo_status header_read(myo_reader *reader, const char *path, char *text, bool *is_voltage,
                              myo_why *why)
{
    int64_t signals = 0;
    place before = {.format = 0};
    char *line = content_line(&text);
    if (line == NULL) {
        return myo_why_set(why, MYO_ERR_EMPTY, "header: nothing in it");
    }
    myo_status status = record_line(reader, line, &signals, why);
    for (uint32_t c = 0; status == MYO_OK && c < signals; c++) {
        line = content_line(&text);
        status = line == NULL ? myo_why_set(why, MYO_ERR_FORMAT, "header: ends at signal %u", c)
                              : signal_line(reader, path, line, c, &before, is_voltage, why);
    }
    reader->info.channels = status == MYO_OK ? (uint32_t)signals : 0;
    return status;
}

static myo_status state_fill(myo_reader *reader, const char *path, const char *list, myo_why *why)
{
    myo_status status = MYO_OK;
    bool is_voltage[MYO_MAX_CHANNELS] = {false};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return myo_why_set(why, MYO_ERR_OPEN, "cannot be opened: %s", strerror(errno));
    }
    char *text = myo_text_load(file, max_header_bytes, &status, why);
    (void)close(file);
    if (text != NULL) {
        status = header_read(reader, path, text, is_voltage, why);
    }
    free(text);
    if (status != MYO_OK) {
        return status;
    }
    flat_recording *recording = reader->state;
    status = flat_prepare(recording, why);
    if (reader->info.frames <= 0) {
        reader->info.frames = recording->there;
    }
    myo_voltage_choose(reader, is_voltage, list);
    return status == MYO_OK ? myo_wfdb_marks_read(reader, path, why) : status;
}

static myo_status wfdb_open(myo_reader *reader, const char *path, const myo_source_options *options,
                            myo_why *why)
{
    reader->state = calloc(1, sizeof(flat_recording));
    if (reader->state == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status = state_fill(reader, path, options->channels, why);
    if (status != MYO_OK) {
        flat_close(reader);
    }
    return status;
}

const myo_reader_class myo_wfdb_reader = {
    .open = wfdb_open, .read = flat_read, .close = flat_close, .folder = true};
