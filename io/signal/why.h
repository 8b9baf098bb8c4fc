/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fills in the reason of a refusal and returns its status in one expression. */
#ifndef MYO_IO_WHY_H
#define MYO_IO_WHY_H

#include "signal/source.h"

/** Writes the text, printf-like, cut to the buffer's size; returns @p status. */
__attribute__((format(printf, 3, 4))) myo_status myo_why_set(myo_why *why, myo_status status,
                                                             const char *format, ...);

#endif
