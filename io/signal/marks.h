/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing list of marks, and the marker file that recording programs put beside a WAV file. */
#ifndef MYO_IO_MARKS_H
#define MYO_IO_MARKS_H

#include "source.h"

/** More marks than this are refused: no session has them, a hostile file might. */
#define MYO_MAX_MARKS 1000000

typedef struct {
    myo_mark *items;
    size_t count, capacity;
} myo_marks;

/** Appends; the label is cut to fit and control characters in it become spaces. */
myo_status myo_marks_add(myo_marks *marks, int64_t frame, const char *label);

/** Drops marks that another one repeats: the same frame, the same label but for ',' and ';', which
 *  the text file beside a recording cannot tell apart. Sorts by frame. */
void myo_marks_unique(myo_marks *marks);

/** Sorts by frame; marks of one frame keep their order. */
void myo_marks_sort(myo_marks *marks);

void myo_marks_free(myo_marks *marks);

/** Name of the marker file that may be beside @p path; the caller frees it. NULL: no memory. */
char *myo_marks_path(const char *path);

/** Reads NAME-events.txt beside @p path (NAME is @p path without its extension) if it is there:
 *  lines "id,<TAB>seconds", '#' starts a comment (the format of Backyard Brains' Spike Recorder).
 *  A line that is not such is skipped, the first one is named in @p note. MYO_ERR_READ: it is there and
 *  cannot be read; MYO_ERR_NO_MEMORY; MYO_ERR_UNSUPPORTED: too many. */
myo_status myo_marks_read_beside(myo_marks *marks, const char *path, double rate_hz, char *note,
                                 size_t note_size);

#endif
