/* SPDX-License-Identifier: GPL-3.0-or-later */
/* EDF+ and BDF+ output after the specification (Kemp and Olivan 2003). Times of annotations are
 * reckoned in whole frames and printed to 100 ns, which is what readers keep. */
#include "recording.h"

#include "json.h"
#include "outfile.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ticks of a second in printed times; longest record, s. */
enum { TICKS = 10000000, MAX_RECORD_S = 60 };

/* Bytes of "+onset\x14\x14\0" and of an annotation with a duration and the longest label. */
enum { TIME_BYTES = 32, MARK_BYTES = 64 + sizeof((myo_mark *)NULL)->label };

/* No mark lies further from the start, frames (30 years at 1 kHz); keeps times within 64 bits. */
static const int64_t furthest_frame = 1000000000000;

typedef struct {
    myo_recording base;
    myo_outfile *out;
    FILE *file;
    myo_recording_options options;
    bool is_bdf;
    bool has_fraction; /* of a second in its start, which is left out: see start_write */
    int64_t record_s, record_frames, records;
    int64_t width, list_bytes, marks_a_record;
    myo_scale scale[MYO_MAX_CHANNELS];
    unsigned char *record;
    int64_t filled; /* frames in the record that is being put together */
    int64_t written;
    size_t next_mark;
} myo_edf_writer;

static int64_t code_limit(const myo_edf_writer *writer)
{
    return writer->is_bdf ? 8000000 : 32000; /* round, so that the steps are too */
}

static myo_status record_choose(myo_edf_writer *writer, myo_why *why)
{
    double rate_hz = writer->options.info->rate_hz;
    for (int s = 1; s <= MAX_RECORD_S; s++) {
        double frames = rate_hz * s;
        if (fabs(frames - round(frames)) < 1e-6) {
            writer->record_s = s;
            writer->record_frames = (int64_t)round(frames);
            return MYO_OK;
        }
    }
    return myo_why_set(why, MYO_ERR_UNSUPPORTED, "%g frames a second do not fit records of EDF",
                       rate_hz);
}

static void field(FILE *file, const char *text, int size)
{
    (void)fprintf(file, "%-*.*s", size, size, text);
}

static void field_whole(FILE *file, int64_t value, int size)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)value);
    field(file, text, size);
}

static myo_status field_number(FILE *file, double value, myo_why *why)
{
    char text[40];
    int length = myo_number_print(text, sizeof text, value, 7);
    if (length > 8) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "%g does not fit a field of EDF", value);
    }
    field(file, text, 8);
    return MYO_OK;
}

/* "2018-02-26T08:24:27.25": day, month, clock; the first day of EDF where there is none. EDF+ could
 * hold the fraction in its lists, but readers disagree on it (biosig adds it to every annotation). */
