/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WAV output through libsndfile. Samples are converted here: how libsndfile rounds and scales
 * floats has changed between its versions. */
#include "wav.h"

#include "json.h"
#include "outfile.h"

#include "signal/libsndfile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Largest WAV whose 32-bit sizes still hold, with room for the header. */
static const double largest_plain_bytes = 4.2e9;

/* Samples converted at a time. */
#define CHUNK 4096

struct myo_wav_writer {
    myo_outfile *out;
    SNDFILE *file;
    char *path;
    myo_wav_encoding encoding;
    uint32_t channels;
    double full_scale_uv;
    union {
        int whole[CHUNK];
        float part[CHUNK];
    } chunk;
};

static const int subtype[] = {SF_FORMAT_PCM_16, SF_FORMAT_PCM_24, SF_FORMAT_FLOAT};
static const double sample_bytes[] = {2.0, 3.0, 4.0};

static int container(const myo_wav_options *options)
{
    const double bytes =
        (double)options->frames * options->channels * sample_bytes[options->encoding];
    return bytes > largest_plain_bytes ? SF_FORMAT_RF64 : SF_FORMAT_WAV;
}

static void set_comment(SNDFILE *file, double full_scale_uv)
{
    char number[64];
    char comment[96];
    (void)myo_number_print(number, sizeof number, full_scale_uv, 17);
    (void)snprintf(comment, sizeof comment, "full_scale_uv=%s", number);
    (void)myo_sf.sf_set_string(file, SF_STR_COMMENT, comment);
}

/* Opened a second time by name: libsndfile wants to seek and to close on its own. */
static myo_status open_file(myo_wav_writer *writer, const myo_wav_options *options, myo_why *why)
{
    SF_INFO info = {.samplerate = (int)floor(options->rate_hz + 0.5),
                    .channels = (int)options->channels,
                    .format = container(options) | subtype[options->encoding]};
    if (!myo_sf.sf_format_check(&info)) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "%.180s: WAV cannot hold %u channels at %g Hz",
                           options->path, options->channels, options->rate_hz);
    }
    writer->file = myo_sf.sf_open(myo_outfile_temporary(writer->out), SFM_WRITE, &info);
    if (writer->file == NULL) {
        return myo_why_set(why, MYO_ERR_WRITE, "%.180s: %s", options->path,
                           myo_sf.sf_strerror(NULL));
    }
    /* The PEAK chunk carries the time of day. */
    (void)myo_sf.sf_command(writer->file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    if (options->full_scale_uv > 0.0) {
        set_comment(writer->file, options->full_scale_uv);
    }
    return MYO_OK;
}

myo_status myo_wav_writer_new(const myo_wav_options *options, myo_wav_writer **writer, myo_why *why)
{
    *writer = NULL;
    myo_wav_writer *self = calloc(1, sizeof *self);
    if (self == NULL || (self->path = strdup(options->path)) == NULL) {
        free(self);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "%.180s: out of memory", options->path);
    }
    self->encoding = options->encoding;
    self->channels = options->channels;
    self->full_scale_uv = options->full_scale_uv > 0.0 ? options->full_scale_uv : 1.0;
    myo_status status = myo_sndfile_load(why);
    if (status == MYO_OK) {
        status = myo_outfile_open(options->path, options->replace, &self->out, why);
    }
    if (status == MYO_OK && myo_outfile_temporary(self->out) == NULL) {
        status = myo_why_set(why, MYO_ERR_UNSUPPORTED, "a WAV file needs a plain file's name");
    }
    if (status == MYO_OK) {
        status = open_file(self, options, why);
    }
    if (status != MYO_OK) {
        myo_wav_writer_free(self);
        return status;
    }
    *writer = self;
    return MYO_OK;
}

/* Whole codes of @p bits bits in the top of an int, as libsndfile takes them. */
static int to_code(double x, int bits)
{
    const double codes = ldexp(1.0, bits - 1);
    const double rounded = floor(x * codes + 0.5);
    const double bounded = fmin(fmax(rounded, -codes), codes - 1.0);
    return (int)ldexp(bounded, 32 - bits);
}

static sf_count_t write_chunk(myo_wav_writer *writer, const float *samples_uv, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const double x = (double)samples_uv[i] / writer->full_scale_uv;
        if (writer->encoding == MYO_WAV_FLOAT) {
            writer->chunk.part[i] = (float)x;
        } else {
            writer->chunk.whole[i] = to_code(x, writer->encoding == MYO_WAV_PCM16 ? 16 : 24);
        }
    }
    return writer->encoding == MYO_WAV_FLOAT
               ? myo_sf.sf_write_float(writer->file, writer->chunk.part, (sf_count_t)count)
               : myo_sf.sf_write_int(writer->file, writer->chunk.whole, (sf_count_t)count);
}

myo_status myo_wav_writer_add(myo_wav_writer *writer, const float *samples_uv, size_t frames,
                              myo_why *why)
{
    const size_t total = frames * writer->channels;
    const size_t portion = CHUNK / writer->channels * writer->channels;
    for (size_t done = 0; done < total; done += portion) {
        const size_t count = total - done < portion ? total - done : portion;
        if (write_chunk(writer, samples_uv + done, count) != (sf_count_t)count) {
            return myo_why_set(why, MYO_ERR_WRITE, "%.180s: %s", writer->path,
                               myo_sf.sf_strerror(writer->file));
        }
    }
    return MYO_OK;
}

