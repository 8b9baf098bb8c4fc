/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XDF, the files of LabRecorder: one stream of samples, and the streams of marks on its clock.
 *
 * The streams' clocks are brought together by a line through the clock offsets of each, and the
 * samples' time stamps, which jitter, by a line over the frames, as pyxdf does it. Where stamps leap
 * by more than a second frames are missing, and are handed out as such. */
#include "beside.h"
#include "voltage.h"
#include "xdf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_STREAMS = 256, MAX_HEADER_BYTES = 4 << 20 };

/* pyxdf's threshold between jitter and loss. */
static const double gap_s = 1.0;

/* All gaps together are no longer: hostile stamps must not ask for years of silence. */
static const double all_gaps_s = 86400.0;

typedef struct {
    xdf_bytes bytes;
    xdf_stream streams[MAX_STREAMS];
    uint32_t stream_count;
    xdf_stream *chosen;
    double gain[MYO_MAX_CHANNELS];
    xdf_line clock;         /* time over frame of the chosen stream */
    int64_t cut_at;         /* byte at which the file is cut; -1: it is whole */
    int64_t next_chunk;     /* of the pass that is going on */
    xdf_chunk chunk;        /* of samples that is being read */
    uint64_t samples_left;  /* in it */
    double expected_s;      /* stamp of the next sample; NAN before the first */
    int64_t frame, missing; /* next; to be handed out before the sample that was begun */
    double lost_s;          /* in gaps so far */
    bool begun;             /* the stamp of the next sample was taken */
} xdf_state;

static void xdf_close(myo_reader *reader)
{
    xdf_state *state = reader->state;
    if (state != NULL) {
        (void)close(state->bytes.file);
        free(state);
    }
    reader->state = NULL;
}

static xdf_stream *stream_find(xdf_state *state, uint32_t id)
{
    for (uint32_t s = 0; s < state->stream_count; s++) {
        if (state->streams[s].id == id) {
            return &state->streams[s];
        }
    }
    return NULL;
}

/* The XML of a header; the caller frees it. */
static char *header_load(const xdf_state *state, int64_t at, size_t size)
{
    char *xml = calloc(1, size + 1);
    if (xml != NULL && pread(state->bytes.file, xml, size, (off_t)at) != (ssize_t)size) {
        free(xml);
        return NULL;
    }
    return xml;
}

static myo_status header_take(xdf_state *state, const xdf_chunk *chunk, myo_why *why)
{
    int64_t size = chunk->end - chunk->content;
    if (stream_find(state, chunk->stream) != NULL) {
        return MYO_OK;
    }
    if (state->stream_count == MAX_STREAMS || size > MAX_HEADER_BYTES) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "byte %lld: more than %d streams, or %d bytes of header",
                           (long long)chunk->content, MAX_STREAMS, MAX_HEADER_BYTES);
    }
    char *xml = header_load(state, chunk->content, (size_t)size);
    if (xml == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "byte %lld: header cannot be read",
                           (long long)chunk->content);
    }
    xdf_stream *stream = &state->streams[state->stream_count++];
    *stream =
        (xdf_stream){.id = chunk->stream, .header_at = chunk->content, .header_size = (size_t)size};
    xdf_stream_read(stream, xml);
    free(xml);
    return MYO_OK;
}

static void offset_take(xdf_state *state, const xdf_chunk *chunk)
{
    xdf_stream *stream = stream_find(state, chunk->stream);
    const unsigned char *pair = xdf_take(&state->bytes, 16, chunk->end);
    if (stream != NULL && pair != NULL) {
        xdf_line_add(&stream->offset, xdf_double(pair), xdf_double(pair + 8));
    }
}

/* First pass: which streams there are, and their clocks; samples are passed over. */
static myo_status streams_read(xdf_state *state, myo_why *why)
{
    xdf_chunk chunk;
    xdf_step step;
    myo_status status = MYO_OK;
    state->cut_at = -1;
    for (int64_t at = 4; status == MYO_OK; at = chunk.end) {
        step = xdf_chunk_at(&state->bytes, at, &chunk);
        if (step != XDF_CHUNK) {
            state->cut_at = step == XDF_CUT ? at : -1;
            break;
        }
        if (chunk.tag == XDF_STREAM_HEADER) {
            status = header_take(state, &chunk, why);
        } else if (chunk.tag == XDF_CLOCK_OFFSET) {
            offset_take(state, &chunk);
        }
    }
    return status;
}

static bool is_signal(const xdf_stream *stream)
{
    return xdf_value_bytes(stream->format) > 0 && stream->channels > 0 &&
           stream->rate_hz >= MYO_SOURCE_MIN_RATE_HZ && stream->rate_hz <= MYO_SOURCE_MAX_RATE_HZ;
}

