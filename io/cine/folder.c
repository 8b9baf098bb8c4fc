/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A directory of pictures (PNG, JPEG, BMP, TIFF, PGM) in the order of the numbers in their names. They have no
 * times of their own: the caller gives a table or an interval. */
#include "reader.h"

#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PICTURES = 1 << 20, MAX_PATH = 4096 };

typedef struct {
    char *path;
    struct dirent **names; /* of all files, pictures or not */
    int count, at;         /* next to be looked at */
    int64_t first_number;  /* of the first picture's name; -1: names have no numbers */
    int64_t number;        /* pictures handed out */
    int64_t last;          /* sequence of the last one */
    myo_bytes bytes;
    myo_cine_reader picture; /* the one that is open */
} folder;

/* The last number in a name; -1 when there is none of a sensible length. */
static int64_t name_number(const char *name)
{
    const char *end = strrchr(name, '.');
    end = end == NULL ? name + strlen(name) : end;
    const char *from = end;
    while (from > name && isdigit((unsigned char)from[-1])) {
        from--;
    }
    return end - from >= 1 && end - from <= 15 ? strtoll(from, NULL, 10) : -1;
}

static int is_listed(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void picture_close(folder *f)
{
    if (f->picture.kind != NULL) {
        f->picture.kind->close(&f->picture);
    }
    f->picture = (myo_cine_reader){0};
    myo_bytes_close(&f->bytes);
}

/* Opens @p name if its first bytes are those of a picture; what is none is passed over. */
static myo_status picture_open(folder *f, const char *name, bool *is_picture, myo_why *why)
{
    static const myo_cine_options options = {0};
    char path[MAX_PATH];
    myo_why inner = {""};
    *is_picture = false;
    if (snprintf(path, sizeof path, "%s/%s", f->path, name) >= (int)sizeof path ||
        myo_bytes_open(path, 0.0, &f->bytes, &inner) != MYO_OK) {
        return MYO_OK;
    }
    *is_picture = f->bytes.size >= 0 &&
                  myo_cine_video.known(f->bytes.head, f->bytes.head_size, f->bytes.size);
    if (!*is_picture) {
        myo_bytes_close(&f->bytes);
        return MYO_OK;
    }
    myo_status status = myo_cine_video.open(&f->picture, &f->bytes, path, &options, &inner);
    if (status == MYO_OK && f->picture.info.clock != MYO_CINE_TIME_NONE) {
        myo_cine_video.close(&f->picture);
        status = myo_why_set(&inner, MYO_ERR_UNSUPPORTED, "is a video among pictures");
    }
    if (status != MYO_OK) {
        myo_bytes_close(&f->bytes);
        return myo_why_set(why, status, "%.80s: %.160s", name, inner.text);
    }
    f->picture.kind = &myo_cine_video;
    return MYO_OK;
}

static myo_status next_open(folder *f, bool *found, myo_why *why)
{
    myo_status status = MYO_OK;
    for (*found = false; status == MYO_OK && !*found && f->at < f->count; f->at++) {
        status = picture_open(f, f->names[f->at]->d_name, found, why);
    }
    return status;
}

static void folder_close(myo_cine_reader *reader)
{
    folder *f = reader->state;
    picture_close(f);
    for (int i = 0; i < f->count; i++) {
        free(f->names[i]);
    }
    free(f->names);
    free(f->path);
    free(f);
    reader->state = NULL;
}

static myo_status folder_fill(folder *f, myo_cine_info *info, myo_why *why)
{
    bool found = false;
    f->count = scandir(f->path, &f->names, is_listed, versionsort);
    if (f->count < 0 || f->count > MAX_PICTURES) {
        f->count = f->count < 0 ? 0 : f->count;
        return myo_why_set(why, MYO_ERR_OPEN,
                           "the directory cannot be listed, or has too many files");
    }
    myo_status status = next_open(f, &found, why);
    if (status != MYO_OK) {
        return status;
    }
    if (!found) {
        return myo_why_set(why, MYO_ERR_EMPTY, "no picture in this directory");
    }
    f->first_number = name_number(f->names[f->at - 1]->d_name);
    *info = f->picture.info;
    info->frames = -1;
    (void)snprintf(info->format, sizeof info->format, "directory of %.40s", f->picture.info.format);
    return MYO_OK;
}

static myo_status folder_open(myo_cine_reader *reader, myo_bytes *bytes, const char *path,
                              const myo_cine_options *options, myo_why *why)
{
    (void)bytes, (void)options;
    folder *f = calloc(1, sizeof *f);
    if (f == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    reader->state = f;
    f->bytes.file = -1;
    f->path = strdup(path);
    myo_status status = f->path == NULL ? myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory")
                                        : folder_fill(f, &reader->info, why);
    if (status != MYO_OK) {
        folder_close(reader);
    }
    return status;
}

/* Numbers in names count from the first; where they do not rise, or there are none, pictures are counted. */
static int64_t sequence_of(const folder *f)
{
    int64_t number = name_number(f->names[f->at - 1]->d_name);
    int64_t sequence = f->first_number < 0 || number < 0 ? -1 : number - f->first_number;
    return f->number == 0 ? 0 : sequence > f->last ? sequence : f->last + 1;
}

static myo_status folder_next(myo_cine_reader *reader, myo_cine_frame *frame, bool *got,
                              myo_why *why)
{
    folder *f = reader->state;
    *got = true;
    if (f->number > 0) {
        picture_close(f);
        myo_status status = next_open(f, got, why);
        if (status != MYO_OK || !*got) {
            *got = false;
            return status;
        }
    }
    const char *name = f->names[f->at - 1]->d_name;
    if (f->picture.info.width != reader->info.width ||
        f->picture.info.height != reader->info.height ||
        f->picture.info.is_float != reader->info.is_float) {
        *got = false;
        return myo_why_set(why, MYO_ERR_FORMAT, "%.80s: has another size than the pictures before",
                           name);
    }
    myo_status status = myo_cine_video.next(&f->picture, frame, got, why);
    frame->sequence = f->last = sequence_of(f);
    frame->time_s = (double)NAN;
    f->number++;
    return status;
}

static bool folder_known(const uint8_t *head, size_t size, int64_t file_size)
{
    (void)head, (void)size, (void)file_size;
    return false;
}

const myo_cine_class myo_cine_folder = {folder_known, folder_open, folder_next, folder_close};
