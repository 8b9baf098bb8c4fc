/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the reader for a file by its first bytes and presents the chosen channels. */
#include "source.h"

#include "channels.h"
#include "guard.h"
#include "reader.h"
#include "sandbox.h"
#include "utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRATCH_SAMPLES = 16384 };

struct myo_source {
    myo_guard *guard; /* reads in a process of its own; NULL: `reader` reads here */
    myo_reader reader;
    myo_source_info info;              /* chosen channels only */
    uint32_t column[MYO_MAX_CHANNELS]; /* of each chosen channel among the file's */
    float *scratch;                    /* NULL when every channel is chosen */
    size_t scratch_frames;
};

static bool starts_with(const char *head, size_t size, size_t at, const char *magic)
{
    size_t length = strlen(magic);
    return at + length <= size && memcmp(head + at, magic, length) == 0;
}

static bool is_audio(const char *head, size_t size)
{
    return (starts_with(head, size, 0, "RIFF") && starts_with(head, size, 8, "WAVE")) ||
           (starts_with(head, size, 0, "RF64") && starts_with(head, size, 8, "WAVE")) ||
           starts_with(head, size, 0, "riff\x2E\x91\xCF\x11") || /* W64 */
           (starts_with(head, size, 0, "FORM") && starts_with(head, size, 8, "AIF")) ||
           starts_with(head, size, 0, "fLaC") || starts_with(head, size, 0, ".snd") ||
           starts_with(head, size, 0, "caff");
}

static bool is_edf(const char *head, size_t size)
{
    return starts_with(head, size, 0, "0       ") || starts_with(head, size, 0,
                                                                 "\xFF"
                                                                 "BIOSEMI");
}

static bool is_brainvision(const char *head, size_t size)
{
    return starts_with(head, size, 0, "Brain Vision Data Exchange ") ||
           starts_with(head, size, 0, "BrainVision Data Exchange ");
}

/* The headers of WFDB and Open Ephys have no signature: their names are what tells. */
static bool ends_with(const char *path, const char *ending)
{
    size_t length = strlen(path), size = strlen(ending);
    return length > size && strcmp(path + length - size, ending) == 0;
}

/* HDF5's signature stands at 0, or after a user block of 512 bytes or more (MATLAB 7.3). */
static bool is_hdf5(int file)
{
    char magic[8] = "";
    for (off_t at = 0; at <= 4096; at = at == 0 ? 512 : 2 * at) {
        if (pread(file, magic, sizeof magic, at) == sizeof magic &&
            memcmp(magic, "\x89HDF\r\n\x1a\n", sizeof magic) == 0) {
            return true;
        }
    }
    return false;
}

static const myo_reader_class *kind_of(int file, const char *path, myo_status *status, myo_why *why)
{
    char head[32];
    ssize_t size = pread(file, head, sizeof head, 0);
    if (size < 0) {
        *status = myo_why_set(why, MYO_ERR_READ, "byte 0: %s", strerror(errno));
        return NULL;
    }
    if (size == 0) {
        *status = myo_why_set(why, MYO_ERR_EMPTY, "the file is empty");
        return NULL;
    }
    if (is_audio(head, (size_t)size)) {
        return &myo_wav_reader;
    }
    if (is_edf(head, (size_t)size)) {
        return &myo_edf_reader;
    }
    if (is_brainvision(head, (size_t)size)) {
        return &myo_brainvision_reader;
    }
    if (starts_with(head, (size_t)size, 0, "XDF:")) {
        return &myo_xdf_reader;
    }
    if (starts_with(head, (size_t)size, 0, "MATLAB 5.0 MAT-file")) {
        return &myo_mat_reader;
    }
    if (ends_with(path, ".hea")) {
        return &myo_wfdb_reader;
    }
    if (ends_with(path, ".oebin")) {
        return &myo_oebin_reader;
    }
    if (is_hdf5(file)) {
        return &myo_h5_reader;
    }
    *status = myo_why_set(why, MYO_ERR_UNSUPPORTED,
                          "byte 0: no recording of a known kind (WAV, W64, RF64, AIFF, FLAC, AU, "
                          "CAF, EDF, BDF, BrainVision, WFDB, XDF, Open Ephys, MATLAB, HDF5, text)");
    return NULL;
}

static const myo_reader_class *kind_find(const char *path, myo_status *status, myo_why *why)
{
    const myo_reader_class *kind = NULL;
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        *status = myo_why_set(why, MYO_ERR_OPEN, "cannot be opened: %s", strerror(errno));
        return NULL;
    }
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode)) {
        kind = kind_of(file, path, status, why);
    } else {
        *status = myo_why_set(why, MYO_ERR_OPEN, "is not a regular file");
    }
    (void)close(file);
    return kind;
}

