/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fills in the reason of a refusal, or a remark on what was odd, in one expression. */
#ifndef MYO_IO_WHY_H
#define MYO_IO_WHY_H

#include "signal/source.h"

/** Writes the text, printf-like, cut to the buffer's size; returns @p status. */
__attribute__((format(printf, 3, 4))) myo_status myo_why_set(myo_why *why, myo_status status,
                                                             const char *format, ...);

/** Adds a remark to @p note, "; " between two; cut to @p size. */
__attribute__((format(printf, 3, 4))) void myo_note_add(char *note, size_t size, const char *format,
                                                        ...);

#endif
