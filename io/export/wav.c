/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WAV output through libsndfile. Samples are converted here: how libsndfile rounds and scales
 * floats has changed between its versions. */
#include "wav.h"

#include "json.h"
#include "outfile.h"

#include <math.h>
#include <sndfile.h>
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
    (void)sf_set_string(file, SF_STR_COMMENT, comment);
}

/* Opened a second time by name: libsndfile wants to seek and to close on its own. */
static myo_status open_file(myo_wav_writer *writer, const myo_wav_options *options, myo_why *why)
{
    SF_INFO info = {.samplerate = (int)floor(options->rate_hz + 0.5),
                    .channels = (int)options->channels,
                    .format = container(options) | subtype[options->encoding]};
    if (!sf_format_check(&info)) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "%.180s: WAV cannot hold %u channels at %g Hz",
                           options->path, options->channels, options->rate_hz);
    }
    writer->file = sf_open(myo_outfile_temporary(writer->out), SFM_WRITE, &info);
    if (writer->file == NULL) {
        return myo_why_set(why, MYO_ERR_WRITE, "%.180s: %s", options->path, sf_strerror(NULL));
    }
    /* The PEAK chunk carries the time of day. */
    (void)sf_command(writer->file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    set_comment(writer->file, options->full_scale_uv);
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
    self->full_scale_uv = options->full_scale_uv;
    myo_status status = myo_outfile_open(options->path, options->replace, &self->out, why);
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
               ? sf_write_float(writer->file, writer->chunk.part, (sf_count_t)count)
               : sf_write_int(writer->file, writer->chunk.whole, (sf_count_t)count);
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
                               sf_strerror(writer->file));
        }
    }
    return MYO_OK;
}

myo_status myo_wav_writer_commit(myo_wav_writer *writer, myo_why *why)
{
    const int error = sf_close(writer->file);
    writer->file = NULL;
    myo_status status = MYO_OK;
    if (error != 0) {
        status =
            myo_why_set(why, MYO_ERR_WRITE, "%.180s: %s", writer->path, sf_error_number(error));
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
        (void)sf_close(writer->file);
    }
    myo_outfile_discard(writer->out);
    free(writer->path);
    free(writer);
}
