/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 that may be exchanged. */
#ifndef MYO_IO_UTF8_H
#define MYO_IO_UTF8_H

#include <stddef.h>

/** Bytes of the well-formed letter at @p text (RFC 3629, table of section 4), 0 if it is none: overlong, half a
 *  surrogate pair, cut off, too large. A zero byte is a letter of one. Any thread. */
size_t myo_utf8_length(const char *text);

/** Makes @p text well-formed in its place: what is no letter becomes '?', byte by byte; a letter that was
 *  cut off at the end goes. Any thread. */
void myo_utf8_clean(char *text);

#endif
