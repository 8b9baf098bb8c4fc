/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads palettes and time vectors. */
#include "dicom_tables.h"

#include "dicom_segments.h"

#include "signal/decimal.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_COLOURS = 65536, MAX_VECTOR_BYTES = 1 << 26 };

void dicom_palette_note(dicom_palette_elements *elements, const dicom_element *element)
{
    uint32_t number = element->tag & 0xFFFF;
    if (element->tag >> 16 != 0x0028) {
        return;
    }
    if (number >= 0x1101 && number <= 0x1103) {
        elements->descriptor[number - 0x1101] = *element;
    } else if (number >= 0x1201 && number <= 0x1203) {
        elements->data[number - 0x1201] = *element;
    } else if (number >= 0x1221 && number <= 0x1223) {
        elements->segments[number - 0x1221] = *element;
    }
}

/* Entry @p i of a table of @p count entries; entries of 8 bits stand two in a word, the low byte
 * first, unless there is a word for each. */
static uint32_t entry_get(const dicom_input *input, const uint8_t *data, size_t size,
                          uint32_t count, uint32_t i)
{
    bool is_packed = size < 2 * (size_t)count;
    size_t word = is_packed ? i / 2 : i;
    const uint8_t *at = data + 2 * word;
    if (is_packed && 2 * word + 1 >= size) {
        return at[0]; /* an odd one at the end */
    }
    uint32_t value =
        input->is_big_endian ? (uint32_t)at[0] << 8 | at[1] : (uint32_t)at[1] << 8 | at[0];
    return !is_packed ? value : i % 2 == 0 ? value & 0xFF : value >> 8;
}

/* Loads the value of an element, which has @p least bytes at least. The caller frees. */
static uint8_t *value_load(const dicom_input *input, const dicom_element *element, size_t least,
                           myo_status *status, myo_why *why)
{
    size_t size = element->length;
    if (element->tag == 0 || size < least || size > 4 * (size_t)MAX_COLOURS) {
        *status = myo_why_set(why, MYO_ERR_FORMAT, "palette: %zu bytes, not %zu", size, least);
        return NULL;
    }
    uint8_t *bytes = malloc(size);
    if (bytes == NULL) {
        *status = myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    } else if (!dicom_at(input, element->value, bytes, size)) {
        *status = myo_why_set(why, MYO_ERR_FORMAT, "palette: is cut off");
        free(bytes);
        return NULL;
    }
    return bytes;
}

static myo_status segments_read(const dicom_input *input, const dicom_element *segments,
                                uint32_t count, uint16_t *entries, myo_why *why)
{
    myo_status status = MYO_OK;
    uint8_t *bytes = value_load(input, segments, 4, &status, why);
    if (bytes == NULL) {
        return status;
    }
    bool ok = dicom_segments_expand(bytes, segments->length, input->is_big_endian, count, entries);
    free(bytes);
    return ok ? MYO_OK
              : myo_why_set(why, MYO_ERR_FORMAT, "palette: segments do not give %u colours", count);
}

static myo_status channel_read(const dicom_input *input, const dicom_element *data, uint32_t count,
                               uint32_t bits, uint16_t *entries, myo_why *why)
{
    myo_status status = MYO_OK;
    uint8_t *bytes = value_load(input, data, bits == 16 ? 2 * (size_t)count : count, &status, why);
    for (uint32_t i = 0; bytes != NULL && i < count; i++) {
        entries[i] = (uint16_t)entry_get(input, bytes, data->length, count, i);
    }
    free(bytes);
    return status;
}

/* Tables of 16 bits are brought to 8, but for those that hold 8 bits in words of 16, which exist. */
static void brightness_fill(const uint16_t *entries, uint32_t count, uint8_t *palette)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < 3 * count; i++) {
        most = entries[i] > most ? entries[i] : most;
    }
    uint32_t shift = most > 255 ? 8 : 0;
    for (uint32_t i = 0; i < count; i++) {
        palette[i] =
            (uint8_t)myo_luma((uint32_t)entries[i] >> shift, (uint32_t)entries[count + i] >> shift,
                              (uint32_t)entries[2 * count + i] >> shift);
    }
}

