/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads annotations in WFDB's own format: words of a code and a step in time (annot(5) of the WFDB
 * Applications Guide). */
#include "wfdb_marks.h"

#include "beside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Codes from 59 on are no annotations but belong to the one before them; 61 to 62 say what a mark
 * does not keep. */
enum { NOTE = 22, SKIP = 59, AUX = 63, LAST_CODE = 49, AUX_BYTES = 255 };

static const off_t max_bytes = (off_t)256 << 20;

typedef struct {
    FILE *file;
    int64_t frame;
    int code; /* of the annotation whose texts may follow; 0 = none */
    char text[64];
} annotation;

static bool word_take(FILE *file, unsigned *word)
{
    int low = fgetc(file), high = fgetc(file);
    *word = (unsigned)low | (unsigned)high << 8;
    return low != EOF && high != EOF;
}

/* The annotation is whole when the next one begins. */
static myo_status mark_add(myo_reader *reader, annotation *mark)
{
    char label[80];
    if (mark->code == 0) {
        return MYO_OK;
    }
    if (mark->text[0] != '\0') {
        (void)snprintf(label, sizeof label, "%s", mark->text);
    } else {
        (void)snprintf(label, sizeof label, mark->code == NOTE ? "note" : "annotation %d",
                       mark->code);
    }
    mark->code = 0;
    mark->text[0] = '\0';
    return myo_marks_add(&reader->marks, mark->frame, label);
}

static bool text_take(annotation *mark, unsigned length)
{
    char text[AUX_BYTES + 1] = "";
    unsigned even = length + length % 2;
    if (length > AUX_BYTES || fread(text, 1, even, mark->file) != even) {
        return false;
    }
    text[length] = '\0';
    (void)snprintf(mark->text, sizeof mark->text, "%.63s", text);
    return true;
}

/* One word and what belongs to it; false at the end of the list or of the file. */
static bool step_take(myo_reader *reader, annotation *mark, bool *is_whole, myo_status *status)
{
    unsigned word = 0, high = 0, low = 0;
    *is_whole = word_take(mark->file, &word);
    if (!*is_whole || word == 0) {
        return false;
    }
    unsigned code = word >> 10, step = word & 0x3FF;
    if (code == SKIP) {
        *is_whole = word_take(mark->file, &high) && word_take(mark->file, &low);
        /* It comes before the annotation that it leads to: the one before is whole. */
        *status = mark_add(reader, mark);
        mark->frame += (int32_t)((uint32_t)high << 16 | low);
        return *is_whole && *status == MYO_OK;
    }
    if (code == AUX) {
        *is_whole = text_take(mark, step);
        return *is_whole;
    }
    if (code <= LAST_CODE) {
        *status = mark_add(reader, mark);
        mark->frame += step;
        mark->code = (int)code;
    }
    return *status == MYO_OK;
}

static myo_status list_read(myo_reader *reader, FILE *file, const char *name, myo_why *why)
{
    annotation mark = {.file = file};
    bool is_whole = true;
    myo_status status = MYO_OK;
    while (step_take(reader, &mark, &is_whole, &status)) {
    }
    if (status == MYO_OK) {
        status = mark_add(reader, &mark);
    }
    if (!is_whole) {
        myo_note_add(reader->info.note, sizeof reader->info.note, "%s: ends within an annotation",
                     name);
    }
    return status == MYO_OK ? status : myo_why_set(why, status, "%s: too many", name);
}

myo_status myo_wfdb_marks_read(myo_reader *reader, const char *path, myo_why *why)
{
    char name[256];
    struct stat about;
    myo_why none;
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    (void)snprintf(name, sizeof name, "%.*s.atr", (int)strlen(base) - 4, base);
    int descriptor = myo_beside_open(path, name, &none);
    if (descriptor < 0) {
        return MYO_OK;
    }
    FILE *file = fstat(descriptor, &about) == 0 && about.st_size <= max_bytes
                     ? fdopen(descriptor, "r")
                     : NULL;
    if (file == NULL) {
        (void)close(descriptor);
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "%s: larger than %lld bytes", name,
                           (long long)max_bytes);
    }
    myo_status status = list_read(reader, file, name, why);
    (void)fclose(file);
    return status;
}
