/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes the fixed fields of an EDF header apart. */
#include "edf_header.h"

#include "decimal.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* EDF asks for records of at most 61440 bytes; single-record files of ten minutes are seen. */
static const int64_t max_record_bytes = (int64_t)64 << 20;

/* The fields of all signals follow each other: all labels, then all transducers, and so on. */
enum {
    LABEL,
    TRANSDUCER,
    UNIT,
    PHYSICAL_LOW,
    PHYSICAL_HIGH,
    DIGITAL_LOW,
    DIGITAL_HIGH,
    FILTER,
    RECORD_SAMPLES,
    RESERVED,
    FIELDS
};
static const size_t field_bytes[FIELDS] = {16, 80, 8, 8, 8, 8, 8, 80, 8, 32};

/* Where the fields of the first 256 bytes stand. */
enum {
    PATIENT = 8,
    RECORDING = 88,
    DATE = 168,
    TIME = 176,
    HEADER_BYTES = 184,
    KIND = 192,
    RECORDS = 236,
    DURATION = 244,
    SIGNALS = 252,
    FIXED_BYTES = 256
};

static void text_copy(char *to, const char *from, size_t size)
{
    while (size > 0 && (from[size - 1] == ' ' || from[size - 1] == '\0')) {
        size--;
    }
    memcpy(to, from, size);
    to[size] = '\0';
}

static bool digits_all(const char *text, const char *pattern)
{
    for (; *pattern != '\0'; pattern++, text++) {
        bool digit = *text >= '0' && *text <= '9';
        if (*pattern == '0' ? !digit : digit) {
            return false;
        }
    }
    return true;
}

static int two_digits(const char *text)
{
    return (text[0] - '0') * 10 + (text[1] - '0');
}

/* EDF+ has the year in full, as "Startdate 02-MAR-2002"; EDF's two digits mean 1985 to 2084. */
static int year_find(const char *fixed)
{
    const char *full = fixed + RECORDING + 17;
    int two = two_digits(fixed + DATE + 6);
    if (memcmp(fixed + RECORDING, "Startdate ", 10) == 0 && digits_all(full, "0000")) {
        int year = two_digits(full) * 100 + two_digits(full + 2);
        return year % 100 == two ? year : two + 2000;
    }
    return two < 85 ? two + 2000 : two + 1900;
}

static void start_time_read(const char *fixed, char *text, size_t size)
{
    const char *date = fixed + DATE, *clock = fixed + TIME;
    if (!digits_all(date, "00.00.00") || !digits_all(clock, "00.00.00")) {
        return;
    }
    int day = two_digits(date), month = two_digits(date + 3), hour = two_digits(clock);
    int minute = two_digits(clock + 3), second = two_digits(clock + 6);
    if (day >= 1 && day <= 31 && month >= 1 && month <= 12 && hour < 24 && minute < 60 &&
        second < 60) {
        (void)snprintf(text, size, "%04d-%02d-%02dT%02d:%02d:%02d", year_find(fixed), month, day,
                       hour, minute, second);
    }
}

/* The first word of the patient field; "X" means that it was left out on purpose. */
static void subject_read(const char *fixed, char *text, size_t size)
{
    size_t length = 0;
    while (length < 80 && fixed[PATIENT + length] != ' ' && fixed[PATIENT + length] != '\0') {
        length++;
    }
    if (length > 0 && !(length == 1 && fixed[PATIENT] == 'X')) {
        (void)snprintf(text, size, "%.*s", (int)length, fixed + PATIENT);
    }
}

static myo_status fixed_read(const char *fixed, edf_header *header, int64_t *signals, char *note,
                             size_t note_size, myo_why *why)
{
    int64_t bytes = 0;
    header->sample_bytes = fixed[0] == '0' ? 2 : 3;
    header->is_plus = memcmp(fixed + KIND, "EDF+", 4) == 0 || memcmp(fixed + KIND, "BDF+", 4) == 0;
    header->is_discontinuous = header->is_plus && fixed[KIND + 4] == 'D';
    if (!myo_decimal_whole(fixed + SIGNALS, 4, signals) || *signals < 0) {
        return myo_why_set(why, MYO_ERR_FORMAT, "byte %d: not a number of signals", SIGNALS);
    }
    if (*signals == 0) {
        return myo_why_set(why, MYO_ERR_EMPTY, "byte %d: zero signals", SIGNALS);
    }
    if (!myo_decimal_whole(fixed + RECORDS, 8, &header->records) || header->records < -1) {
        return myo_why_set(why, MYO_ERR_FORMAT, "byte %d: not a number of records", RECORDS);
    }
    if (!myo_decimal_read(fixed + DURATION, 8, true, &header->record_s) ||
        !(header->record_s >= 0.0)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "byte %d: not a duration of records", DURATION);
    }
    header->data_offset = FIXED_BYTES * (*signals + 1);
    if (!myo_decimal_whole(fixed + HEADER_BYTES, 8, &bytes) || bytes != header->data_offset) {
        myo_note_add(note, note_size, "byte %d: a header of %lld signals has %lld bytes",
                     HEADER_BYTES, (long long)*signals, (long long)header->data_offset);
    }
    start_time_read(fixed, header->start_time, sizeof header->start_time);
    if (header->is_plus) {
        subject_read(fixed, header->subject, sizeof header->subject);
    }
    return MYO_OK;
}

