/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Audio files through libsndfile: plain PCM and floating point only. Compressed codecs are
 * refused, WAV's before libsndfile sees the file, because their decoders are where its security
 * flaws were (for example CVE-2024-50612 in its Vorbis, and the ADPCM ones). */
#include "libsndfile.h"
#include "reader.h"
#include "riff.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_CUES = 4096 };

typedef struct {
    int format;
    const char *name;
    int bits; /* 0: floating point, no rails */
} kind_row;

static const kind_row containers[] = {
    {SF_FORMAT_WAV, "WAV", 0},   {SF_FORMAT_WAVEX, "WAV", 0}, {SF_FORMAT_W64, "W64", 0},
    {SF_FORMAT_RF64, "RF64", 0}, {SF_FORMAT_AIFF, "AIFF", 0}, {SF_FORMAT_FLAC, "FLAC", 0},
    {SF_FORMAT_AU, "AU", 0},     {SF_FORMAT_CAF, "CAF", 0},   {0, NULL, 0},
};

static const kind_row encodings[] = {
    {SF_FORMAT_PCM_S8, "8 bit PCM", 8},    {SF_FORMAT_PCM_U8, "8 bit PCM", 8},
    {SF_FORMAT_PCM_16, "16 bit PCM", 16},  {SF_FORMAT_PCM_24, "24 bit PCM", 24},
    {SF_FORMAT_PCM_32, "32 bit PCM", 32},  {SF_FORMAT_FLOAT, "32 bit float", 0},
    {SF_FORMAT_DOUBLE, "64 bit float", 0}, {0, NULL, 0},
};

typedef struct {
    SNDFILE *file;
    int descriptor;
    bool failed;   /* a byte could not be read: libsndfile takes that for zeros or the end */
    int64_t frame; /* next to be read */
} wav_state;

/* --- the file as libsndfile sees it -------------------------------------------------------- */

static sf_count_t file_length(void *user)
{
    wav_state *state = user;
    struct stat about = {0};
    state->failed = fstat(state->descriptor, &about) != 0 || state->failed;
    return about.st_size;
}

static sf_count_t file_seek(sf_count_t offset, int whence, void *user)
{
    wav_state *state = user;
    return lseek(state->descriptor, offset, whence);
}

static sf_count_t file_read(void *bytes, sf_count_t size, void *user)
{
    wav_state *state = user;
    sf_count_t got = 0;
    while (got < size) {
        const ssize_t part = read(state->descriptor, (char *)bytes + got, (size_t)(size - got));
        if (part < 0 && errno == EINTR) {
            continue;
        }
        if (part <= 0) {
            state->failed = part < 0 || state->failed;
            break;
        }
        got += part;
    }
    return got;
}

static sf_count_t file_tell(void *user)
{
    return file_seek(0, SEEK_CUR, user);
}

static SF_VIRTUAL_IO input = {
    .get_filelen = file_length, .seek = file_seek, .read = file_read, .tell = file_tell};

static const kind_row *row_find(const kind_row *rows, int format)
{
    while (rows->name != NULL && rows->format != format) {
        rows++;
    }
    return rows->name == NULL ? NULL : rows;
}

static bool is_riff(int file)
{
    char name[4] = "";
    return pread(file, name, 4, 0) == 4 &&
           (memcmp(name, "RIFF", 4) == 0 || memcmp(name, "RF64", 4) == 0 ||
            memcmp(name, "riff", 4) == 0);
}

/* Refuses a WAV file whose header is not sound or asks for a codec that is not decoded here;
 * *frames is what the header promises, -1 when it does not. */
static myo_status header_check(int file, int64_t *frames, myo_why *why)
{
    myo_riff riff;
    *frames = -1;
    if (!is_riff(file)) {
        return MYO_OK;
    }
    myo_status status = myo_riff_read(file, &riff, why);
    if (status != MYO_OK) {
        return status;
    }
    if (riff.channels == 0 || riff.frame_bytes == 0) {
        return myo_why_set(why, MYO_ERR_EMPTY, "header: zero channels");
    }
    if (riff.codec != MYO_RIFF_PCM && riff.codec != MYO_RIFF_FLOAT) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "header: codec 0x%04x; only PCM and floating point are read",
                           riff.codec);
    }
    if (riff.rate_hz == 0 || riff.rate_hz > INT32_MAX) { /* libsndfile's rate is an int */
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "header: %u frames a second", riff.rate_hz);
    }
    if (riff.sample_bits < 8 || riff.sample_bits > 64) { /* libsndfile takes them for whole bytes */
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "header: %u bits a sample; 8 to 64 are read",
                           riff.sample_bits);
    }
    *frames = riff.data_bytes > 0 ? riff.data_bytes / riff.frame_bytes : -1;
    return MYO_OK;
}

static double comment_full_scale(SNDFILE *file)
{
    static const char key[] = "full_scale_uv=";
    const char *comment = myo_sf.sf_get_string(file, SF_STR_COMMENT);
    const char *found = comment == NULL ? NULL : strstr(comment, key);
    double value = found == NULL ? 0.0 : strtod(found + strlen(key), NULL);
    return isfinite(value) && value > 0.0 ? value : 0.0;
}