/* No signature, but nothing that text does not have: what the user names may be a table. */
static bool is_text(const char *path)
{
    char head[1024];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? 0 : pread(file, head, sizeof head, 0);
    for (ssize_t i = 0; i < size; i++) {
        if (head[i] == 0 ||
            ((unsigned char)head[i] < 0x20 && strchr("\t\n\f\r", head[i]) == NULL)) {
            size = 0;
        }
    }
    if (file >= 0) {
        (void)close(file);
    }
    return size > 0;
}

bool myo_source_known(const char *path)
{
    myo_status status = MYO_OK;
    myo_why why;
    return kind_find(path, &status, &why) != NULL;
}

static myo_status info_check(const myo_source_info *info, myo_why *why)
{
    if (info->channels == 0) {
        return myo_why_set(why, MYO_ERR_EMPTY, "header: zero channels");
    }
    if (!(info->rate_hz >= MYO_SOURCE_MIN_RATE_HZ && info->rate_hz <= MYO_SOURCE_MAX_RATE_HZ)) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "header: %g frames a second; %g to %g can be analysed", info->rate_hz,
                           MYO_SOURCE_MIN_RATE_HZ, MYO_SOURCE_MAX_RATE_HZ);
    }
    if (info->frames == 0) {
        return myo_why_set(why, MYO_ERR_EMPTY, "header: no frame");
    }
    return MYO_OK;
}

static void channels_pick(myo_source *source, const bool *chosen)
{
    const myo_source_info *file = &source->reader.info;
    myo_source_info *info = &source->info;
    *info = *file;
    info->channels = 0;
    for (uint32_t c = 0; c < file->channels; c++) {
        if (chosen[c]) {
            uint32_t to = info->channels++;
            source->column[to] = c;
            info->channel_number[to] = file->channel_number[c];
            info->rail_low[to] = file->rail_low[c];
            info->rail_high[to] = file->rail_high[c];
            memcpy(info->channel_name[to], file->channel_name[c], sizeof info->channel_name[to]);
        }
    }
}

static myo_status channels_choose(myo_source *source, const char *list, myo_why *why)
{
    const myo_source_info *file = &source->reader.info;
    bool chosen[MYO_MAX_CHANNELS];
    memcpy(chosen, source->reader.is_emg, sizeof chosen);
    if (list != NULL) {
        myo_status status = myo_channel_list(list, file, chosen, why);
        if (status != MYO_OK) {
            return status;
        }
    }
    channels_pick(source, chosen);
    if (source->info.channels == 0) {
        return myo_why_set(why, MYO_ERR_EMPTY,
                           "none of the %u channels is called EMG; name them with --channels",
                           file->channels);
    }
    if (source->info.channels < file->channels) {
        source->scratch_frames = SCRATCH_SAMPLES / file->channels;
        source->scratch = malloc(source->scratch_frames * file->channels * sizeof(float));
        if (source->scratch == NULL) {
            return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
        }
    }
    return MYO_OK;
}