static myo_status ask_for_stream(const xdf_state *state, uint32_t found, myo_why *why)
{
    char names[160] = "";
    for (uint32_t s = 0; s < state->stream_count; s++) {
        myo_note_add(names, sizeof names, "%s (%g Hz)", state->streams[s].name,
                     state->streams[s].rate_hz);
    }
    return myo_why_set(why, found == 0 ? MYO_ERR_EMPTY : MYO_ERR_UNSUPPORTED,
                       found == 0 ? "no stream of numbers with %g Hz or more; there are: %s"
                                  : "several streams of numbers with %g Hz or more; name one with "
                                    "--dataset: %s",
                       MYO_SOURCE_MIN_RATE_HZ, names[0] == '\0' ? "none" : names);
}

/* The one that is named; else the only one of type EMG, else the only one of a high rate. */
static myo_status stream_choose(xdf_state *state, const char *name, myo_why *why)
{
    uint32_t signals = 0, emgs = 0;
    xdf_stream *signal = NULL, *emg = NULL;
    for (uint32_t s = 0; s < state->stream_count; s++) {
        xdf_stream *stream = &state->streams[s];
        if (!is_signal(stream) || (name != NULL && strcmp(stream->name, name) != 0)) {
            continue;
        }
        signal = stream;
        signals++;
        if (strcasecmp(stream->type, "EMG") == 0) {
            emg = stream;
            emgs++;
        }
    }
    state->chosen = emgs == 1 ? emg : signals == 1 ? signal : NULL;
    return state->chosen != NULL ? MYO_OK : ask_for_stream(state, signals, why);
}

/* "<channel><label>EMG 1</label><unit>microvolts</unit></channel>", one after the other. */
static void channels_name(myo_reader *reader, char *xml, bool *is_voltage)
{
    xdf_state *state = reader->state;
    myo_source_info *info = &reader->info;
    char *at = strstr(xml, "<channels>");
    for (uint32_t c = 0; c < info->channels; c++) {
        char unit[24] = "";
        char *channel = at == NULL ? NULL : strstr(at, "<channel>");
        char *end = channel == NULL ? NULL : strstr(channel, "</channel>");
        if (end != NULL) {
            *end = '\0';
            (void)xdf_xml_text(channel, "label", info->channel_name[c],
                               sizeof info->channel_name[c]);
            (void)xdf_xml_text(channel, "unit", unit, sizeof unit);
            at = end + 1;
        }
        double uv = myo_unit_uv(unit);
        state->gain[c] = uv > 0.0 ? uv : 1.0;
        is_voltage[c] = uv > 0.0;
        info->channel_number[c] = c;
    }
}

static myo_status info_fill(myo_reader *reader, const char *list, myo_why *why)
{
    xdf_state *state = reader->state;
    const xdf_stream *stream = state->chosen;
    if (stream == NULL) {
        return myo_why_set(why, MYO_ERR_EMPTY, "no stream was chosen");
    }
    bool is_voltage[MYO_MAX_CHANNELS] = {false};
    if (stream->channels > MYO_MAX_CHANNELS) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "stream %.40s: %u channels; %d can be analysed", stream->name,
                           stream->channels, MYO_MAX_CHANNELS);
    }
    char *xml = header_load(state, stream->header_at, stream->header_size);
    if (xml == NULL) {
        return myo_why_set(why, MYO_ERR_READ, "byte %lld: header cannot be read",
                           (long long)stream->header_at);
    }
    reader->info.channels = stream->channels;
    reader->info.rate_hz = stream->rate_hz;
    channels_name(reader, xml, is_voltage);
    free(xml);
    myo_voltage_choose(reader, is_voltage, list);
    (void)snprintf(reader->info.format, sizeof reader->info.format, "XDF, stream %.34s",
                   stream->name);
    return MYO_OK;
}

static void samples_restart(xdf_state *state)
{
    state->next_chunk = 4;
    state->samples_left = 0;
    state->frame = state->missing = 0;
    state->expected_s = NAN;
    state->lost_s = 0.0;
    state->begun = false;
}

/* Takes the stamp of the next sample, which says whether frames are missing before it. */
static bool stamp_take(xdf_state *state)
{
    const unsigned char *size = xdf_take(&state->bytes, 1, state->chunk.end);
    double step = 1.0 / state->chosen->rate_hz;
    if (size == NULL || (size[0] != 0 && size[0] != 8)) {
        return false;
    }
    double stamp = state->expected_s;
    if (size[0] == 8) {
        const unsigned char *bytes = xdf_take(&state->bytes, 8, state->chunk.end);
        if (bytes == NULL) {
            return false;
        }
        stamp = xdf_double(bytes);
        double leap = stamp - state->expected_s;
        if (leap > gap_s && leap + state->lost_s < all_gaps_s) {
            state->missing = llround(leap * state->chosen->rate_hz);
            state->lost_s += leap;
        }
        xdf_line_add(&state->clock, (double)(state->frame + state->missing), stamp);
    }
    state->expected_s = stamp + step;
    state->begun = true;
    return true;
}