static myo_status cues_read(SNDFILE *file, myo_marks *marks)
{
    uint32_t count = 0;
    if (myo_sf.sf_command(file, SFC_GET_CUE_COUNT, &count, sizeof count) != SF_TRUE || count == 0 ||
        count > MAX_CUES) {
        return MYO_OK;
    }
    size_t size = sizeof(uint32_t) + count * sizeof(SF_CUE_POINT);
    SF_CUES *cues = calloc(1, size);
    if (cues == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    myo_status status = MYO_OK;
    if (myo_sf.sf_command(file, SFC_GET_CUE, cues, (int)size) == SF_TRUE) {
        for (uint32_t i = 0; i < count && status == MYO_OK; i++) {
            SF_CUE_POINT *cue = &cues->cue_points[i];
            cue->name[sizeof cue->name - 1] = '\0';
            status = myo_marks_add(marks, cue->sample_offset, cue->name);
        }
    }
    free(cues);
    return status;
}

static myo_status info_fill(myo_reader *reader, const SF_INFO *format, myo_why *why)
{
    myo_source_info *info = &reader->info;
    const kind_row *container = row_find(containers, format->format & SF_FORMAT_TYPEMASK);
    const kind_row *encoding = row_find(encodings, format->format & SF_FORMAT_SUBMASK);
    if (container == NULL || encoding == NULL) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "header: format 0x%08x; only PCM and floating point are read",
                           (unsigned)format->format);
    }
    if (format->channels < 1 || format->channels > MYO_MAX_CHANNELS) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "header: %d channels; 1 to %d can be analysed",
                           format->channels, MYO_MAX_CHANNELS);
    }
    info->rate_hz = format->samplerate;
    info->channels = (uint32_t)format->channels;
    (void)snprintf(info->format, sizeof info->format, "%s, %s", container->name, encoding->name);
    for (uint32_t c = 0; c < info->channels; c++) {
        info->channel_number[c] = c;
        info->rail_low[c] = encoding->bits > 0 ? -1.0 : 0.0;
        info->rail_high[c] = encoding->bits > 0 ? 1.0 - ldexp(1.0, 1 - encoding->bits) : 0.0;
        reader->is_emg[c] = true;
    }
    return MYO_OK;
}

static void wav_close(myo_reader *reader)
{
    wav_state *state = reader->state;
    if (state != NULL) {
        (void)myo_sf.sf_close(state->file);
        (void)close(state->descriptor);
        free(state);
    }
    reader->state = NULL;
}

static myo_status decoder_open(myo_reader *reader, int file, SF_INFO *format, myo_why *why)
{
    wav_state *state = calloc(1, sizeof *state);
    if (state == NULL) {
        (void)close(file);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    state->descriptor = file;
    state->file = myo_sf.sf_open_virtual(&input, SFM_READ, format, state);
    if (state->file == NULL) {
        const bool failed = state->failed;
        free(state);
        (void)close(file);
        return failed ? myo_why_set(why, MYO_ERR_READ, "header: cannot be read")
                      : myo_why_set(why, MYO_ERR_FORMAT,
                                    "header: libsndfile does not understand it: %s",
                                    myo_sf.sf_strerror(NULL));
    }
    reader->state = state;
    return state->failed ? myo_why_set(why, MYO_ERR_READ, "header: cannot be read") : MYO_OK;
}

static myo_status marks_read(myo_reader *reader, const char *path, myo_why *why)
{
    wav_state *state = reader->state;
    myo_source_info *info = &reader->info;
    myo_status status = cues_read(state->file, &reader->marks);
    if (status == MYO_OK) {
        status = myo_marks_read_beside(&reader->marks, path, info->rate_hz, info->note,
                                       sizeof info->note);
    }
    myo_marks_unique(&reader->marks); /* programs write both */
    switch (status) {
    case MYO_OK:
        return status;
    case MYO_ERR_NO_MEMORY:
        return myo_why_set(why, status, "out of memory");
    case MYO_ERR_READ:
        return myo_why_set(why, status, "the marks beside it cannot be read");
    default:
        return myo_why_set(why, status, "marks: too many");
    }
}

static myo_status wav_open(myo_reader *reader, const char *path, const myo_source_options *options,
                           myo_why *why)
{
    (void)options;
    SF_INFO format = {0};
    int64_t promised = -1;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return myo_why_set(why, MYO_ERR_OPEN, "cannot be opened: %s", strerror(errno));
    }
    myo_status status = header_check(file, &promised, why);
    if (status != MYO_OK) {
        (void)close(file);
        return status;
    }
    status = decoder_open(reader, file, &format, why);
    if (status == MYO_OK) {
        status = info_fill(reader, &format, why);
    }
    if (status == MYO_OK) {
        wav_state *state = reader->state;
        reader->info.frames = promised > 0 ? promised : format.frames;
        reader->info.full_scale_uv = comment_full_scale(state->file);
        status = marks_read(reader, path, why);
    }
    if (status != MYO_OK) {
        wav_close(reader);
    }
    return status;
}

static myo_status wav_read(myo_reader *reader, float *samples, size_t frames, size_t *got,
                           myo_why *why)
{
    wav_state *state = reader->state;
    sf_count_t count = myo_sf.sf_readf_float(state->file, samples, (sf_count_t)frames);
    *got = count > 0 ? (size_t)count : 0;
    state->frame += (int64_t)*got;
    if (state->failed) {
        return myo_why_set(why, MYO_ERR_READ, "frame %lld: cannot be read",
                           (long long)state->frame);
    }
    if (*got == 0 && state->frame < reader->info.frames) {
        return myo_why_set(why, MYO_ERR_READ,
                           "frame %lld: the file ends before the %lld frames that it promises",
                           (long long)state->frame, (long long)reader->info.frames);
    }
    return MYO_OK;
}

const myo_reader_class myo_wav_reader = {
    .load = myo_sndfile_load, .open = wav_open, .read = wav_read, .close = wav_close};
