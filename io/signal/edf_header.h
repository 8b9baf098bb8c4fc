/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header of an EDF, EDF+, BDF or BDF+ file (Kemp and Olivan 2003, doi
 * 10.1016/S1388-2457(03)00123-8; BioSemi's 24 bit variant), read with patience: what is out of
 * order but can be understood is noted, what cannot is refused with the byte where it stands. */
#ifndef MYO_IO_EDF_HEADER_H
#define MYO_IO_EDF_HEADER_H

#include "why.h"

typedef enum { EDF_SAMPLES, EDF_ANNOTATIONS, EDF_STATUS } edf_role;

typedef struct {
    char label[17], unit[9];
    double physical_low, physical_high, digital_low, digital_high; /**< never two equal */
    bool is_scaled;         /**< false: the header has no scale, a step counts as 1 */
    int64_t record_samples; /**< in one record; 0 or more */
    int64_t offset;         /**< of its samples in a record, bytes */
    edf_role role;
} edf_signal;

typedef struct {
    int64_t sample_bytes;  /**< 2 (EDF) or 3 (BDF) */
    bool is_plus;          /**< EDF+ or BDF+ */
    bool is_discontinuous; /**< records say themselves when they start */
    int64_t records;       /**< as promised; -1 = never filled in */
    int64_t record_bytes, data_offset, file_bytes;
    double record_s;       /**< duration of a record */
    uint32_t signal_count; /**< 1 or more */
    edf_signal *signals;
    char start_time[40]; /**< ISO 8601 to the second, "" when it is no date */
    char subject[32];    /**< the code of EDF+; "" otherwise, as EDF has names there */
} edf_header;

/** Reads the header of an open file. What is odd is added to @p note. On failure nothing is kept.
 *  MYO_ERR_FORMAT, _READ, _UNSUPPORTED, _EMPTY, _NO_MEMORY. */
myo_status edf_header_read(int file, edf_header *header, char *note, size_t note_size,
                           myo_why *why);

void edf_header_free(edf_header *header);

#endif