/* To the next sample of the chosen stream; false at the end of the file or where it is cut. */
static bool sample_begin(xdf_state *state)
{
    while (!state->begun) {
        uint64_t count = 0;
        if (state->samples_left > 0) {
            state->samples_left--;
            if (!stamp_take(state)) {
                state->cut_at = state->bytes.at;
                return false;
            }
            continue;
        }
        if (state->cut_at >= 0 && state->next_chunk >= state->cut_at) {
            return false;
        }
        if (xdf_chunk_at(&state->bytes, state->next_chunk, &state->chunk) != XDF_CHUNK) {
            return false;
        }
        state->next_chunk = state->chunk.end;
        if (state->chunk.tag == XDF_SAMPLES && state->chunk.stream == state->chosen->id &&
            xdf_length(&state->bytes, state->chunk.end, &count)) {
            state->samples_left = count;
        }
    }
    return true;
}

/* The values of the sample that was begun; NULL: only to be passed over. */
static bool sample_end(xdf_state *state, float *samples)
{
    size_t size = xdf_value_bytes(state->chosen->format);
    for (uint32_t c = 0; c < state->chosen->channels; c++) {
        const unsigned char *value = xdf_take(&state->bytes, size, state->chunk.end);
        if (value == NULL) {
            state->cut_at = state->bytes.at;
            state->samples_left = 0;
            return false;
        }
        if (samples != NULL) {
            samples[c] = (float)(xdf_value(value, state->chosen->format) * state->gain[c]);
        }
    }
    state->frame += state->missing + 1;
    state->missing = 0;
    state->begun = false;
    return true;
}

/* Second pass: how many frames there are, and when. */
static myo_status frames_count(myo_reader *reader, myo_why *why)
{
    xdf_state *state = reader->state;
    int64_t lost = 0;
    samples_restart(state);
    while (sample_begin(state)) {
        int64_t missing = state->missing;
        if (!sample_end(state, NULL)) {
            break;
        }
        lost += missing;
    }
    reader->info.frames = state->frame;
    if (state->frame > 0 && state->clock.count < 1.0) {
        return myo_why_set(why, MYO_ERR_FORMAT, "stream %.60s: no time stamp", state->chosen->name);
    }
    if (lost > 0) {
        myo_note_add(reader->info.note, sizeof reader->info.note,
                     "%lld frames are missing by the time stamps", (long long)lost);
    }
    return MYO_OK;
}

static double offset_at(const xdf_stream *stream, double time)
{
    return stream->offset.y + xdf_line_slope(&stream->offset, 0.0) * (time - stream->offset.x);
}

/* The frame of the chosen stream at @p time of the clock of @p stream. */
static double frame_of(const xdf_state *state, const xdf_stream *stream, double time)
{
    const xdf_line *offset = &state->chosen->offset;
    double common = time + offset_at(stream, time);
    double drift = xdf_line_slope(offset, 0.0);
    double own = (common - offset->y + drift * offset->x) / (1.0 + drift);
    double nominal = 1.0 / state->chosen->rate_hz;
    double step = xdf_line_slope(&state->clock, nominal);
    step = fabs(step / nominal - 1.0) < 0.1 ? step : nominal;
    return state->clock.x + (own - state->clock.y) / step;
}

/* One value of a mark: a text, or a number as text. */
static bool mark_value(xdf_bytes *bytes, const xdf_stream *stream, int64_t end, char *label,
                       size_t size)
{
    uint64_t length = xdf_value_bytes(stream->format);
    if (stream->format == XDF_STRING && !xdf_length(bytes, end, &length)) {
        return false;
    }
    if (length > (uint64_t)(end - bytes->at)) {
        return false;
    }
    int64_t after = bytes->at + (int64_t)length;
    size_t held = length < size ? (size_t)length : size - 1;
    const unsigned char *value = xdf_take(bytes, held, end);
    if (value == NULL) {
        return false;
    }
    if (stream->format == XDF_STRING) {
        memcpy(label, value, held);
        label[held] = '\0';
    } else {
        (void)snprintf(label, size, "%.15g", xdf_value(value, stream->format));
    }
    bytes->at = after;
    return true;
}

