/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XDF output (specification of XDF 1.0, github.com/sccn/xdf): stream 1 has the samples, stream 2 the
 * marks, both on one clock that begins at 0, so that the time of frame n is n / rate. */
#include "recording.h"

#include "json.h"
#include "outfile.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILE_HEADER = 1,
    STREAM_HEADER = 2,
    SAMPLES = 3,
    CLOCK_OFFSET = 4,
    BOUNDARY = 5,
    STREAM_FOOTER = 6
};
enum { SIGNAL = 1, MARKS = 2 };

/* A boundary at least so often lets a reader of a damaged file find its way. */
static const double boundary_s = 10.0;

static const unsigned char boundary[16] = {0x43, 0xA5, 0x46, 0xDC, 0xCB, 0xF5, 0x41, 0x0F,
                                           0xB3, 0x0E, 0xD5, 0x46, 0x73, 0x83, 0xCB, 0xE4};

typedef struct {
    myo_recording base;
    myo_outfile *out;
    FILE *file;
    myo_recording_options options;
    int64_t frame, next_boundary;
    size_t next_mark;
} xdf_writer;

static void number(FILE *file, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        (void)fputc((int)(value >> 8 * i & 0xFF), file);
    }
}

static void real64(FILE *file, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    number(file, bits, 8);
}

static void real32(FILE *file, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    number(file, bits, 4);
}

/* Length, tag and, if it is not 0, stream of a chunk with @p bytes of content. */
static void chunk_begin(FILE *file, unsigned tag, uint32_t stream, uint64_t bytes)
{
    uint64_t length = bytes + 2 + (stream != 0 ? 4 : 0);
    number(file, 8, 1);
    number(file, length, 8);
    number(file, tag, 2);
    if (stream != 0) {
        number(file, stream, 4);
    }
}

static void text_chunk(FILE *file, unsigned tag, uint32_t stream, const char *text, size_t size)
{
    chunk_begin(file, tag, stream, size);
    (void)fwrite(text, 1, size, file);
}

static void escaped(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        const char *name = *text == '&'   ? "&amp;"
                           : *text == '<' ? "&lt;"
                           : *text == '>' ? "&gt;"
                                          : NULL;
        if (name != NULL) {
            (void)fputs(name, out);
        } else {
            (void)fputc(*text, out);
        }
    }
}

static void signal_describe(FILE *xml, const myo_source_info *info)
{
    char rate[64];
    (void)myo_number_print(rate, sizeof rate, info->rate_hz, 17);
    (void)fprintf(xml,
                  "<?xml version=\"1.0\"?><info><name>EMG</name><type>EMG</type>"
                  "<channel_count>%u</channel_count><nominal_srate>%s</nominal_srate>"
                  "<channel_format>float32</channel_format><source_id>",
                  info->channels, rate);
    escaped(xml, info->subject);
    (void)fputs("</source_id><desc><channels>", xml);
    for (uint32_t c = 0; c < info->channels; c++) {
        (void)fputs("<channel><label>", xml);
        if (info->channel_name[c][0] == '\0') {
            (void)fprintf(xml, "EMG %u", info->channel_number[c]);
        } else {
            escaped(xml, info->channel_name[c]);
        }
        (void)fprintf(xml, "</label><type>EMG</type><unit>%s</unit></channel>",
                      info->full_scale_uv > 0.0 ? "microvolts" : "");
    }
    (void)fputs("</channels></desc></info>", xml);
}

