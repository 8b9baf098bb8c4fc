/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds small EDF and BDF files in memory for the tests, field by field. */
#ifndef MYO_TEST_EDF_FILE_H
#define MYO_TEST_EDF_FILE_H

#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { EDF_FILE_BYTES = 1 << 16 };

typedef struct {
    const char *label, *unit, *physical_low, *physical_high, *digital_low, *digital_high;
    int samples; /* in a record */
} edf_file_signal;

typedef struct {
    unsigned char bytes[EDF_FILE_BYTES];
    size_t size;
    int width; /* bytes of a sample */
} edf_file;

static inline void edf_file_field(edf_file *file, const char *text, size_t size)
{
    memset(file->bytes + file->size, ' ', size);
    memcpy(file->bytes + file->size, text, strlen(text));
    file->size += size;
}

static inline void edf_file_number(edf_file *file, int value, size_t size)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%d", value);
    edf_file_field(file, text, size);
}

/* kind: "" (plain), "EDF+C", "BDF+D" and so on; BDF when is_bdf. */
static inline void edf_file_begin(edf_file *file, int is_bdf, const char *kind, int records,
                                  const char *duration, const edf_file_signal *signals, int count)
{
    file->size = 0;
    file->width = is_bdf ? 3 : 2;
    edf_file_field(file,
                   is_bdf ? "\xFF"
                            "BIOSEMI"
                          : "0",
                   8);
    edf_file_field(file, "S07 X X X", 80);
    edf_file_field(file, "Startdate 02-MAR-1984 X X X", 80);
    edf_file_field(file, "02.03.84", 8);
    edf_file_field(file, "23.59.58", 8);
    edf_file_number(file, 256 * (count + 1), 8);
    edf_file_field(file, kind, 44);
    edf_file_number(file, records, 8);
    edf_file_field(file, duration, 8);
    edf_file_number(file, count, 4);
    for (int field = 0; field < 10; field++) {
        static const size_t sizes[] = {16, 80, 8, 8, 8, 8, 8, 80, 8, 32};
        for (int s = 0; s < count; s++) {
            const char *const texts[] = {signals[s].label,
                                         "",
                                         signals[s].unit,
                                         signals[s].physical_low,
                                         signals[s].physical_high,
                                         signals[s].digital_low,
                                         signals[s].digital_high,
                                         "",
                                         NULL,
                                         ""};
            if (texts[field] == NULL) {
                edf_file_number(file, signals[s].samples, sizes[field]);
            } else {
                edf_file_field(file, texts[field], sizes[field]);
            }
        }
    }
}

static inline void edf_file_sample(edf_file *file, int value)
{
    for (int b = 0; b < file->width; b++) {
        file->bytes[file->size++] = (unsigned char)((unsigned)value >> (8 * b));
    }
}

/* Annotation bytes of one record, "|" standing for \x14, "~" for \x15 and "!" for \0; filled up. */
static inline void edf_file_list(edf_file *file, const char *text, int samples)
{
    size_t size = (size_t)(samples * file->width);
    memset(file->bytes + file->size, 0, size);
    for (size_t i = 0; i < size && text[i] != '\0'; i++) {
        unsigned char *to = file->bytes + file->size + i;
        *to = text[i] == '|'   ? 0x14
              : text[i] == '~' ? 0x15
              : text[i] == '!' ? 0
                               : (unsigned char)text[i];
    }
    file->size += size;
}

static inline int edf_file_write(const edf_file *file, size_t size, const char *path)
{
    FILE *out = fopen(path, "wb");
    size_t written = out == NULL ? 0 : fwrite(file->bytes, 1, size, out);
    return out == NULL || fclose(out) != 0 || written != size;
}

#endif