static edf_role role_of(const edf_signal *signal)
{
    if (strcmp(signal->label, "EDF Annotations") == 0 ||
        strcmp(signal->label, "BDF Annotations") == 0) {
        return EDF_ANNOTATIONS;
    }
    return strcmp(signal->label, "Status") == 0 ? EDF_STATUS : EDF_SAMPLES;
}

/* Field @p field of signal @p index of @p count. */
static const char *field_at(const char *fields, int field, size_t index, size_t count)
{
    size_t before = 0;
    for (int f = 0; f < field; f++) {
        before += field_bytes[f];
    }
    return fields + before * count + index * field_bytes[field];
}

static bool number_at(const char *fields, int field, size_t index, size_t count, double *value)
{
    return myo_decimal_read(field_at(fields, field, index, count), field_bytes[field], true, value);
}

/* A signal without a usable scale is kept in steps of the converter, as the file's samples are
 * sound; annotation signals have none that matters. */
static void scale_read(const char *fields, size_t index, size_t count, edf_signal *signal)
{
    signal->is_scaled = number_at(fields, PHYSICAL_LOW, index, count, &signal->physical_low) &&
                        number_at(fields, PHYSICAL_HIGH, index, count, &signal->physical_high) &&
                        number_at(fields, DIGITAL_LOW, index, count, &signal->digital_low) &&
                        number_at(fields, DIGITAL_HIGH, index, count, &signal->digital_high) &&
                        signal->physical_low != signal->physical_high &&
                        signal->digital_low != signal->digital_high;
}

static void scale_default(edf_signal *signal, int64_t sample_bytes)
{
    double half = sample_bytes == 2 ? 32768.0 : 8388608.0;
    signal->digital_low = signal->physical_low = -half;
    signal->digital_high = signal->physical_high = half - 1.0;
}

static myo_status signal_read(const char *fields, size_t index, edf_header *header, char *note,
                              size_t note_size, myo_why *why)
{
    edf_signal *signal = &header->signals[index];
    size_t count = header->signal_count;
    text_copy(signal->label, field_at(fields, LABEL, index, count), field_bytes[LABEL]);
    text_copy(signal->unit, field_at(fields, UNIT, index, count), field_bytes[UNIT]);
    signal->role = role_of(signal);
    scale_read(fields, index, count, signal);
    if (!signal->is_scaled) {
        scale_default(signal, header->sample_bytes);
        if (signal->role == EDF_SAMPLES) {
            myo_note_add(note, note_size, "signal %zu (%s) has no scale", index, signal->label);
        }
    }
    const char *samples = field_at(fields, RECORD_SAMPLES, index, count);
    if (!myo_decimal_whole(samples, field_bytes[RECORD_SAMPLES], &signal->record_samples) ||
        signal->record_samples < 0) {
        return myo_why_set(why, MYO_ERR_FORMAT, "byte %lld: not a number of samples",
                           FIXED_BYTES + (long long)(samples - fields));
    }
    signal->offset = header->record_bytes;
    header->record_bytes += signal->record_samples * header->sample_bytes; /* < 1e8 * 3 * 1e4 */
    return MYO_OK;
}

static myo_status signals_read(int file, edf_header *header, char *note, size_t note_size,
                               myo_why *why)
{
    assert(header->signal_count > 0);
    size_t bytes = (size_t)FIXED_BYTES * header->signal_count;
    if (header->data_offset > header->file_bytes) {
        return myo_why_set(why, MYO_ERR_FORMAT, "byte %lld: the file ends in its header",
                           (long long)header->file_bytes);
    }
    char *fields = malloc(bytes);
    header->signals = calloc(header->signal_count, sizeof *header->signals);
    if (fields == NULL || header->signals == NULL) {
        free(fields);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    if (pread(file, fields, bytes, FIXED_BYTES) != (ssize_t)bytes) {
        free(fields);
        return myo_why_set(why, MYO_ERR_READ, "byte %d: cannot be read", FIXED_BYTES);
    }
    myo_status status = MYO_OK;
    for (size_t i = 0; status == MYO_OK && i < header->signal_count; i++) {
        status = signal_read(fields, i, header, note, note_size, why);
    }
    free(fields);
    if (status == MYO_OK && header->record_bytes > max_record_bytes) {
        status = myo_why_set(why, MYO_ERR_UNSUPPORTED, "header: records of %lld bytes",
                             (long long)header->record_bytes);
    }
    if (status == MYO_OK && header->record_bytes == 0) {
        status = myo_why_set(why, MYO_ERR_EMPTY, "header: records without samples");
    }
    return status;
}

myo_status edf_header_read(int file, edf_header *header, char *note, size_t note_size, myo_why *why)
{
    char fixed[FIXED_BYTES] = "";
    struct stat about;
    int64_t signals = 0;
    *header = (edf_header){0};
    ssize_t size = pread(file, fixed, sizeof fixed, 0);
    if (size < 0 || fstat(file, &about) != 0) {
        return myo_why_set(why, MYO_ERR_READ, "byte 0: %s", strerror(errno));
    }
    if (size < (ssize_t)sizeof fixed) {
        return myo_why_set(why, MYO_ERR_FORMAT, "byte %zd: the file ends in its header", size);
    }
    header->file_bytes = about.st_size;
    myo_status status = fixed_read(fixed, header, &signals, note, note_size, why);
    if (status == MYO_OK) {
        header->signal_count = (uint32_t)signals; /* four characters: below 10000 */
        status = signals_read(file, header, note, note_size, why);
    }
    if (status != MYO_OK) {
        edf_header_free(header);
    }
    return status;
}

void edf_header_free(edf_header *header)
{
    free(header->signals);
    *header = (edf_header){0};
}