/* The marker file beside a recording is the one other file that most readers look for. */
static myo_status confine(const char *path, const myo_reader_class *kind, char *missing,
                          size_t size, myo_why *why)
{
    char *marks = myo_marks_path(path);
    if (marks == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    (void)myo_sandbox_enter(path, marks, kind->folder, missing, size);
    free(marks);
    return MYO_OK;
}

static void control_clean(char *text)
{
    for (; *text != '\0'; text++) {
        *text = (unsigned char)*text < 0x20 || *text == 0x7F ? ' ' : *text;
    }
}

static void text_clean(char *text)
{
    control_clean(text);
    myo_utf8_clean(text);
}

/* A name is written into tables and headers: a line end in it must not begin a line there, and one
 * byte that is no UTF-8 would make the whole table unreadable to other programs. */
static void texts_clean(myo_source_info *info)
{
    for (uint32_t c = 0; c < info->channels; c++) {
        text_clean(info->channel_name[c]);
    }
    text_clean(info->format);
    text_clean(info->subject);
    text_clean(info->start_time);
}

/* Labels are cut to fit, maybe within a letter. */
static void labels_clean(myo_marks *marks)
{
    for (size_t m = 0; m < marks->count; m++) {
        myo_utf8_clean(marks->items[m].label);
    }
}

static myo_status source_fill(myo_source *source, const char *path,
                              const myo_source_options *options, bool confined, myo_why *why)
{
    char missing[40] = "";
    myo_reader *reader = &source->reader;
    myo_status status = MYO_OK;
    const myo_reader_class *kind = kind_find(path, &status, why);
    if (kind == NULL && status == MYO_ERR_UNSUPPORTED && is_text(path)) {
        kind = &myo_text_reader;
    }
    if (kind == NULL) {
        return status;
    }
    status = kind->load == NULL ? MYO_OK : kind->load(why);
    if (status == MYO_OK && confined) {
        status = confine(path, kind, missing, sizeof missing, why);
    }
    if (status == MYO_OK) {
        status = kind->open(reader, path, options, why);
    }
    reader->kind = status == MYO_OK ? kind : NULL;
    if (status == MYO_OK && options->full_scale_uv > 0.0) {
        reader->info.full_scale_uv = options->full_scale_uv;
    }
    if (status == MYO_OK && !isfinite(reader->info.full_scale_uv)) {
        reader->info.full_scale_uv = 0.0; /* no amplifier's: the file does not tell it */
    }
    if (status == MYO_OK) {
        texts_clean(&reader->info);
        status = info_check(&reader->info, why);
    }
    if (status == MYO_OK) {
        status = channels_choose(source, options->channels, why);
    }
    if (missing[0] != '\0') {
        myo_note_add(source->info.note, sizeof source->info.note,
                     "this system has no %s: a hostile file is held back by less", missing);
    }
    return status;
}

static myo_status guarded_fill(myo_source *source, const char *path,
                               const myo_source_options *options, myo_why *why)
{
    return myo_guard_open(path, options, &source->guard, &source->info, &source->reader.marks, why);
}

static myo_status here_fill(myo_source *source, const char *path, const myo_source_options *options,
                            myo_why *why)
{
    return source_fill(source, path, options, false, why);
}

static myo_status confined_fill(myo_source *source, const char *path,
                                const myo_source_options *options, myo_why *why)
{
    return source_fill(source, path, options, true, why);
}

typedef myo_status fill(myo_source *source, const char *path, const myo_source_options *options,
                        myo_why *why);

static myo_status source_new(fill *fill_it, const char *path, const myo_source_options *options,
                             myo_source **source, myo_why *why)
{
    *source = calloc(1, sizeof **source);
    if (*source == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status = fill_it(*source, path, options, why);
    if (status != MYO_OK) {
        myo_source_free(*source);
        *source = NULL;
        return status;
    }
    labels_clean(&(*source)->reader.marks);
    myo_marks_sort(&(*source)->reader.marks);
    return MYO_OK;
}

myo_status myo_source_open(const char *path, const myo_source_options *options, myo_source **source,
                           myo_why *why)
{
    return source_new(myo_guard_wanted() ? guarded_fill : here_fill, path, options, source, why);
}

myo_status myo_source_open_here(const char *path, const myo_source_options *options,
                                myo_source **source, myo_why *why)
{
    return source_new(here_fill, path, options, source, why);
}

myo_status myo_source_open_confined(const char *path, const myo_source_options *options,
                                    myo_source **source, myo_why *why)
{
    return source_new(confined_fill, path, options, source, why);
}

const myo_source_info *myo_source_info_get(const myo_source *source)
{
    return &source->info;
}

static void columns_copy(const myo_source *source, float *samples, size_t frames)
{
    const float *from = source->scratch;
    for (size_t f = 0; f < frames; f++, from += source->reader.info.channels) {
        for (uint32_t c = 0; c < source->info.channels; c++) {
            *samples++ = from[source->column[c]];
        }
    }
}

myo_status myo_source_read(myo_source *source, float *samples, size_t frames, size_t *got,
                           myo_why *why)
{
    myo_reader *reader = &source->reader;
    *got = 0;
    if (source->guard != NULL) {
        return myo_guard_read(source->guard, samples, frames, got, why);
    }
    if (source->scratch == NULL) {
        return reader->kind->read(reader, samples, frames, got, why);
    }
    if (frames > source->scratch_frames) {
        frames = source->scratch_frames;
    }
    myo_status status = reader->kind->read(reader, source->scratch, frames, got, why);
    columns_copy(source, samples, *got);
    return status;
}

const myo_mark *myo_source_marks(const myo_source *source, size_t *count)
{
    *count = source->reader.marks.count;
    return source->reader.marks.items;
}

void myo_source_free(myo_source *source)
{
    if (source == NULL) {
        return;
    }
    myo_guard_free(source->guard);
    if (source->reader.kind != NULL) {
        source->reader.kind->close(&source->reader);
    }
    myo_marks_free(&source->reader.marks);
    free(source->scratch);
    free(source);
}