static myo_status descriptors_check(const dicom_input *input,
                                    const dicom_palette_elements *elements, uint32_t *values,
                                    myo_why *why)
{
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < 3; i++) {
            uint32_t value = dicom_u16(input, &elements->descriptor[c], i);
            if (c > 0 && value != values[i]) {
                return myo_why_set(why, MYO_ERR_FORMAT, "palette: red, green and blue differ");
            }
            values[i] = value;
        }
    }
    values[0] = values[0] == 0 ? MAX_COLOURS : values[0];
    bool ok = elements->descriptor[0].length >= 6 && (values[2] == 8 || values[2] == 16);
    return ok ? MYO_OK : myo_why_set(why, MYO_ERR_FORMAT, "palette: entries of %u bits", values[2]);
}

myo_status dicom_palette_read(const dicom_input *input, const dicom_palette_elements *elements,
                              dicom_head *head, myo_why *why)
{
    uint32_t values[3] = {0};
    myo_status status = descriptors_check(input, elements, values, why);
    if (status != MYO_OK) {
        return status;
    }
    uint32_t count = values[0];
    uint16_t *entries = calloc(3 * (size_t)count, sizeof *entries);
    head->palette = malloc(count);
    if (entries == NULL || head->palette == NULL) {
        free(entries);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    for (uint32_t c = 0; c < 3 && status == MYO_OK; c++) {
        uint16_t *channel = entries + (size_t)c * count;
        status = elements->data[c].tag == 0 && values[2] == 16
                     ? segments_read(input, &elements->segments[c], count, channel, why)
                     : channel_read(input, &elements->data[c], count, values[2], channel, why);
    }
    if (status == MYO_OK) {
        brightness_fill(entries, count, head->palette);
    }
    free(entries);
    head->palette_size = count;
    head->palette_first = (int32_t)values[1];
    return status;
}

/* Numbers parted by backslashes. */
static myo_status increments_sum(const char *text, size_t size, int64_t frames, double *times_s,
                                 myo_why *why)
{
    double sum_ms = 0.0, step_ms = 0.0;
    int64_t count = 0;
    for (size_t at = 0; at <= size; count++) {
        const char *end = memchr(text + at, '\\', size - at);
        size_t length = end == NULL ? size - at : (size_t)(end - (text + at));
        if (!myo_decimal_read(text + at, length, false, &step_ms) || step_ms < 0.0) {
            return myo_why_set(why, MYO_ERR_FORMAT, "Frame Time Vector: value %lld is no time",
                               (long long)count);
        }
        sum_ms += step_ms;
        if (count < frames) {
            times_s[count] = sum_ms * 1e-3;
        }
        at += length + 1;
    }
    return count == frames
               ? MYO_OK
               : myo_why_set(why, MYO_ERR_FORMAT, "Frame Time Vector: %lld times for %lld frames",
                             (long long)count, (long long)frames);
}

myo_status dicom_times_read(const dicom_input *input, const dicom_element *vector, int64_t frames,
                            double **times_s, myo_why *why)
{
    size_t size = vector->length;
    if (size > MAX_VECTOR_BYTES || (int64_t)size + 1 < 2 * frames) {
        return myo_why_set(why, MYO_ERR_FORMAT, "Frame Time Vector: %zu bytes for %lld frames",
                           size, (long long)frames);
    }
    char *text = malloc(size + 1);
    *times_s = malloc((size_t)frames * sizeof **times_s);
    if (text == NULL || *times_s == NULL) {
        free(text);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    bool ok = dicom_at(input, vector->value, text, size);
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\0')) {
        size--;
    }
    myo_status status = ok ? increments_sum(text, size, frames, *times_s, why)
                           : myo_why_set(why, MYO_ERR_FORMAT, "Frame Time Vector: is cut off");
    free(text);
    return status;
}
