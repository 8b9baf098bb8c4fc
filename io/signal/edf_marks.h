/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the records of an EDF or BDF file tell beside samples: when they start, what was annotated,
 * and the codes of the trigger inputs. */
#ifndef MYO_IO_EDF_MARKS_H
#define MYO_IO_EDF_MARKS_H

#include "edf_header.h"
#include "marks.h"

/** Frames that are missing before a record. */
typedef struct {
    int64_t record, frames;
} edf_gap;

typedef struct {
    double first_s; /**< start of the first record, seconds after the header's start time */
    edf_gap *gaps;  /**< in order of record */
    size_t count, capacity;
    int64_t missing; /**< frames in all gaps */
} edf_time_line;

/** Reads annotation and status signals of the first @p records records, at @p record_frames frames
 *  each. Marks are in frames of the recording with its gaps filled. What cannot be read is counted
 *  in @p note. The caller frees @p line->gaps, also after a failure. */
myo_status edf_marks_read(int file, const edf_header *header, int64_t records,
                          int64_t record_frames, edf_time_line *line, myo_marks *marks, char *note,
                          size_t note_size, myo_why *why);

#endif
