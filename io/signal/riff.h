/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The few facts of a WAV, RF64 or W64 header that must be known before a decoder sees the file:
 * which codec it asks for, and how long it says its data is. */
#ifndef MYO_IO_RIFF_H
#define MYO_IO_RIFF_H

#include "why.h"

/** Codec numbers of the 'fmt ' chunk that are decoded. */
enum { MYO_RIFF_PCM = 1, MYO_RIFF_FLOAT = 3 };

typedef struct {
    uint16_t codec; /**< that of the sub-format for WAVE_FORMAT_EXTENSIBLE */
    uint16_t channels;
    uint32_t rate_hz;
    uint32_t sample_bits;
    uint32_t frame_bytes;
    int64_t data_offset; /**< bytes from the start of the file */
    int64_t data_bytes;  /**< as promised; 0 when the writer never filled it in */
    int64_t file_bytes;  /**< what there is */
} myo_riff;

/** Reads the header of the open file @p file; its position does not change. MYO_ERR_FORMAT when
 *  there is no complete header, MYO_ERR_READ when reading fails. */
myo_status myo_riff_read(int file, myo_riff *riff, myo_why *why);

#endif
