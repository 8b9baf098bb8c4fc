/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The marks that `convert` carries: those of the recording and the detector's events, and the files
 * that hold nothing else. */
#ifndef MYO_CLI_CONVERT_MARKS_H
#define MYO_CLI_CONVERT_MARKS_H

#include "signal/source.h"

#include <stdio.h>

/** Zero-initialise. */
typedef struct {
    myo_mark *items; /**< in order of frame */
    size_t count;
    size_t events; /**< of these are the detector's */
} convert_marks;

/** Takes the marks of @p source and, where @p events is not NULL, the events of that file of JSON
 *  Lines, as "type@@channel". */
myo_status convert_marks_take(const myo_source *source, const char *events, convert_marks *marks,
                              myo_why *why);

void convert_marks_free(convert_marks *marks);

/** Name of channel @p c of @p info, "EMG n" where it has none. */
void convert_channel_name(const myo_source_info *info, uint32_t c, char *name, size_t size);

/** Audacity's labels, annotations for EDFbrowser, a BIDS-like table. */
typedef void convert_marks_print(FILE *out, const convert_marks *marks, double rate_hz);
convert_marks_print convert_print_labels;
convert_marks_print convert_print_xml;
convert_marks_print convert_print_tsv;

#endif
