/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Annotations of a WFDB record. */
#ifndef MYO_IO_WFDB_MARKS_H
#define MYO_IO_WFDB_MARKS_H

#include "reader.h"

/** Adds the annotations of NAME.atr beside the header at @p path as marks: their texts, or, without
 *  one, "annotation CODE". None need be there; a damaged list is told in the note. */
myo_status myo_wfdb_marks_read(myo_reader *reader, const char *path, myo_why *why);

#endif