static void put32(unsigned char **to, uint64_t value)
{
    for (int i = 0; i < 4; i++) {
        *(*to)++ = (unsigned char)(value >> 8 * i);
    }
}

static void put_name(unsigned char **to, const char *name)
{
    memcpy(*to, name, 4);
    *to += 4;
}

/* "labl": a text, ended and filled up to an even length by 0. */
static void label_put(unsigned char **to, uint64_t id, const char *label)
{
    size_t length = strlen(label) + 1, even = length + length % 2;
    put_name(to, "labl");
    put32(to, 4 + even);
    put32(to, id);
    memset(*to, 0, even);
    memcpy(*to, label, length);
    *to += even;
}

/* "ltxt": a length of purpose "rgn ", without country, language, dialect, code page. */
static void length_put(unsigned char **to, uint64_t id, int64_t frames)
{
    put_name(to, "ltxt");
    put32(to, 20);
    put32(to, id);
    put32(to, (uint64_t)frames);
    put_name(to, "rgn ");
    put32(to, 0);
    put32(to, 0);
}

/* A "cue " chunk, then a list of labels. libsndfile writes cues without their names. */
static size_t cues_fill(unsigned char *bytes, const myo_mark *marks, size_t count)
{
    unsigned char *to = bytes;
    put_name(&to, "cue ");
    put32(&to, 4 + 24 * count);
    put32(&to, count);
    for (size_t m = 0; m < count; m++) {
        put32(&to, m + 1);
        put32(&to, (uint64_t)marks[m].frame);
        put_name(&to, "data");
        put32(&to, 0);
        put32(&to, 0);
        put32(&to, (uint64_t)marks[m].frame);
    }
    put_name(&to, "LIST");
    unsigned char *list = to;
    put32(&to, 0);
    put_name(&to, "adtl");
    for (size_t m = 0; m < count; m++) {
        label_put(&to, m + 1, marks[m].label);
    }
    for (size_t m = 0; m < count; m++) { /* behind the labels: libsndfile stops at the first one */
        if (marks[m].frames > 0) {
            length_put(&to, m + 1, marks[m].frames);
        }
    }
    put32(&list, (uint64_t)(to - list - 4));
    return (size_t)(to - bytes);
}

/* Behind what libsndfile wrote; the size of the whole, at byte 4, or 20 of RF64, grows by it. */
static bool chunks_append(const char *path, const unsigned char *bytes, size_t size)
{
    unsigned char head[28], *at = head + 4;
    FILE *file = fopen(path, "r+e");
    if (file == NULL) {
        return false;
    }
    bool good = fread(head, sizeof head, 1, file) == 1 && fseeko(file, 0, SEEK_END) == 0;
    off_t end = ftello(file);
    bool is_rf64 = memcmp(head, "RF64", 4) == 0;
    uint64_t whole = (uint64_t)end + (uint64_t)(end % 2) + size - 8;
    good = good && (end % 2 == 0 || fputc(0, file) == 0) && fwrite(bytes, size, 1, file) == 1;
    if (is_rf64) {
        at = head + 20;
    }
    long place = (long)(at - head);
    put32(&at, whole);
    if (is_rf64) {
        put32(&at, whole >> 32);
    }
    good = good && fseeko(file, place, SEEK_SET) == 0 &&
           fwrite(head + place, (size_t)(at - head - place), 1, file) == 1;
    return fclose(file) == 0 && good;
}

myo_status myo_wav_writer_cues(myo_wav_writer *writer, const myo_mark *marks, size_t count,
                               myo_why *why)
{
    /* Per mark: 24 of its point, 8 and 4 of its label, 28 of its length. */
    size_t room = 24 + count * (24 + 12 + sizeof marks->label + 1 + 28);
    if (count == 0) {
        return MYO_OK;
    }
    if (marks[0].frame < 0 || marks[count - 1].frame > UINT32_MAX) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "%.100s: a mark lies outside what WAV can say",
                           writer->path);
    }
    unsigned char *bytes = malloc(room);
    int error = myo_sf.sf_close(writer->file);
    writer->file = NULL;
    bool good =
        bytes != NULL && error == 0 &&
        chunks_append(myo_outfile_temporary(writer->out), bytes, cues_fill(bytes, marks, count));
    free(bytes);
    return good ? MYO_OK
                : myo_why_set(why, MYO_ERR_WRITE, "%.180s: marks cannot be written", writer->path);
}

myo_status myo_wav_writer_commit(myo_wav_writer *writer, myo_why *why)
{
    const int error =
        writer->file == NULL ? 0 : myo_sf.sf_close(writer->file); /* closed for its cues */
    writer->file = NULL;
    myo_status status = MYO_OK;
    if (error != 0) {
        status = myo_why_set(why, MYO_ERR_WRITE, "%.180s: %s", writer->path,
                             myo_sf.sf_error_number(error));
    } else {
        status = myo_outfile_commit(writer->out, why);
        writer->out = NULL;
    }
    myo_wav_writer_free(writer);
    return status;
}

void myo_wav_writer_free(myo_wav_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    if (writer->file != NULL) {
        (void)myo_sf.sf_close(writer->file);
    }
    myo_outfile_discard(writer->out);
    free(writer->path);
    free(writer);
}
