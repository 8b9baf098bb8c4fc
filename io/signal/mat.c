/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MATLAB 5 files: one matrix of samples, and the rate, if a variable has its name.
 *
 * A compressed matrix is one zlib stream, channel after channel when rows are frames. It is gone
 * through once, and the state at the start of each channel is kept: from there the channels are
 * unpacked side by side, in memory that does not grow with the recording. */
#include "mat_file.h"
#include "matlab.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER_BYTES = 128, BLOCK_BYTES = 65536, NUMBER_BYTES = 8 };

typedef struct {
    mat_variable signal;
    int candidates;  /* matrices that may be the signal */
    double rate_hz;  /* 0 = no variable says */
    char names[160]; /* of the matrices, for the message */
} mat_search;

typedef struct {
    flat_recording flat;                   /* first: what flat_read knows; of a plain matrix */
    mat_stream *streams[MYO_MAX_CHANNELS]; /* of a compressed one: for each channel, or one */
    uint32_t stream_count;                 /* 0: it is plain */
    int file;                              /* of the streams */
    int64_t frame;
    flat_kind kind;
    unsigned char bytes[BLOCK_BYTES];
} mat_state;

static void variable_look(int file, const mat_variable *variable, const char *wanted,
                          mat_search *search)
{
    if (variable->rows == 1 && variable->columns == 1) {
        double value = 0.0;
        if (matlab_is_rate(variable->name) && mat_scalar(file, variable, &value)) {
            search->rate_hz = value;
        }
        return;
    }
    myo_note_add(search->names, sizeof search->names, "%s (%lld x %lld)", variable->name,
                 (long long)variable->rows, (long long)variable->columns);
    bool is_wanted = wanted != NULL ? strcmp(variable->name, wanted) == 0
                                    : variable->rows * variable->columns >= MATLAB_FEWEST_SAMPLES;
    if (is_wanted) {
        search->signal = *variable;
        search->candidates++;
    }
}

static myo_status variables_search(int file, const char *wanted, mat_search *search, myo_why *why)
{
    struct stat about;
    unsigned char head[HEADER_BYTES];
    int64_t at = HEADER_BYTES;
    mat_variable variable;
    mat_step step;
    if (fstat(file, &about) != 0 || pread(file, head, sizeof head, 0) != sizeof head) {
        return myo_why_set(why, MYO_ERR_FORMAT, "header: ends before byte %d", HEADER_BYTES);
    }
    if (head[126] != 'I' || head[127] != 'M') {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "byte 126: not little-endian");
    }
    do {
        int64_t here = at;
        step = mat_next(file, about.st_size, &at, &variable);
        if (step == MAT_CUT) {
            return myo_why_set(why, MYO_ERR_FORMAT, "byte %lld: the file ends within a variable",
                               (long long)here);
        }
        if (step == MAT_VARIABLE) {
            variable_look(file, &variable, wanted, search);
        }
    } while (step != MAT_END);
    if (search->candidates != 1) {
        return matlab_refuse(wanted, search->candidates, search->names, why);
    }
    return MYO_OK;
}

static void info_fill(myo_reader *reader, const mat_variable *signal, bool rows_are_frames)
{
    static const int bits[] = {16, 16, 16, 24, 32, 0, 8, 8, 32, 0, 12};
    mat_state *state = reader->state;
    myo_source_info *info = &reader->info;
    int width = signal->is_real ? 0 : bits[signal->kind];
    bool is_unsigned =
        signal->kind == FLAT_UINT8 || signal->kind == FLAT_UINT16 || signal->kind == FLAT_UINT32;
    info->channels = (uint32_t)(rows_are_frames ? signal->columns : signal->rows);
    info->frames = rows_are_frames ? signal->rows : signal->columns;
    for (uint32_t c = 0; c < info->channels; c++) {
        /* Whole numbers become fractions of their range, as in a WAV file. */
        state->flat.gain[c] = width == 0 ? 1.0 : ldexp(1.0, 1 - width);
        state->flat.shift[c] = width > 0 && is_unsigned ? -1.0 : 0.0;
        info->rail_low[c] = width == 0 ? 0.0 : -1.0;
        info->rail_high[c] = width == 0 ? 0.0 : 1.0 - ldexp(1.0, 1 - width);
        info->channel_number[c] = c;
        reader->is_emg[c] = true;
    }
    (void)snprintf(info->format, sizeof info->format, "MATLAB 5, %.30s", signal->name);
}

/* One state of the stream for each channel. */
static myo_status streams_open(mat_state *state, int file, const mat_variable *signal,
                               bool rows_are_frames, myo_why *why)
{
    int64_t count = rows_are_frames ? signal->columns : 1;
    int64_t bytes = signal->data_bytes / count;
    state->file = fcntl(file, F_DUPFD_CLOEXEC, 0);
    mat_stream *ahead = state->file < 0 ? NULL : mat_stream_new(state->file, signal);
    for (int64_t c = 0; ahead != NULL && c < count; c++) {
        state->streams[c] = c + 1 < count ? mat_stream_copy(ahead) : ahead;
        state->stream_count += state->streams[c] != NULL;
        if (state->streams[c] == NULL || c + 1 == count) {
            break;
        }
        int64_t done = mat_stream_take(ahead, NULL, bytes);
        if (done != bytes) {
            mat_stream_free(ahead);
            return myo_why_set(why, MYO_ERR_READ,
                               "variable %s: byte %lld of %lld cannot be unpacked", signal->name,
                               (long long)c * bytes + done, (long long)signal->data_bytes);
        }
    }
    if (state->stream_count < count) {
        mat_stream_free(ahead);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "variable %s: cannot be unpacked", signal->name);
    }
    return MYO_OK;
}