static myo_status mark_take(myo_reader *reader, const xdf_stream *stream, int64_t end,
                            double *stamp, bool *is_whole)
{
    xdf_state *state = reader->state;
    char label[sizeof((myo_mark *)0)->label] = "";
    const unsigned char *size = xdf_take(&state->bytes, 1, end);
    *is_whole = false;
    if (size == NULL || (size[0] != 0 && size[0] != 8)) {
        return MYO_OK;
    }
    if (size[0] == 8) {
        const unsigned char *bytes = xdf_take(&state->bytes, 8, end);
        *stamp = bytes == NULL ? (double)NAN : xdf_double(bytes);
    }
    for (uint32_t c = 0; c < stream->channels; c++) {
        char value[sizeof label];
        if (!mark_value(&state->bytes, stream, end, value, sizeof value)) {
            return MYO_OK;
        }
        myo_note_add(label, sizeof label, "%s", value);
    }
    *is_whole = true;
    double frame = frame_of(state, stream, *stamp);
    if (!(frame >= 0.0 && frame <= (double)reader->info.frames)) {
        myo_note_add(reader->info.note, sizeof reader->info.note, "mark '%.40s' lies outside",
                     label);
        return MYO_OK;
    }
    return myo_marks_add(&reader->marks, llround(frame), label);
}

/* Third pass: what stands in the irregular streams. */
static myo_status marks_read(myo_reader *reader, myo_why *why)
{
    xdf_state *state = reader->state;
    xdf_chunk chunk;
    myo_status status = MYO_OK;
    for (int64_t at = 4; status == MYO_OK; at = chunk.end) {
        if ((state->cut_at >= 0 && at >= state->cut_at) ||
            xdf_chunk_at(&state->bytes, at, &chunk) != XDF_CHUNK) {
            break;
        }
        const xdf_stream *stream =
            chunk.tag == XDF_SAMPLES ? stream_find(state, chunk.stream) : NULL;
        uint64_t count = 0;
        if (stream == NULL || stream == state->chosen || stream->rate_hz > 0.0 ||
            stream->format == XDF_UNKNOWN || !xdf_length(&state->bytes, chunk.end, &count)) {
            continue;
        }
        bool is_whole = true;
        double stamp = NAN;
        for (uint64_t k = 0; status == MYO_OK && is_whole && k < count; k++) {
            status = mark_take(reader, stream, chunk.end, &stamp, &is_whole);
        }
    }
    return status == MYO_OK ? status : myo_why_set(why, status, "too many marks");
}

static myo_status state_fill(myo_reader *reader, const char *path,
                             const myo_source_options *options, myo_why *why)
{
    xdf_state *state = reader->state;
    struct stat about;
    state->bytes.file = open(path, O_RDONLY | O_CLOEXEC);
    if (state->bytes.file < 0 || fstat(state->bytes.file, &about) != 0) {
        return myo_why_set(why, MYO_ERR_OPEN, "cannot be opened: %s", strerror(errno));
    }
    state->bytes.size = about.st_size;
    myo_status status = streams_read(state, why);
    if (status == MYO_OK) {
        status = stream_choose(state, options->dataset, why);
    }
    if (status == MYO_OK) {
        status = info_fill(reader, options->channels, why);
    }
    if (status == MYO_OK) {
        status = frames_count(reader, why);
    }
    if (status == MYO_OK) {
        status = marks_read(reader, why);
    }
    samples_restart(state);
    return status;
}

static myo_status xdf_open(myo_reader *reader, const char *path, const myo_source_options *options,
                           myo_why *why)
{
    reader->state = calloc(1, sizeof(xdf_state));
    if (reader->state == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status = state_fill(reader, path, options, why);
    if (status != MYO_OK) {
        xdf_close(reader);
    }
    return status;
}

static myo_status xdf_read(myo_reader *reader, float *samples, size_t frames, size_t *got,
                           myo_why *why)
{
    xdf_state *state = reader->state;
    uint32_t channels = reader->info.channels;
    for (*got = 0; *got < frames && sample_begin(state); (*got)++, samples += channels) {
        if (state->missing > 0) {
            for (uint32_t c = 0; c < channels; c++) {
                samples[c] = NAN;
            }
            state->missing--;
            state->frame++;
        } else if (!sample_end(state, samples)) {
            break;
        }
    }
    bool is_cut = *got == 0 && frames > 0 && state->cut_at >= 0;
    return is_cut ? myo_why_set(why, MYO_ERR_READ, "byte %lld: the file ends within a chunk",
                                (long long)state->cut_at)
                  : MYO_OK;
}

const myo_reader_class myo_xdf_reader = {.open = xdf_open, .read = xdf_read, .close = xdf_close};
