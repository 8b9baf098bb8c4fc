/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the keys of a MetaImage file. */
#include "meta_header.h"

#include "signal/decimal.h"
#include "signal/text_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FRAMES = 1 << 22, MAX_AXIS = 1 << 24 };

static myo_status bad(const char *key, const char *value, myo_why *why)
{
    return myo_why_set(why, MYO_ERR_FORMAT, "MetaImage: %.40s = %.60s", key, value);
}

static bool is_true(const char *value)
{
    return value[0] == 'T' || value[0] == 't' || value[0] == '1';
}

/* Up to @p count numbers parted by blanks; returns how many there are, -1 when one is none. */
static int numbers_read(const char *text, double *numbers, int count)
{
    int found = 0;
    for (text += strspn(text, " \t"); *text != '\0'; text += strspn(text, " \t")) {
        size_t length = strcspn(text, " \t");
        double value = 0.0;
        if (!myo_decimal_read(text, length, false, &value)) {
            return -1;
        }
        if (found < count) {
            numbers[found] = value;
        }
        found++;
        text += length;
    }
    return found;
}

static myo_status sizes_take(meta_header *h, const char *value, myo_why *why)
{
    double sizes[3] = {0.0, 0.0, 1.0};
    int count = numbers_read(value, sizes, 3);
    if (count < 2 || count > 3) {
        return bad("DimSize", value, why);
    }
    for (int i = 0; i < 3; i++) {
        if (!(sizes[i] >= 1.0 && sizes[i] <= MAX_AXIS)) {
            return bad("DimSize", value, why);
        }
        h->size[i] = (int64_t)sizes[i];
    }
    return MYO_OK;
}

/* Seq_FrameNNNN_Timestamp; frames come in order. */
static myo_status stamp_take(meta_header *h, int64_t number, const char *value, myo_why *why)
{
    double time_s = 0.0;
    if (number != h->stamps || number >= MAX_FRAMES ||
        !myo_decimal_read(value, strlen(value), false, &time_s)) {
        return bad("a frame's Timestamp", value, why);
    }
    if ((h->stamps & (h->stamps - 1)) == 0) { /* 0, 1, 2, 4 ...: room for twice as many */
        size_t room = h->stamps == 0 ? 1 : 2 * (size_t)h->stamps;
        double *more = realloc(h->times_s, room * sizeof *more);
        if (more == NULL) {
            return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
        }
        h->times_s = more;
    }
    h->times_s[h->stamps++] = time_s;
    return MYO_OK;
}

static myo_status frame_key_take(meta_header *h, const char *key, const char *value, myo_why *why)
{
    long long number = -1;
    int used = 0;
    if (sscanf(key, "Seq_Frame%9lld%n", &number, &used) != 1 || number < 0) {
        return MYO_OK;
    }
    if (strcmp(key + used, "_Timestamp") == 0) {
        return stamp_take(h, number, value, why);
    }
    if (strcmp(key + used, "_ImageStatus") == 0 && strcmp(value, "OK") != 0) {
        h->bad_frames++;
    }
    return MYO_OK;
}

static void text_take(char *to, size_t size, const char *value)
{
    (void)snprintf(to, size, "%s", value);
}

static myo_status numbers_take(meta_header *h, const char *key, const char *value, myo_why *why)
{
    double number = 0.0;
    bool is_number = numbers_read(value, &number, 1) == 1;
    if (strcmp(key, "CompressedDataSize") == 0) {
        bool ok = is_number && number >= 0.0 && number < 1e15;
        h->packed_size = ok ? (int64_t)number : 0;
        return ok ? MYO_OK : bad(key, value, why);
    }
    if (strcmp(key, "ElementNumberOfChannels") == 0) {
        h->channels = is_number && number >= 1.0 && number <= 99.0 ? (int)number : 0;
    } else if (strcmp(key, "HeaderSize") == 0 && number != 0.0) {
        return bad(key, value, why);
    } else if (strcmp(key, "ElementSpacing") == 0) {
        h->has_spacing = numbers_read(value, h->spacing, 2) >= 2;
    } else if (strcmp(key, "BinaryData") == 0 && !is_true(value)) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "MetaImage: numbers as text");
    }
    return MYO_OK;
}

static myo_status key_take(meta_header *h, const char *key, const char *value, myo_why *why)
{
    if (strncmp(key, "Seq_Frame", 9) == 0) {
        return frame_key_take(h, key, value, why);
    }
    if (strcmp(key, "DimSize") == 0) {
        return sizes_take(h, value, why);
    }
    if (strcmp(key, "ElementType") == 0) {
        text_take(h->type, sizeof h->type, value);
    } else if (strcmp(key, "UltrasoundImageType") == 0) {
        text_take(h->image_type, sizeof h->image_type, value);
    } else if (strcmp(key, "UltrasoundImageOrientation") == 0) {
        text_take(h->orientation, sizeof h->orientation, value);
    } else if (strcmp(key, "ElementDataFile") == 0) {
        text_take(h->data_file, sizeof h->data_file, value);
    } else if (strcmp(key, "CompressedData") == 0) {
        h->is_packed = is_true(value);
    } else if (strcmp(key, "BinaryDataByteOrderMSB") == 0 ||
               strcmp(key, "ElementByteOrderMSB") == 0) {
        h->is_big_endian = is_true(value);
    }
    return numbers_take(h, key, value, why);
}

/* "key = value", without the blanks around both. */
static bool line_part(char *line, char **key, char **value)
{
    char *equals = strchr(line, '=');
    if (equals == NULL) {
        return false;
    }
    *key = line + strspn(line, " \t");
    *value = equals + 1 + strspn(equals + 1, " \t");
    char *end = equals;
    while (end > *key && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    *end = '\0';
    for (end = *value + strlen(*value); end > *value && (end[-1] == ' ' || end[-1] == '\t');
         end--) {
    }
    *end = '\0';
    return true;
}

/* Where the line that was taken last ends: text_lines has read ahead, and behind a return there is a
 * newline. */
static int64_t place_of(const myo_bytes *bytes, const text_lines *lines)
{
    char next = 0;
    int64_t at = lines->offset - (int64_t)(lines->used - lines->at);
    bool newline = lines->after_return && myo_bytes_at(bytes, at, &next, 1) && next == '\n';
    return newline ? at + 1 : at;
}

static myo_status lines_read(const myo_bytes *bytes, text_lines *lines, meta_header *h,
                             myo_why *why)
{
    char *line = NULL, *key = NULL, *value = NULL;
    while ((line = text_lines_next(lines)) != NULL) {
        if (!line_part(line, &key, &value)) {
            return myo_why_set(why, MYO_ERR_FORMAT, "MetaImage: line %lld: no key and value",
                               (long long)lines->number);
        }
        myo_status status = key_take(h, key, value, why);
        if (status != MYO_OK || h->data_file[0] != '\0') {
            h->end = place_of(bytes, lines);
            return status;
        }
    }
    return myo_why_set(why, MYO_ERR_FORMAT, "MetaImage: no ElementDataFile");
}

myo_status meta_header_read(const myo_bytes *bytes, meta_header *header, myo_why *why)
{
    *header = (meta_header){.channels = 1};
    text_lines *lines = calloc(1, sizeof *lines);
    if (lines == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    text_lines_start(lines, bytes->file);
    myo_status status = lines_read(bytes, lines, header, why);
    free(lines);
    if (status == MYO_OK && header->size[0] == 0) {
        status = myo_why_set(why, MYO_ERR_FORMAT, "MetaImage: no DimSize");
    }
    return status;
}
