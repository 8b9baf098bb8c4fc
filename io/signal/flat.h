/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples that lie in plain files without any header of their own, several channels to a file. */
#ifndef MYO_IO_FLAT_H
#define MYO_IO_FLAT_H

#include "reader.h"

typedef enum {
    FLAT_INT16,
    FLAT_INT16_BIG, /**< big-endian; all others are little-endian */
    FLAT_UINT16,
    FLAT_INT24,
    FLAT_INT32,
    FLAT_FLOAT32,
    FLAT_INT8,
    FLAT_UINT8,
    FLAT_UINT32,
    FLAT_FLOAT64,
    FLAT_PACKED12 /**< two 12 bit samples in three bytes (format 212 of WFDB) */
} flat_kind;

typedef struct {
    int file;
    flat_kind kind;
    int64_t offset;        /**< of the first sample, bytes */
    uint32_t columns;      /**< channels in this file */
    int64_t column_frames; /**< one channel after the other, each of so many; 0 = interleaved */
} flat_file;

typedef struct {
    flat_file files[MYO_MAX_CHANNELS]; /**< their columns are the channels, in order */
    uint32_t file_count;
    double gain[MYO_MAX_CHANNELS], shift[MYO_MAX_CHANNELS]; /**< number * gain + shift */
    double missing; /**< this number stands for a missing sample; NAN = none does */
    bool has_checksum[MYO_MAX_CHANNELS];
    uint16_t checksum[MYO_MAX_CHANNELS]; /**< as the header promises */
    uint16_t sum[MYO_MAX_CHANNELS];      /**< of the numbers read so far */
    int64_t there;                       /**< frames in the shortest file */
    int64_t frame;                       /**< next to be read */
    unsigned char *bytes;
} flat_recording;

/** Adds an open file, which the recording closes. */
void flat_add(flat_recording *recording, const flat_file *file);

/** After the last flat_add: finds how many frames there are. MYO_ERR_NO_MEMORY, MYO_ERR_READ. */
myo_status flat_prepare(flat_recording *recording, myo_why *why);

/** The number at @p index of those that lie at @p bytes. */
double flat_number(const unsigned char *bytes, flat_kind kind, int64_t index);

/** Bytes of a number; not for packed ones. */
int64_t flat_number_bytes(flat_kind kind);

/** For readers whose state is a flat_recording. Checksums are compared at the end. */
myo_status flat_read(myo_reader *reader, float *samples, size_t frames, size_t *got, myo_why *why);
void flat_close(myo_reader *reader);

#endif