static myo_status headers_write(xdf_writer *self, myo_why *why)
{
    static const char marks[] =
        "<?xml version=\"1.0\"?><info><name>Marks</name><type>Markers</type>"
        "<channel_count>1</channel_count><nominal_srate>0</nominal_srate>"
        "<channel_format>string</channel_format><desc/></info>";
    char top[160], *xml = NULL;
    size_t size = 0;
    const myo_source_info *info = self->options.info;
    FILE *memory = open_memstream(&xml, &size);
    if (memory == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    signal_describe(memory, info);
    if (fclose(memory) != 0) {
        free(xml);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    int length = snprintf(top, sizeof top,
                          "<?xml version=\"1.0\"?><info><version>1.0</version>%s%.40s%s</info>",
                          info->start_time[0] != '\0' ? "<datetime>" : "", info->start_time,
                          info->start_time[0] != '\0' ? "</datetime>" : "");
    (void)fwrite("XDF:", 1, 4, self->file);
    text_chunk(self->file, FILE_HEADER, 0, top, (size_t)length);
    text_chunk(self->file, STREAM_HEADER, SIGNAL, xml, size);
    text_chunk(self->file, STREAM_HEADER, MARKS, marks, sizeof marks - 1);
    free(xml);
    return MYO_OK;
}

static double time_of(const xdf_writer *self, int64_t frame)
{
    return (double)frame / self->options.info->rate_hz;
}

/* Marks before @p frame; a chunk each. */
static void marks_until(xdf_writer *self, int64_t frame)
{
    const myo_recording_options *options = &self->options;
    while (self->next_mark < options->mark_count && options->marks[self->next_mark].frame < frame) {
        const myo_mark *mark = &options->marks[self->next_mark++];
        size_t length = strlen(mark->label);
        chunk_begin(self->file, SAMPLES, MARKS, 2 + 1 + 8 + 2 + length);
        number(self->file, 1, 1); /* one byte says: */
        number(self->file, 1, 1); /* one sample */
        number(self->file, 8, 1);
        real64(self->file, time_of(self, mark->frame));
        number(self->file, 1, 1);
        number(self->file, length, 1);
        (void)fwrite(mark->label, 1, length, self->file);
    }
}

/* Both streams' clocks are the same one: readers want to be told. */
static void offsets_write(xdf_writer *self)
{
    for (uint32_t stream = SIGNAL; stream <= MARKS; stream++) {
        chunk_begin(self->file, CLOCK_OFFSET, stream, 16);
        real64(self->file, time_of(self, self->frame));
        real64(self->file, 0.0);
    }
}

static void boundary_write(xdf_writer *self)
{
    if (self->frame >= self->next_boundary) {
        chunk_begin(self->file, BOUNDARY, 0, sizeof boundary);
        (void)fwrite(boundary, 1, sizeof boundary, self->file);
        offsets_write(self);
        self->next_boundary = self->frame + (int64_t)ceil(boundary_s * self->options.info->rate_hz);
    }
}

static myo_status xdf_add(myo_recording *recording, const float *samples, size_t frames,
                          myo_why *why)
{
    xdf_writer *self = (xdf_writer *)recording;
    const myo_source_info *info = self->options.info;
    double scale = info->full_scale_uv > 0.0 ? info->full_scale_uv : 1.0;
    marks_until(self, self->frame);
    boundary_write(self);
    chunk_begin(self->file, SAMPLES, SIGNAL,
                1 + 4 + 8 + frames * (1 + 4 * (uint64_t)info->channels));
    number(self->file, 4, 1);
    number(self->file, frames, 4);
    for (size_t f = 0; f < frames; f++) {
        number(self->file, f == 0 ? 8 : 0, 1);
        if (f == 0) {
            real64(self->file, time_of(self, self->frame));
        }
        for (uint32_t c = 0; c < info->channels; c++) {
            real32(self->file, (float)((double)*samples++ * scale));
        }
    }
    self->frame += (int64_t)frames;
    return ferror(self->file)
               ? myo_why_set(why, MYO_ERR_WRITE, "frame %lld could not be written: %s",
                             (long long)self->frame, strerror(errno))
               : MYO_OK;
}

static void xdf_free(myo_recording *recording)
{
    xdf_writer *self = (xdf_writer *)recording;
    myo_outfile_discard(self->out);
    free(self);
}

static void footer_write(xdf_writer *self, uint32_t stream, double first, double last,
                         int64_t count)
{
    char text[320], from[64], to[64];
    (void)myo_number_print(from, sizeof from, first, 17);
    (void)myo_number_print(to, sizeof to, last, 17);
    int length = snprintf(text, sizeof text,
                          "<?xml version=\"1.0\"?><info><first_timestamp>%s</first_timestamp>"
                          "<last_timestamp>%s</last_timestamp><sample_count>%lld</sample_count>"
                          "</info>",
                          from, to, (long long)count);
    text_chunk(self->file, STREAM_FOOTER, stream, text, (size_t)length);
}

static void loss_tell(const xdf_writer *self, myo_loss *loss)
{
    size_t longer = 0;
    for (size_t m = 0; m < self->options.mark_count; m++) {
        longer += self->options.marks[m].frames > 0;
    }
    if (longer > 0) {
        myo_note_add(loss->text, sizeof loss->text, "XDF has no length of a mark: %zu are moments",
                     longer);
    }
}

static myo_status xdf_commit(myo_recording *recording, myo_loss *loss, myo_why *why)
{
    xdf_writer *self = (xdf_writer *)recording;
    const myo_recording_options *options = &self->options;
    size_t count = options->mark_count;
    marks_until(self, INT64_MAX);
    offsets_write(self);
    footer_write(self, SIGNAL, 0.0, time_of(self, self->frame - 1), self->frame);
    footer_write(self, MARKS, count > 0 ? time_of(self, options->marks[0].frame) : 0.0,
                 count > 0 ? time_of(self, options->marks[count - 1].frame) : 0.0, (int64_t)count);
    loss_tell(self, loss);
    myo_status status = myo_outfile_commit(self->out, why);
    self->out = NULL;
    xdf_free(recording);
    return status;
}

myo_status myo_xdf_new(const myo_recording_options *options, myo_recording **recording,
                       myo_why *why)
{
    *recording = NULL;
    xdf_writer *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->base = (myo_recording){xdf_add, xdf_commit, xdf_free};
    self->options = *options;
    myo_status status = myo_outfile_open(options->path, options->replace, &self->out, why);
    if (status == MYO_OK) {
        self->file = myo_outfile_stream(self->out);
        status = headers_write(self, why);
    }
    if (status != MYO_OK) {
        xdf_free(&self->base);
        return status;
    }
    *recording = &self->base;
    return MYO_OK;
}