static myo_status plain_open(mat_state *state, int file, const mat_variable *signal,
                             bool rows_are_frames, uint32_t channels, myo_why *why)
{
    flat_file numbers = {.kind = signal->kind,
                         .file = fcntl(file, F_DUPFD_CLOEXEC, 0),
                         .offset = signal->data,
                         .columns = channels,
                         .column_frames = rows_are_frames ? signal->rows : 0};
    if (numbers.file < 0) {
        return myo_why_set(why, MYO_ERR_OPEN, "%s", strerror(errno));
    }
    flat_add(&state->flat, &numbers);
    state->flat.missing = NAN;
    return flat_prepare(&state->flat, why);
}

static myo_status signal_open(myo_reader *reader, int file, const mat_variable *signal,
                              const myo_source_options *options, myo_why *why)
{
    mat_state *state = reader->state;
    bool rows_are_frames = signal->rows >= signal->columns && !options->channels_first;
    int64_t channels = rows_are_frames ? signal->columns : signal->rows;
    if (channels > MYO_MAX_CHANNELS) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "variable %s: %lld channels; %d can be analysed", signal->name,
                           (long long)channels, MYO_MAX_CHANNELS);
    }
    info_fill(reader, signal, rows_are_frames);
    state->kind = signal->kind;
    return signal->is_compressed
               ? streams_open(state, file, signal, rows_are_frames, why)
               : plain_open(state, file, signal, rows_are_frames, (uint32_t)channels, why);
}

static myo_status state_fill(myo_reader *reader, const char *path,
                             const myo_source_options *options, myo_why *why)
{
    mat_search search = {.rate_hz = 0.0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return myo_why_set(why, MYO_ERR_OPEN, "cannot be opened: %s", strerror(errno));
    }
    myo_status status = variables_search(file, options->dataset, &search, why);
    reader->info.rate_hz = options->rate_hz > 0.0 ? options->rate_hz : search.rate_hz;
    if (status == MYO_OK && reader->info.rate_hz <= 0.0) {
        status = myo_why_set(why, MYO_ERR_UNSUPPORTED,
                             "variable %s: no frame rate; give it with --rate", search.signal.name);
    }
    if (status == MYO_OK) {
        status = signal_open(reader, file, &search.signal, options, why);
    }
    (void)close(file);
    return status;
}

static void mat_close(myo_reader *reader)
{
    mat_state *state = reader->state;
    for (uint32_t c = 0; c < state->stream_count; c++) {
        mat_stream_free(state->streams[c]);
    }
    if (state->file >= 0) {
        (void)close(state->file);
    }
    flat_close(reader);
}

static myo_status mat_open(myo_reader *reader, const char *path, const myo_source_options *options,
                           myo_why *why)
{
    mat_state *state = calloc(1, sizeof *state);
    if (state == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    reader->state = state;
    state->file = -1;
    myo_status status = state_fill(reader, path, options, why);
    if (status != MYO_OK) {
        mat_close(reader);
    }
    return status;
}

/* Numbers of stream @p s into every @p step-th sample. */
static bool stream_read(mat_state *state, uint32_t s, uint32_t channels, int64_t count,
                        float *samples)
{
    int64_t width = flat_number_bytes(state->kind);
    uint32_t step = state->stream_count > 1 ? channels : 1;
    if (mat_stream_take(state->streams[s], state->bytes, count * width) != count * width) {
        return false;
    }
    for (int64_t i = 0; i < count; i++) {
        uint32_t c = state->stream_count > 1 ? s : (uint32_t)(i % channels);
        double number = flat_number(state->bytes, state->kind, i);
        samples[(int64_t)s + i * step] =
            (float)(number * state->flat.gain[c] + state->flat.shift[c]);
    }
    return true;
}

static myo_status mat_read(myo_reader *reader, float *samples, size_t frames, size_t *got,
                           myo_why *why)
{
    mat_state *state = reader->state;
    uint32_t channels = reader->info.channels;
    if (state->stream_count == 0) {
        return flat_read(reader, samples, frames, got, why);
    }
    int64_t count = reader->info.frames - state->frame;
    int64_t room = BLOCK_BYTES / NUMBER_BYTES / (state->stream_count > 1 ? 1 : channels);
    count = count < (int64_t)frames ? count : (int64_t)frames;
    count = count < room ? count : room;
    *got = 0;
    for (uint32_t s = 0; s < state->stream_count; s++) {
        int64_t numbers = state->stream_count > 1 ? count : count * channels;
        if (!stream_read(state, s, channels, numbers, samples)) {
            return myo_why_set(why, MYO_ERR_READ, "frame %lld: cannot be unpacked",
                               (long long)state->frame);
        }
    }
    state->frame += count;
    *got = (size_t)count;
    return MYO_OK;
}

const myo_reader_class myo_mat_reader = {.open = mat_open, .read = mat_read, .close = mat_close};