static void start_write(myo_edf_writer *writer)
{
    static const char months[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    const char *time = writer->options.info->start_time;
    char text[96] = "Startdate X X X X";
    bool known = sscanf(time, "%4d-%2d-%2dT%2d:%2d:%2d", &year, &month, &day, &hour, &minute,
                        &second) == 6 &&
                 year >= 1985 && year <= 2084 && month >= 1 && month <= 12;
    if (known) {
        (void)snprintf(text, sizeof text, "Startdate %02d-%.3s-%04d X X X", day,
                       months + 3 * (month - 1), year);
    }
    field(writer->file, text, 80);
    (void)snprintf(text, sizeof text, "%02d.%02d.%02d%02d.%02d.%02d", day, month, year % 100, hour,
                   minute, second);
    field(writer->file, known ? text : "01.01.8500.00.00", 16);
    writer->has_fraction = known && time[19] == '.' && strtod(time + 19, NULL) > 0.0;
}

static void subject_write(const myo_edf_writer *writer)
{
    char text[96];
    const char *code = writer->options.info->subject;
    (void)snprintf(text, sizeof text, "%s X X X", code[0] == '\0' ? "X" : code);
    for (char *space = strchr(text, ' '); code[0] != '\0' && space < text + strlen(code);
         space = strchr(space, ' ')) {
        *space = '_';
    }
    field(writer->file, text, 80);
}

/* The physical limit on the side of @p sign. */
static double limit_of(const myo_edf_writer *writer, uint32_t c, double sign)
{
    return c == writer->options.info->channels
               ? sign
               : writer->scale[c].centre +
                     sign * (double)code_limit(writer) * writer->scale[c].step;
}

/* Every field of all signals in turn; the annotations are the last signal. */
static myo_status signals_write(myo_edf_writer *writer, myo_why *why)
{
    FILE *file = writer->file;
    const myo_source_info *info = writer->options.info;
    const char *list = writer->is_bdf ? "BDF Annotations" : "EDF Annotations";
    int64_t low = writer->is_bdf ? -8388608 : -32768;
    double codes = (double)code_limit(writer);
    myo_status status = MYO_OK;
    for (int f = 0; f < 10; f++) {
        for (uint32_t c = 0; c <= info->channels && status == MYO_OK; c++) {
            bool is_list = c == info->channels;
            char name[48];
            (void)snprintf(name, sizeof name, "EMG %u", is_list ? 0 : info->channel_number[c]);
            const char *label = is_list ? list : info->channel_name[c];
            switch (f) {
            case 0:
                field(file, label[0] == '\0' ? name : label, 16);
                break;
            case 2:
                field(file, is_list || info->full_scale_uv <= 0.0 ? "" : "uV", 8);
                break;
            case 3:
            case 4:
                status = field_number(file, limit_of(writer, c, f == 3 ? -1.0 : 1.0), why);
                break;
            case 5:
                field_whole(file, is_list ? low : -(int64_t)codes, 8);
                break;
            case 6:
                field_whole(file, is_list ? -low - 1 : (int64_t)codes, 8);
                break;
            case 8:
                field_whole(
                    file, is_list ? writer->list_bytes / writer->width : writer->record_frames, 8);
                break;
            default:
                field(file, "", f == 9 ? 32 : 80);
                break;
            }
        }
    }
    return status;
}

static myo_status header_write(myo_edf_writer *writer, myo_why *why)
{
    FILE *file = writer->file;
    int64_t signals = writer->options.info->channels + 1;
    if (writer->is_bdf) {
        field(file,
              "\xFF"
              "BIOSEMI",
              8);
    } else {
        field(file, "0", 8);
    }
    subject_write(writer);
    start_write(writer);
    field_whole(file, 256 * (signals + 1), 8);
    field(file, writer->is_bdf ? "BDF+C" : "EDF+C", 44);
    field_whole(file, writer->records, 8);
    field_whole(file, writer->record_s, 8);
    field_whole(file, signals, 4);
    return signals_write(writer, why);
}

static void layout_choose(myo_edf_writer *writer)
{
    const myo_recording_options *options = &writer->options;
    double scale = options->info->full_scale_uv > 0.0 ? options->info->full_scale_uv : 1.0;
    writer->width = writer->is_bdf ? 3 : 2;
    writer->records = (options->frames + writer->record_frames - 1) / writer->record_frames;
    int64_t records = writer->records > 0 ? writer->records : 1;
    writer->marks_a_record = ((int64_t)options->mark_count + records - 1) / records;
    int64_t bytes = TIME_BYTES + MARK_BYTES * writer->marks_a_record;
    writer->list_bytes = (bytes + 5) / 6 * 6; /* whole samples of 2 and of 3 bytes */
    for (uint32_t c = 0; c < options->info->channels; c++) {
        writer->scale[c] =
            myo_scale_choose((double)options->low[c] * scale, (double)options->high[c] * scale,
                             (double)code_limit(writer));
    }
}

static int64_t signal_bytes(const myo_edf_writer *writer)
{
    return writer->record_frames * writer->width;
}

static size_t record_bytes(const myo_edf_writer *writer)
{
    return (size_t)(writer->options.info->channels * signal_bytes(writer) + writer->list_bytes);
}

static myo_status marks_check(const myo_recording_options *options, myo_why *why)
{
    for (size_t m = 0; m < options->mark_count; m++) {
        if (llabs(options->marks[m].frame) > furthest_frame) {
            return myo_why_set(why, MYO_ERR_UNSUPPORTED, "mark %zu lies at frame %lld", m,
                               (long long)options->marks[m].frame);
        }
    }
    return MYO_OK;
}

/* "+seconds.ticks" of frame @p frame, exactly reckoned and rounded once. */
static int time_print(const myo_edf_writer *writer, int64_t frame, char *text, size_t size)
{
    int64_t part = frame % writer->record_frames;
    int64_t ticks =
        (part * writer->record_s * TICKS + writer->record_frames / 2) / writer->record_frames;
    ticks += frame / writer->record_frames * writer->record_s * TICKS;
    const char *sign = ticks < 0 ? "-" : "+";
    ticks = ticks < 0 ? -ticks : ticks;
    return snprintf(text, size, "%s%lld.%07lld", sign, (long long)(ticks / TICKS),
                    (long long)(ticks % TICKS));
}

static void lists_put(myo_edf_writer *writer)
{
    char *to = (char *)writer->record + writer->options.info->channels * signal_bytes(writer);
    memset(to, 0, (size_t)writer->list_bytes);
    to += time_print(writer, writer->written * writer->record_frames, to, TIME_BYTES - 3);
    *to++ = 0x14;
    *to++ = 0x14;
    to++;
    for (int64_t i = 0; i < writer->marks_a_record; i++) {
        if (writer->next_mark == writer->options.mark_count) {
            return;
        }
        const myo_mark *mark = &writer->options.marks[writer->next_mark++];
        to += time_print(writer, mark->frame, to, TIME_BYTES);
        if (mark->frames > 0) {
            char *sign = to; /* a duration has none: its place is the separator's */
            to += time_print(writer, mark->frames, to, TIME_BYTES);
            *sign = 0x15;
        }
        to += sprintf(to, "\x14%s\x14", mark->label) + 1;
    }
}

static myo_status record_flush(myo_edf_writer *writer, myo_why *why)
{
    lists_put(writer);
    if (fwrite(writer->record, record_bytes(writer), 1, writer->file) != 1) {
        return myo_why_set(why, MYO_ERR_WRITE, "record %lld could not be written: %s",
                           (long long)writer->written, strerror(errno));
    }
    memset(writer->record, 0, record_bytes(writer));
    writer->written++;
    writer->filled = 0;
    return MYO_OK;
}

static void sample_put(myo_edf_writer *writer, uint32_t channel, float sample)
{
    double uv = writer->options.info->full_scale_uv;
    const myo_scale *scale = &writer->scale[channel];
    double limit = writer->is_bdf ? 8388607.0 : 32767.0;
    double number = isfinite(sample) ? (double)sample * (uv > 0.0 ? uv : 1.0) : scale->centre;
    double code = round((number - scale->centre) / scale->step);
    int32_t whole = (int32_t)fmax(-limit, fmin(limit, code));
    unsigned char *to =
        writer->record + channel * signal_bytes(writer) + writer->filled * writer->width;
    for (int64_t b = 0; b < writer->width; b++) {
        to[b] = (unsigned char)((uint32_t)whole >> (8 * b));
    }
}

static myo_status edf_add(myo_recording *recording, const float *samples, size_t frames,
                          myo_why *why)
{
    myo_edf_writer *writer = (myo_edf_writer *)recording;
    uint32_t channels = writer->options.info->channels;
    myo_status status = MYO_OK;
    for (size_t f = 0; f < frames && status == MYO_OK; f++) {
        for (uint32_t c = 0; c < channels; c++) {
            sample_put(writer, c, *samples++);
        }
        if (++writer->filled == writer->record_frames) {
            status = record_flush(writer, why);
        }
    }
    return status;
}

static void edf_free(myo_recording *recording)
{
    myo_edf_writer *writer = (myo_edf_writer *)recording;
    myo_outfile_discard(writer->out);
    free(writer->record);
    free(writer);
}

static void loss_tell(const myo_edf_writer *writer, int64_t padding, myo_loss *loss)
{
    if (padding > 0) {
        myo_note_add(loss->text, sizeof loss->text, "%lld frames of 0 fill the last record",
                     (long long)padding);
    }
    if (writer->options.missing > 0) {
        myo_note_add(loss->text, sizeof loss->text,
                     "%lld missing frames are written as 0, or as the offset of the channel",
                     (long long)writer->options.missing);
    }
    if (writer->has_fraction) {
        myo_note_add(loss->text, sizeof loss->text, "the start is kept to the second, not '%s'",
                     writer->options.info->start_time);
    }
}

static myo_status edf_commit(myo_recording *recording, myo_loss *loss, myo_why *why)
{
    myo_edf_writer *writer = (myo_edf_writer *)recording;
    myo_status status = MYO_OK;
    int64_t padding = writer->filled > 0 ? writer->record_frames - writer->filled : 0;
    if (writer->filled > 0) {
        status = record_flush(writer, why);
    }
    if (status == MYO_OK) {
        status = myo_outfile_commit(writer->out, why);
        writer->out = NULL;
        loss_tell(writer, padding, loss);
    }
    edf_free(recording);
    return status;
}

static myo_status writer_new(const myo_recording_options *options, bool is_bdf,
                             myo_recording **recording, myo_why *why)
{
    myo_edf_writer *writer = calloc(1, sizeof *writer);
    *recording = NULL;
    if (writer == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    writer->base = (myo_recording){edf_add, edf_commit, edf_free};
    writer->options = *options;
    writer->is_bdf = is_bdf;
    myo_status status = marks_check(options, why);
    if (status == MYO_OK) {
        status = record_choose(writer, why);
    }
    if (status == MYO_OK) {
        layout_choose(writer);
        writer->record = calloc(1, record_bytes(writer));
        status = writer->record == NULL
                     ? myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory")
                     : myo_outfile_open(options->path, options->replace, &writer->out, why);
    }
    if (status == MYO_OK) {
        writer->file = myo_outfile_stream(writer->out);
        status = header_write(writer, why);
    }
    if (status != MYO_OK) {
        edf_free(&writer->base);
        return status;
    }
    *recording = &writer->base;
    return MYO_OK;
}

myo_status myo_edf_new(const myo_recording_options *options, myo_recording **recording,
                       myo_why *why)
{
    return writer_new(options, false, recording, why);
}

myo_status myo_bdf_new(const myo_recording_options *options, myo_recording **recording,
                       myo_why *why)
{
    return writer_new(options, true, recording, why);
}
